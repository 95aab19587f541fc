/** Answers of one cluster's API server since the start, by what they mean for the console. */
export interface UpstreamTotals {
  readonly total: number;
  /** 429. */
  readonly refused: number;
  /** No answer came. */
  readonly lost: number;
  /** 5xx. */
  readonly failed: number;
  /** Monotonic clock of the last 429; null when none came. */
  readonly lastRefusedMs: number | null;
}

export interface UpstreamCounts {
  /** code 0: no answer came. */
  count(cluster: string, code: number, nowMs: number): void;
  of(cluster: string): UpstreamTotals;
}

const NONE: UpstreamTotals = { total: 0, refused: 0, lost: 0, failed: 0, lastRefusedMs: null };

export function createUpstreamCounts(): UpstreamCounts {
  const totals = new Map<string, UpstreamTotals>();
  const of = (cluster: string): UpstreamTotals => totals.get(cluster) ?? NONE;
  return {
    of,
    count(cluster, code, nowMs) {
      const before = of(cluster);
      const isRefused = code === 429;
      totals.set(cluster, {
        total: before.total + 1,
        refused: before.refused + (isRefused ? 1 : 0),
        lost: before.lost + (code === 0 ? 1 : 0),
        failed: before.failed + (code >= 500 ? 1 : 0),
        lastRefusedMs: isRefused ? nowMs : before.lastRefusedMs,
      });
    },
  };
}
