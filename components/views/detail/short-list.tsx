'use client';
import { useKind } from '#components/resources/use-kind.ts';
import { CellView } from '#components/table/cell-view.tsx';
import { Link } from '#components/ui/link.tsx';
import { Placeholder } from '#components/ui/placeholder.tsx';
import { Section, SmallTable } from '#components/ui/section.tsx';
import text from '#components/ui/text.module.css';
import { formatCount } from '#lib/format/number.ts';
import type { LiveRow, LiveTable } from '#lib/live/live-client.ts';
import { useLiveRows } from '#lib/live/use-live-rows.ts';
import type { Related } from '#lib/resources/query-spec.ts';
import type { ObjectReference, ResourceName } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';
import { relatedSpec } from './related-spec.ts';

const ROWS = 6;

/** The first few of what belongs to the object, live; the tab has them all. */
export function ShortList(props: {
  readonly reference: ObjectReference;
  readonly uid: string;
  readonly resource: ResourceName;
  readonly by: Related['by'];
  readonly label: string;
  readonly tab: string;
}) {
  const { reference, resource } = props;
  const kind = useKind(reference.cluster, resource);
  const spec = relatedSpec(reference, resource, { uid: props.uid, by: props.by });
  const table = useLiveRows(kind.isMissing ? null : { ...spec, window: { offset: 0, limit: ROWS } });
  if (kind.isMissing) return null;
  const matched = table.counts?.matched;
  return (
    <Section
      title={props.label}
      remark={matched === undefined ? undefined : remarkOf(matched)}
      right={
        matched === undefined || matched === 0 ? undefined : (
          <Link className={text.link} href={routes.object(reference, props.tab)} scroll={false}>
            Open as list
          </Link>
        )
      }
    >
      <ShortRows
        table={table}
        label={props.label}
        reference={reference}
        resource={resource}
        words={kind.words}
      />
    </Section>
  );
}

function remarkOf(matched: number): string {
  return matched > ROWS ? `${ROWS} of ${formatCount(matched)}` : formatCount(matched);
}

function ShortRows(props: {
  readonly table: LiveTable;
  readonly label: string;
  readonly reference: ObjectReference;
  readonly resource: ResourceName;
  readonly words: string;
}) {
  const { table, words } = props;
  const { connection } = table;
  if (connection.state === 'forbidden') return <p className={text.t2}>You may not list {words} here.</p>;
  if (connection.state === 'failed')
    return <p className={text.t2}>Not readable: {connection.error.message}</p>;
  if (table.refused !== null) return <p className={text.t2}>Not readable: {table.refused.message}</p>;
  if (table.columns === null) return <Placeholder widthPx={220} />;
  if (table.rows.length === 0) {
    return <p className={text.t3}>{connection.state === 'connecting' ? `Reading ${words}` : 'None now'}</p>;
  }
  const columns = table.columns
    .map((column, cell) => ({ column, cell }))
    .filter(({ column }) => column.priority === 1);
  const isEvents = props.resource === 'events';
  const hrefOf = (row: LiveRow) =>
    routes.object({
      cluster: props.reference.cluster,
      resource: props.resource,
      namespace: row.namespace,
      name: row.name,
    });
  const heads = columns.map(({ column }) => ({
    label: column.label,
    right: column.align === 'right' || column.type === 'number',
  }));
  return (
    <SmallTable
      label={props.label}
      heads={isEvents ? heads : [{ label: 'Name' }, ...heads]}
      rows={table.rows.map((row) => {
        const cells = columns.map(({ column, cell }) => (
          <CellView key={column.id} cell={row.cells[cell]} column={column} />
        ));
        const name = (
          <Link key="name" href={hrefOf(row)}>
            {row.name}
          </Link>
        );
        return { key: String(row.key), cells: isEvents ? cells : [name, ...cells] };
      })}
    />
  );
}
