import type { Journal, Touches } from '#lib/k8s/cache/columns/journal.ts';
import type { Store } from '#lib/k8s/cache/store.ts';
import type { Sort } from '#lib/resources/query-spec.ts';
import { IdentityOrder, RowOrder } from './row-order.ts';

/**
 * What all queries over one store share: its orders, and the moment they stand at. Nothing is worked out when the store
 * changes; refresh() takes what was touched since the last one, brings every order up to date with one pass each, and
 * lets every query look at the touched rows only.
 */
export interface RowIndex {
  readonly store: Store;
  /** Brings all orders and queries to the present. */
  refresh(): void;
  /** The rows in this order, shared; let it go when no longer asked for. */
  acquireOrder(sort: Sort): RowOrder;
  releaseOrder(order: RowOrder): void;
  join(member: IndexMember): void;
  /** The last one to leave ends it. */
  leave(member: IndexMember): void;
}

/** A query. */
export interface IndexMember {
  /** The store changed. */
  marked(): void;
  /** `moved`: rows that stand elsewhere in an order now, by sort. */
  touched(touches: Touches, moved: (order: RowOrder) => KeyMarks): void;
}

/** A set of keys, by flag. */
export interface KeyMarks {
  has(key: number): boolean;
  readonly size: number;
}

export function createRowIndex(store: Store): RowIndex {
  return new SharedIndex(store);
}

class SharedIndex implements RowIndex {
  readonly store: Store;
  readonly #identity: IdentityOrder;
  readonly #orders = new Map<string, { readonly order: RowOrder; users: number }>();
  readonly #members = new Set<IndexMember>();
  #journal: Journal | null = null;
  #unsubscribe = (): void => {};

  constructor(store: Store) {
    this.store = store;
    this.#identity = new IdentityOrder(store);
  }

  join(member: IndexMember): void {
    this.#members.add(member);
    if (this.#journal === null) this.#begin();
  }

  leave(member: IndexMember): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    this.#unsubscribe();
    this.#journal?.close();
    this.#journal = null;
    this.#orders.clear();
  }

  acquireOrder(sort: Sort): RowOrder {
    this.refresh();
    const name = `${sort.column} ${sort.descending}`;
    const known = this.#orders.get(name) ?? {
      order: new RowOrder(this.store, sort, this.#identity),
      users: 0,
    };
    this.#orders.set(name, known);
    known.users++;
    return known.order;
  }

  releaseOrder({ sort }: RowOrder): void {
    const name = `${sort.column} ${sort.descending}`;
    const known = this.#orders.get(name);
    if (known !== undefined && --known.users === 0) this.#orders.delete(name);
  }

  refresh(): void {
    const touches = this.#journal?.take();
    if (touches === undefined || touches.size === 0) return;
    this.#changeIdentity(touches);
    const moved = new Map<RowOrder, KeyMarks>();
    for (const { order } of this.#orders.values()) moved.set(order, this.#changeOrder(order, touches));
    for (const member of this.#members) member.touched(touches, (order) => moved.get(order) as KeyMarks);
  }

  #begin(): void {
    this.#journal = this.store.openJournal();
    this.#unsubscribe = this.store.onChange(() => {
      for (const member of this.#members) member.marked();
    });
    this.#identity.keys.reset(new Uint32Array(0));
    this.#identity.change(() => false, false, [...this.store.keys()]);
  }

  /** Rows that came and went; a row that is there before and after is the same, whose identity never changes. */
  #changeIdentity(touches: Touches): void {
    const gone = new Set<number>();
    const come: number[] = [];
    for (const [key, before] of touches) {
      const isThere = this.store.has(key);
      if (before !== null && !isThere) gone.add(key);
      else if (before === null && isThere) come.push(key);
    }
    if (gone.size === 0 && come.length === 0) return;
    this.#identity.change((key) => gone.has(key), gone.size > 0, come);
  }

  #changeOrder(order: RowOrder, touches: Touches): KeyMarks {
    const moved = new Set<number>();
    const placed: number[] = [];
    let hasOut = false;
    for (const [key, before] of touches) {
      const isThere = this.store.has(key);
      if (before !== null && isThere && !order.isMoved(key, before)) continue;
      moved.add(key);
      if (before !== null) hasOut = true;
      if (isThere) placed.push(key);
    }
    if (moved.size > 0) order.keys.change((key) => moved.has(key), hasOut, placed);
    return moved;
  }
}
