'use client';
import type { Relation } from '#components/resources/look.ts';
import { relatedSpec, relationsOf } from '#components/resources/relations.ts';
import { Glyph } from '#components/ui/glyph.tsx';
import { formatCount } from '#lib/format/number.ts';
import { useLiveRows } from '#lib/live/use-live-rows.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import styles from './delete-dialog.module.css';

/** What goes, counted live; what could not be counted says so. */
export function DeleteConsequences(props: {
  readonly reference: ObjectReference;
  readonly object: PartialObject;
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
      {relationsOf(reference.resource, props.object)
        .filter((relation) => relation.leavesWithIt)
        .map((relation) => (
          <Owned key={relation.resource} {...props} relation={relation} />
        ))}
    </ul>
  );
}

function Owned(props: {
  readonly reference: ObjectReference;
  readonly object: PartialObject;
  readonly relation: Relation;
}) {
  const { relation } = props;
  const spec = relatedSpec(props.reference, props.object, relation);
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
