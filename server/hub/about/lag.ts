import type { Arrival } from '#lib/k8s/cache/reflector/reflector.ts';
import type { LagFigures } from '#lib/protocol/about-frame.ts';

/** Clocks of several API servers may differ by so much without being wrong. */
const AHEAD_MS = 2_000;

/**
 * How long changes took to get here, as far as their objects tell. An event whose object names no newer change than the
 * one before it (a label taken away leaves no time) tells nothing, nor does the first, nor a time in the future: anybody
 * who may write an object may write its times. Null when none tells, or while the cluster's clock is not known.
 */
export function lagOf(arrivals: readonly Arrival[], clusterOffsetMs: number | null): LagFigures | null {
  if (clusterOffsetMs === null) return null;
  const lags: number[] = [];
  let newestMs = Number.POSITIVE_INFINITY;
  for (const { arrivedMs, changedMs } of arrivals) {
    const lagMs = arrivedMs + clusterOffsetMs - changedMs;
    if (lagMs < -AHEAD_MS) continue;
    if (changedMs >= newestMs) lags.push(Math.max(0, lagMs));
    newestMs = newestMs === Number.POSITIVE_INFINITY ? changedMs : Math.max(newestMs, changedMs);
  }
  if (lags.length === 0) return null;
  lags.sort((a, b) => a - b);
  const p99 = lags[Math.ceil(lags.length * 0.99) - 1] ?? 0;
  return { p99Ms: Math.round(p99), events: lags.length };
}
