import { describe, expect, it } from 'vitest';
import { formatRate, formatSpan } from './span.ts';

describe('a short span', () => {
  it.each([
    [0, '0 ms'],
    [0.44, '0.4 ms'],
    [11.2, '11 ms'],
    [640, '640 ms'],
    [1_000, '1 s'],
    [1_240, '1.2 s'],
    [64_300, '64 s'],
    [-40, '-40 ms'],
    [Number.NaN, '?'],
  ])('%s ms is %s', (ms, words) => {
    expect(formatSpan(ms).replaceAll('\u00a0', ' ')).toBe(words);
  });
});

describe('a rate', () => {
  it.each([
    [0, '0'],
    [0.02, '<0.1'],
    [2.44, '2.4'],
    [17.2, '17'],
    [1_234, '1,234'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('%s is %s', (rate, words) => {
    expect(formatRate(rate)).toBe(words);
  });
});
