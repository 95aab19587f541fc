import type { ApiError, MissingRight } from './api-error.ts';

/**
 * How a view stands to its source. Transitions are drawn in lib/k8s/cache/connection.ts; a complete table is in its
 * test. Old rows stay visible in every state but forbidden; only `live` may look fresh.
 */
export type Connection = ConnectionState & {
  /** How many of the namespaces asked for can be read; absent when the watch is cluster-wide. total 0: not known. */
  readonly namespaces?: {
    readonly readable: number;
    readonly total: number;
    readonly missing: readonly MissingRight[];
  };
};

export type ConnectionState =
  /** A first LIST runs: rows so far are shown, order not final. total is the API server's estimate, 0 when unknown. */
  | { readonly state: 'connecting'; readonly read: number; readonly total: number }
  /** confirmedMs: console's monotonic clock (ms) when the watch last proved alive. sampledSeconds: no watch verb, read again every n seconds. */
  | { readonly state: 'live'; readonly confirmedMs: number; readonly sampledSeconds?: number }
  /** sinceMs: monotonic clock of the last confirmation. retryMs: monotonic clock of the next try, 0 when trying now. */
  | { readonly state: 'stale'; readonly sinceMs: number; readonly retryMs: number; readonly error?: ApiError }
  /** Never been live. */
  | { readonly state: 'failed'; readonly error: ApiError; readonly retryMs: number }
  | { readonly state: 'forbidden'; readonly missing: readonly MissingRight[]; readonly error?: ApiError }
  /** The kind is not served (any more), or the open object was deleted. atMs: cluster time it was seen, 0 unknown. */
  | { readonly state: 'gone'; readonly atMs: number };
