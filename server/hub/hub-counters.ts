/** Figures of the hub since start, for /metrics and the page about this console. */
export interface HubCounters {
  /** Open now. */
  readonly sockets: number;
  /** Open now, of all sockets. */
  readonly subscriptions: number;
  /** Rounds in which frames were made. */
  readonly ticks: number;
  readonly frames: number;
  /** Characters of JSON; on the wire a few more where they are not ASCII. */
  readonly bytes: number;
  /** Ticks a socket sat out because it was slow. */
  readonly skippedTicks: number;
  /** Full frames after a client's gap or a socket's slowness. */
  readonly resyncs: number;
  /** Sockets closed because they took nothing for 30 s. */
  readonly stuckSockets: number;
  /** Ticks that took so long that the next one waited for a second. */
  readonly longTicks: number;
  /** Processor time spent making frames. */
  readonly tickMs: number;
  readonly messages: number;
  /** Messages and subscriptions that were refused. */
  readonly refusals: number;
}

export type MutableCounters = { -readonly [name in keyof HubCounters]: number };

export function createHubCounters(): MutableCounters {
  return {
    sockets: 0,
    subscriptions: 0,
    ticks: 0,
    frames: 0,
    bytes: 0,
    skippedTicks: 0,
    resyncs: 0,
    stuckSockets: 0,
    longTicks: 0,
    tickMs: 0,
    messages: 0,
    refusals: 0,
  };
}
