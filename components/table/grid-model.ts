import type { Cell } from '#lib/resources/cell.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { Sort } from '#lib/resources/query-spec.ts';
import { type ColumnChoice, chosenColumns } from './column-choice.ts';

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
  /** Not in this place any more; shown as it last was while places are held. */
  readonly hasLeft?: boolean;
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

export interface ColumnWishes {
  /** The column that leads to the row's object: NAME_COLUMN, or one whose name says more. */
  readonly title: string;
  readonly namespace: boolean;
  /** There is room for columns of priority 2. */
  readonly roomy: boolean;
  readonly choice: ColumnChoice;
  /** Also those that only a chooser shows. */
  readonly every?: boolean;
}

/**
 * Name and namespace, then the kind's. Of itself a kind shows priority 1 always and 2 where there is room; 3 only by
 * choice, 0 never.
 */
export function gridColumns(columns: readonly Column[], wishes: ColumnWishes): readonly GridColumn[] {
  const { choice, title, every = false } = wishes;
  const all = [
    ...(title === NAME_COLUMN ? [identityColumn(NAME_COLUMN, 'Name')] : []),
    ...(wishes.namespace ? [identityColumn(NAMESPACE_COLUMN, 'Namespace')] : []),
    ...columns.flatMap((column, cell) => (column.priority === 0 ? [] : [gridColumn(column, cell)])),
  ];
  if (choice.shown !== null) return chosenColumns(all, choice.shown, title);
  const least = every ? 3 : wishes.roomy ? 2 : 1;
  return all.filter(({ column }) => column === null || column.priority <= least);
}

function identityColumn(type: 'name' | 'namespace', label: string): GridColumn {
  return { id: type, label, type, right: false, sortable: true, cell: -1, column: null };
}

function gridColumn(column: Column, cell: number): GridColumn {
  const { id, label, type, sortable } = column;
  return { id, label, type, right: isRight(column), sortable, cell, column };
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
