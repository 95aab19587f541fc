import { beforeEach, describe, expect, it } from 'vitest';
import { type Log, silentLog } from '#lib/k8s/client/log.ts';
import type { ClientMessage } from '#lib/protocol/frames.ts';
import { definitionOf } from '#lib/resources/registry.ts';
import { createFakeClock, type FakeClock } from '#test/fixtures/fake-clock.ts';
import { createFakeCluster, FAKE_LIVE, type FakeCluster, fakeType } from '#test/fixtures/fake-cluster.ts';
import { createFakeHubSocket, type FakeHubSocket } from '#test/fixtures/fake-hub-socket.ts';
import { createFakeSelfView } from '#test/fixtures/fake-self-view.ts';
import type { ClusterSlot } from './cluster.ts';
import { createHub, type Hub } from './hub.ts';

const podType = fakeType('pods', 'Pod');
const namespaceType = fakeType('namespaces', 'Namespace', { scope: 'Cluster' });
const error = { reason: 'BadConfiguration', code: 0, message: 'the file has no user', causes: [] };

let clock: FakeClock;
let cluster: FakeCluster;
let hub: Hub;
let logged: string[];

beforeEach(() => {
  clock = createFakeClock(10_000);
  logged = [];
  cluster = createFakeCluster('shop', knownDefinition, [podType, namespaceType]);
  const broken = { ...cluster.identity, id: 'broken' };
  const clusters = new Map<string, ClusterSlot>([
    ['shop', { identity: cluster.identity, cluster }],
    ['broken', { identity: broken, error }],
  ]);
  const log: Log = { ...silentLog, warn: (_fields, message) => void logged.push(message) };
  hub = createHub({ clusters, clock, instance: 'i1', log, self: createFakeSelfView() });
});

function knownDefinition(type: typeof podType) {
  const definition = definitionOf(type.resource);
  if (definition === undefined) throw new Error(`${type.resource} has no definition`);
  return definition;
}
function connect(): FakeHubSocket {
  const socket = createFakeHubSocket();
  hub.connect(socket);
  return socket;
}
const ref = { cluster: 'shop', resource: 'pods', namespace: 'a', name: 'b' };
const askObject = (id: number): ClientMessage => ({ t: 'subscribe', id, what: 'object', ref });
const askCluster = (id: number): ClientMessage => ({ t: 'subscribe', id, what: 'cluster', cluster: 'shop' });

describe('a socket', () => {
  it('hears hello first, with every cluster and no credential', () => {
    const socket = connect();
    expect(socket.said).toEqual([
      {
        t: 'hello',
        protocol: 2,
        instance: 'i1',
        clusters: [
          { id: 'shop', context: 'shop', server: 'https://127.0.0.1', user: 'me' },
          { id: 'broken', context: 'shop', server: 'https://127.0.0.1', user: 'me', error },
        ],
      },
    ]);
  });

  it.each([
    ['an unknown cluster', { ...askCluster(1), cluster: 'nowhere' }, 'NotFound'],
    ['a cluster that cannot be used', { ...askCluster(1), cluster: 'broken' }, 'BadConfiguration'],
    ['the name of a prototype', { ...askCluster(1), cluster: '__proto__' }, 'NotFound'],
  ])('is refused %s', (_why, message, reason) => {
    const socket = connect();
    socket.hearText(JSON.stringify(message));
    expect(socket.news('refused')).toMatchObject([{ id: 1, error: { reason } }]);
    expect(socket.closedWith).toBeNull();
  });

  it('outlives messages that make no sense', async () => {
    const socket = connect();
    const texts = [
      'x',
      '',
      'null',
      '[]',
      '{"t":"subscribe"}',
      '{"__proto__":{"t":"resync","id":1}}',
      '{"t":"resync","id":9}',
      '{"t":"update","id":1,"spec":{}}',
      '{"t":"subscribe","id":1,"what":"object","ref":{"constructor":1}}',
    ];
    for (const text of texts) socket.hearText(text);
    expect(socket.news('refused')).toHaveLength(texts.length - 1);
    socket.hear(askObject(1));
    await clock.advance(0);
    expect(socket.news('object')).toHaveLength(1);
    expect(hub.counters()).toMatchObject({ refusals: texts.length - 1, subscriptions: 1 });
  });

  it('is closed after more than 50 messages a second', async () => {
    const patient = connect();
    const hasty = connect();
    for (let n = 0; n < 50; n++) {
      patient.hearText('{"t":"retry","id":1}');
      hasty.hearText('{"t":"retry","id":1}');
    }
    await clock.advance(1_000);
    patient.hearText('{"t":"retry","id":1}');
    expect(patient.closedWith).toBeNull();
    for (let n = 0; n < 51; n++) hasty.hearText('{"t":"retry","id":1}');
    expect(hasty.closedWith).toBe(1008);
    expect(hub.counters().sockets).toBe(1);
  });

  it('is closed after a message of more than 64 KiB', () => {
    const socket = connect();
    socket.hearText(`"${'x'.repeat(65_536)}"`);
    expect(socket.closedWith).toBe(1009);
  });

  it('holds at most 64 subscriptions, and each id once', async () => {
    const socket = connect();
    for (let id = 0; id < 65; id++) {
      if (id === 40) await clock.advance(1_000);
      socket.hear(askObject(id));
    }
    expect(socket.news('refused')).toMatchObject([{ id: 64, error: { reason: 'TooManyRequests' } }]);
    socket.hear(askObject(7));
    expect(socket.news('refused')).toMatchObject([{ id: 7, error: { reason: 'BadRequest' } }]);
    expect(hub.counters().subscriptions).toBe(63);
    expect(cluster.script.held.objects).toBe(63);
  });

  it.each([
    ['the browser leaves', (socket: FakeHubSocket) => socket.leave()],
    ['the hub closes', () => hub.close()],
  ])('leaves nothing behind when %s', async (_why, end) => {
    const socket = connect();
    socket.hear(askObject(1));
    socket.hear(askCluster(2));
    await clock.advance(1_000);
    expect(cluster.script.held).toEqual({ informers: 1, objects: 1, heartbeats: 1 });
    end(socket);
    expect(cluster.script.held).toEqual({ informers: 0, objects: 0, heartbeats: 0 });
    expect(hub.counters()).toMatchObject({ sockets: 0, subscriptions: 0 });
    const frames = hub.counters().frames;
    cluster.script.object('pods', 'a', 'b').show(FAKE_LIVE, {});
    await clock.advance(10_000);
    expect(hub.counters().frames).toBe(frames);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends with its session, and none is taken once the hub is closed', () => {
    const socket = createFakeHubSocket();
    hub.connect(socket).close(4401);
    expect(socket.closedWith).toBe(4401);
    hub.close();
    expect(connect().closedWith).toBe(1012);
  });
});

describe('a slow socket', () => {
  it('sits out ticks, costs nothing, and is then told everything anew', async () => {
    const slow = connect();
    const quick = connect();
    for (const socket of [slow, quick]) socket.hear(askObject(1));
    await clock.advance(300);
    slow.news('object');
    quick.news('object');
    slow.buffered = 300_000;
    for (let version = 0; version < 40; version++) {
      cluster.script.object('pods', 'a', 'b').show(FAKE_LIVE, { version });
      await clock.advance(250);
    }
    expect(slow.news('object')).toEqual([]);
    expect(slow.news('heartbeat')).toHaveLength(1);
    expect(quick.news('object')).toHaveLength(40);
    expect(hub.counters().skippedTicks).toBeGreaterThan(30);
    slow.buffered = 0;
    await clock.advance(250);
    expect(slow.news('object')).toMatchObject([{ seq: 1, object: { version: 39 } }]);
    expect(hub.counters().resyncs).toBe(1);
    await clock.advance(2_000);
    expect(slow.news('object')).toEqual([]);
  });

  it('is closed when it takes nothing for half a minute', async () => {
    const socket = connect();
    socket.hear(askObject(1));
    await clock.advance(300);
    socket.buffered = 300_000;
    await clock.advance(31_000);
    expect(socket.closedWith).toBeNull();
    await clock.advance(2_000);
    expect(socket.closedWith).toBe(1013);
    expect(logged).toEqual(['a socket took nothing for 30 s and was closed']);
  });
});

describe('heartbeats', () => {
  it('come at once, with each probe, and every 2 s without one, for clusters looked at', async () => {
    const socket = connect();
    await clock.advance(5_000);
    expect(socket.news('heartbeat')).toEqual([]);
    socket.hear(askObject(1));
    socket.hear(askCluster(2));
    expect(socket.news('heartbeat')).toEqual([
      {
        t: 'heartbeat',
        cluster: 'shop',
        nowMs: 15_000,
        clusterTimeMs: 1_015_000,
        confirmedMs: 0,
        latencyMs: 1,
      },
    ]);
    cluster.script.beat({ confirmedMs: 14_999, latencyMs: 7, clusterOffsetMs: null, error });
    expect(socket.news('heartbeat')).toMatchObject([{ clusterTimeMs: null, latencyMs: 7, error }]);
    await clock.advance(10_000);
    expect(socket.news('heartbeat').length).toBeGreaterThanOrEqual(4);
    socket.hear({ t: 'unsubscribe', id: 1 });
    expect(cluster.script.held.heartbeats).toBe(1);
    socket.hear({ t: 'unsubscribe', id: 2 });
    expect(cluster.script.held.heartbeats).toBe(0);
    await clock.advance(10_000);
    expect(socket.news('heartbeat').length).toBeLessThanOrEqual(0);
  });
});

describe('an object', () => {
  it('is told whole when it changes, else only how it stands', async () => {
    const socket = connect();
    const object = cluster.script.object('pods', 'a', 'b');
    socket.hear(askObject(1));
    await clock.advance(250);
    object.show(FAKE_LIVE, { __proto__: null, spec: 'odd', constructor: 1 });
    await clock.advance(250);
    object.show({ state: 'stale', sinceMs: 3, retryMs: 0 }, object.object);
    await clock.advance(250);
    object.show({ state: 'gone', atMs: 5 }, object.object);
    await clock.advance(250);
    expect(socket.news('object')).toMatchObject([
      { seq: 0, connection: { state: 'connecting' }, object: null },
      { seq: 1, connection: { state: 'live' }, object: { spec: 'odd', constructor: 1 } },
      { seq: 2, connection: { state: 'stale' } },
      { seq: 3, connection: { state: 'gone', atMs: 5 } },
    ]);
    const frames = socket.said.filter((message) => message.t === 'object');
    expect(frames.map((frame) => 'object' in frame)).toEqual([true, true, false, false]);
    socket.hear({ t: 'resync', id: 1 });
    socket.hear({ t: 'retry', id: 1 });
    await clock.advance(250);
    expect(socket.news('object')).toMatchObject([{ seq: 4, object: { spec: 'odd' } }]);
    expect(cluster.script.retries).toEqual(['pods/a/b']);
  });

  it('that leaves while somebody looks is gone since then; one that never was there has no date', async () => {
    const socket = connect();
    const object = cluster.script.object('pods', 'a', 'b');
    cluster.script.beat({ confirmedMs: 0, latencyMs: 1, clusterOffsetMs: 1_000_000 });
    object.show({ state: 'gone', atMs: 0 }, null);
    socket.hear(askObject(1));
    await clock.advance(250);
    object.show(FAKE_LIVE, { spec: 'there' });
    await clock.advance(250);
    const before = clock.nowMs();
    object.show({ state: 'gone', atMs: 0 }, object.object);
    await clock.advance(250);
    socket.hear({ t: 'resync', id: 1 });
    await clock.advance(250);
    const [never, , left, again] = socket.news('object');
    expect(never).toMatchObject({ connection: { state: 'gone', atMs: 0 } });
    expect(left).toEqual(
      expect.objectContaining({ connection: { state: 'gone', atMs: expect.any(Number) } }),
    );
    const { atMs } = (left as unknown as { connection: { atMs: number } }).connection;
    expect(atMs - 1_000_000 - before).toBeGreaterThanOrEqual(0);
    expect(atMs - 1_000_000 - before).toBeLessThanOrEqual(250);
    expect(again).toMatchObject({ connection: { state: 'gone', atMs } });
  });

  it('of a kind that lives in namespaces is refused without one, not found in any', async () => {
    const socket = connect();
    socket.hear({ t: 'subscribe', id: 1, what: 'object', ref: { ...ref, namespace: '' } });
    await clock.advance(250);
    expect(socket.news('object')).toEqual([]);
    expect(socket.said.at(-1)).toMatchObject({ t: 'refused', id: 1, error: { reason: 'BadRequest' } });
    expect(cluster.script.held).toEqual({ informers: 0, objects: 0, heartbeats: 0 });
  });

  it('hears of confirmations while they are fresh enough, not with each', async () => {
    const socket = connect();
    const object = cluster.script.object('pods', 'a', 'b');
    socket.hear(askObject(1));
    for (let second = 0; second < 60; second++) {
      object.show({ state: 'live', confirmedMs: clock.nowMs() }, object.object);
      await clock.advance(1_000);
    }
    const told = socket.news('object').length;
    expect(told).toBeGreaterThanOrEqual(6);
    expect(told).toBeLessThanOrEqual(9);
  });
});

describe('a cluster', () => {
  it('tells its kinds, its user and its namespaces as they become known', async () => {
    cluster.script.discover({ connection: { state: 'connecting', read: 0, total: 0 }, types: [] });
    const socket = connect();
    socket.hear(askCluster(1));
    await clock.advance(250);
    expect(socket.news('cluster')).toMatchObject([
      { seq: 0, connection: { state: 'connecting' }, types: [], user: { name: 'me' } },
    ]);
    cluster.script.discover({ connection: FAKE_LIVE, types: [namespaceType], missingGroups: ['odd.io'] });
    const namespaces = cluster.script.informer('namespaces');
    namespaces.put(...['b', 'a'].map((name) => ({ metadata: { name, uid: name } })));
    await clock.advance(250);
    const [frame] = socket.news('cluster');
    expect(frame).toMatchObject({
      types: [namespaceType],
      missingGroups: ['odd.io'],
      namespaces: ['a', 'b'],
    });
    expect(frame).not.toHaveProperty('user');
    namespaces.connect({ state: 'forbidden', missing: [] });
    await clock.advance(250);
    const [last] = socket.news('cluster');
    expect(last?.namespaces).toBeNull();
    expect(last).not.toHaveProperty('types');
  });

  it('asks again who we are until it is told', async () => {
    cluster.script.user = () => Promise.reject(new Error('unreachable'));
    const socket = connect();
    socket.hear(askCluster(1));
    await clock.advance(250);
    expect(socket.news('cluster')[0]).not.toHaveProperty('user');
    expect(logged).toEqual(['the API server did not say who we are']);
    cluster.script.user = async () => ({ name: 'you', groups: [] });
    socket.hear({ t: 'retry', id: 1 });
    await clock.advance(250);
    expect(socket.news('cluster')).toMatchObject([{ seq: 1, user: { name: 'you' } }]);
  });
});
