import type { Store, StoreChange } from '#lib/k8s/cache/store.ts';
import { type Counts, MAX_WINDOW_ROWS, type QuerySpec, type Sort } from '#lib/resources/query-spec.ts';
import { FacetCounts } from './facet-counts.ts';
import { type FilterParts, OUT_OF_SCOPE, type RowFilter, rowFilter } from './row-filter.ts';
import { type RowOrder, rowOrder, type SortValue } from './row-order.ts';

/**
 * One question over one Store, kept answered. A change of the store marks keys; nothing is computed before somebody
 * asks (once a tick), and then only for the marked keys: their conditions, counts and place in the order.
 *
 * Promises: window() is what filtering and sorting the whole store afresh would give. The order is total, so equal
 * stores give equal windows. A seam for shared orders: RowOrder knows the comparison, LiveQuery only keeps the array.
 */
export interface LiveQuery {
  /** True when the answer may have changed since it was last read. */
  readonly isDirty: boolean;
  /** The present answer. */
  window(): QueryWindow;
  /** Another question over the same rows. Throws ApiException (BadRequest); the old question then stays. */
  update(spec: QuerySpec): void;
  /** The mask, or what relations were told, answers otherwise now. */
  invalidate(): void;
  close(): void;
}

export interface QueryWindow {
  /** Keys of the window in order. */
  readonly order: readonly number[];
  /** Where the window really begins: clamped to the matched rows. */
  readonly offset: number;
  /** The sort in force. */
  readonly sort: Sort;
  readonly counts: Counts;
}

export interface LiveQueryOptions extends FilterParts {
  readonly store: Store;
  readonly spec: QuerySpec;
  /** Told when the query becomes dirty; again only after it was read. */
  readonly onDirty?: () => void;
}

/** Throws ApiException (BadRequest) when the spec cannot be understood. */
export function createLiveQuery(options: LiveQueryOptions): LiveQuery {
  return new StoreQuery(options);
}

const ABSENT = -1;

class StoreQuery implements LiveQuery {
  isDirty = true;
  readonly #options: LiveQueryOptions;
  readonly #store: Store;
  readonly #unsubscribe: () => void;
  #spec: QuerySpec;
  #filter: RowFilter;
  #order: RowOrder;
  #facets: readonly FacetCounts[];
  /** By key: conditions failed, or ABSENT. */
  #failures: number[] = [];
  /** By key, for rows in `#sorted`. */
  #values: SortValue[] = [];
  #sorted: number[] = [];
  #total = 0;
  #counts: Counts | null = null;
  /** All rows have to be looked at again. */
  #isStale = true;
  #pending = new Set<number>();
  /** Deleted since: whatever stands at such a key now is another row. */
  #removed = new Set<number>();
  /** Keys with no row at present. */
  #dead = new Set<number>();

  constructor(options: LiveQueryOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#spec = options.spec;
    this.#filter = rowFilter(options.store, options.spec, options);
    this.#order = rowOrder(options.store, options.spec.sort);
    this.#facets = [];
    this.#unsubscribe = options.store.onChange((change) => this.#mark(change));
  }

  window(): QueryWindow {
    this.#refresh();
    this.isDirty = false;
    const { offset, limit } = clamped(this.#spec.window, this.#sorted.length);
    this.#counts ??= this.#countAll();
    return {
      order: this.#sorted.slice(offset, offset + limit),
      offset,
      sort: this.#order.sort,
      counts: this.#counts,
    };
  }

  update(spec: QuerySpec): void {
    const filter = rowFilter(this.#store, spec, this.#options);
    const order = rowOrder(this.#store, spec.sort);
    const isOtherFilter = conditionsOf(spec) !== conditionsOf(this.#spec);
    const isOtherOrder = JSON.stringify(order.sort) !== JSON.stringify(this.#order.sort);
    this.#spec = spec;
    if (isOtherFilter) {
      this.#filter = filter;
      this.#isStale = true;
    }
    if (isOtherOrder) {
      this.#order = order;
      if (!this.#isStale) this.#sortAgain();
    }
    this.#dirty();
  }

  invalidate(): void {
    this.#isStale = true;
    this.#dirty();
  }

  close(): void {
    this.#unsubscribe();
  }

  #mark(change: StoreChange): void {
    for (const key of change.removed) {
      this.#removed.add(key);
      this.#dead.add(key);
      this.#pending.add(key);
    }
    for (const key of change.changed) {
      this.#dead.delete(key);
      this.#pending.add(key);
    }
    this.#dirty();
  }

  #dirty(): void {
    if (this.isDirty) return;
    this.isDirty = true;
    this.#options.onDirty?.();
  }

  #refresh(): void {
    if (this.#isStale) this.#rebuild();
    else if (this.#pending.size > 0) this.#applyPending();
    this.#pending.clear();
    this.#removed.clear();
    this.#dead.clear();
  }

  #rebuild(): void {
    const store = this.#store;
    this.#facets = store.columns.flatMap((column, at) => {
      const wanted = this.#spec.facets[column.id] ?? [];
      if (!column.facet && wanted.length === 0) return [];
      return [new FacetCounts(store, at, this.#filter.facetBits.get(column.id) ?? 0, wanted)];
    });
    this.#failures = [];
    this.#total = 0;
    this.#counts = null;
    for (const key of store.keys()) this.#evaluate(key);
    this.#sortAgain();
    this.#isStale = false;
  }

  #sortAgain(): void {
    this.#values = [];
    const matched: number[] = [];
    for (const key of this.#store.keys()) if (this.#failures[key] === 0) matched.push(key);
    this.#sorted = this.#arranged(matched);
  }

  /** Sorts rows, noting what they sort by. */
  #arranged(keys: number[]): number[] {
    for (const key of keys) this.#values[key] = this.#order.valueOf(key);
    return keys.sort((a, b) => this.#compare(a, b));
  }

  #compare(a: number, b: number): number {
    return this.#order.compare(a, this.#values[a] ?? null, b, this.#values[b] ?? null);
  }

  #applyPending(): void {
    const moved = new Set<number>();
    const placed: number[] = [];
    for (const key of this.#pending) {
      const wasMatched = this.#failures[key] === 0;
      const isNew = this.#removed.has(key);
      if (isNew) this.#forget(key);
      if (!this.#dead.has(key)) this.#evaluate(key);
      const isMatched = this.#failures[key] === 0;
      if (wasMatched && isMatched && !isNew && this.#order.valueOf(key) === this.#values[key]) continue;
      if (wasMatched) moved.add(key);
      if (isMatched) placed.push(key);
    }
    this.#counts = null;
    if (moved.size > 0 || placed.length > 0) this.#place(moved, this.#arranged(placed));
  }

  /** One pass: leaves out what moved away, merges in what came. */
  #place(moved: ReadonlySet<number>, placed: readonly number[]): void {
    const merged: number[] = [];
    let next = 0;
    for (const key of this.#sorted) {
      if (moved.has(key)) continue;
      while (next < placed.length && this.#compare(placed[next]!, key) < 0) merged.push(placed[next++]!);
      merged.push(key);
    }
    while (next < placed.length) merged.push(placed[next++]!);
    this.#sorted = merged;
  }

  #evaluate(key: number): void {
    const before = this.#failures[key] ?? ABSENT;
    const failures = this.#filter.failures(key);
    this.#failures[key] = failures;
    this.#total += Number(isInScope(failures)) - Number(isInScope(before));
    for (const facet of this.#facets) facet.set(key, failures);
  }

  #forget(key: number): void {
    this.#total -= Number(isInScope(this.#failures[key] ?? ABSENT));
    this.#failures[key] = ABSENT;
    for (const facet of this.#facets) facet.delete(key);
  }

  #countAll(): Counts {
    const facets: Record<string, Counts['facets'][string]> = Object.create(null);
    for (const facet of this.#facets) facets[facet.id] = facet.counts();
    return { total: this.#total, matched: this.#sorted.length, facets };
  }
}

function isInScope(failures: number): boolean {
  return failures !== ABSENT && (failures & OUT_OF_SCOPE) === 0;
}

/** Everything of a spec that decides which rows match. */
function conditionsOf({ namespaces, text, labelSelector, facets, related }: QuerySpec): string {
  return JSON.stringify([namespaces, text, labelSelector, facets, related]);
}

/** A window beyond the end shows the last rows instead. */
function clamped(window: QuerySpec['window'], rows: number): { offset: number; limit: number } {
  const limit = Math.min(MAX_WINDOW_ROWS, whole(window.limit));
  return { limit, offset: Math.min(whole(window.offset), Math.max(0, rows - limit)) };
}

function whole(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.floor(value)) : 0;
}
