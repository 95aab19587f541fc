/**
 * client-go's flowcontrol.Backoff for one key, as the kubelet uses it for restarts and for pulls: 10 s, doubled with
 * each failure up to 5 min, forgotten when the next failure comes more than 10 min after the last try. Pure.
 */
export interface BackOff {
  ms: number;
  /** When it was last raised. */
  atMs: number;
}

const FIRST_MS = 10_000;
const MOST_MS = 300_000;
const FORGOTTEN_AFTER_MS = 2 * MOST_MS;

const isForgotten = (entry: BackOff, eventMs: number) => eventMs - entry.atMs > FORGOTTEN_AFTER_MS;

/** The entry after one more failure, which happened at `eventMs`. */
export function raised(entry: BackOff | undefined, eventMs: number, nowMs: number): BackOff {
  if (!entry || isForgotten(entry, eventMs)) return { ms: FIRST_MS, atMs: nowMs };
  return { ms: Math.min(MOST_MS, entry.ms * 2), atMs: nowMs };
}

/** When a try is free again after the failure at `eventMs`: then already, if nothing is remembered. */
export const freeAtMs = (entry: BackOff | undefined, eventMs: number): number =>
  !entry || isForgotten(entry, eventMs) ? eventMs : eventMs + entry.ms;

/** What is remembered of a container that has restarted so often, for one whose past was not seen. */
export const backOffAfter = (restarts: number, atMs: number): BackOff | undefined =>
  restarts < 1 ? undefined : { ms: Math.min(MOST_MS, FIRST_MS * 2 ** (restarts - 1)), atMs };

/** A time.Duration as Go prints it: 10s, 1m20s, 5m0s. */
export const durationText = (ms: number): string =>
  ms >= 60_000 ? `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s` : `${ms / 1000}s`;
