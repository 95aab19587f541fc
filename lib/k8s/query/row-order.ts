import type { Store } from '#lib/k8s/cache/store.ts';
import { type Cell, isState, isUnknown, STATE_LEVELS } from '#lib/resources/cell.ts';
import type { Sort } from '#lib/resources/query-spec.ts';
import { compareNatural } from './natural-order.ts';

/** What a cell sorts by; null (does not apply, not known) is last in both directions. */
export type SortValue = number | string | null;

/** The order of one sort: a total order over the rows of a store. */
export interface RowOrder {
  readonly sort: Sort;
  valueOf(key: number): SortValue;
  /** a and b with their values; ties go by namespace, name, uid, whatever the direction. */
  compare(a: number, valueA: SortValue, b: number, valueB: SortValue): number;
}

/**
 * The wanted sort, or the kind's own when that column is not there or not sortable (an old link, other columns of a
 * custom kind): the sort in force is told with the rows. `name` and `namespace` sort although they are no columns.
 */
export function rowOrder(store: Store, wanted: Sort | null): RowOrder {
  const { definition } = store;
  const sort = [wanted, definition.sort].find((one) => one !== null && isSortable(store, one.column)) ?? {
    column: 'name',
    descending: false,
  };
  const direction = sort.descending ? -1 : 1;
  const column = store.columns.findIndex((one) => one.id === sort.column);
  return {
    sort: { column: sort.column, descending: sort.descending },
    valueOf: (key) => {
      if (column >= 0) return sortValueOf(store.cell(key, column));
      return store.metadata(key)[sort.column === 'namespace' ? 'namespace' : 'name'];
    },
    compare(a, valueA, b, valueB) {
      if (valueA === null || valueB === null) {
        if (valueA !== valueB) return valueA === null ? 1 : -1;
      } else {
        const order = compareValues(valueA, valueB);
        if (order !== 0) return order * direction;
      }
      return compareIdentity(store, a, b);
    },
  };
}

function isSortable(store: Store, id: string): boolean {
  const column = store.columns.find((one) => one.id === id);
  return column === undefined ? id === 'name' || id === 'namespace' : column.sortable;
}

/** States: worst first, then by their words. Lists: as their items read. */
export function sortValueOf(cell: Cell): SortValue {
  if (cell === null || isUnknown(cell)) return null;
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  if (typeof cell === 'string') return cell.toLowerCase();
  // The separator ends a run of digits, so that words that begin with one do not join the level.
  if (isState(cell)) return `${STATE_LEVELS.indexOf(cell.level)}\u0000${cell.words.toLowerCase()}`;
  return cell.length === 0 ? null : cell.join(', ').toLowerCase();
}

/** Numbers stand before text: a column of a custom kind may hold both. */
function compareValues(a: number | string, b: number | string): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  return typeof b === 'number' ? 1 : compareNatural(a, b);
}

function compareIdentity(store: Store, a: number, b: number): number {
  const [left, right] = [store.metadata(a), store.metadata(b)];
  return (
    compareNatural(left.namespace, right.namespace) ||
    compareNatural(left.name, right.name) ||
    compareNatural(left.uid, right.uid)
  );
}
