import type { ApiError, MissingRight } from '#lib/resources/api-error.ts';
import type { ConnectionState } from '#lib/resources/connection.ts';

/**
 * How a view stands to its source, as one pure function. The complete table is in the test.
 *
 *             listed         confirmed          lost
 *   connecting ───┐ ──────────────► live ◄───────────────► stale        confirmed: a LIST is complete, a watch was
 *        ▲    ◄───┘                  │     confirmed        │           opened, sent something, or ended cleanly
 *        │ listed      confirmed ▲   │                      │           lost: no answer, an error, or 33 s of silence
 *      failed ───────────────────┘   │ denied, vanished     │
 *        ▲ lost (never live)         ▼                      ▼
 *   forbidden, gone ── listed ─► connecting;  confirmed ─► live
 *
 * `stale` keeps the instant of the last confirmation through every further loss. `gone` outlives a loss: that the
 * kind or object is no more stays the last thing known.
 */
export type ConnectionEvent =
  /** A page of a LIST was read; `read` rows so far of about `total` (0 unknown). */
  | { readonly type: 'listed'; readonly read: number; readonly total: number }
  | { readonly type: 'confirmed'; readonly nowMs: number; readonly sampledSeconds?: number }
  /** retryMs: monotonic clock of the next try, 0 when it runs already. */
  | { readonly type: 'lost'; readonly retryMs: number; readonly error?: ApiError }
  | { readonly type: 'retrying' }
  | { readonly type: 'denied'; readonly missing: readonly MissingRight[]; readonly error?: ApiError }
  | { readonly type: 'vanished'; readonly atMs: number };

export const CONNECTING: ConnectionState = { state: 'connecting', read: 0, total: 0 };

/** A loss nobody explained: a watch ended without a word. */
const UNEXPLAINED: ApiError = {
  reason: 'Unreachable',
  code: 0,
  message: 'The API server stopped answering.',
  causes: [],
};

export function transition(from: ConnectionState, event: ConnectionEvent): ConnectionState {
  switch (event.type) {
    case 'listed':
      return from.state === 'live' || from.state === 'stale'
        ? from
        : { state: 'connecting', read: event.read, total: event.total };
    case 'confirmed':
      return event.sampledSeconds === undefined
        ? { state: 'live', confirmedMs: event.nowMs }
        : { state: 'live', confirmedMs: event.nowMs, sampledSeconds: event.sampledSeconds };
    case 'lost':
      return lose(from, event.retryMs, event.error);
    case 'retrying':
      return from.state === 'stale' || from.state === 'failed' ? { ...from, retryMs: 0 } : from;
    case 'denied':
      return { state: 'forbidden', missing: event.missing, ...(event.error && { error: event.error }) };
    case 'vanished':
      return from.state === 'gone' ? from : { state: 'gone', atMs: event.atMs };
  }
}

function lose(from: ConnectionState, retryMs: number, error: ApiError | undefined): ConnectionState {
  switch (from.state) {
    case 'gone':
      return from;
    case 'live':
      return { state: 'stale', sinceMs: from.confirmedMs, retryMs, ...(error && { error }) };
    case 'stale':
      return { state: 'stale', sinceMs: from.sinceMs, retryMs, ...(error && { error }) };
    case 'connecting':
    case 'failed':
    case 'forbidden':
      return { state: 'failed', error: error ?? UNEXPLAINED, retryMs };
  }
}
