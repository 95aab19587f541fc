import type { Store } from '#lib/k8s/cache/store.ts';
import { STATE_LEVELS } from '#lib/resources/cell.ts';
import type { FacetCount } from '#lib/resources/query-spec.ts';
import { compareNatural } from './natural-order.ts';
import { facetValues } from './row-filter.ts';

const LEVELS: readonly string[] = STATE_LEVELS;

/** More values than anybody reads; the most frequent stay. */
export const MOST_VALUES = 200;

/**
 * Counts of one facet column, kept as rows come and go: of each cell, the rows that fail nothing but this column's own
 * filter. That is what pressing the value alone would show.
 */
export class FacetCounts {
  readonly id: string;
  /** Place of the column in the store. */
  readonly at: number;
  readonly #store: Store;
  readonly #isState: boolean;
  readonly #bit: number;
  readonly #wanted: readonly string[];
  /** Rows by the number of their cell. */
  readonly #rows = new Map<number, number>();
  #counts: readonly FacetCount[] | null = null;

  constructor(store: Store, at: number, bit: number, wanted: readonly string[]) {
    const { id, type } = store.columns[at]!;
    this.id = id;
    this.at = at;
    this.#store = store;
    this.#isState = type === 'state';
    this.#bit = bit;
    this.#wanted = wanted;
  }

  /** A row that failed these conditions with this cell fails others, or has another cell, now. */
  change(failuresBefore: number, cellBefore: number, failures: number, cell: number): void {
    const wasCounted = (failuresBefore & ~this.#bit) === 0;
    const isCounted = (failures & ~this.#bit) === 0;
    if (wasCounted === isCounted && (!isCounted || cellBefore === cell)) return;
    if (wasCounted) this.#add(cellBefore, -1);
    if (isCounted) this.#add(cell, 1);
    this.#counts = null;
  }

  /** States worst first, others most frequent first; wanted values are there even when nothing has them. */
  counts(): readonly FacetCount[] {
    this.#counts ??= this.#count();
    return this.#counts;
  }

  #count(): readonly FacetCount[] {
    const byValue = new Map<string, number>();
    const dictionary = this.#store.dictionary(this.at);
    for (const [cell, rows] of this.#rows) {
      for (const value of facetValues(dictionary.valueOf(cell)))
        byValue.set(value, (byValue.get(value) ?? 0) + rows);
    }
    for (const value of this.#wanted) if (!byValue.has(value)) byValue.set(value, 0);
    const all = [...byValue].map(([value, count]) => ({ value, count }));
    all.sort((a, b) => this.#rank(a, b) || compareNatural(a.value, b.value));
    if (all.length <= MOST_VALUES) return all;
    const wanted = new Set(this.#wanted);
    return all.filter((one, at) => at < MOST_VALUES || wanted.has(one.value));
  }

  #rank(a: FacetCount, b: FacetCount): number {
    return this.#isState ? levelOf(a.value) - levelOf(b.value) : b.count - a.count;
  }

  #add(cell: number, by: number): void {
    const count = (this.#rows.get(cell) ?? 0) + by;
    if (count === 0) this.#rows.delete(cell);
    else this.#rows.set(cell, count);
  }
}

function levelOf(value: string): number {
  return LEVELS.indexOf(value);
}
