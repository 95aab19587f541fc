import type { Clock } from '../client/clock.ts';

/** One thing to do, at the earliest time anybody asked for. */
export interface Timer {
  soon(delayMs: number): void;
  cancel(): void;
}

export function createTimer(clock: Clock, run: () => void): Timer {
  let dueMs = Number.POSITIVE_INFINITY;
  let cancel = () => {};
  return {
    soon(delayMs) {
      const atMs = clock.nowMs() + delayMs;
      if (atMs >= dueMs) return;
      cancel();
      dueMs = atMs;
      cancel = clock.after(delayMs, () => {
        dueMs = Number.POSITIVE_INFINITY;
        run();
      });
    },
    cancel() {
      cancel();
      dueMs = Number.POSITIVE_INFINITY;
    },
  };
}
