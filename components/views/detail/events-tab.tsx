'use client';
import { Notice } from '#components/ui/notice.tsx';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { RelatedRows } from './related-tab.tsx';

/** What was reported about the object, newest first. */
export function EventsTab(props: { readonly reference: ObjectReference; readonly uid: string }) {
  return (
    <RelatedRows
      reference={props.reference}
      uid={props.uid}
      resource="events"
      by="involvedObject"
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
