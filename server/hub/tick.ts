import type { Clock } from '#lib/k8s/client/clock.ts';

/**
 * When frames are made. All subscriptions share one tick, so that what changed together is told together.
 *
 *   quiet ──wake──► due at once ──flush──► pausing (250 ms) ──woken meanwhile──► flush ──► pausing
 *     ▲                                        │ nothing happened
 *     └────────────────────────────────────────┘
 *
 * A flush that used the processor for more than 100 ms makes its period 1 s, or four times what it used (at most 5 s): under too
 * much load the frames come later, and the rest of the process gets its turn.
 */
export interface Tick {
  wake(): void;
  stop(): void;
}

export const TICK_MS = 250;
export const LONG_FLUSH_MS = 100;
export const STRETCHED_TICK_MS = 1_000;
/** One part flushing, three parts for everything else: reading a LIST that all tabs wait for must not starve. */
const LONGEST_SHARE = 4;
const LONGEST_TICK_MS = 5_000;

const stretched = (usedMs: number): number =>
  Math.min(LONGEST_TICK_MS, Math.max(STRETCHED_TICK_MS, LONGEST_SHARE * usedMs));

export interface TickOptions {
  /** Processor time used so far, ms: what others do to the machine is no load of ours. */
  readonly cpuMs: () => number;
  /** Hears what each flush used. */
  readonly flushed: (usedMs: number) => void;
}

export function createTick(clock: Clock, flush: () => void, { cpuMs, flushed }: TickOptions): Tick {
  let cancel: (() => void) | null = null;
  let isWoken = false;
  let isStopped = false;
  const run = () => {
    cancel = null;
    if (!isWoken || isStopped) return;
    isWoken = false;
    const startMs = clock.nowMs();
    const cpuBeforeMs = cpuMs();
    // What wakes us in the meantime waits for the pause.
    cancel = () => {};
    try {
      flush();
    } finally {
      const usedMs = cpuMs() - cpuBeforeMs;
      flushed(usedMs);
      const periodMs = usedMs > LONG_FLUSH_MS ? stretched(usedMs) : TICK_MS;
      const pauseMs = Math.max(0, periodMs - (clock.nowMs() - startMs));
      if (!isStopped) cancel = clock.after(pauseMs, run);
    }
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
