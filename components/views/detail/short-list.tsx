'use client';
import type { Relation } from '#components/resources/look.ts';
import { relatedSpec } from '#components/resources/relations.ts';
import { rowHref, titleColumn } from '#components/resources/row-link.ts';
import { type Kind, useKind } from '#components/resources/use-kind.ts';
import { CellView } from '#components/table/cell-view.tsx';
import { Link } from '#components/ui/link.tsx';
import { Placeholder } from '#components/ui/placeholder.tsx';
import { Section, SmallTable } from '#components/ui/section.tsx';
import text from '#components/ui/text.module.css';
import { formatCount } from '#lib/format/number.ts';
import type { LiveTable } from '#lib/live/live-client.ts';
import { useLiveRows } from '#lib/live/use-live-rows.ts';
import type { Column, PartialObject } from '#lib/resources/definition.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';

const ROWS = 6;

/** The first few of what belongs to the object, live; the tab has them all. */
export function ShortList(props: {
  readonly reference: ObjectReference;
  readonly object: PartialObject;
  readonly relation: Relation;
}) {
  const { reference, relation } = props;
  const kind = useKind(reference.cluster, relation.resource);
  const spec = relatedSpec(reference, props.object, relation);
  const table = useLiveRows(kind.isMissing ? null : { ...spec, window: { offset: 0, limit: ROWS } });
  if (kind.isMissing) return null;
  const matched = table.counts?.matched;
  return (
    <Section
      title={relation.label}
      remark={matched === undefined ? undefined : remarkOf(matched)}
      right={
        matched === undefined || matched === 0 ? undefined : (
          <Link className={text.link} href={routes.object(reference, relation.resource)}>
            Open as list
          </Link>
        )
      }
    >
      <ShortRows table={table} relation={relation} kind={kind} reference={reference} />
    </Section>
  );
}

function remarkOf(matched: number): string {
  return matched > ROWS ? `${ROWS} of ${formatCount(matched)}` : formatCount(matched);
}

function ShortRows(props: {
  readonly table: LiveTable;
  readonly relation: Relation;
  readonly kind: Kind;
  readonly reference: ObjectReference;
}) {
  const { table } = props;
  const { words } = props.kind;
  const { connection } = table;
  if (connection.state === 'forbidden') return <p className={text.t2}>You may not list {words} here.</p>;
  if (connection.state === 'failed')
    return <p className={text.t2}>Not readable: {connection.error.message}</p>;
  if (table.refused !== null) return <p className={text.t2}>Not readable: {table.refused.message}</p>;
  if (table.columns === null) return <Placeholder widthPx={220} />;
  if (table.rows.length === 0) {
    return <p className={text.t3}>{connection.state === 'connecting' ? `Reading ${words}` : 'None now'}</p>;
  }
  return <Rows {...props} columns={table.columns} />;
}

function Rows(props: {
  readonly table: LiveTable;
  readonly relation: Relation;
  readonly kind: Kind;
  readonly reference: ObjectReference;
  readonly columns: readonly Column[];
}) {
  const { relation, columns } = props;
  const { cluster } = props.reference;
  const { types } = props.kind.cluster;
  const isTitled = titleColumn(relation.resource) !== null;
  const shown = columns.flatMap((column, cell) => (column.priority === 1 ? [{ column, cell }] : []));
  const heads = shown.map(({ column }) => ({
    label: column.label,
    right: column.align === 'right' || column.type === 'number',
  }));
  return (
    <SmallTable
      label={relation.label}
      heads={isTitled ? heads : [{ label: 'Name' }, ...heads]}
      rows={props.table.rows.map((row) => {
        const cells = shown.map(({ column, cell }) => (
          <CellView key={column.id} cell={row.cells[cell]} column={column} />
        ));
        const name = (
          <Link key="name" href={rowHref(cluster, relation.resource, row, columns, types)}>
            {row.name}
          </Link>
        );
        return { key: String(row.key), cells: isTitled ? cells : [name, ...cells] };
      })}
    />
  );
}
