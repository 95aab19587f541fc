import { formatClockTime } from '#lib/format/instant.ts';
import type { Fresh, Heartbeat, SocketState } from './live-client.ts';

/**
 * How fresh what is on the screen is, in words. Pure; all instants are performance.now() of this page.
 *
 *   none   nothing was ever confirmed (connecting, failed, forbidden, gone): there is nothing to call fresh or stale
 *   stale  the socket is lost, the cluster's heartbeat is late, the watch is stale, or the watch is silent
 *   fresh  none of these: the cluster answered a moment ago and the watch lives
 */
export interface Freshness {
  readonly tone: 'fresh' | 'stale' | 'none';
  /** 'Live · 1 s', 'Stale since 14:31:22' or 'Not known'. */
  readonly words: string;
  /** performance.now() of the last confirmation; 0 when there was none. */
  readonly sinceMs: number;
}

/**
 * The promise is grey within 5 s of the loss, and the loss may follow right upon a confirmation. The page looks at the
 * clock once a second and then has to draw: the limit stays a second and a half below the promise. Answers come every
 * 3 s at the slowest (the probe's own limit), so a slow API server is not called lost.
 */
export const HEARTBEAT_LATE_MS = 3_500;
/** Watches end or bookmark every 30 s: silence of 35 s means dead. */
export const WATCH_SILENT_MS = 35_000;

const NOT_KNOWN: Freshness = { tone: 'none', words: 'Not known', sinceMs: 0 };

/**
 * `fresh` null asks about the cluster alone (the badge of the top bar). timeOriginMs turns performance.now() into
 * wall time: performance.timeOrigin.
 */
export function freshness(
  socket: SocketState,
  heartbeat: Heartbeat | null,
  fresh: Fresh | null,
  nowMs: number,
  timeOriginMs: number,
): Freshness {
  const confirmedMs = clusterConfirmedMs(heartbeat, fresh);
  if (confirmedMs === null) return NOT_KNOWN;
  const stale = (sinceMs: number): Freshness => ({
    tone: 'stale',
    words: `Stale since ${formatClockTime(timeOriginMs + sinceMs)}`,
    sinceMs,
  });
  if (fresh !== null) {
    const { connection } = fresh;
    if (connection.state === 'stale') return stale(inPageTime(fresh, connection.sinceMs));
    if (connection.state !== 'live') return NOT_KNOWN;
    const watchMs = inPageTime(fresh, connection.confirmedMs);
    if (nowMs - watchMs > silenceLimitMs(connection.sampledSeconds)) return stale(watchMs);
  }
  if (socket.state !== 'open') return stale(confirmedMs);
  if (nowMs - confirmedMs > HEARTBEAT_LATE_MS) return stale(confirmedMs);
  const ageSeconds = Math.max(0, Math.floor((nowMs - confirmedMs) / 1000));
  return { tone: 'fresh', words: `Live · ${ageSeconds} s`, sinceMs: confirmedMs };
}

/** When the cluster last proved alive; a live frame stands in until the first heartbeat is here. */
function clusterConfirmedMs(heartbeat: Heartbeat | null, fresh: Fresh | null): number | null {
  if (heartbeat !== null && heartbeat.confirmedMs >= 0) return inPageTime(heartbeat, heartbeat.confirmedMs);
  if (fresh?.connection.state === 'live') return fresh.receivedMs;
  if (fresh?.connection.state === 'stale') return inPageTime(fresh, fresh.connection.sinceMs);
  return null;
}

/** A monotonic instant of the console as performance.now() of this page; the frame tells how the two stand. */
export function inPageTime(
  frame: { readonly nowMs: number; readonly receivedMs: number },
  consoleMs: number,
): number {
  return frame.receivedMs - (frame.nowMs - consoleMs);
}

/** Kinds without the watch verb are read again every n seconds: twice that and a moment is silence. */
function silenceLimitMs(sampledSeconds: number | undefined): number {
  return sampledSeconds === undefined
    ? WATCH_SILENT_MS
    : Math.max(WATCH_SILENT_MS, sampledSeconds * 2_000 + 5_000);
}
