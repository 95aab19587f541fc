import {
  CLOSE_SESSION_ENDED,
  type ClientMessage,
  type HelloFrame,
  type ServerMessage,
  SOCKET_PROTOCOL,
} from '#lib/protocol/frames.ts';
import type { SocketState } from '../live-client.ts';

/**
 * The one socket of a tab as a state machine:
 *
 *   idle ──start()──► connecting ──hello──► open ──closed, or silent 5 s while something is subscribed──► lost
 *                         │                   ▲                                                            │
 *                         └─closed, no hello──┼────────────────────────────────────────────────────────► lost
 *                                             └──hello── (dialling, still lost) ◄──retry due, online, visible┘
 *   any ──closed with 4401──► ended (the session is over: only a new sign-in helps)
 *
 * A hello means a new server half: everything is subscribed anew (`opened`). Messages are sent only while open; what
 * is asked for in between is told by `opened`. Back-off: 0.3 s doubling to 10 s, jittered; forgotten once a socket
 * stayed open for 5 s, so that a server that accepts and drops is not dialled in a loop.
 */
export interface LiveSocket {
  readonly state: () => SocketState;
  /** Dials unless that was done before; says whether it was the first time. */
  start(): boolean;
  /** Drops the message when the socket is not open; says whether it was sent. */
  send(message: ClientMessage): boolean;
  /** From now on (or no longer) the server owes a word every 2 s. */
  expectWords(isExpected: boolean): void;
  /** Dials at once when it is lost. */
  wake(): void;
  close(): void;
}

/** Dials. Handlers are called later, never within this call; after close() none is called. */
export type SocketTransport = (
  url: string,
  protocol: string,
  handlers: TransportHandlers,
) => { send(text: string): void; close(): void };

export interface TransportHandlers {
  message(text: string): void;
  /** Once, also when the socket never opened. */
  closed(code: number): void;
}

export interface LiveClock {
  /** performance.now() */
  nowMs(): number;
  /** Returns a cancel function. */
  after(delayMs: number, run: () => void): () => void;
}

export interface LiveSocketOptions {
  readonly url: () => string;
  readonly transport: SocketTransport;
  readonly clock: LiveClock;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly changed: () => void;
  /** A new socket said hello. */
  readonly opened: () => void;
  readonly message: (message: Exclude<ServerMessage, HelloFrame>) => void;
}

export const FIRST_BACK_OFF_MS = 300;
export const LONGEST_BACK_OFF_MS = 10_000;
export const SILENCE_MS = 5_000;
const HELLO_TIMEOUT_MS = 10_000;
const STEADY_MS = 5_000;

export function createLiveSocket(options: LiveSocketOptions): LiveSocket {
  const { clock } = options;
  let state: SocketState = { state: 'connecting' };
  let wire: { send(text: string): void; close(): void } | null = null;
  let isStarted = false;
  let isClosed = false;
  let isExpecting = false;
  let attempts = 0;
  let openedMs = 0;
  let heardMs = 0;
  let cancelTimer = () => {};

  const set = (next: SocketState) => {
    state = next;
    options.changed();
  };

  const dial = () => {
    cancelTimer();
    const mine: { send(text: string): void; close(): void } = options.transport(
      options.url(),
      SOCKET_PROTOCOL,
      {
        message: (text) => {
          if (wire === mine) receive(text);
        },
        closed: (code) => {
          if (wire === mine) lose(code);
        },
      },
    );
    wire = mine;
    cancelTimer = clock.after(HELLO_TIMEOUT_MS, () => lose(0));
  };

  const receive = (text: string) => {
    heardMs = clock.nowMs();
    const message = parseServerMessage(text);
    // An answer that is not of this protocol cannot be followed: start over.
    if (message === null) return lose(0);
    if (message.t !== 'hello') return state.state === 'open' ? options.message(message) : undefined;
    cancelTimer();
    openedMs = heardMs;
    set({ state: 'open', clusters: message.clusters });
    options.opened();
    watch();
  };

  const watch = () => {
    cancelTimer();
    if (state.state !== 'open' || !isExpecting) return;
    const leftMs = heardMs + SILENCE_MS - clock.nowMs();
    if (leftMs <= 0) return lose(0);
    cancelTimer = clock.after(leftMs, watch);
  };

  const lose = (code: number) => {
    const lost = wire;
    wire = null;
    cancelTimer();
    lost?.close();
    if (isClosed) return;
    if (code === CLOSE_SESSION_ENDED) return set({ state: 'ended', why: 'session' });
    const nowMs = clock.nowMs();
    if (state.state === 'open' && nowMs - openedMs >= STEADY_MS) attempts = 0;
    const ceilingMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** attempts);
    attempts = Math.min(attempts + 1, 10);
    const delayMs = Math.round(ceilingMs * (0.5 + options.random() / 2));
    cancelTimer = clock.after(delayMs, dial);
    set({
      state: 'lost',
      sinceMs: state.state === 'lost' ? state.sinceMs : nowMs,
      retryMs: nowMs + delayMs,
      clusters: state.state === 'open' || state.state === 'lost' ? state.clusters : [],
    });
  };

  return {
    state: () => state,
    start() {
      if (isStarted || isClosed) return false;
      isStarted = true;
      dial();
      return true;
    },
    send(message) {
      if (state.state !== 'open' || wire === null) return false;
      wire.send(JSON.stringify(message));
      return true;
    },
    expectWords(isExpected) {
      if (isExpected === isExpecting) return;
      isExpecting = isExpected;
      heardMs = clock.nowMs();
      if (state.state === 'open') watch();
    },
    wake() {
      if (state.state === 'lost' && wire === null && !isClosed) dial();
    },
    close() {
      isClosed = true;
      lose(0);
    },
  };
}

const KNOWN: ReadonlySet<unknown> = new Set(['hello', 'heartbeat', 'rows', 'object', 'cluster', 'refused']);

/** The server is ours and its frames are typed in lib/protocol: only what would confuse this side is looked at. */
function parseServerMessage(text: string): ServerMessage | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null || !('t' in json) || !KNOWN.has(json.t)) return null;
  return json as ServerMessage;
}
