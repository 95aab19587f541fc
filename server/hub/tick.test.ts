import { expect, it } from 'vitest';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { createTick } from './tick.ts';

const IDLE = { cpuMs: () => 0, flushed: () => {} };

it('flushes the first news at once, then once a period while there is more', async () => {
  const clock = createFakeClock();
  const flushes: number[] = [];
  const tick = createTick(clock, () => void flushes.push(clock.nowMs()), IDLE);
  await clock.advance(1_000);
  tick.wake();
  tick.wake();
  await clock.advance(100);
  tick.wake();
  await clock.advance(100);
  tick.wake();
  await clock.advance(2_000);
  expect(flushes).toEqual([1_000, 1_250]);
  tick.wake();
  await clock.advance(0);
  expect(flushes).toEqual([1_000, 1_250, 3_200]);
  await clock.advance(250);
  expect(clock.pendingTimers).toBe(0);
});

it('goes on while a flush leaves something over, and stops when told to', async () => {
  const clock = createFakeClock();
  let flushes = 0;
  const tick = createTick(
    clock,
    () => {
      flushes += 1;
      tick.wake();
    },
    IDLE,
  );
  tick.wake();
  await clock.advance(1_000);
  expect(flushes).toBe(5);
  tick.stop();
  tick.wake();
  await clock.advance(1_000);
  expect(flushes).toBe(5);
});

it('pauses for a second after a flush that used much, and tells what each used', async () => {
  const clock = createFakeClock();
  const flushes: number[] = [];
  const used: number[] = [];
  let cpuMs = 0;
  const tick = createTick(
    clock,
    () => {
      flushes.push(clock.nowMs());
      cpuMs += [0, 101, 300][flushes.length - 1] ?? 0;
      if (flushes.length < 4) tick.wake();
    },
    { cpuMs: () => cpuMs, flushed: (usedMs) => used.push(usedMs) },
  );
  tick.wake();
  await clock.advance(3_000);
  expect(used).toEqual([0, 101, 300, 0]);
  expect(flushes).toEqual([0, 250, 1_250, 2_450]);
});
