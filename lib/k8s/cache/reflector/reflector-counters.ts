import type { Arrival, ObjectEvent, ReflectorStats } from './reflector.ts';

const MOST_ARRIVALS = 128;

type Mutable<T> = { -readonly [name in keyof T]: T[name] };

export interface ReflectorCounters {
  readonly stats: ReflectorStats;
  list(): void;
  listed(nowMs: number): void;
  relist(cause: string): void;
  page(bytes: number, malformed: number): void;
  watch(): void;
  bytes(bytes: number, malformed: number): void;
  events(events: readonly ObjectEvent[], nowMs: number): void;
}

export function createReflectorCounters(): ReflectorCounters {
  const relists: Record<string, number> = Object.create(null);
  const arrivals: Arrival[] = [];
  const stats: Mutable<ReflectorStats> = { ...NO_STATS, relists, arrivals };
  let cause = 'start';
  return {
    stats,
    list() {
      stats.lists++;
    },
    listed(nowMs) {
      stats.lastList = { atMs: nowMs, cause };
    },
    relist(why) {
      cause = why;
      relists[why] = (relists[why] ?? 0) + 1;
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
    events(events, nowMs) {
      stats.events += events.length;
      stats.lastEventMs = nowMs;
      for (const event of events.slice(-MOST_ARRIVALS)) {
        const changedMs = changedMsOf(event);
        if (changedMs > 0) arrivals.push({ arrivedMs: nowMs, changedMs });
      }
      if (arrivals.length > MOST_ARRIVALS) arrivals.splice(0, arrivals.length - MOST_ARRIVALS);
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
  lastList: null,
  arrivals: [],
};

/** A deletion, also one that only began, leaves no time of its own on the object. */
function changedMsOf({ type, object }: ObjectEvent): number {
  if (type === 'DELETED' || object.metadata.deletedMs > 0) return 0;
  return object.metadata.lastChange?.atMs ?? 0;
}

/** Sums over the namespaces of one kind. */
export function sumStats(all: readonly ReflectorStats[]): ReflectorStats {
  const relists: Record<string, number> = Object.create(null);
  const arrivals = all.flatMap((stats) => stats.arrivals).sort((a, b) => a.arrivedMs - b.arrivedMs);
  const sum: Mutable<ReflectorStats> = { ...NO_STATS, relists, arrivals };
  for (const stats of all) {
    sum.lists += stats.lists;
    sum.pages += stats.pages;
    sum.watches += stats.watches;
    sum.events += stats.events;
    sum.bytes += stats.bytes;
    sum.malformed += stats.malformed;
    sum.lastEventMs = Math.max(sum.lastEventMs, stats.lastEventMs);
    if (stats.lastList !== null && stats.lastList.atMs > (sum.lastList?.atMs ?? -1))
      sum.lastList = stats.lastList;
    for (const [cause, count] of Object.entries(stats.relists)) {
      relists[cause] = (relists[cause] ?? 0) + count;
    }
  }
  return sum;
}
