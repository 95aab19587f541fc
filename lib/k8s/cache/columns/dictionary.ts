import { type Cell, isState, isUnknown, sameCell } from '#lib/resources/cell.ts';

/**
 * The different cells of one column, each with a small number. Rows hold the numbers, so what depends on a value alone
 * (does it match, what does it sort by) is worked out once however many rows have it. Cells are counted; one that no row
 * has any more gives its number back.
 */
export interface ReadonlyDictionary {
  /** The cell of a number in use. 0 is null. */
  valueOf(id: number): Cell;
  /** Changes when the number is given to another cell: with it, what was worked out for a number can be kept. */
  bornAt(id: number): number;
  /** Numbers are below this. */
  readonly size: number;
  /** About what its cells take. */
  readonly bytes: number;
}

/** A value, its key, its entry in the map and its place in four arrays; characters come on top. Measured, about. */
const ENTRY_BYTES = 90;

const MANY = 1_024;

export class Dictionary implements ReadonlyDictionary {
  readonly #ids = new Map<string | number, number>();
  readonly #values: Cell[] = [null];
  readonly #uses: number[] = [1];
  readonly #births: number[] = [0];
  #births_so_far = 0;
  #free: number[] = [];
  /** The number given out last. */
  #last = 0;
  #keyChars = 0;
  /** Given back, but whoever read them under their old cell has not been told yet. */
  #resting: number[] = [];

  get size(): number {
    return this.#values.length;
  }

  get bytes(): number {
    return this.#ids.size * ENTRY_BYTES + this.#keyChars;
  }

  valueOf(id: number): Cell {
    return this.#values[id] ?? null;
  }

  bornAt(id: number): number {
    return this.#births[id] ?? 0;
  }

  /** The number of a cell, which is then used once more. */
  take(cell: Cell): number {
    if (cell === null) return 0;
    // Rows that come one after the other are often alike.
    const last = this.#last;
    if (this.#uses[last]! > 0 && last !== 0 && sameCell(this.#values[last], cell)) {
      this.#uses[last]!++;
      return last;
    }
    this.#last = this.#find(cell);
    return this.#last;
  }

  #find(cell: Exclude<Cell, null>): number {
    const key = keyOf(cell);
    const known = this.#ids.get(key);
    if (known !== undefined) {
      this.#uses[known]!++;
      return known;
    }
    const id = this.#free.pop() ?? this.#values.length;
    this.#ids.set(key, id);
    this.#keyChars += charsOf(key);
    this.#values[id] = cell;
    this.#uses[id] = 1;
    this.#births[id] = ++this.#births_so_far;
    return id;
  }

  giveBack(id: number): void {
    if (id === 0 || --this.#uses[id]! > 0) return;
    const key = keyOf(this.#values[id]!);
    this.#ids.delete(key);
    this.#keyChars -= charsOf(key);
    this.#resting.push(id);
  }

  /** From now on numbers given back may be given to other cells. */
  reuse(): void {
    if (this.#resting.length === 0) return;
    for (const id of this.#resting) {
      this.#values[id] = null;
      this.#free.push(id);
    }
    this.#resting = this.#resting.length > MANY ? [] : this.#resting;
    this.#resting.length = 0;
  }
}

const charsOf = (key: string | number): number => (typeof key === 'string' ? key.length : 0);

/** Different for different cells. Texts stand for themselves; what is no text begins with a character no text keeps. */
function keyOf(cell: Exclude<Cell, null>): string | number {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'string') return cell.charCodeAt(0) < 8 ? `\u0000${cell}` : cell;
  if (isState(cell)) return `\u0001${cell.level} ${cell.glyph ?? ''} ${cell.untilMs ?? ''} ${cell.words}`;
  if (isUnknown(cell)) return `\u0002${cell.unknown}`;
  return `\u0003${cell.map((item) => `${item.length} ${item}`).join('')}`;
}
