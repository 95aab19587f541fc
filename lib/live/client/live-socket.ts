import {
  CLOSE_SESSION_ENDED,
  type ClientMessage,
  type HelloFrame,
  type ServerMessage,
  SOCKET_PROTOCOL,
} from '#lib/protocol/frames.ts';
import { parseServerMessage } from '#lib/protocol/short-frames.ts';
import type { SocketState } from '../live-client.ts';

/**
 * The one socket of a tab as a state machine:
 *
 *   idle ──start()──► connecting ──hello──► open ──closed, or silent 5 s while something is subscribed──► lost
 *                         │                   ▲                                                            │
 *                         └─closed, no hello──┼────────────────────────────────────────────────────────► lost
 *                                             └──hello── (dialling, still lost) ◄──retry due, online, visible┘
 *   any ──closed with 4401, or a dial failed and the console says there is no session──► ended (sign in again)
 *
 * A hello means a new server half: everything is subscribed anew (`opened`). Messages are sent only while open; what
 * is asked for in between is told by `opened`. Back-off: 0.3 s doubling to 10 s, jittered; forgotten once a socket
 * stayed open for 5 s, so that a server that accepts and drops is not dialled in a loop.
 */
export interface LiveSocket {
  state(): SocketState;
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
export type SocketTransport = (url: string, protocol: string, handlers: TransportHandlers) => Wire;

export interface Wire {
  send(text: string): void;
  close(): void;
}

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
  /** Asked after a dial that came to nothing: false when the console answers that there is no session. */
  readonly hasSession: () => Promise<boolean>;
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
  return new SocketMachine(options);
}

class SocketMachine implements LiveSocket {
  readonly #options: LiveSocketOptions;
  #state: SocketState = { state: 'connecting' };
  #wire: Wire | null = null;
  #isStarted = false;
  #isClosed = false;
  #isExpecting = false;
  /** Dials since a socket was last steady. */
  #attempts = 0;
  #openedMs = 0;
  #heardMs = 0;
  #cancelTimer = () => {};

  constructor(options: LiveSocketOptions) {
    this.#options = options;
  }

  state(): SocketState {
    return this.#state;
  }

  start(): boolean {
    if (this.#isStarted || this.#isClosed) return false;
    this.#isStarted = true;
    this.#dial();
    return true;
  }

  send(message: ClientMessage): boolean {
    if (this.#state.state !== 'open' || this.#wire === null) return false;
    this.#wire.send(JSON.stringify(message));
    return true;
  }

  expectWords(isExpected: boolean): void {
    if (isExpected === this.#isExpecting) return;
    this.#isExpecting = isExpected;
    this.#heardMs = this.#options.clock.nowMs();
    if (this.#state.state === 'open') this.#watch();
  }

  wake(): void {
    if (this.#state.state === 'lost' && this.#wire === null && !this.#isClosed) this.#dial();
  }

  close(): void {
    this.#isClosed = true;
    this.#hangUp();
  }

  #set(state: SocketState): void {
    this.#state = state;
    this.#options.changed();
  }

  #dial(): void {
    this.#cancelTimer();
    const { transport, url, clock } = this.#options;
    const mine: Wire = transport(url(), SOCKET_PROTOCOL, {
      message: (text) => {
        if (this.#wire === mine) this.#receive(text);
      },
      closed: (code) => {
        if (this.#wire === mine) this.#lose(code);
      },
    });
    this.#wire = mine;
    this.#cancelTimer = clock.after(HELLO_TIMEOUT_MS, () => this.#lose(0));
  }

  #receive(text: string): void {
    this.#heardMs = this.#options.clock.nowMs();
    const message = parseServerMessage(text);
    // An answer that is not of this protocol cannot be followed: start over.
    if (message === null) this.#lose(0);
    else if (message.t === 'hello') this.#greet(message);
    else if (this.#state.state === 'open') this.#options.message(message);
  }

  #greet(hello: HelloFrame): void {
    this.#cancelTimer();
    this.#openedMs = this.#heardMs;
    this.#set({ state: 'open', clusters: hello.clusters });
    this.#options.opened();
    this.#watch();
  }

  #watch(): void {
    this.#cancelTimer();
    if (this.#state.state !== 'open' || !this.#isExpecting) return;
    const { clock } = this.#options;
    const leftMs = this.#heardMs + SILENCE_MS - clock.nowMs();
    if (leftMs <= 0) this.#lose(0);
    else this.#cancelTimer = clock.after(leftMs, () => this.#watch());
  }

  #hangUp(): void {
    const wire = this.#wire;
    this.#wire = null;
    this.#cancelTimer();
    wire?.close();
  }

  #lose(code: number): void {
    this.#hangUp();
    if (code === CLOSE_SESSION_ENDED) {
      this.#set({ state: 'ended', why: 'session' });
      return;
    }
    const before = this.#state;
    const nowMs = this.#options.clock.nowMs();
    const delayMs = this.#backOff(nowMs);
    this.#cancelTimer = this.#options.clock.after(delayMs, () => this.#dial());
    this.#set({
      state: 'lost',
      sinceMs: before.state === 'lost' ? before.sinceMs : nowMs,
      retryMs: nowMs + delayMs,
      clusters: before.state === 'open' || before.state === 'lost' ? before.clusters : [],
    });
    if (before.state !== 'open') this.#askSession();
  }

  /** A browser is not told why a dial was refused: a session that ended meanwhile is asked for by other means. */
  #askSession(): void {
    this.#options.hasSession().then(
      (hasSession) => {
        if (hasSession || this.#isClosed || this.#state.state !== 'lost') return;
        this.#hangUp();
        this.#set({ state: 'ended', why: 'session' });
      },
      // The console cannot be reached: that is what `lost` says.
      () => {},
    );
  }

  #backOff(nowMs: number): number {
    if (this.#state.state === 'open' && nowMs - this.#openedMs >= STEADY_MS) this.#attempts = 0;
    const ceilingMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, 10);
    return Math.round(ceilingMs * (0.5 + this.#options.random() / 2));
  }
}
