import { HEARTBEAT_LATE_MS, WATCH_SILENT_MS } from '#lib/live/freshness.ts';
import { applyFrame, awaitFull, type TableState, WAITING_TABLE } from '#lib/protocol/apply-frame.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { Hub } from '#server/hub/hub.ts';
import { createFakeHubSocket, type FakeHubSocket } from '#test/fixtures/fake-hub-socket.ts';

/** What a tab shows, and whether it says that it is up to date. */
export interface Shown {
  /** uid and version of each row, in order. */
  readonly rows: readonly (readonly [uid: string, version: number])[];
  readonly isFresh: boolean;
  /** What the list says of its connection. */
  readonly words: string;
}

/**
 * One tab: it asks one question, applies every frame as the browser does, and remembers each row's newest version ever
 * shown.
 */
export class Probe {
  readonly spec: QuerySpec;
  /** Rows that were shown older than they had been. */
  wentBack = 0;
  #state: TableState = WAITING_TABLE;
  #socket: FakeHubSocket = createFakeHubSocket();
  #read = 0;
  #isConnected = false;
  #cloggedMs = Number.POSITIVE_INFINITY;
  readonly #newest = new Map<string, number>();

  constructor(spec: QuerySpec) {
    this.spec = spec;
  }

  connect(hub: Hub): void {
    this.#socket = createFakeHubSocket();
    this.#read = 0;
    this.#isConnected = true;
    this.#cloggedMs = Number.POSITIVE_INFINITY;
    hub.connect(this.#socket);
    this.#socket.hear({ t: 'subscribe', id: 1, what: 'rows', spec: this.spec });
  }

  /** The network takes it away; what is shown stays. */
  disconnect(): void {
    this.#isConnected = false;
    this.#state = awaitFull(this.#state);
    this.#socket.leave();
  }

  get isConnected(): boolean {
    return this.#isConnected && this.#socket.closedWith === null;
  }

  /** Bytes that wait in a socket that does not read; its heartbeats wait behind them. */
  clog(bytes: number, nowMs: number): void {
    this.#socket.buffered = bytes;
    this.#cloggedMs = bytes === 0 ? Number.POSITIVE_INFINITY : Math.min(this.#cloggedMs, nowMs);
  }

  /** Applies what came. */
  read(): void {
    for (const message of this.#socket.said.slice(this.#read)) {
      this.#read++;
      if (message.t !== 'rows') continue;
      const { state, resync } = applyFrame(this.#state, message);
      this.#state = state;
      if (resync) this.#socket.hear({ t: 'resync', id: 1 });
      this.#remember();
    }
  }

  shown(nowMs: number): Shown {
    const { connection } = this.#state;
    const isBeating = this.isConnected && nowMs - this.#cloggedMs <= HEARTBEAT_LATE_MS;
    const isFresh =
      isBeating && connection.state === 'live' && nowMs - connection.confirmedMs <= WATCH_SILENT_MS;
    return { rows: this.#rows(), isFresh, words: connection.state };
  }

  #rows(): (readonly [string, number])[] {
    const column = this.#state.columns?.findIndex((one) => one.id === 'version') ?? -1;
    return this.#state.rows.map((row) => [row.uid, Number(row.cells[column] ?? -1)]);
  }

  #remember(): void {
    for (const [uid, version] of this.#rows()) {
      if (version < (this.#newest.get(uid) ?? -1)) this.wentBack++;
      this.#newest.set(uid, Math.max(version, this.#newest.get(uid) ?? -1));
    }
  }
}
