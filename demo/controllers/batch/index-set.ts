/** Sets of completion indexes as ordered intervals, in the text of a job's status: `0-2,4,6-9`. Pure. */

/** First and last index, both in it. */
export type Interval = readonly [first: number, last: number];
/** In order, with gaps between them. */
export type IndexSet = readonly Interval[];

const NUMBER = /^[+-]?\d+$/;

/** Reads what a status says, as far as indexes below `completions`. What cannot be read is passed over. */
export function parseIndexes(text: string | undefined, completions: number): IndexSet {
  const found: [number, number][] = [];
  for (const part of (text ?? '').split(',')) {
    const [first = '', last = first] = part.split('-');
    if (!NUMBER.test(first) || !NUMBER.test(last)) continue;
    if (Number(first) >= completions) break;
    const interval: [number, number] = [Number(first), Math.min(Number(last), completions - 1)];
    const before = found.at(-1);
    if (before && before[1] === interval[0] - 1) before[1] = interval[1];
    else found.push(interval);
  }
  return found;
}

/** Both sets in one; what touches becomes one interval. */
export function mergeIndexes(a: IndexSet, b: IndexSet): IndexSet {
  const merged: [number, number][] = [];
  for (const [first, last] of [...a, ...b].sort((one, other) => one[0] - other[0])) {
    const before = merged.at(-1);
    if (!before || first > before[1] + 1) merged.push([first, last]);
    else before[1] = Math.max(before[1], last);
  }
  return merged;
}

export const indexSetOf = (indexes: Iterable<number>): IndexSet =>
  mergeIndexes(
    [...indexes].map((index): Interval => [index, index]),
    [],
  );

export const countIndexes = (set: IndexSet): number =>
  set.reduce((total, [first, last]) => total + last - first + 1, 0);

export const hasIndex = (set: IndexSet, index: number): boolean =>
  set.some(([first, last]) => first <= index && index <= last);

/** Two neighbours are written `1,2`, three or more `1-3`. */
export const formatIndexes = (set: IndexSet): string =>
  set
    .map(([first, last]) =>
      first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`,
    )
    .join();

/** The lowest `count` indexes below `completions` that are not in the set. */
export function firstMissing(set: IndexSet, count: number, completions: number): number[] {
  const found: number[] = [];
  let candidate = 0;
  for (const [first, last] of [...set, [completions, completions] as const]) {
    while (candidate < Math.min(first, completions) && found.length < count) {
      found.push(candidate);
      candidate += 1;
    }
    candidate = Math.max(candidate, last + 1);
  }
  return found;
}

/** How many indexes are in both. */
export const countShared = (a: IndexSet, b: IndexSet): number =>
  a.reduce(
    (total, [first, last]) =>
      total +
      b.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(last, to) - Math.max(first, from) + 1), 0),
    0,
  );
