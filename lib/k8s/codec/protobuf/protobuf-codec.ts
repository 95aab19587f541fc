import { invalidAnswer } from '#lib/k8s/client/errors.ts';
import { isProtobuf, openEnvelope } from '#lib/k8s/client/protobuf/envelope.ts';
import { Reader } from '#lib/k8s/client/protobuf/reader.ts';
import { readStatus } from '#lib/k8s/client/protobuf/status.ts';
import type { PartialMetadata, PartialObject } from '#lib/resources/definition.ts';
import {
  type Codec,
  type Page,
  type Pause,
  SLICE_ITEMS,
  type WatchDecoder,
  type WatchEvent,
} from '../codec.ts';
import type { Dictionary } from '../json-value.ts';
import { watchError } from '../watch-error.ts';
import { decodeMessage, readTagged } from './decode.ts';
import { createFrameDecoder } from './frame-decoder.ts';
import { decodeMetadata } from './metadata.ts';
import type { Plan } from './plan.ts';

/** Asked for before JSON; an API server that has none (an aggregated one) answers JSON. */
const ACCEPT = 'application/vnd.kubernetes.protobuf, application/json;q=0.9';

/** Fields of a kind whose metadata is field 1; the plan leaves it out, as every row has it. */
export interface ObjectPlan {
  readonly plan: Plan;
  /** What a definition wants of metadata beside what every row has (annotations). */
  readonly metadata: Plan | null;
}

/**
 * The codec of a built-in kind: from protobuf straight to the wanted fields, everything else skipped by its length. What
 * turns out to be JSON goes to `json`, which gives the same partial objects.
 */
export function protobufCodec(objects: ObjectPlan, json: Codec): Codec {
  // Texts kept from one page serve the next: one reader for all of a Reflector's answers.
  const reader = new Reader();
  return {
    accept: ACCEPT,
    peekContinue: (body) => (isProtobuf(body) ? peekList(reader, body) : json.peekContinue(body)),
    decodePage: (body, pause) =>
      isProtobuf(body) ? decodeList(reader, body, objects, pause) : json.decodePage(body, pause),
    watchDecoder: () => createEitherDecoder(objects, json),
  };
}

interface ListMeta {
  resourceVersion: string;
  continue: string;
  remaining: number;
}

const NO_META: ListMeta = { resourceVersion: '', continue: '', remaining: -1 };

function peekList(reader: Reader, body: Uint8Array): string {
  reader.over(body);
  const { end } = openEnvelope(reader, reader.length);
  return reader.varint() === 0x0a ? readListMeta(reader, reader.block(end)).continue : '';
}

function readListMeta(reader: Reader, end: number): ListMeta {
  const meta = { ...NO_META };
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x12) meta.resourceVersion = reader.text(reader.block(end));
    else if (tag === 0x1a) meta.continue = reader.text(reader.block(end));
    else if (tag === 0x20) meta.remaining = Math.max(0, reader.int());
    else reader.skip(tag & 7, end);
  }
  if (meta.continue === '') meta.remaining = 0;
  return meta;
}

async function decodeList(
  reader: Reader,
  body: Uint8Array,
  objects: ObjectPlan,
  pause?: Pause,
): Promise<Page> {
  reader.over(body);
  const { end, kind } = openEnvelope(reader, reader.length);
  if (!kind.endsWith('List')) throw invalidAnswer('The API server answered a list with something else');
  let meta = NO_META;
  let malformed = 0;
  const items: PartialObject[] = [];
  for (let count = 0; reader.at < end; ) {
    const tag = reader.varint();
    if (tag === 0x0a) meta = readListMeta(reader, reader.block(end));
    else if (tag === 0x12) {
      const item = decodeObject(reader, reader.block(end), objects);
      if (item === null) malformed++;
      else items.push(item);
      if (++count % SLICE_ITEMS === 0) {
        const here = reader.at;
        await pause?.();
        // Whoever had a turn may have read with this reader.
        reader.over(body);
        reader.at = here;
      }
    } else reader.skip(tag & 7, end);
  }
  return { items, malformed, tableColumns: null, ...meta };
}

/** The object up to `end`; null when it has no name. */
function decodeObject(
  reader: Reader,
  end: number,
  { plan, metadata: extra }: ObjectPlan,
): PartialObject | null {
  let metadata: PartialMetadata | null = null;
  const fields: Dictionary = {};
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) {
      const until = reader.block(end);
      const from = reader.at;
      metadata = decodeMetadata(reader, until);
      if (extra !== null) {
        reader.at = from;
        fields.metadata = decodeMessage(reader, until, extra);
      }
    } else readTagged(reader, end, tag, plan, fields, 0);
  }
  return metadata === null ? null : { metadata, fields, tableCells: null };
}

/** The first byte tells: a frame begins with its length, and none is 2 GiB long; JSON begins with a brace. */
function createEitherDecoder(objects: ObjectPlan, json: Codec): WatchDecoder {
  let decoder: WatchDecoder | null = null;
  return {
    tableColumns: null,
    get malformed() {
      return decoder?.malformed ?? 0;
    },
    push(chunk) {
      if (chunk.length === 0) return [];
      decoder ??= (chunk[0] as number) < 0x09 ? createProtobufDecoder(objects) : json.watchDecoder();
      return decoder.push(chunk);
    },
  };
}

function createProtobufDecoder(objects: ObjectPlan): WatchDecoder {
  const reader = new Reader();
  const frames = createFrameDecoder();
  let malformed = 0;
  return {
    tableColumns: null,
    get malformed() {
      return malformed;
    },
    push(chunk) {
      const events: WatchEvent[] = [];
      for (const frame of frames.push(chunk)) {
        reader.over(frame);
        const event = decodeEvent(reader, objects);
        if (event === null) malformed++;
        else events.push(event);
      }
      return events;
    },
  };
}

/** meta/v1 WatchEvent: type = 1, object = 2 (RawExtension, whose raw = 1 is an envelope of its own). */
function decodeEvent(reader: Reader, objects: ObjectPlan): WatchEvent | null {
  let type = '';
  let raw: { from: number; end: number } | null = null;
  while (reader.at < reader.length) {
    const tag = reader.varint();
    if (tag === 0x0a) type = reader.sharedText(reader.block(reader.length));
    else if (tag === 0x12) {
      const until = reader.block(reader.length);
      if (reader.varint() === 0x0a) {
        const end = reader.block(until);
        raw = { from: reader.at, end };
      }
      reader.at = until;
    } else reader.skip(tag & 7, reader.length);
  }
  if (raw === null) return null;
  reader.at = raw.from;
  const { end, kind } = openEnvelope(reader, raw.end);
  if (type === 'ERROR')
    return { type, error: watchError(kind === 'Status' ? readStatus(reader, end) : null) };
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED' && type !== 'BOOKMARK') return null;
  if (type === 'BOOKMARK') return { type, resourceVersion: bookmarkOf(reader, end) };
  const object = decodeObject(reader, end, objects);
  return object === null ? null : { type, object };
}

/** A bookmark is an object with nothing but its version: ObjectMeta = 1, resourceVersion = 6. */
function bookmarkOf(reader: Reader, end: number): string {
  if (reader.varint() !== 0x0a) return '';
  const until = reader.block(end);
  while (reader.at < until) {
    const tag = reader.varint();
    if (tag === 0x32) return reader.text(reader.block(until));
    reader.skip(tag & 7, until);
  }
  return '';
}
