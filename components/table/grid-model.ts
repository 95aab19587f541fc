import type { Cell } from '#lib/resources/cell.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { Sort } from '#lib/resources/query-spec.ts';

/**
 * What the table is given: a window of rows out of `total`. It asks for another window while scrolling and shows
 * placeholders of the final shape until it comes. It knows no kind, no route and no clock.
 */
export interface GridRow {
  readonly key: number;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly cells: readonly Cell[];
  readonly changes: number;
}

export interface GridSource {
  readonly columns: readonly Column[];
  readonly rows: readonly GridRow[];
  readonly offset: number;
  readonly total: number;
  readonly sort: Sort | null;
}

export const NAME_COLUMN = 'name';
export const NAMESPACE_COLUMN = 'namespace';

/** One drawn column. `cell` is the index in the row's cells; name and namespace stand before them. */
export interface GridColumn {
  readonly id: string;
  readonly label: string;
  readonly type: Column['type'] | 'name' | 'namespace';
  readonly right: boolean;
  readonly sortable: boolean;
  readonly cell: number;
  readonly column: Column | null;
}

/** Priority 1 always stays, 2 leaves below 1180 px; 0 and 3 are not drawn here. */
export function gridColumns(
  columns: readonly Column[],
  shown: { readonly name: boolean; readonly namespace: boolean; readonly roomy: boolean },
): readonly GridColumn[] {
  const first: GridColumn[] = [];
  if (shown.name) {
    first.push({
      id: NAME_COLUMN,
      label: 'Name',
      type: 'name',
      right: false,
      sortable: true,
      cell: -1,
      column: null,
    });
  }
  if (shown.namespace) {
    first.push({
      id: NAMESPACE_COLUMN,
      label: 'Namespace',
      type: 'namespace',
      right: false,
      sortable: true,
      cell: -1,
      column: null,
    });
  }
  return first.concat(
    columns.flatMap((column, cell) =>
      column.priority === 1 || (column.priority === 2 && shown.roomy)
        ? [
            {
              id: column.id,
              label: column.label,
              type: column.type,
              right: isRight(column),
              sortable: column.sortable,
              cell,
              column,
            },
          ]
        : [],
    ),
  );
}

function isRight(column: Column): boolean {
  return (
    column.align === 'right' ||
    column.type === 'number' ||
    column.type === 'quantity' ||
    column.type === 'time'
  );
}

/** What a header's button asks for: the other direction of the same column, else the column's natural first one. */
export function nextSort(current: Sort | null, column: GridColumn): Sort {
  if (current?.column === column.id) return { column: column.id, descending: !current.descending };
  return { column: column.id, descending: column.type === 'number' || column.type === 'quantity' };
}
