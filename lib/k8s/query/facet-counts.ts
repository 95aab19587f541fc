import type { Store } from '#lib/k8s/cache/store.ts';
import { STATE_LEVELS } from '#lib/resources/cell.ts';
import type { FacetCount } from '#lib/resources/query-spec.ts';
import { compareNatural } from './natural-order.ts';
import { facetValues } from './row-filter.ts';

const LEVELS: readonly string[] = STATE_LEVELS;

/** More values than anybody reads; the most frequent stay. */
export const MOST_VALUES = 200;

/**
 * Counts of one facet column, kept as rows come and go: of each value, the rows that fail nothing but this column's
 * own filter. That is what pressing the value alone would show.
 */
export class FacetCounts {
  readonly id: string;
  readonly #store: Store;
  readonly #column: number;
  readonly #isState: boolean;
  readonly #bit: number;
  readonly #wanted: readonly string[];
  readonly #counts = new Map<string, number>();
  /** By key: the values a row was counted under; absent when it was not. */
  readonly #counted = new Map<number, readonly string[]>();

  constructor(store: Store, column: number, bit: number, wanted: readonly string[]) {
    const { id, type } = store.columns[column]!;
    this.id = id;
    this.#store = store;
    this.#column = column;
    this.#isState = type === 'state';
    this.#bit = bit;
    this.#wanted = wanted;
  }

  /** The row is there and fails these conditions. */
  set(key: number, failures: number): void {
    const isCounted = (failures & ~this.#bit) === 0;
    const after = isCounted ? facetValues(this.#store.cell(key, this.#column)) : [];
    const before = this.#counted.get(key) ?? [];
    if (before.length === after.length && before.every((value, at) => value === after[at])) return;
    for (const value of before) this.#add(value, -1);
    for (const value of after) this.#add(value, 1);
    if (after.length > 0) this.#counted.set(key, after);
    else this.#counted.delete(key);
  }

  delete(key: number): void {
    for (const value of this.#counted.get(key) ?? []) this.#add(value, -1);
    this.#counted.delete(key);
  }

  /** States worst first, others most frequent first; wanted values are there even when nothing has them. */
  counts(): readonly FacetCount[] {
    const all = [...this.#counts].map(([value, count]) => ({ value, count }));
    for (const value of this.#wanted) if (!this.#counts.has(value)) all.push({ value, count: 0 });
    all.sort((a, b) => this.#rank(a, b) || compareNatural(a.value, b.value));
    if (all.length <= MOST_VALUES) return all;
    const wanted = new Set(this.#wanted);
    return all.filter((one, at) => at < MOST_VALUES || wanted.has(one.value));
  }

  #rank(a: FacetCount, b: FacetCount): number {
    return this.#isState ? levelOf(a.value) - levelOf(b.value) : b.count - a.count;
  }

  #add(value: string, by: number): void {
    const count = (this.#counts.get(value) ?? 0) + by;
    if (count === 0) this.#counts.delete(value);
    else this.#counts.set(value, count);
  }
}

function levelOf(value: string): number {
  return LEVELS.indexOf(value);
}
