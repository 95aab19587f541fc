'use client';
import { ownerHref } from '#components/resources/detail/owners.tsx';
import type { Kind } from '#components/resources/use-kind.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { Bar } from '#components/ui/note.tsx';
import text from '#components/ui/text.module.css';
import { formatClockTime } from '#lib/format/instant.ts';
import type { LiveObject } from '#lib/live/live-client.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';

/** The open object was deleted: when, and where to go. What was seen last stays readable below. */
export function GoneBar(props: {
  readonly live: LiveObject;
  readonly object: PartialObject;
  readonly reference: ObjectReference;
  readonly kind: Kind;
}) {
  const { connection } = props.live;
  const { reference, object } = props;
  const atMs = connection.state === 'gone' ? connection.atMs : 0;
  const owner = object.metadata.ownerReferences.find((candidate) => candidate.controller);
  const ownerLink = owner === undefined ? null : ownerHref(owner, reference, props.kind.cluster.types);
  return (
    <div role="status">
      <Bar
        level="stale"
        glyph="gone"
        action={
          <ButtonLink
            small
            glyph="arrow"
            href={
              ownerLink ??
              routes.kind(
                reference.cluster,
                reference.resource,
                reference.namespace === '' ? [] : [reference.namespace],
              )
            }
          >
            {ownerLink === null ? `All ${props.kind.words}` : `Go to ${owner?.kind ?? 'owner'}`}
          </ButtonLink>
        }
      >
        <b className={text.medium}>{reference.name} is gone.</b>
        {atMs === 0 ? ' Deleted.' : ` Deleted at ${formatClockTime(atMs)}.`} What was seen last stays readable
        below.
      </Bar>
    </div>
  );
}
