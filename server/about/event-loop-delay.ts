import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late timers came since the last look, in ms: what every person's clicks waited for besides their own work. */
export interface EventLoopDelay {
  take(): { readonly p99Ms: number; readonly worstMs: number };
  stop(): void;
}

const RESOLUTION_MS = 20;
const NS_PER_MS = 1_000_000;

/** Node measures from one beat to the next: what is more than its own period is delay. */
export function watchEventLoopDelay(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const late = (beatNs: number): number =>
    Math.max(0, Math.round((beatNs / NS_PER_MS - RESOLUTION_MS) * 10) / 10);
  return {
    take() {
      const taken = { p99Ms: late(histogram.percentile(99)), worstMs: late(histogram.max) };
      histogram.reset();
      return taken;
    },
    stop() {
      histogram.disable();
    },
  };
}
