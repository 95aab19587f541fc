import type { ResourceDefinition } from '#lib/resources/definition.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import type { Codec } from './codec.ts';
import { jsonCodec } from './json-codec.ts';
import { messageOf, readMessages } from './protobuf/messages.ts';
import { planner } from './protobuf/plan.ts';
import { protobufCodec } from './protobuf/protobuf-codec.ts';
import { wantedFields } from './wanted-fields.ts';

/** The codec of a kind with a definition: protobuf for kinds whose messages are known, JSON for all others. */
export function codecs(): (type: ResourceType, definition: ResourceDefinition) => Codec {
  const messages = readMessages();
  const plan = planner(messages);
  return (type, definition) => {
    const json = jsonCodec(definition);
    const message = messageOf(messages, type);
    if (message === undefined) return json;
    const { children } = wantedFields(definition.wanted);
    const metadata = children.get('metadata');
    const others = new Map([...children].filter(([name]) => name !== 'metadata'));
    return protobufCodec(
      {
        plan: plan(message, { children: others }),
        metadata: metadata === undefined ? null : plan('apimachinery.pkg.apis.meta.v1.ObjectMeta', metadata),
      },
      json,
    );
  };
}
