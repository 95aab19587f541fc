import type { Clock } from './clock.ts';

/** The real clock. A timer that waits keeps the process alive until it is cancelled: stop() of every stage does. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
