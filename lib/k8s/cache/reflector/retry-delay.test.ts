import { describe, expect, it } from 'vitest';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { apiFailure } from '#test/fixtures/fake-list-watch.ts';
import { retryDelayMs } from './retry-delay.ts';
import { createSlicePause } from './slice-pause.ts';

describe('the delay before another try', () => {
  it.each([
    ['server error', apiFailure(500, 'InternalError'), 0, 1, 800],
    ['server error, later', apiFailure(500, 'InternalError'), 9, 1, 30_000],
    ['jittered to half', apiFailure(500, 'InternalError'), 1, 0, 800],
    ['no answer: soon back', apiFailure(0, 'Unreachable'), 30, 1, 8_000],
    ['Retry-After', apiFailure(429, 'TooManyRequests', { retryAfterSeconds: 5 }), 7, 0, 5_000],
    [
      'Retry-After, never earlier',
      apiFailure(503, 'ServiceUnavailable', { retryAfterSeconds: 5 }),
      0,
      0.5,
      5_500,
    ],
    [
      'Retry-After, bounded',
      apiFailure(503, 'ServiceUnavailable', { retryAfterSeconds: 9e9 }),
      0,
      0,
      600_000,
    ],
    ['overloaded without a word', apiFailure(429, 'TooManyRequests'), 1, 1, 1_600],
    ['rights', apiFailure(403, 'Forbidden'), 0, 0, 30_000],
    ['credentials', apiFailure(401, 'Unauthorized'), 5, 0, 30_000],
  ])('%s', (_, error, attempt, random, expected) => {
    expect(retryDelayMs(error, attempt, () => random)).toBe(expected);
  });
});

describe('a slice', () => {
  it('ends after 8 ms of work, and a new one begins after others had their turn', async () => {
    const clock = createFakeClock();
    const pause = createSlicePause(clock);
    expect(pause()).toBeUndefined();
    await clock.advance(8);
    const waiting = pause();
    expect(waiting).toBeInstanceOf(Promise);
    await clock.advance(1);
    await waiting;
    expect(pause()).toBeUndefined();
  });
});
