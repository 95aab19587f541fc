import type { ReadonlyDictionary } from '#lib/k8s/cache/columns/dictionary.ts';
import { type Cell, isState, isUnknown, STATE_LEVELS } from '#lib/resources/cell.ts';
import { compareNatural } from './natural-order.ts';

/** What a cell sorts by; null (does not apply, not known) is last in both directions. */
export type SortValue = number | string | null;

/** States: worst first, then by their words. Lists: as their items read. */
export function sortValueOf(cell: Cell): SortValue {
  if (cell === null || isUnknown(cell)) return null;
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  if (typeof cell === 'string') return cell.toLowerCase();
  // The separator ends a run of digits, so that words that begin with one do not join the level.
  if (isState(cell)) return `${STATE_LEVELS.indexOf(cell.level)}\u0000${cell.words.toLowerCase()}`;
  return cell.length === 0 ? null : cell.join(', ').toLowerCase();
}

/** Nulls last whatever the direction (1 or -1); numbers before text: a column of a custom kind may hold both. */
export function compareSortValues(a: SortValue, b: SortValue, direction: number): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  if (typeof a === 'number') return (typeof b === 'number' ? a - b : -1) * direction;
  return (typeof b === 'number' ? 1 : compareNatural(a, b)) * direction;
}

/** Sort values of a column's cells, each worked out once. */
export class SortValues {
  readonly #dictionary: ReadonlyDictionary;
  readonly #values: SortValue[] = [];
  readonly #births: number[] = [];

  constructor(dictionary: ReadonlyDictionary) {
    this.#dictionary = dictionary;
  }

  of(id: number): SortValue {
    const born = this.#dictionary.bornAt(id);
    if (this.#births[id] === born) return this.#values[id] ?? null;
    const value = sortValueOf(this.#dictionary.valueOf(id));
    this.#births[id] = born;
    this.#values[id] = value;
    return value;
  }
}
