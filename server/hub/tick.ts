import type { Clock } from '#lib/k8s/client/clock.ts';

/**
 * When frames are made. All subscriptions share one tick, so that what changed together is told together.
 *
 *   quiet ──wake──► due at once ──flush──► pausing (250 ms) ──woken meanwhile──► flush ──► pausing
 *     ▲                                        │ nothing happened
 *     └────────────────────────────────────────┘
 */
export interface Tick {
  wake(): void;
  stop(): void;
}

export const TICK_MS = 250;

export function createTick(clock: Clock, flush: () => void, periodMs: number = TICK_MS): Tick {
  let cancel: (() => void) | null = null;
  let isWoken = false;
  let isStopped = false;
  const run = () => {
    cancel = null;
    if (!isWoken || isStopped) return;
    isWoken = false;
    cancel = clock.after(periodMs, run);
    flush();
  };
  return {
    wake() {
      isWoken = true;
      // After the present turn: what one batch changed for many subscriptions leaves together.
      if (cancel === null && !isStopped) cancel = clock.after(0, run);
    },
    stop() {
      isStopped = true;
      cancel?.();
      cancel = null;
    },
  };
}
