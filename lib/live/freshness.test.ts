import { describe, expect, it } from 'vitest';
import { formatClockTime } from '#lib/format/instant.ts';
import type { Connection } from '#lib/resources/connection.ts';
import { clusterTimeMs } from './cluster-time.ts';
import { type Freshness, freshness } from './freshness.ts';
import type { Fresh, Heartbeat, SocketState } from './live-client.ts';

/** The page's clock; the console's runs 1,000,000 ms ahead of it in these tests. */
const NOW = 100_000;
const AHEAD = 1_000_000;
const ORIGIN = Date.UTC(2026, 10, 22, 12);

const open: SocketState = { state: 'open', clusters: [] };
const lost: SocketState = { state: 'lost', sinceMs: NOW - 500, retryMs: NOW + 500, clusters: [] };
const ended: SocketState = { state: 'ended', why: 'session' };

/** A heartbeat received `receivedAgo` ms ago whose probe was then `probeAgo` ms old. */
const beat = (receivedAgo: number, probeAgo: number): Heartbeat => ({
  t: 'heartbeat',
  cluster: 'c',
  receivedMs: NOW - receivedAgo,
  nowMs: NOW - receivedAgo + AHEAD,
  clusterTimeMs: null,
  confirmedMs: NOW - receivedAgo + AHEAD - probeAgo,
  latencyMs: 3,
});
const never: Heartbeat = { ...beat(0, 0), confirmedMs: -1 };
const view = (connection: Connection, receivedAgo = 0): Fresh => ({
  connection,
  receivedMs: NOW - receivedAgo,
  nowMs: NOW - receivedAgo + AHEAD,
});
const live = (watchAgo: number, sampledSeconds?: number): Connection => ({
  state: 'live',
  confirmedMs: NOW + AHEAD - watchAgo,
  sampledSeconds,
});
const error = { reason: 'Unreachable', code: 0, message: 'no answer', causes: [] };

const fresh = (seconds: number, ago: number): Freshness => ({
  tone: 'fresh',
  words: `Live · ${seconds} s`,
  sinceMs: NOW - ago,
});
const stale = (ago: number): Freshness => ({
  tone: 'stale',
  words: `Stale since ${formatClockTime(ORIGIN + NOW - ago)}`,
  sinceMs: NOW - ago,
});
const unknown: Freshness = { tone: 'none', words: 'Not known', sinceMs: 0 };

type Case = readonly [string, SocketState, Heartbeat | null, Fresh | null, Freshness];
const CASES: readonly Case[] = [
  ['nothing heard', { state: 'connecting' }, null, null, unknown],
  ['open, no heartbeat yet', open, null, null, unknown],
  ['the cluster never answered', open, never, null, unknown],
  ['the cluster answered now', open, beat(0, 0), null, fresh(0, 0)],
  ['the cluster answered a second ago', open, beat(400, 700), null, fresh(1, 1_100)],
  ['just in time', open, beat(2_000, 1_500), null, fresh(3, 3_500)],
  ['the heartbeat is late', open, beat(2_001, 1_500), null, stale(3_501)],
  ['frames come, probes do not', open, beat(0, 6_000), null, stale(6_000)],
  ['the socket is lost', lost, beat(500, 100), null, stale(600)],
  ['the session ended', ended, beat(500, 100), null, stale(600)],
  ['a live view', open, beat(100, 0), view(live(20_000)), fresh(0, 100)],
  ['a live view before any heartbeat', open, null, view(live(0), 800), fresh(0, 800)],
  ['a live view, the socket lost', lost, beat(500, 100), view(live(0)), stale(600)],
  ['a watch silent for 35 s', open, beat(0, 0), view(live(35_000)), fresh(0, 0)],
  ['a watch silent for longer', open, beat(0, 0), view(live(35_001)), stale(35_001)],
  ['a kind read every minute', open, beat(0, 0), view(live(100_000, 60)), fresh(0, 0)],
  ['a kind not read for two minutes', open, beat(0, 0), view(live(126_000, 60)), stale(126_000)],
  [
    'a stale view of a cluster that answers',
    open,
    beat(0, 0),
    view({ state: 'stale', sinceMs: NOW + AHEAD - 9_000, retryMs: 0 }),
    stale(9_000),
  ],
  ['a view that reads', open, beat(0, 0), view({ state: 'connecting', read: 1, total: 2 }), unknown],
  ['a view that failed', open, beat(0, 0), view({ state: 'failed', error, retryMs: 0 }), unknown],
  ['a forbidden view', open, beat(0, 0), view({ state: 'forbidden', missing: [] }), unknown],
  ['a view of what is gone', open, beat(0, 0), view({ state: 'gone', atMs: 0 }), unknown],
];

describe('freshness', () => {
  it.each(CASES)('%s', (_why, socket, heartbeat, of, expected) => {
    expect(freshness(socket, heartbeat, of, NOW, ORIGIN)).toEqual(expected);
  });
});

describe('clusterTimeMs', () => {
  it('runs on from the last heartbeat', () => {
    const heartbeat = { ...beat(1_500, 0), clusterTimeMs: 5_000_000 };
    expect(clusterTimeMs(heartbeat, NOW, ORIGIN)).toBe(5_001_500);
  });
  it.each([null, beat(0, 0)])("is the viewer's clock until the cluster told its own", (heartbeat) => {
    expect(clusterTimeMs(heartbeat, NOW, ORIGIN)).toBe(ORIGIN + NOW);
  });
});
