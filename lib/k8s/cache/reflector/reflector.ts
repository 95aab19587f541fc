import type { Clock } from '#lib/k8s/client/clock.ts';
import type { ListWatch } from '#lib/k8s/client/list-watch.ts';
import type { Log } from '#lib/k8s/client/log.ts';
import type { Codec, TableColumn, WatchEvent } from '#lib/k8s/codec/codec.ts';
import type { ConnectionState } from '#lib/resources/connection.ts';
import type { PartialObject } from '#lib/resources/definition.ts';

/**
 * Keeps a sink equal to what the API server has of one type in one scope: LIST in pages, then WATCH from the list's
 * resourceVersion, for ever.
 *
 *             first page                 last page
 *   ┌─► LIST ───────────► LIST (next) ──────────────► WATCH ──┐ clean end: WATCH again from the last version
 *   │     │ 410 within the chain: LIST from the start   │  ▲──┘ silent 33 s: abort, stale, WATCH again
 *   │     │ 403: rows removed, again in 30 s            │       no answer, 5xx, 401: back off, WATCH again
 *   │     │ 404: gone, again in 30 s                    │       429, 503: after Retry-After
 *   │     │ else: back off                              │
 *   │     ▼                                             │
 *   └── wait ◄──────────────────────────────────────────┘ 410, Expired, 404, a version from the past, other columns:
 *                                                         exactly one relist
 *   no `watch` verb, or it is refused while LIST is allowed: LIST every sampleSeconds, and says so (sampledSeconds).
 *
 * Promises: rows of a first LIST reach the sink page by page; a relist replaces them in one batch at its end and the
 * old ones stay readable until then. Each version handed to the sink in a watch is as the API server ordered it.
 */
export interface Reflector {
  readonly connection: ConnectionState;
  /** True once a complete LIST is in the sink; false again when the right was lost and the rows were removed. */
  readonly isSynced: boolean;
  readonly stats: ReflectorStats;
  onConnection(listener: (connection: ConnectionState) => void): () => void;
  start(): void;
  /** Skips the back-off of whatever waits; a request that was not answered for 2 s is asked anew. */
  retry(): void;
  /** Reads all rows again (their columns changed). */
  relist(cause: string): void;
  /** Aborts everything; the sink is left as it is. Not restartable. */
  stop(): void;
}

export interface ReflectorOptions {
  readonly listWatch: ListWatch;
  readonly codec: Codec;
  readonly sink: ReflectorSink;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly log: Log;
  /** 500 when absent. */
  readonly pageSize?: number;
  readonly fieldSelector?: string;
  /** How often a type without watch is read; 30 when absent. */
  readonly sampleSeconds?: number;
}

export type ObjectEvent = Extract<WatchEvent, { readonly object: PartialObject }>;

export interface ReflectorSink {
  /** A list's answer names its columns (Table only): rows that follow have these. */
  takeColumns(columns: readonly TableColumn[]): void;
  /** Whether these are the columns in use. */
  hasColumns(columns: readonly TableColumn[]): boolean;
  /** True when the row is there at exactly this version, so that a relist need not keep its object. */
  holds(uid: string, resourceVersion: string): boolean;
  /** Rows so far of a first LIST. */
  add(objects: readonly PartialObject[]): void;
  /** End of a LIST, one batch: takes the objects, removes every row of this scope whose uid is not listed. */
  replace(objects: readonly PartialObject[], listed: ReadonlySet<string>): void;
  /** Events of a watch in order, one batch. */
  apply(events: readonly ObjectEvent[]): void;
  /** The right to read was lost: removes every row of this scope. */
  clear(): void;
}

/** Counters since the start. */
export interface ReflectorStats {
  /** LIST chains begun. */
  readonly lists: number;
  readonly pages: number;
  /** Why rows had to be read again: expired, continue, columns, sampled, … Tries after a failure do not count anew. */
  readonly relists: Readonly<Record<string, number>>;
  readonly watches: number;
  readonly events: number;
  readonly bytes: number;
  /** Monotonic clock of the last row event; -1 when none came. */
  readonly lastEventMs: number;
  readonly malformed: number;
  /** The last complete LIST and why it was asked for: 'start' or a cause of `relists`. Null before the first. */
  readonly lastList: { readonly atMs: number; readonly cause: string } | null;
  /** The newest events that name the time of a change, in the order they came. */
  readonly arrivals: readonly Arrival[];
}

/** How long a change took to get here can be told from these once the two clocks are known to each other. */
export interface Arrival {
  /** Monotonic clock. */
  readonly arrivedMs: number;
  /** Cluster time, ms since 1970, cut to whole seconds by the API server. */
  readonly changedMs: number;
}
