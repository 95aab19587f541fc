import type { ReflectorStats } from './reflector.ts';

export interface ReflectorCounters {
  readonly stats: ReflectorStats;
  list(): void;
  relist(cause: string): void;
  page(bytes: number, malformed: number): void;
  watch(): void;
  bytes(bytes: number, malformed: number): void;
  events(count: number, nowMs: number): void;
}

export function createReflectorCounters(): ReflectorCounters {
  const relists: Record<string, number> = Object.create(null);
  const stats = { ...NO_STATS, relists };
  return {
    stats,
    list() {
      stats.lists++;
    },
    relist(cause) {
      relists[cause] = (relists[cause] ?? 0) + 1;
    },
    page(bytes, malformed) {
      stats.pages++;
      stats.bytes += bytes;
      stats.malformed += malformed;
    },
    watch() {
      stats.watches++;
    },
    bytes(bytes, malformed) {
      stats.bytes += bytes;
      stats.malformed += malformed;
    },
    events(count, nowMs) {
      stats.events += count;
      stats.lastEventMs = nowMs;
    },
  };
}

export const NO_STATS: ReflectorStats = {
  lists: 0,
  pages: 0,
  relists: {},
  watches: 0,
  events: 0,
  bytes: 0,
  lastEventMs: -1,
  malformed: 0,
};

/** Sums over the namespaces of one kind. */
export function sumStats(all: readonly ReflectorStats[]): ReflectorStats {
  const relists: Record<string, number> = Object.create(null);
  const sum = { ...NO_STATS, relists };
  for (const stats of all) {
    sum.lists += stats.lists;
    sum.pages += stats.pages;
    sum.watches += stats.watches;
    sum.events += stats.events;
    sum.bytes += stats.bytes;
    sum.malformed += stats.malformed;
    sum.lastEventMs = Math.max(sum.lastEventMs, stats.lastEventMs);
    for (const [cause, count] of Object.entries(stats.relists)) {
      relists[cause] = (relists[cause] ?? 0) + count;
    }
  }
  return sum;
}
