import type { ClusterSummary, HeartbeatFrame } from '#lib/protocol/frames.ts';
import type { ApiError } from '#lib/resources/api-error.ts';
import type { Cell } from '#lib/resources/cell.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { Counts, QuerySpec, Sort } from '#lib/resources/query-spec.ts';
import type { ObjectReference, ResourceType } from '#lib/resources/resource-type.ts';
import type { Channel } from './client/channel.ts';

/**
 * The browser's end of the one socket of a tab. It reconnects with jittered back-off, subscribes again, and keeps
 * what was shown while it does. React reads it through the hooks beside this file (useSyncExternalStore); snapshots
 * are immutable and change identity only when something changed.
 */
export interface LiveClient {
  readonly socket: Snapshot<SocketState>;
  readonly heartbeat: (cluster: string) => Snapshot<Heartbeat | null>;
  rows(spec: QuerySpec): LiveRows;
  object(ref: ObjectReference): LiveSubscription<LiveObject>;
  cluster(id: string): LiveSubscription<LiveCluster>;
  /** A channel of a page that brings its own, so that only that page loads it. */
  open<T>(channel: Channel<T>): LiveSubscription<T>;
  close(): void;
}

export interface Snapshot<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

/** A subscription lives from the first listener to release(). */
export interface LiveSubscription<T> extends Snapshot<T> {
  /** Try again now. */
  retry(): void;
  release(): void;
}

export interface LiveRows extends LiveSubscription<LiveTable> {
  /** Same kinds, other window, filter or sort: rows stay until the new ones are there. */
  update(spec: QuerySpec): void;
}

/** sinceMs: performance.now() of the change. */
export type SocketState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly clusters: readonly ClusterSummary[] }
  | {
      readonly state: 'lost';
      readonly sinceMs: number;
      readonly retryMs: number;
      readonly clusters: readonly ClusterSummary[];
    }
  | { readonly state: 'ended'; readonly why: 'session' };

/** A heartbeat with the moment it was received (performance.now()), so that ages can count on. */
export interface Heartbeat extends HeartbeatFrame {
  readonly receivedMs: number;
}

/** Connection as it was at performance.now() receivedMs, the console's clock then being nowMs. */
export interface Fresh {
  readonly connection: Connection;
  readonly nowMs: number;
  readonly receivedMs: number;
}

export interface LiveRow {
  readonly key: number;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly cells: readonly Cell[];
  /** Increases when a cell of the row changed after it was first shown: the table marks it briefly. */
  readonly changes: number;
}

export interface LiveTable extends Fresh {
  /** Null until the first frame. */
  readonly columns: readonly Column[] | null;
  readonly sort: Sort | null;
  readonly offset: number;
  /** The window's rows, in order. */
  readonly rows: readonly LiveRow[];
  readonly counts: Counts | null;
  /** Set when the console refused the question (malformed selector): shown at the filter. */
  readonly refused: ApiError | null;
}

export interface LiveObject extends Fresh {
  /** Last seen object; stays after gone and stale. */
  readonly object: Readonly<Record<string, unknown>> | null;
  readonly refused: ApiError | null;
}

export interface LiveCluster extends Fresh {
  readonly types: readonly ResourceType[] | null;
  readonly missingGroups: readonly string[];
  readonly version: string | null;
  readonly user: { readonly name: string; readonly groups: readonly string[] } | null;
  /** undefined: not known yet; null: may not be listed. */
  readonly namespaces: readonly string[] | null | undefined;
  readonly refused: ApiError | null;
}
