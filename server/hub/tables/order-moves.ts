import type { Moves } from '#lib/protocol/frames.ts';

/** Beyond this many moved rows the whole order is shorter, and nobody needs to know how it came about. */
const MOST_MOVES = 32;

/**
 * How one order becomes another, as few moves as can be: what stays is the longest run of keys that stand in the same
 * order before and after. null when the whole order is the shorter message.
 */
export function orderMoves(before: readonly number[], after: readonly number[]): Moves | null {
  const placeBefore = new Map(before.map((key, place) => [key, place]));
  const isAfter = new Set(after);
  const out = before.filter((key) => !isAfter.has(key));
  const stays = longestRun(
    after.filter((key) => placeBefore.has(key)),
    placeBefore,
  );
  const put: [place: number, key: number][] = [];
  for (const [place, key] of after.entries()) if (!stays.has(key)) put.push([place, key]);
  const words = out.length + 2 * put.length;
  return words > MOST_MOVES || words >= after.length ? null : { out, put };
}

/** Of these keys the longest part whose places increase (patience sorting). */
function longestRun(keys: readonly number[], placeOf: ReadonlyMap<number, number>): ReadonlySet<number> {
  const place = (key: number) => placeOf.get(key) as number;
  /** By length of a run: the key it ends with, that key's place being the least possible. */
  const ends: number[] = [];
  const previous = new Map<number, number | undefined>();
  for (const key of keys) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place(ends[middle] as number) < place(key)) low = middle + 1;
      else high = middle;
    }
    previous.set(key, ends[low - 1]);
    ends[low] = key;
  }
  const run = new Set<number>();
  for (let key = ends.at(-1); key !== undefined; key = previous.get(key)) run.add(key);
  return run;
}
