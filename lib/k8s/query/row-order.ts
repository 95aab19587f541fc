import type { Store } from '#lib/k8s/cache/store.ts';
import type { Sort } from '#lib/resources/query-spec.ts';
import { compareNatural } from './natural-order.ts';
import { OrderedKeys } from './ordered-keys.ts';
import { compareSortValues, type SortValue, SortValues } from './sort-values.ts';

/**
 * The wanted sort, or the kind's own when that column is not there or not sortable (an old link, other columns of a
 * custom kind): the sort in force is told with the rows. `name` and `namespace` sort although they are no columns.
 */
export function sortInForce(store: Store, wanted: Sort | null): Sort {
  const found = [wanted, store.definition.sort].find((one) => one !== null && isSortable(store, one.column));
  return found
    ? { column: found.column, descending: found.descending }
    : { column: 'name', descending: false };
}

function isSortable(store: Store, id: string): boolean {
  const column = store.columns.find((one) => one.id === id);
  return column === undefined ? id === 'name' || id === 'namespace' : column.sortable;
}

/** Namespace, name, uid: the order ties go by, whatever the direction. It depends on nothing that can change. */
export class IdentityOrder {
  readonly keys: OrderedKeys;
  /** By key: its place. */
  ranks = new Uint32Array(0);
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.keys = new OrderedKeys((a, b) => this.#compare(a, b));
  }

  change(isOut: (key: number) => boolean, hasOut: boolean, placed: number[]): void {
    this.keys.change(isOut, hasOut, placed);
    if (this.ranks.length < this.#store.bounds) this.ranks = new Uint32Array(this.#store.bounds * 1.25);
    const keys = this.keys.view();
    for (let place = 0; place < keys.length; place++) this.ranks[keys[place] as number] = place;
  }

  #compare(a: number, b: number): number {
    const [left, right] = [this.#store.metadata(a), this.#store.metadata(b)];
    return (
      compareNatural(left.namespace, right.namespace) ||
      compareNatural(left.name, right.name) ||
      compareNatural(left.uid, right.uid)
    );
  }
}

/** All rows of a store in the order of one sort, shared by every query that has it. A total order. */
export class RowOrder {
  readonly sort: Sort;
  readonly keys: OrderedKeys;
  readonly #store: Store;
  readonly #identity: IdentityOrder;
  /** -1: name or namespace. */
  readonly #column: number;
  readonly #values: SortValues | null;

  constructor(store: Store, sort: Sort, identity: IdentityOrder) {
    this.sort = sort;
    this.#store = store;
    this.#identity = identity;
    this.#column = store.columns.findIndex((one) => one.id === sort.column);
    this.#values = this.#column < 0 ? null : new SortValues(store.dictionary(this.#column));
    const direction = sort.descending ? -1 : 1;
    this.keys = new OrderedKeys((a, b) => {
      const order = compareSortValues(this.#valueOf(a), this.#valueOf(b), direction);
      return order || this.#identity.ranks[a]! - this.#identity.ranks[b]!;
    });
    this.keys.reset(this.#arrange(direction));
  }

  /** Whether a row that had these cells and has others now may stand elsewhere. */
  isMoved(key: number, before: Uint32Array): boolean {
    return this.#column >= 0 && before[this.#column] !== this.#store.cellId(key, this.#column);
  }

  #valueOf(key: number): SortValue {
    if (this.#values !== null) return this.#values.of(this.#store.cellId(key, this.#column));
    return this.#store.metadata(key)[this.sort.column === 'namespace' ? 'namespace' : 'name'];
  }

  /** Rows stand in the order of ties already: they need only be dealt into a room for each value. */
  #arrange(direction: number): Uint32Array {
    const rows = this.#identity.keys.view();
    const values = this.#values;
    if (values === null) return this.#sorted(rows, direction);
    const counts = new Map<number, number>();
    for (const key of rows) {
      const id = this.#store.cellId(key, this.#column);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const ids = [...counts.keys()].sort((a, b) => compareSortValues(values.of(a), values.of(b), direction));
    const rooms = new Map<number, Room>();
    let room: Room = { next: 0 };
    let start = 0;
    for (const [at, id] of ids.entries()) {
      // Different cells may sort alike ('A' and 'a'): their rows share a room.
      const isSame = at > 0 && compareSortValues(values.of(ids[at - 1] as number), values.of(id), 1) === 0;
      if (!isSame) room = { next: start };
      rooms.set(id, room);
      start += counts.get(id) ?? 0;
    }
    const into = new Uint32Array(rows.length);
    for (const key of rows) into[(rooms.get(this.#store.cellId(key, this.#column)) as Room).next++] = key;
    return into;
  }

  #sorted(rows: Uint32Array, direction: number): Uint32Array {
    // Array.sort is stable: ties stay as they are.
    const sorted = [...rows].sort((a, b) => compareSortValues(this.#valueOf(a), this.#valueOf(b), direction));
    return Uint32Array.from(sorted);
  }
}

interface Room {
  next: number;
}
