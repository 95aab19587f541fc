import type { Clock } from '#lib/k8s/client/clock.ts';

export const MESSAGES_PER_SECOND = 50;

/** Counts the messages of a socket. take() is false for the one that is too many within a second. */
export function createMessageBudget(clock: Clock, perSecond: number = MESSAGES_PER_SECOND) {
  let startMs = clock.nowMs();
  let count = 0;
  return {
    take(): boolean {
      const nowMs = clock.nowMs();
      if (nowMs - startMs >= 1_000) {
        startMs = nowMs;
        count = 0;
      }
      count += 1;
      return count <= perSecond;
    },
  };
}
