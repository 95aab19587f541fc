import { expect, test } from 'vitest';
import { DemoClock, type RealTime } from './clock.ts';

/** Real time that moves only when told to. */
function handTime() {
  let nowMs = 1_000;
  let timer: { dueMs: number; run: () => void } | undefined;
  const time: RealTime = {
    now: () => nowMs,
    setTimer: (delayMs, run) => {
      const mine = { dueMs: nowMs + delayMs, run };
      timer = mine;
      return () => {
        if (timer === mine) timer = undefined;
      };
    },
  };
  const pass = (ms: number) => {
    const endMs = nowMs + ms;
    while (timer && timer.dueMs <= endMs) {
      const { dueMs, run } = timer;
      timer = undefined;
      nowMs = Math.max(nowMs, dueMs);
      run();
    }
    nowMs = endMs;
  };
  return { time, pass };
}

const fail = (error: unknown) => {
  throw error;
};

test('timers run in order of time, then of setting', () => {
  const { time, pass } = handTime();
  const clock = new DemoClock(time, fail);
  const ran: string[] = [];
  clock.schedule(20, () => ran.push('late'));
  clock.schedule(10, () => ran.push('a'));
  clock.schedule(10, () => ran.push('b'));
  clock.schedule(15, () => ran.push('never'))();
  pass(25);
  expect(ran).toEqual(['a', 'b', 'late']);
});

test('a frozen clock stands; a step runs everything on the way at its own instant', () => {
  const { time, pass } = handTime();
  const clock = new DemoClock(time, fail, 0);
  clock.freeze();
  const ran: number[] = [];
  const again = () => {
    ran.push(clock.now());
    if (ran.length < 3) clock.schedule(100, again);
  };
  clock.schedule(100, again);
  pass(10_000);
  expect(ran).toEqual([]);
  clock.step(250);
  expect([ran, clock.now()]).toEqual([[100, 200], 250]);
  clock.step(50);
  expect(ran).toEqual([100, 200, 300]);
});

test('speed makes time pass faster and is kept through changes', () => {
  const { time, pass } = handTime();
  const clock = new DemoClock(time, fail, 0);
  let ran = 0;
  clock.schedule(60_000, () => {
    ran += 1;
  });
  clock.setSpeed(60);
  pass(999);
  expect(ran).toBe(0);
  pass(1);
  expect([ran, clock.now()]).toEqual([1, 60_000]);
});

test('a timer that throws is told and the others run on', () => {
  const { time, pass } = handTime();
  const told: unknown[] = [];
  const clock = new DemoClock(time, (error) => told.push(error));
  let ran = 0;
  clock.schedule(1, () => {
    throw new Error('mine');
  });
  clock.schedule(2, () => {
    ran += 1;
  });
  pass(5);
  expect([ran, told.length]).toEqual([1, 1]);
});
