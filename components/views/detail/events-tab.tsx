'use client';
import { EVENTS } from '#components/resources/relations.ts';
import { Notice } from '#components/ui/notice.tsx';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { RelatedRows } from './related-tab.tsx';

/** What was reported about the object, newest first. */
export function EventsTab(props: { readonly reference: ObjectReference; readonly object: PartialObject }) {
  return (
    <RelatedRows
      reference={props.reference}
      object={props.object}
      relation={EVENTS}
      empty={
        <Notice title="No events now">
          <p>
            Kubernetes keeps events for an hour unless told otherwise: silence here says nothing about before.
          </p>
        </Notice>
      }
    />
  );
}
