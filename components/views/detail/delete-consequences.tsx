'use client';
import type { Relation } from '#components/resources/look.ts';
import { relationsOf } from '#components/resources/relations.ts';
import { Glyph } from '#components/ui/glyph.tsx';
import { formatCount } from '#lib/format/number.ts';
import { useLiveRows } from '#lib/live/use-live-rows.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import styles from './delete-dialog.module.css';
import { relatedSpec } from './related-spec.ts';

/** What goes, counted live; what could not be counted says so. */
export function DeleteConsequences(props: {
  readonly reference: ObjectReference;
  readonly uid: string;
  readonly one: string;
}) {
  const { reference } = props;
  const where = reference.namespace === '' ? 'at cluster scope' : `in ${reference.namespace}`;
  return (
    <ul className={styles.list}>
      <li>
        <Glyph name="trash" />
        <span>
          {props.one} <b>{reference.name}</b> {where}
        </span>
        <span className={styles.figure}>1</span>
      </li>
      {relationsOf(reference.resource)
        .filter((relation) => relation.leavesWithIt)
        .map((relation) => (
          <Owned key={relation.resource} {...props} relation={relation} />
        ))}
    </ul>
  );
}

function Owned(props: {
  readonly reference: ObjectReference;
  readonly uid: string;
  readonly relation: Relation;
}) {
  const { relation } = props;
  const spec = relatedSpec(props.reference, relation.resource, { uid: props.uid, by: relation.by });
  const table = useLiveRows({ ...spec, window: { offset: 0, limit: 0 } });
  const known = table.counts !== null && table.connection.state === 'live';
  return (
    <li>
      <Glyph name={known ? 'workloads' : 'unknown'} />
      <span>
        {relation.label} it owns, deleted with it{known ? '' : '; not counted'}
      </span>
      <span className={styles.figure}>{known ? formatCount(table.counts?.matched ?? 0) : '?'}</span>
    </li>
  );
}
