/** Seeded chance: the same seed gives the same run. */
export interface Luck {
  /** 0 ≤ n < 1. */
  next(): number;
  /** A whole number below `most`. */
  below(most: number): number;
  pick<T>(items: readonly T[]): T;
}

/** mulberry32. */
export function luckOf(seed: number): Luck {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (most: number) => Math.floor(next() * most);
  return { next, below, pick: <T>(items: readonly T[]) => items[below(items.length)] as T };
}
