import { expect, test } from 'vitest';
import { formatAge, formatDuration } from './duration.ts';
import { formatClockTime } from './instant.ts';
import { formatBytes, formatCount, formatPlural } from './number.ts';
import { parseQuantity } from './quantity.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each<[number, 1 | 2, string]>([
  [0, 1, '0 s'],
  [-5_000, 1, '0 s'],
  [999, 1, '0 s'],
  [24_000, 1, '24 s'],
  [59_999, 2, '59 s'],
  [60_000, 2, '1 min'],
  [270_000, 2, '4 min 30 s'],
  [270_000, 1, '4 min'],
  [3_600_000, 2, '1 h'],
  [3_605_000, 2, '1 h'],
  [86_400_000 * 6, 1, '6 d'],
  [86_400_000 * 399, 2, '1 y 34 d'],
  [Number.NaN, 1, '?'],
])('%d ms in %d units is %s', (durationMs, units, expected) => {
  expect(plain(formatDuration(durationMs, units))).toBe(expected);
});

test('an age that was never set is not known', () => {
  expect(formatAge(0, 1_000)).toBe('?');
  expect(plain(formatAge(1_000, 31_000))).toBe('30 s');
});

test.each<[unknown, number | null]>([
  ['100m', 0.1],
  ['2', 2],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['128974848', 128974848],
  ['129e6', 129e6],
  ['123Mi', 123 * 2 ** 20],
  ['-1k', -1000],
  ['.5', 0.5],
  [3, 3],
  ['1e3Ki', null],
  ['', null],
  ['Ki', null],
  ['1 Gi', null],
  [{}, null],
  ['9'.repeat(100), null],
])('quantity %j is %j', (text, expected) => {
  const value = parseQuantity(text);
  if (expected === null) expect(value).toBeNull();
  else expect(value).toBeCloseTo(expected, 6);
});

test('figures carry their unit', () => {
  expect(plain(formatBytes(79.2 * 2 ** 30))).toBe('79.2 GiB');
  expect(plain(formatBytes(0))).toBe('0 B');
  expect(formatCount(12_400)).toBe('12,400');
  expect(plain(formatPlural(1, 'pod'))).toBe('1 pod');
  expect(plain(formatPlural(12_400, 'pod'))).toBe('12,400 pods');
  expect(formatClockTime(Number.POSITIVE_INFINITY)).toBe('?');
});
