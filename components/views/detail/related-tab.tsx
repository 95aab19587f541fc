'use client';
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import type { Relation } from '#components/resources/look.ts';
import { relatedSpec } from '#components/resources/relations.ts';
import { useKind } from '#components/resources/use-kind.ts';
import { Notice } from '#components/ui/notice.tsx';
import { useLiveRows } from '#lib/live/use-live-rows.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { QuerySpec, Window } from '#lib/resources/query-spec.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { ListBody } from '../list/list-body.tsx';
import { listState } from '../list/list-state.ts';
import styles from './detail-view.module.css';

/** What belongs to the object, as a live list of its own: sorted here, not in the URL. */
export function RelatedTab(props: {
  readonly reference: ObjectReference;
  readonly object: PartialObject;
  readonly relation: Relation;
}) {
  const { relation } = props;
  return (
    <RelatedRows
      reference={props.reference}
      object={props.object}
      relation={relation}
      empty={
        <Notice title={`No ${relation.label} now`}>
          <p>None belongs to {props.reference.name} at this moment. New ones appear here by themselves.</p>
        </Notice>
      }
    />
  );
}

export function RelatedRows(props: {
  readonly reference: ObjectReference;
  readonly object: PartialObject;
  readonly relation: Relation;
  readonly empty: ReactNode;
}) {
  const { reference, object, relation } = props;
  const kind = useKind(reference.cluster, relation.resource);
  const [asked, setAsked] = useState<Partial<QuerySpec>>({});
  const [window, setWindow] = useState<Window>({ offset: 0, limit: 100 });
  const spec = useMemo(
    () => ({ ...relatedSpec(reference, object, relation), ...asked, window }),
    [reference, object, relation, asked, window],
  );
  const table = useLiveRows(spec);
  const pageRef = useRef<HTMLDivElement>(null);
  const change = useCallback(
    (part: Partial<QuerySpec>) => setAsked((before) => ({ ...before, ...part })),
    [],
  );
  const keep = useCallback(
    (next: Window) =>
      setWindow((before) => (before.offset === next.offset && before.limit === next.limit ? before : next)),
    [],
  );
  if (listState(table, spec, kind.isMissing) === 'nothing-matches') return props.empty;
  return (
    <div ref={pageRef} className={styles.grid}>
      <ListBody kind={kind} table={table} spec={spec} change={change} setWindow={keep} pageRef={pageRef} />
    </div>
  );
}
