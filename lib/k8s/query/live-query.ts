import type { Touches } from '#lib/k8s/cache/columns/journal.ts';
import type { Store } from '#lib/k8s/cache/store.ts';
import { type Counts, MAX_WINDOW_ROWS, type QuerySpec, type Sort } from '#lib/resources/query-spec.ts';
import { FacetCounts } from './facet-counts.ts';
import { ABSENT, type FilterParts, OUT_OF_SCOPE, type RowFilter, rowFilter } from './row-filter.ts';
import type { IndexMember, KeyMarks, RowIndex } from './row-index.ts';
import { type RowOrder, sortInForce } from './row-order.ts';

/**
 * One question over one Store, kept answered. A change of the store marks it dirty; nothing is computed before somebody
 * asks (once a tick), and then only for the touched rows. Orders are shared through the RowIndex; a query keeps only
 * which rows match it, a byte or four a row.
 *
 * Promises: window() is what filtering and sorting the whole store afresh would give. The order is total, so equal
 * stores give equal windows. While the answer is the same, so is the object.
 */
export interface LiveQuery {
  /** True when the answer may have changed since it was last read. */
  readonly isDirty: boolean;
  /** The present answer. */
  window(): QueryWindow;
  /** Keys of all rows that match, in order, as they are now: a copy. */
  matches(): Uint32Array;
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
  readonly index: RowIndex;
  readonly spec: QuerySpec;
  /** Told when the query becomes dirty; again only after it was read. */
  readonly onDirty?: () => void;
}

/** Throws ApiException (BadRequest) when the spec cannot be understood. */
export function createLiveQuery(options: LiveQueryOptions): LiveQuery {
  return new StoreQuery(options);
}

/** Conditions a byte can hold beside ABSENT, OUT_OF_SCOPE and NOT_MATCHED. */
const FACETS_IN_A_BYTE = 5;

class StoreQuery implements LiveQuery, IndexMember {
  isDirty = true;
  readonly #options: LiveQueryOptions;
  readonly #index: RowIndex;
  readonly #store: Store;
  #spec: QuerySpec;
  #filter: RowFilter;
  #order: RowOrder;
  #facets: readonly FacetCounts[] = [];
  /** By key: conditions failed. */
  #failures: Uint8Array | Uint32Array = new Uint8Array(0);
  #total = 0;
  #matched = 0;
  /** All rows have to be looked at again. */
  #isStale = true;
  /** Rows of the window, or their order, may be others. */
  #isMoved = true;
  /** Of the row evaluated last. */
  #wasMatched = false;
  /** A row of the window shows something else. */
  #isChanged = false;
  #isCounted = false;
  #last: QueryWindow | null = null;
  #shown: ReadonlySet<number> = new Set();

  constructor(options: LiveQueryOptions) {
    this.#options = options;
    this.#index = options.index;
    this.#store = options.index.store;
    this.#spec = options.spec;
    this.#filter = rowFilter(this.#store, options.spec, options);
    this.#index.join(this);
    this.#order = this.#index.acquireOrder(sortInForce(this.#store, options.spec.sort));
  }

  window(): QueryWindow {
    this.#index.refresh();
    if (this.#isStale) this.#rebuild();
    this.isDirty = false;
    const isOld = this.#isMoved || this.#isChanged || !this.#isCounted;
    if (this.#last === null || isOld) this.#last = this.#next(this.#last);
    return this.#last;
  }

  matches(): Uint32Array {
    this.#index.refresh();
    if (this.#isStale) this.#rebuild();
    const failures = this.#failures;
    return this.#order.keys.view().filter((key) => failures[key] === 0);
  }

  update(spec: QuerySpec): void {
    const filter = rowFilter(this.#store, spec, this.#options);
    const sort = sortInForce(this.#store, spec.sort);
    if (conditionsOf(spec) !== conditionsOf(this.#spec)) {
      this.#filter = filter;
      this.#isStale = true;
    }
    this.#spec = spec;
    if (JSON.stringify(sort) !== JSON.stringify(this.#order.sort)) {
      const before = this.#order;
      this.#order = this.#index.acquireOrder(sort);
      this.#index.releaseOrder(before);
    }
    this.#isMoved = true;
    this.marked();
  }

  invalidate(): void {
    this.#isStale = true;
    this.marked();
  }

  close(): void {
    this.#index.releaseOrder(this.#order);
    this.#index.leave(this);
  }

  marked(): void {
    if (this.isDirty) return;
    this.isDirty = true;
    this.#options.onDirty?.();
  }

  touched(touches: Touches, moved: (order: RowOrder) => KeyMarks): void {
    if (this.#isStale) return;
    const marks = moved(this.#order);
    this.#reserve();
    for (const [key, before] of touches) {
      const failures = this.#evaluate(key, before);
      const isShown = this.#shown.has(key);
      if (isShown) this.#isChanged = true;
      // Only rows that match stand in the window, so only they can move it.
      if ((failures === 0 || this.#wasMatched) && marks.has(key)) this.#isMoved = true;
    }
  }

  #rebuild(): void {
    const store = this.#store;
    this.#facets = store.columns.flatMap((column, at) => {
      const wanted = this.#spec.facets[column.id] ?? [];
      if (!column.facet && wanted.length === 0) return [];
      return [new FacetCounts(store, at, this.#filter.facetBits.get(column.id) ?? 0, wanted)];
    });
    const room = store.bounds;
    const isSmall = this.#filter.facetBits.size <= FACETS_IN_A_BYTE;
    this.#failures = (isSmall ? new Uint8Array(room) : new Uint32Array(room)).fill(ABSENT);
    this.#total = 0;
    this.#matched = 0;
    for (const key of store.keys()) this.#evaluate(key, null);
    this.#isStale = false;
    this.#isMoved = true;
    this.#isCounted = false;
  }

  /** Room for keys that are new. */
  #reserve(): void {
    const before = this.#failures;
    if (before.length >= this.#store.bounds) return;
    const room = Math.ceil(this.#store.bounds * 1.25);
    this.#failures = (before instanceof Uint8Array ? new Uint8Array(room) : new Uint32Array(room)).fill(
      ABSENT,
    );
    this.#failures.set(before);
  }

  /** What a row fails now; counts follow. `cells`: what it had before, null when it was not there. */
  #evaluate(key: number, cells: Uint32Array | null): number {
    const before = this.#failures[key] as number;
    const failures = this.#store.has(key) ? this.#filter.failures(key) : ABSENT;
    this.#wasMatched = before === 0;
    for (const facet of this.#facets) {
      facet.change(before, cells?.[facet.at] ?? 0, failures, this.#store.cellId(key, facet.at));
    }
    if (failures !== before) {
      this.#failures[key] = failures;
      this.#total += Number(isInScope(failures)) - Number(isInScope(before));
      this.#matched += Number(failures === 0) - Number(before === 0);
      if (failures === 0 || before === 0) this.#isMoved = true;
    }
    if (failures !== before || this.#facets.length > 0) this.#isCounted = false;
    return failures;
  }

  #next(last: QueryWindow | null): QueryWindow {
    const { offset, limit } = clamped(this.#spec.window, this.#matched);
    const order = this.#isMoved || last === null ? this.#slice(offset, limit) : last.order;
    const next = { order, offset, sort: this.#order.sort, counts: this.#counts() };
    const isSame = last !== null && !this.#isChanged && isSameWindow(last, next);
    this.#isMoved = false;
    this.#isChanged = false;
    this.#isCounted = true;
    if (isSame) return last;
    this.#shown = new Set(order);
    return next;
  }

  /** The rows of the window: straight from the order when all match, else by walking along it. */
  #slice(offset: number, limit: number): readonly number[] {
    const keys = this.#order.keys.view();
    if (this.#matched === keys.length) return [...keys.subarray(offset, offset + limit)];
    const found: number[] = [];
    const failures = this.#failures;
    let before = 0;
    for (let place = 0; place < keys.length && found.length < limit; place++) {
      const key = keys[place] as number;
      if (failures[key] !== 0) continue;
      if (before++ >= offset) found.push(key);
    }
    return found;
  }

  #counts(): Counts {
    const last = this.#last?.counts;
    const facets: Record<string, Counts['facets'][string]> = Object.create(null);
    let isSame = last?.total === this.#total && last.matched === this.#matched;
    for (const facet of this.#facets) {
      facets[facet.id] = facet.counts();
      isSame &&= last?.facets[facet.id] === facets[facet.id];
    }
    if (last !== undefined && isSame) return last;
    return { total: this.#total, matched: this.#matched, facets };
  }
}

function isSameWindow(a: QueryWindow, b: QueryWindow): boolean {
  return (
    a.counts === b.counts &&
    a.offset === b.offset &&
    a.sort === b.sort &&
    a.order.length === b.order.length &&
    a.order.every((key, at) => key === b.order[at])
  );
}

const isInScope = (failures: number): boolean => (failures & (ABSENT | OUT_OF_SCOPE)) === 0;

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
