import { describe, expect, it } from 'vitest';
import { lagOf } from './lag.ts';

/** Cluster time is a million ahead of the monotonic clock. */
const OFFSET_MS = 1_000_000;
const at = (changedMs: number, lagMs: number) => ({ changedMs, arrivedMs: changedMs + lagMs - OFFSET_MS });

describe('the lag of a watch', () => {
  it.each([
    ['no event', [], null],
    ['one event: it only tells where time stands', [at(5_000, 100)], null],
    ['two events', [at(5_000, 100), at(6_000, 700)], { p99Ms: 700, events: 1 }],
    ['two changes of one second', [at(5_000, 100), at(5_000, 900)], { p99Ms: 900, events: 1 }],
    [
      'an event that names no newer change',
      [at(5_000, 100), at(6_000, 200), at(1_000, 90_000), at(7_000, 300)],
      { p99Ms: 300, events: 2 },
    ],
    [
      'times from the future',
      [at(5_000, 100), at(9_000_000, -8_000_000), at(6_000, 200)],
      { p99Ms: 200, events: 1 },
    ],
    ['a clock a little ahead', [at(5_000, 100), at(6_000, -300)], { p99Ms: 0, events: 1 }],
  ])('%s', (_what, arrivals, lag) => {
    expect(lagOf(arrivals, OFFSET_MS)).toEqual(lag);
  });

  it('is not known while the cluster’s clock is not', () => {
    expect(lagOf([at(5_000, 100), at(6_000, 100)], null)).toBeNull();
  });

  it('is the worst but one in a hundred', () => {
    const arrivals = Array.from({ length: 102 }, (_, n) => at(5_000 + n * 1_000, n === 50 ? 60_000 : n));
    expect(lagOf(arrivals, OFFSET_MS)).toEqual({ p99Ms: 101, events: 101 });
  });
});
