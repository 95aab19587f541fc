import type { Snapshot } from '../live-client.ts';

export interface TickerSource {
  /** performance.now() */
  nowMs(): number;
  /** Runs every ms until the returned function is called. */
  every(periodMs: number, run: () => void): () => void;
}

/** The one clock hand of a page: ages and freshness move together, once a second, and only while somebody looks. */
export function createTicker(source: TickerSource, periodMs = 1_000): Snapshot<number> {
  const listeners = new Set<() => void>();
  let nowMs = source.nowMs();
  let stop: (() => void) | null = null;
  const tick = () => {
    nowMs = source.nowMs();
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => nowMs,
    subscribe(listener) {
      if (listeners.size === 0) {
        nowMs = source.nowMs();
        stop = source.every(periodMs, tick);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = null;
      };
    },
  };
}
