'use client';
import { type RefObject, useCallback, useMemo } from 'react';
import { rowHref, titleColumn } from '#components/resources/row-link.ts';
import type { Kind } from '#components/resources/use-kind.ts';
import { type ColumnChoice, withWidth } from '#components/table/column-choice.ts';
import { Grid } from '#components/table/grid.tsx';
import type { GridColumn, GridRow, GridSource } from '#components/table/grid-model.ts';
import type { GridMarks } from '#components/table/use-grid-marks.ts';
import { useAddress } from '#components/ui/address/address-provider.tsx';
import { formatClockTime } from '#lib/format/instant.ts';
import type { LiveTable } from '#lib/live/live-client.ts';
import { useFreshness } from '#lib/live/use-freshness.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { QuerySpec, Sort } from '#lib/resources/query-spec.ts';
import { type ResourceName, type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import { routes, searchOf } from '#lib/routes.ts';
import type { ListSpec } from './use-list-spec.ts';

interface ListGridProps {
  readonly kind: Kind;
  readonly table: LiveTable;
  readonly columns: readonly Column[];
  readonly spec: QuerySpec;
  readonly change: ListSpec['change'];
  readonly setWindow: ListSpec['setWindow'];
  readonly loading: boolean;
  /** Absent: rows are not marked here. */
  readonly marks?: GridMarks;
  readonly choice?: ColumnChoice;
  readonly setChoice?: (choice: ColumnChoice) => boolean;
  readonly pageRef: RefObject<HTMLElement | null>;
}

/** The rows of a list: every row and every named object a link, Enter opens. */
export function ListGrid(props: ListGridProps) {
  const { kind, table, spec, change, loading, columns } = props;
  const resource = spec.kinds[0] ?? '';
  const { go } = useAddress();
  const stale = useFreshness(spec.cluster, table);
  const source = useMemo(() => sourceOf(table, columns, loading), [table, columns, loading]);
  const { hrefOf, linkOf } = useRowLinks(spec.cluster, resource, columns, kind.cluster.types);
  const onSort = useCallback((sort: Sort) => change({ sort }), [change]);
  const onWidth = useWidths(props);
  const onOpen = useCallback((row: GridRow) => go(hrefOf(row)), [go, hrefOf]);
  return (
    <Grid
      label={kind.title}
      source={source}
      showNamespace={kind.isNamespaced && spec.namespaces.length !== 1}
      titleColumn={titleColumn(resource)}
      onWindow={props.setWindow}
      onSort={onSort}
      hrefOf={hrefOf}
      linkOf={linkOf}
      onOpen={onOpen}
      marks={props.marks ?? null}
      choice={props.choice}
      onWidth={onWidth}
      staleHead={
        stale.tone === 'stale' ? `State at ${formatClockTime(performance.timeOrigin + stale.sinceMs)}` : null
      }
      busy={loading || table.connection.state === 'connecting'}
      pageRef={props.pageRef}
      question={searchOf(spec)}
    />
  );
}

function useWidths({ choice, setChoice }: Pick<ListGridProps, 'choice' | 'setChoice'>) {
  return useMemo(() => {
    if (setChoice === undefined || choice === undefined) return undefined;
    return (id: string, px: number | null) => void setChoice(withWidth(choice, id, px));
  }, [choice, setChoice]);
}

const LOADING_ROWS = 12;

function sourceOf(table: LiveTable, columns: readonly Column[], loading: boolean): GridSource {
  if (loading) return { columns, rows: [], offset: 0, total: LOADING_ROWS, sort: null };
  return {
    columns,
    rows: table.rows,
    offset: table.offset,
    total: table.counts?.matched ?? 0,
    sort: table.sort,
  };
}

/** Where rows and cells lead. A cell names an object only of a kind this cluster serves. */
function useRowLinks(
  cluster: string,
  resource: ResourceName,
  columns: readonly Column[],
  types: readonly ResourceType[] | null,
) {
  const hrefOf = useCallback(
    (row: GridRow) => rowHref(cluster, resource, row, columns, types),
    [cluster, resource, columns, types],
  );
  const linkOf = useCallback(
    (row: GridRow, column: GridColumn) => {
      const cell = row.cells[column.cell];
      const linked = column.column?.link;
      if (linked === undefined || typeof cell !== 'string' || cell === '') return null;
      const type = types?.find((candidate) => resourceName(candidate) === linked);
      if (type === undefined) return null;
      const namespace = type.scope === 'Namespaced' ? row.namespace : '';
      return routes.object({ cluster, resource: linked, namespace, name: cell });
    },
    [types, cluster],
  );
  return { hrefOf, linkOf };
}
