import { applyFrame, awaitFull, type TableState, WAITING_TABLE } from '#lib/protocol/apply-frame.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { LiveTable } from '../live-client.ts';
import { type Channel, withoutSocket } from './channel.ts';
import { EMPTY_TABLE } from './empty.ts';

/**
 * Rows of one spec. `state` follows the wire; `shown` is what the page holds. They differ while a new server half has
 * no answer of its own yet: the rows known before stay until it is complete. Whoever lost the right to see rows does
 * not keep them.
 */
export function createRowsChannel(spec: () => QuerySpec): Channel<LiveTable> & { asked(): void } {
  let state: TableState = WAITING_TABLE;
  let shown: LiveTable = EMPTY_TABLE;
  let isRebuilding = false;
  return {
    value: () => shown,
    subscribeMessage: (id) => ({ t: 'subscribe', id, what: 'rows', spec: spec() }),
    /** Another question was asked: the refusal of the last one is no longer true. */
    asked() {
      if (shown.refused !== null) shown = { ...shown, refused: null };
    },
    receive(frame, receivedMs) {
      if (frame.t !== 'rows') return false;
      const applied = applyFrame(state, frame);
      const isNews = applied.state !== state && !applied.state.isWaiting;
      state = applied.state;
      if (!isNews) return applied.resync;
      if (isRebuilding && !hasAnswer(state) && shown.rows.length > 0) {
        shown = { ...shown, connection: state.connection, nowMs: state.nowMs, receivedMs };
        return false;
      }
      isRebuilding = false;
      // Instants of a connection are counted from the frame that told it.
      const heardMs = frame.connection === undefined ? shown.receivedMs : receivedMs;
      const { connection, nowMs, columns, sort, offset, counts } = state;
      const rows = connection.state === 'forbidden' ? [] : state.rows;
      shown = {
        connection,
        nowMs,
        receivedMs: heardMs,
        columns,
        sort,
        offset,
        rows,
        counts,
        refused: null,
      };
      return false;
    },
    refused(frame) {
      state = awaitFull(state);
      shown = { ...shown, refused: frame.error };
    },
    lost() {
      state = awaitFull(state);
      isRebuilding = shown.rows.length > 0;
      shown = { ...shown, connection: withoutSocket(shown.connection) };
    },
  };
}

/** Stale rows are an answer when there are some: the server half was there before us and knows more. */
function hasAnswer({ connection, rows }: TableState): boolean {
  if (connection.state === 'stale') return rows.length > 0;
  return connection.state === 'live' || connection.state === 'forbidden';
}
