import type { ApiError } from '#lib/resources/api-error.ts';
import type { Cell } from '#lib/resources/cell.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { Counts, QuerySpec, Sort } from '#lib/resources/query-spec.ts';
import type { ObjectReference, ResourceType } from '#lib/resources/resource-type.ts';
import type { AboutFrame } from './about-frame.ts';

/**
 * What travels over the one WebSocket of a tab (JSON text messages; docs/protocol.md).
 *
 * Frames carry state, not events: a tick sends each subscription the present values of what changed in its window.
 * `seq` counts a subscription's frames from 0; a gap, or a frame for an unknown row, means resync. A `full` frame
 * replaces everything known. Nothing is shown as complete before a frame whose connection is not `connecting`.
 * The two that come most often have a short form on the wire (short-frames.ts).
 */
export const PROTOCOL_VERSION = 2;
export const SOCKET_PATH = '/api/live';
export const SOCKET_PROTOCOL = 'strata.v2';

export type ServerMessage =
  | HelloFrame
  | HeartbeatFrame
  | BeatFrame
  | RowsFrame
  | ObjectFrame
  | ClusterFrame
  | AboutFrame
  | RefusedFrame;

/** First message of every socket. */
export interface HelloFrame {
  readonly t: 'hello';
  readonly protocol: number;
  /** Changes when the console server process does: a client then subscribes anew. */
  readonly instance: string;
  readonly clusters: readonly ClusterSummary[];
}

export interface ClusterSummary {
  /** Slug of the context. */
  readonly id: string;
  readonly context: string;
  /** Scheme, host and port of the API server; never credentials. */
  readonly server: string;
  /** The kubeconfig's user name for this context. */
  readonly user: string;
  /** Set when the kubeconfig entry cannot be used. */
  readonly error?: ApiError;
}

/**
 * Sent every 2 s for each cluster some subscription of this socket looks at: it also proves the socket alive. While the
 * cluster answers, most come as a BeatFrame.
 */
export interface HeartbeatFrame {
  readonly t: 'heartbeat';
  readonly cluster: string;
  /** Console's monotonic clock (ms) when this frame was made: all *Ms of Connection compare with it. */
  readonly nowMs: number;
  /** Cluster time (ms since 1970) at nowMs, from the API server's Date header; null until first heard. */
  readonly clusterTimeMs: number | null;
  /** Monotonic clock of the last good answer to the readiness probe, -1 when never. */
  readonly confirmedMs: number;
  readonly latencyMs: number;
  readonly error?: ApiError;
}

/**
 * The cluster answered at nowMs, and nothing else is new since its last heartbeat: confirmedMs is nowMs, its clock went
 * on as the console's did, there is no error.
 */
export interface BeatFrame {
  readonly t: 'beat';
  /** Place of the cluster in the hello. */
  readonly at: number;
  readonly nowMs: number;
  readonly latencyMs: number;
}

/** One row: key, uid, namespace, name, then one cell a column. The key is a small number, stable while the row lives. */
export type WireRow = readonly [key: number, uid: string, namespace: string, name: string, ...cells: Cell[]];

/**
 * What the client is told of a table. A full frame has `order`, `rows` and `counts` whole. Others bring what changed, in
 * this order: whole rows, cells, places, counts.
 */
export interface RowsFrame {
  readonly t: 'rows';
  readonly id: number;
  readonly seq: number;
  readonly full: boolean;
  /** Console's monotonic clock when the frame was made. Present with connection. */
  readonly nowMs?: number;
  /** Absent when unchanged; always there with full frames. */
  readonly connection?: Connection;
  /** With full frames, and when a custom kind's columns change. */
  readonly columns?: readonly Column[];
  /** The sort in force, with full frames (a spec's null made concrete). */
  readonly sort?: Sort;
  /** Offset the window really has (clamped to the matched rows). Absent when unchanged. */
  readonly offset?: number;
  /** Rows new to the window, whole. */
  readonly rows?: readonly WireRow[];
  /** Changed cells of rows the window had, and has still. */
  readonly cells?: readonly CellChange[];
  /** Keys of the window in order; absent when unchanged or when `moves` says it shorter. */
  readonly order?: readonly number[];
  readonly moves?: Moves;
  /** Absent when unchanged. */
  readonly counts?: Counts;
  /** In place of counts when only some facets changed. */
  readonly changedCounts?: Counts;
}

/** column: place among `columns`. */
export type CellChange = readonly [key: number, column: number, cell: Cell];

/**
 * How one order becomes another: all keys of `out` and of `put` are taken out, then those of `put` are put in one after
 * the other, each at its place in the new order. Places increase.
 */
export interface Moves {
  readonly out: readonly number[];
  readonly put: readonly (readonly [place: number, key: number])[];
}

/** The full object, Secret values masked; null while there is none (see connection: connecting, gone, forbidden, failed). */
export interface ObjectFrame {
  readonly t: 'object';
  readonly id: number;
  readonly seq: number;
  readonly nowMs: number;
  readonly connection: Connection;
  /** Absent: unchanged (only the connection did). After `gone` the last seen object stays with the client. */
  readonly object?: Readonly<Record<string, unknown>> | null;
}

export interface ClusterFrame {
  readonly t: 'cluster';
  readonly id: number;
  readonly seq: number;
  readonly nowMs: number;
  readonly connection: Connection;
  /** Sorted by group and resource; only kinds with `list`. Groups that failed discovery are named in `missingGroups`. */
  readonly types?: readonly ResourceType[];
  readonly missingGroups?: readonly string[];
  readonly version?: string;
  readonly user?: { readonly name: string; readonly groups: readonly string[] };
  /** Namespaces for the picker; null when they may not be listed. */
  readonly namespaces?: readonly string[] | null;
}

/** A subscription or message that cannot be served at all (unknown cluster, malformed selector, too many). It is closed. */
export interface RefusedFrame {
  readonly t: 'refused';
  readonly id: number;
  readonly error: ApiError;
}

export type ClientMessage =
  | { readonly t: 'subscribe'; readonly id: number; readonly what: 'rows'; readonly spec: QuerySpec }
  | { readonly t: 'subscribe'; readonly id: number; readonly what: 'object'; readonly ref: ObjectReference }
  | { readonly t: 'subscribe'; readonly id: number; readonly what: 'cluster'; readonly cluster: string }
  | { readonly t: 'subscribe'; readonly id: number; readonly what: 'about'; readonly cluster: string }
  /** Only window, sort, text, selectors, facets and namespaces may change; another kind is another subscription. */
  | { readonly t: 'update'; readonly id: number; readonly spec: QuerySpec }
  | { readonly t: 'resync'; readonly id: number }
  /** Try again now instead of waiting for the back-off. */
  | { readonly t: 'retry'; readonly id: number }
  | { readonly t: 'unsubscribe'; readonly id: number };

/** Close codes of our own: 4401 the session ended; 1012 the server restarts (reconnect with jitter). */
export const CLOSE_SESSION_ENDED = 4401;
export const CLOSE_RESTART = 1012;
