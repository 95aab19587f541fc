import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectFrame, RowsFrame, WireRow } from '#lib/protocol/frames.ts';
import type { Connection } from '#lib/resources/connection.ts';
import { querySpec } from '#lib/resources/query-spec.ts';
import { createFakeClock, type FakeClock } from '#test/fixtures/fake-clock.ts';
import { createFakeTransport, type FakeTransport } from '#test/fixtures/fake-transport.ts';
import type { LiveClient } from '../live-client.ts';
import { createLiveClient } from './create-live-client.ts';

let clock: FakeClock;
let net: FakeTransport;
let client: LiveClient;
let session: () => Promise<boolean>;
let wake: () => void;
let random: number;

beforeEach(() => {
  clock = createFakeClock(1_000);
  net = createFakeTransport();
  session = () => Promise.reject(new Error('unreachable'));
  random = 1;
  client = createLiveClient({
    url: () => 'ws://console/api/live',
    transport: net.dial,
    hasSession: () => session(),
    clock,
    random: () => random,
    onWake: (given) => {
      wake = given;
    },
  });
});

const pods = querySpec({ cluster: 'shop', kinds: ['pods'] });
const live: Connection = { state: 'live', confirmedMs: 5 };
const row = (key: number, cell: string): WireRow => [key, `u${key}`, 'ns', `n${key}`, cell];
const rowsFrame = (part: Partial<RowsFrame>): RowsFrame => ({
  t: 'rows',
  id: 1,
  seq: 0,
  full: true,
  nowMs: 10,
  connection: live,
  columns: [],
  order: [1],
  rows: [row(1, 'a')],
  offset: 0,
  counts: { total: 1, matched: 1, facets: {} },
  ...part,
});
const delta = (seq: number, part: Partial<RowsFrame>): RowsFrame => ({
  t: 'rows',
  id: 1,
  seq,
  full: false,
  nowMs: 10,
  connection: live,
  ...part,
});
const cells = (rows: ReturnType<LiveClient['rows']>) => rows.get().rows.map((r) => r.cells[0]);
const quiet = () => {};

describe('the socket', () => {
  it('is not dialled before somebody listens', () => {
    client.rows(pods).get();
    expect(net.dialled).toHaveLength(0);
    client.socket.subscribe(quiet);
    client.socket.subscribe(quiet);
    expect(net.dialled).toHaveLength(1);
    expect(net.wire).toMatchObject({ url: 'ws://console/api/live', protocol: 'strata.v2' });
    expect(client.socket.get()).toEqual({ state: 'connecting' });
    net.wire.hello();
    expect(client.socket.get()).toMatchObject({ state: 'open', clusters: [{ id: 'shop' }] });
  });

  it('dials again with growing pauses up to 10 s and keeps the clusters', async () => {
    client.socket.subscribe(quiet);
    net.wire.hello();
    await clock.advance(60_000);
    expect(net.dialled).toHaveLength(1);
    const pauses: number[] = [];
    for (let dial = 0; dial < 8; dial++) {
      const lostMs = clock.nowMs();
      net.wire.end(1006);
      const before = net.dialled.length;
      expect(client.socket.get()).toMatchObject({ state: 'lost', clusters: [{ id: 'shop' }] });
      while (net.dialled.length === before) await clock.advance(50);
      pauses.push(clock.nowMs() - lostMs);
    }
    expect(pauses).toEqual([300, 600, 1_200, 2_400, 4_800, 9_600, 10_000, 10_000]);
  });

  it('spreads the pauses', async () => {
    client.socket.subscribe(quiet);
    random = 0;
    net.wire.end(1006);
    await clock.advance(150);
    expect(net.dialled).toHaveLength(2);
  });

  it('does not dial a server that drops every socket after hello in a tight loop', async () => {
    client.socket.subscribe(quiet);
    const startMs = clock.nowMs();
    for (let dial = 0; dial < 5; dial++) {
      const before = net.dialled.length;
      net.wire.hello();
      net.wire.end(1011);
      while (net.dialled.length === before) await clock.advance(50);
    }
    expect(clock.nowMs() - startMs).toBeGreaterThan(9_000);
  });

  it('dials at once when the machine wakes up', () => {
    client.socket.subscribe(quiet);
    net.wire.hello();
    wake();
    expect(net.dialled).toHaveLength(1);
    net.wire.end(1006);
    wake();
    wake();
    expect(net.dialled).toHaveLength(2);
  });

  it('gives up a dial without a hello after 10 s', async () => {
    client.socket.subscribe(quiet);
    await clock.advance(10_000);
    expect(net.wire.isClosed).toBe(true);
    expect(client.socket.get()).toMatchObject({ state: 'lost', clusters: [] });
  });

  it.each([4401, 1006])('ends with the session (closed with %i)', async (code) => {
    session = () => Promise.resolve(false);
    client.socket.subscribe(quiet);
    if (code === 4401) net.wire.hello();
    net.wire.end(code);
    await clock.settle();
    expect(client.socket.get()).toEqual({ state: 'ended', why: 'session' });
    await clock.advance(60_000);
    expect(net.dialled).toHaveLength(1);
  });

  it('stays lost while the console says that the session is good', async () => {
    session = () => Promise.resolve(true);
    client.socket.subscribe(quiet);
    net.wire.end(1006);
    await clock.settle();
    expect(client.socket.get().state).toBe('lost');
  });

  it('counts a socket silent for 5 s as lost, but only while it owes words', async () => {
    client.socket.subscribe(quiet);
    net.wire.hello();
    await clock.advance(20_000);
    expect(client.socket.get().state).toBe('open');
    const rows = client.rows(pods);
    rows.subscribe(quiet);
    await clock.advance(4_000);
    net.wire.say(rowsFrame({}));
    await clock.advance(4_999);
    expect(client.socket.get().state).toBe('open');
    await clock.advance(1);
    expect(client.socket.get().state).toBe('lost');
    expect(net.dialled[0]?.isClosed).toBe(true);
    expect(rows.get().connection).toEqual({ state: 'stale', sinceMs: 5, retryMs: 0 });
  });

  it.each(['', 'no json', 'null', '[]', '{"t":"nonsense"}'])('starts over after the answer %j', (text) => {
    client.socket.subscribe(quiet);
    net.wire.hello();
    net.wire.sayText(text);
    expect(client.socket.get().state).toBe('lost');
  });

  it('says nothing more once it is closed', async () => {
    client.socket.subscribe(quiet);
    net.wire.hello();
    client.close();
    expect(net.wire.isClosed).toBe(true);
    await clock.advance(60_000);
    expect(net.dialled).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('rows', () => {
  const open = (rows = client.rows(pods)) => {
    rows.subscribe(quiet);
    net.wire.hello();
    return rows;
  };

  it('are asked for once the socket is open, and let go on release', () => {
    const rows = open();
    expect(net.wire.sent).toEqual([{ t: 'subscribe', id: 1, what: 'rows', spec: pods }]);
    net.wire.say(rowsFrame({}));
    expect(cells(rows)).toEqual(['a']);
    rows.release();
    rows.release();
    expect(net.wire.sent.at(-1)).toEqual({ t: 'unsubscribe', id: 1 });
    net.wire.say(delta(1, { rows: [row(1, 'late')] }));
    expect(cells(rows)).toEqual(['a']);
    rows.subscribe(quiet);
    expect(net.wire.sent.at(-1)).toMatchObject({ t: 'subscribe', id: 2 });
  });

  it('ask for a full frame once after a gap and show nothing in between', () => {
    const rows = open();
    net.wire.say(rowsFrame({}));
    const before = rows.get();
    net.wire.say(delta(2, { rows: [row(1, 'x')] }));
    net.wire.say(delta(3, { rows: [row(1, 'y')] }));
    expect(rows.get()).toBe(before);
    expect(net.wire.sent.filter((m) => m.t === 'resync')).toEqual([{ t: 'resync', id: 1 }]);
    net.wire.say(rowsFrame({ seq: 4, rows: [row(1, 'z')] }));
    expect(cells(rows)).toEqual(['z']);
    expect(rows.get().rows[0]?.changes).toBe(1);
  });

  it('keep what was shown while a new server half reads, and replace it when it is done', async () => {
    const rows = open();
    net.wire.say(rowsFrame({}));
    net.wire.end(1012);
    expect(rows.get()).toMatchObject({ connection: { state: 'stale', sinceMs: 5 } });
    await clock.advance(300);
    net.wire.hello();
    expect(net.wire.sent).toEqual([{ t: 'subscribe', id: 2, what: 'rows', spec: pods }]);
    const reading: Connection = { state: 'connecting', read: 0, total: 9 };
    net.wire.say(rowsFrame({ id: 2, connection: reading, order: undefined, rows: undefined }));
    expect(rows.get()).toMatchObject({ connection: reading });
    expect(cells(rows)).toEqual(['a']);
    net.wire.say(delta(1, { id: 2, connection: live, order: [2], rows: [row(2, 'b')] }));
    expect(cells(rows)).toEqual(['b']);
  });

  it('keep what was shown when the new server half cannot reach the cluster', async () => {
    const rows = open();
    net.wire.say(rowsFrame({}));
    net.wire.end(1012);
    await clock.advance(300);
    net.wire.hello();
    const error = { reason: 'Unreachable', code: 0, message: 'no answer', causes: [] };
    const failed: Connection = { state: 'failed', error, retryMs: 0 };
    net.wire.say(rowsFrame({ id: 2, connection: failed, order: [], rows: [] }));
    expect(rows.get()).toMatchObject({ connection: failed });
    expect(cells(rows)).toEqual(['a']);
    const forbidden: Connection = { state: 'forbidden', missing: [] };
    net.wire.say(delta(1, { id: 2, connection: forbidden }));
    expect(cells(rows)).toEqual([]);
  });

  it('send updates, but not the same one twice', () => {
    const rows = open();
    rows.update({ ...pods });
    const next = { ...pods, text: 'cart' };
    rows.update(next);
    rows.update({ ...next });
    expect(net.wire.sent.slice(1)).toEqual([{ t: 'update', id: 1, spec: next }]);
  });

  it('ask for the newest spec when the socket opens later', () => {
    const rows = client.rows(pods);
    rows.update({ ...pods, text: 'cart' });
    open(rows);
    expect(net.wire.sent).toMatchObject([{ spec: { text: 'cart' } }]);
  });

  it('show a refusal beside the rows and ask anew when the question changes', () => {
    const rows = open();
    net.wire.say(rowsFrame({}));
    const error = { reason: 'BadRequest', code: 400, message: 'malformed selector', causes: [] };
    net.wire.say({ t: 'refused', id: 1, error });
    expect(rows.get()).toMatchObject({ refused: error, rows: [{ uid: 'u1' }] });
    rows.update({ ...pods, labelSelector: 'a=b' });
    expect(rows.get().refused).toBeNull();
    expect(net.wire.sent.at(-1)).toMatchObject({ t: 'subscribe', id: 2, spec: { labelSelector: 'a=b' } });
  });

  it('retry on demand: the watch, or a refused question', () => {
    const rows = open();
    rows.retry();
    expect(net.wire.sent.at(-1)).toEqual({ t: 'retry', id: 1 });
    net.wire.say({ t: 'refused', id: 1, error: { reason: 'NotFound', code: 404, message: 'x', causes: [] } });
    rows.retry();
    expect(net.wire.sent.at(-1)).toMatchObject({ t: 'subscribe', id: 2 });
  });

  it('are subscribed anew by every tab in a storm of reconnects, each question once', async () => {
    const all = Array.from({ length: 20 }, (_, n) => client.rows({ ...pods, text: String(n) }));
    for (const rows of all) rows.subscribe(quiet);
    for (let round = 0; round < 10; round++) {
      net.wire.hello();
      expect(net.wire.sent.map((m) => m.t)).toEqual(Array(20).fill('subscribe'));
      net.wire.end(1006);
      await clock.advance(10_000);
    }
    expect(clock.pendingTimers).toBeLessThan(3);
  });
});

describe('objects, clusters and heartbeats', () => {
  const ref = { cluster: 'shop', resource: 'pods', namespace: 'a', name: 'b' };
  const objectFrame = (part: Partial<ObjectFrame>): ObjectFrame => ({
    t: 'object',
    id: 1,
    seq: 0,
    nowMs: 10,
    connection: live,
    ...part,
  });

  it('share one line between equal questions', () => {
    const first = client.object(ref);
    const second = client.object({ ...ref });
    first.subscribe(quiet);
    second.subscribe(quiet);
    net.wire.hello();
    expect(net.wire.sent).toHaveLength(1);
    net.wire.say(objectFrame({ object: { a: 1 } }));
    expect(second.get().object).toEqual({ a: 1 });
    first.release();
    expect(net.wire.sent).toHaveLength(1);
    second.release();
    expect(net.wire.sent.at(-1)).toEqual({ t: 'unsubscribe', id: 1 });
  });

  it('keep the last object after it is gone, and after the socket is', () => {
    const object = client.object(ref);
    object.subscribe(quiet);
    net.wire.hello();
    net.wire.say(objectFrame({ object: { a: 1 } }));
    net.wire.say(objectFrame({ seq: 1, connection: { state: 'gone', atMs: 7 } }));
    expect(object.get()).toMatchObject({ object: { a: 1 }, connection: { state: 'gone', atMs: 7 } });
    net.wire.say(objectFrame({ seq: 3 }));
    expect(net.wire.sent.at(-1)).toEqual({ t: 'resync', id: 1 });
    net.wire.say(objectFrame({ seq: 4, connection: { state: 'forbidden', missing: [] }, object: null }));
    expect(object.get().object).toBeNull();
  });

  it('keep what is known of a cluster and take what changed', () => {
    const cluster = client.cluster('shop');
    cluster.subscribe(quiet);
    net.wire.hello();
    const frame = { t: 'cluster', id: 1, nowMs: 1, connection: live } as const;
    expect(cluster.get().namespaces).toBeUndefined();
    net.wire.say({ ...frame, seq: 0, types: [], missingGroups: [], version: 'v1.36.0' });
    net.wire.say({ ...frame, seq: 1, namespaces: null });
    expect(cluster.get()).toMatchObject({ types: [], version: 'v1.36.0', namespaces: null });
    net.wire.say({ ...frame, seq: 2, namespaces: ['a'] });
    expect(cluster.get()).toMatchObject({ namespaces: ['a'], user: null });
  });

  it('tell heartbeats by cluster with the moment they came', async () => {
    client.socket.subscribe(quiet);
    net.wire.hello();
    await clock.advance(500);
    const beat = { t: 'heartbeat', cluster: 'shop', nowMs: 1, clusterTimeMs: 2, confirmedMs: 1 } as const;
    net.wire.say({ ...beat, latencyMs: 3 });
    expect(client.heartbeat('shop').get()).toEqual({ ...beat, latencyMs: 3, receivedMs: 1_500 });
    expect(client.heartbeat('other').get()).toBeNull();
    expect(client.heartbeat('shop')).toBe(client.heartbeat('shop'));
  });
});
