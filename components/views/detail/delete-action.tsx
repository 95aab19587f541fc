'use client';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import type { Kind } from '#components/resources/use-kind.ts';
import { Button } from '#components/ui/button.tsx';
import type { Right } from '#lib/live/access-question.ts';
import type { LiveObject } from '#lib/live/live-client.ts';
import { type AccessAnswer, useAccess } from '#lib/live/use-access.ts';
import { useFreshness } from '#lib/live/use-freshness.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { ObjectReference, ResourceType } from '#lib/resources/resource-type.ts';
import { isGone } from './detail-state.ts';

const DeleteDialog = dynamic(() => import('./delete-dialog.tsx').then((module) => module.DeleteDialog), {
  ssr: false,
});

/** Stays in place when it cannot be used, and says why: the right that is missing, or that the view is not live. */
export function DeleteAction(props: {
  readonly reference: ObjectReference;
  readonly kind: Kind;
  readonly live: LiveObject;
  readonly object: PartialObject;
}) {
  const { reference, kind, object } = props;
  // The object as it was when asked: what is made anew under its name was not meant. The dialog outlives it, to tell
  // how it ended, and stays after closing, so that the focus can return; each opening starts anew.
  const [opening, setOpening] = useState<Opening>({ count: 0, isOpen: false, asked: object });
  const { type } = kind;
  const isOffered = type?.verbs.includes('delete') ?? false;
  const access = useAccess(
    reference.cluster,
    type === undefined || !isOffered ? null : rightTo(type, reference),
  );
  const { tone } = useFreshness(reference.cluster, props.live);
  if (type === undefined || !isOffered) return null;
  const waits = waitsFor(reference, object, access, tone === 'stale');
  return (
    <>
      {isGone(props.live) ? null : (
        <Button
          tone="danger"
          glyph="trash"
          waits={waits}
          onClick={() => setOpening({ count: opening.count + 1, isOpen: true, asked: object })}
        >
          Delete…
        </Button>
      )}
      {opening.count > 0 ? (
        <DeleteDialog
          key={opening.count}
          opened={opening.isOpen}
          reference={reference}
          type={type}
          one={kind.one}
          object={opening.asked}
          onClose={() => setOpening({ ...opening, isOpen: false })}
        />
      ) : null}
    </>
  );
}

interface Opening {
  readonly count: number;
  readonly isOpen: boolean;
  readonly asked: PartialObject;
}

function rightTo({ group, resource }: ResourceType, { namespace, name }: ObjectReference): Right {
  return { verb: 'delete', group, resource, namespace, name };
}

/** Why it cannot be used now; undefined when it can. */
function waitsFor(
  reference: ObjectReference,
  object: PartialObject,
  access: AccessAnswer,
  isStale: boolean,
): string | undefined {
  if (isStale) return 'Actions wait until the view is live again';
  if (access.allowed === null) return 'Asking whether you may';
  const where = reference.namespace === '' ? '' : ` in ${reference.namespace}`;
  if (!access.allowed) {
    return `Needs delete ${reference.resource}${where}${access.reason === '' ? '' : `: ${access.reason}`}`;
  }
  return object.metadata.uid === '' ? 'The object has no uid to insist on' : undefined;
}
