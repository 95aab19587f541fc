/**
 * Keys in an order, kept in a typed array. Changes come together once a tick and cost one pass over the array, whatever
 * their number: those that moved are left out, then each is put where a binary search finds its place.
 */
export class OrderedKeys {
  #keys: Uint32Array = new Uint32Array(0);
  #spare: Uint32Array = new Uint32Array(0);
  length = 0;
  readonly #compare: (a: number, b: number) => number;

  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare;
  }

  at(index: number): number {
    return this.#keys[index] as number;
  }

  /** A view, true until the next change. */
  view(): Uint32Array {
    return this.#keys.subarray(0, this.length);
  }

  /** Takes keys that are in order already. */
  reset(keys: Uint32Array): void {
    this.#keys = keys;
    this.#spare = new Uint32Array(keys.length);
    this.length = keys.length;
  }

  /** `isOut` keys leave; `placed`, which must not be among the others, come in. */
  change(isOut: (key: number) => boolean, hasOut: boolean, placed: number[]): void {
    if (hasOut) this.#leaveOut(isOut);
    if (placed.length > 0) this.#place(placed.sort(this.#compare));
  }

  #leaveOut(isOut: (key: number) => boolean): void {
    const keys = this.#keys;
    let kept = 0;
    for (let index = 0; index < this.length; index++) {
      const key = keys[index] as number;
      if (!isOut(key)) keys[kept++] = key;
    }
    this.length = kept;
  }

  #place(placed: readonly number[]): void {
    const length = this.length + placed.length;
    // A quarter more than needed: a cluster that grows does not cost an array a tick.
    if (this.#spare.length < length) this.#spare = new Uint32Array(length + (length >> 2));
    const [from, into] = [this.#keys, this.#spare];
    let taken = 0;
    let written = 0;
    for (const key of placed) {
      const index = this.#indexFor(key, taken);
      into.set(from.subarray(taken, index), written);
      written += index - taken;
      taken = index;
      into[written++] = key;
    }
    into.set(from.subarray(taken, this.length), written);
    [this.#keys, this.#spare, this.length] = [into, from, length];
  }

  /** The first place from `low` on whose key stands after this one. */
  #indexFor(key: number, low: number): number {
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#keys[middle] as number, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
