import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countIndexes,
  countShared,
  firstMissing,
  formatIndexes,
  hasIndex,
  indexSetOf,
  mergeIndexes,
  parseIndexes,
} from './index-set.ts';

test.each([
  [[], ''],
  [[3], '3'],
  [[0, 1], '0,1'],
  [[0, 1, 2], '0-2'],
  [[0, 2, 3, 5, 6, 7], '0,2,3,5-7'],
])('%j is written %s', (indexes, text) => {
  expect(formatIndexes(indexSetOf(indexes))).toBe(text);
});

test.each([
  ['1,x,2-y,3', '1,3'],
  ['0-9', '0-3'],
  ['7,8', ''],
  [undefined, ''],
  ['0,1,2', '0-2'],
])('of %s four completions give %s', (text, kept) => {
  expect(formatIndexes(parseIndexes(text, 4))).toBe(kept);
});

const someIndexes = fc.uniqueArray(fc.nat(60), { maxLength: 40 });

test('sets behave as sets of numbers do', () => {
  fc.assert(
    fc.property(someIndexes, someIndexes, fc.nat(30), (a, b, count) => {
      const [left, right] = [indexSetOf(a), indexSetOf(b)];
      const merged = mergeIndexes(left, right);
      const both = new Set([...a, ...b]);
      expect(countIndexes(merged)).toBe(both.size);
      for (let index = 0; index <= 61; index += 1) expect(hasIndex(merged, index)).toBe(both.has(index));
      expect(parseIndexes(formatIndexes(merged), 100)).toEqual(merged);
      expect(countShared(left, right)).toBe(a.filter((index) => b.includes(index)).length);
      const missing = Array.from({ length: 50 }, (_, index) => index).filter((index) => !both.has(index));
      expect(firstMissing(merged, count, 50)).toEqual(missing.slice(0, count));
      for (const [place, [first]] of merged.entries())
        if (place > 0) expect(first).toBeGreaterThan((merged[place - 1]?.[1] ?? 0) + 1);
    }),
    { seed: 5 },
  );
});
