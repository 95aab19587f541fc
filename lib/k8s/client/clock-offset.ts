/**
 * The cluster's clock from Date headers, which hold whole seconds cut off: the API server's time lay in [date,
 * date + 1 s) at some moment between sending and receiving. Each answer so gives an interval for the offset to our
 * monotonic clock, and many answers one that all share, soon a few ms wide. A clock that was set makes them disagree:
 * then only the newest counts.
 */
export interface ClockOffset {
  /** dateMs NaN is ignored. */
  add(dateMs: number, sentMs: number, receivedMs: number): void;
  /** Cluster time (ms since 1970) minus the monotonic clock; null until known. */
  estimateMs(): number | null;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** About two minutes of beats: clocks that drift apart are followed. */
const MAX_INTERVALS = 60;

export function createClockOffset(): ClockOffset {
  let intervals: Interval[] = [];
  return {
    add(dateMs, sentMs, receivedMs) {
      if (!Number.isFinite(dateMs)) return;
      const next = { low: dateMs - receivedMs, high: dateMs + 1000 - sentMs };
      const kept = [...intervals, next].slice(-MAX_INTERVALS);
      intervals = shared(kept) === null ? [next] : kept;
    },
    estimateMs() {
      const both = shared(intervals);
      return both === null ? null : (both.low + both.high) / 2;
    },
  };
}

function shared(intervals: readonly Interval[]): Interval | null {
  if (intervals.length === 0) return null;
  const low = Math.max(...intervals.map((interval) => interval.low));
  const high = Math.min(...intervals.map((interval) => interval.high));
  return low <= high ? { low, high } : null;
}
