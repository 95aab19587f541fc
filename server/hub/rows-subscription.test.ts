import { beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '#lib/k8s/client/log.ts';
import type { RowsFrame } from '#lib/protocol/frames.ts';
import type { ResourceDefinition } from '#lib/resources/definition.ts';
import { type QuerySpec, querySpec } from '#lib/resources/query-spec.ts';
import { textAt } from '#lib/resources/read.ts';
import { createFakeClock, type FakeClock } from '#test/fixtures/fake-clock.ts';
import {
  createFakeCluster,
  FAKE_LIVE,
  type FakeCluster,
  type FakeInformer,
  fakeType,
} from '#test/fixtures/fake-cluster.ts';
import { createFakeHubSocket, type FakeHubSocket } from '#test/fixtures/fake-hub-socket.ts';
import { createFakeSelfView } from '#test/fixtures/fake-self-view.ts';
import { createHub, type Hub } from './hub.ts';

/** A kind of three columns, one of which is never drawn. */
const definition = (name: string): ResourceDefinition => ({
  name,
  kind: name,
  wanted: [],
  columns: (['phase', 'node', 'hidden'] as const).map((id) => ({
    id,
    label: id,
    type: 'text',
    source: 'projected',
    sortable: true,
    facet: id === 'phase',
    searched: id === 'node',
    priority: id === 'hidden' ? 0 : 1,
    ...(id === 'node' ? { link: 'nodes' } : {}),
  })),
  sort: { column: 'name', descending: false },
  project: ({ fields }) => ['phase', 'node', 'hidden'].map((field) => textAt(fields, field)),
  stateOf: () => ({ level: 'ok', words: 'Fine' }),
});
const TYPES = [
  fakeType('nodes', 'Node', { scope: 'Cluster' }),
  fakeType('pods', 'Pod'),
  fakeType('replicasets.apps', 'ReplicaSet'),
];
const pod = (name: string, phase = 'Running', more: object = {}, metadata: object = {}) => ({
  metadata: { name, namespace: 'a', uid: `u-${name}`, ...metadata },
  phase,
  ...more,
});

let clock: FakeClock;
let cluster: FakeCluster;
let hub: Hub;
let socket: FakeHubSocket;
let pods: FakeInformer;

beforeEach(() => {
  clock = createFakeClock(10_000);
  cluster = createFakeCluster('shop', (type) => definition(type.resource), TYPES);
  const clusters = new Map([['shop', { identity: cluster.identity, cluster }]]);
  hub = createHub({ clusters, clock, instance: 'i', log: silentLog, self: createFakeSelfView() });
  pods = cluster.script.informer('pods');
  socket = connect();
});

function connect(): FakeHubSocket {
  const made = createFakeHubSocket();
  hub.connect(made);
  return made;
}
const spec = (part: Partial<QuerySpec> = {}) => querySpec({ cluster: 'shop', kinds: ['pods'], ...part });
const ask = (part: Partial<QuerySpec> = {}, id = 1) =>
  socket.hear({ t: 'subscribe', id, what: 'rows', spec: spec(part) });
async function news(): Promise<RowsFrame[]> {
  await clock.advance(250);
  return socket.news('rows');
}
const names = (frame: RowsFrame | undefined) => frame?.rows?.map((row) => row[3]);

describe('rows', () => {
  it('are told whole once, then only what changed', async () => {
    pods.put(pod('b'), pod('a', 'Pending', { node: 'w1' }));
    ask();
    const [first] = await news();
    expect(first).toMatchObject({
      t: 'rows',
      id: 1,
      seq: 0,
      full: true,
      nowMs: 10_000,
      connection: FAKE_LIVE,
      sort: { column: 'name', descending: false },
      offset: 0,
      counts: { total: 2, matched: 2 },
    });
    expect(first?.columns?.map((column) => column.id)).toEqual(['phase', 'node']);
    const [a, b] = [pods.store.keyOf('u-a'), pods.store.keyOf('u-b')];
    expect(first?.order).toEqual([a, b]);
    expect(first?.rows).toContainEqual([a, 'u-a', 'a', 'a', 'Pending', 'w1']);
    expect(await news()).toEqual([]);

    pods.put(pod('a', 'Running', { node: 'w1' }));
    const [second] = await news();
    expect(second).toMatchObject({ seq: 1, full: false, cells: [[a, 0, 'Running']] });
    expect(second).not.toHaveProperty('rows');
    expect(second).not.toHaveProperty('order');
    expect(second).not.toHaveProperty('columns');

    pods.put(pod('a', 'Running', { node: 'w1', hidden: 'x' }));
    expect(await news()).toEqual([]);

    pods.remove('u-a');
    const [third] = await news();
    expect(third).toMatchObject({ seq: 2, order: [b], changedCounts: { total: 1, matched: 1 } });
    expect(third).not.toHaveProperty('rows');
  });

  it('come in one frame a tick, the first at once', async () => {
    ask();
    await news();
    await clock.advance(1_000);
    pods.put(pod('a'));
    await clock.advance(0);
    expect(socket.news('rows')).toHaveLength(1);
    for (let n = 0; n < 24; n++) {
      pods.put(pod('a', `phase-${n}`));
      await clock.advance(10);
    }
    expect(socket.news('rows')).toHaveLength(0);
    await clock.advance(10);
    const told = socket.news('rows');
    expect(told).toHaveLength(1);
    expect(told[0]?.cells).toEqual([[pods.store.keyOf('u-a'), 0, 'phase-23']]);
  });

  it('give a key that was freed and taken to the new object', async () => {
    pods.put(pod('a'));
    ask();
    await news();
    const key = pods.store.keyOf('u-a');
    pods.remove('u-a');
    pods.put(pod('b', 'Running', {}, { uid: 'u-b' }));
    // Nobody was told that the row is gone, so its key rests.
    expect(pods.store.keyOf('u-b')).not.toBe(key);
    await news();
    pods.put(pod('a', 'Running', {}, { uid: 'u-other' }));
    const [frame] = await news();
    expect(pods.store.keyOf('u-other')).toBe(key);
    expect(frame?.rows).toEqual([[key, 'u-other', 'a', 'a', 'Running', '']]);
  });

  it('move with the window, filter and sort', async () => {
    pods.put(...['a', 'b', 'c', 'd'].map((name) => pod(name, name < 'c' ? 'Running' : 'Failed')));
    ask({ window: { offset: 0, limit: 2 } });
    expect(names((await news())[0])).toEqual(['a', 'b']);
    const update = (part: Partial<QuerySpec>) => socket.hear({ t: 'update', id: 1, spec: spec(part) });
    update({ window: { offset: 1, limit: 2 } });
    const [moved] = await news();
    expect(moved).toMatchObject({ full: false, offset: 1 });
    expect(names(moved)).toEqual(['c']);
    update({ facets: { phase: ['Failed'] }, window: { offset: 0, limit: 2 } });
    const [filtered] = await news();
    expect(filtered).toMatchObject({ counts: { total: 4, matched: 2 } });
    expect(names(filtered)).toEqual(['d']);
    update({ sort: { column: 'name', descending: true }, window: { offset: 0, limit: 9 } });
    const [sorted] = await news();
    expect(sorted).toMatchObject({ full: true, sort: { descending: true } });
    expect(names(sorted)).toEqual(['d', 'c', 'b', 'a']);
    update({ namespaces: ['b', 'c'] });
    expect(pods.included).toEqual(['b', 'c']);
  });

  it('are one informer for 200 subscriptions, each row encoded once', async () => {
    pods.put(...Array.from({ length: 50 }, (_, n) => pod(`p${n}`)));
    const sockets = Array.from({ length: 5 }, connect);
    for (const each of sockets) {
      for (let id = 0; id < 40; id++) each.hear({ t: 'subscribe', id, what: 'rows', spec: spec() });
    }
    await clock.advance(250);
    expect(pods.holders).toBe(200);
    expect(cluster.informers.running()).toHaveLength(1);
    let reads = 0;
    const { cell } = pods.store;
    pods.store.cell = (key, column) => {
      reads += 1;
      return cell.call(pods.store, key, column);
    };
    pods.put(pod('p7', 'Failed'));
    await clock.advance(250);
    for (const each of sockets) expect(each.news('rows')).toHaveLength(80);
    // The queries read a cell or two of the touched row each; encoding adds its two columns once.
    expect(reads).toBeLessThan(200 * 6);
    for (const each of sockets) each.leave();
    expect(pods.holders).toBe(0);
  });

  it('are filled up by a full frame when the client asks', async () => {
    pods.put(pod('a'));
    ask();
    await news();
    socket.hear({ t: 'resync', id: 1 });
    expect(await news()).toMatchObject([{ seq: 1, full: true, rows: [{}], columns: [{}, {}] }]);
    expect(hub.counters().resyncs).toBe(1);
  });
});

describe('a question that cannot be served', () => {
  it.each([
    ['two kinds', { kinds: ['pods', 'nodes'] }],
    ['a malformed selector', { labelSelector: 'a in (' }],
    ['a relation nobody can answer', { related: { uid: 'u', by: 'selector' } as const }],
  ])('is refused: %s', async (_why, part) => {
    ask(part);
    expect(socket.news('refused')).toMatchObject([{ id: 1, error: { reason: 'BadRequest', code: 400 } }]);
    expect(cluster.script.held).toEqual({ informers: 0, objects: 0, heartbeats: 0 });
    ask();
    expect(await news()).toHaveLength(1);
  });

  it.each([
    ['a malformed selector', { labelSelector: 'a in (' }],
    ['another kind', { kinds: ['nodes'] }],
    ['another relation', { related: { uid: 'u', by: 'owner' } as const }],
  ])('closes the subscription when it comes as an update: %s', async (_why, part) => {
    ask();
    await news();
    socket.hear({ t: 'update', id: 1, spec: spec(part) });
    expect(socket.news('refused')).toMatchObject([{ id: 1, error: { reason: 'BadRequest' } }]);
    expect(cluster.script.held.informers).toBe(0);
  });
});

describe('the connection of rows', () => {
  it('is told without rows when only it changed', async () => {
    pods.put(pod('a'));
    ask();
    await news();
    pods.connect({ state: 'stale', sinceMs: 1, retryMs: 2 });
    const [frame] = await news();
    expect(frame).toMatchObject({ full: false, seq: 1, connection: { state: 'stale', sinceMs: 1 } });
    expect(frame).not.toHaveProperty('rows');
    socket.hear({ t: 'retry', id: 1 });
    expect(cluster.script.retries).toEqual(['pods']);
  });

  it('is confirmed every 10 s or so, not with every event', async () => {
    ask();
    await news();
    for (let second = 0; second < 60; second++) {
      pods.connect({ state: 'live', confirmedMs: clock.nowMs() });
      await clock.advance(1_000);
    }
    const told = (await news()).length;
    expect(told).toBeGreaterThanOrEqual(5);
    expect(told).toBeLessThanOrEqual(8);
  });

  it('takes the rows along when they may no longer be seen', async () => {
    pods.put(pod('a'));
    ask();
    await news();
    pods.connect({ state: 'forbidden', missing: [] });
    expect(await news()).toMatchObject([{ order: [], counts: { total: 0, matched: 0 } }]);
  });

  it('follows discovery: connecting, served, gone, served again', async () => {
    const connecting = { state: 'connecting', read: 0, total: 0 } as const;
    cluster.script.discover({ connection: connecting, types: [] });
    ask();
    const [first] = await news();
    expect(first).toMatchObject({ full: true, connection: connecting });
    expect(first).not.toHaveProperty('rows');
    cluster.script.discover({ connection: FAKE_LIVE, types: TYPES });
    pods.put(pod('a'));
    expect(await news()).toMatchObject([{ seq: 1, full: true, connection: FAKE_LIVE, rows: [{}] }]);
    cluster.script.discover({ connection: { state: 'stale', sinceMs: 1, retryMs: 0 }, types: [] });
    expect(await news()).toEqual([]);
    cluster.script.discover({ connection: FAKE_LIVE });
    const [gone] = await news();
    expect(gone).toMatchObject({ full: false, connection: { state: 'gone' } });
    expect(gone).not.toHaveProperty('order');
    expect(pods.holders).toBe(0);
    cluster.script.discover({ types: TYPES });
    expect(await news()).toMatchObject([{ connection: FAKE_LIVE }]);
    cluster.script.discover({ types: [...TYPES] });
    expect(pods.holders).toBe(1);
  });

  it('names the group whose API server does not answer', async () => {
    cluster.script.discover({ types: [], missingGroups: ['metrics.k8s.io'] });
    ask({ kinds: ['nodes.metrics.k8s.io'] });
    expect(await news()).toMatchObject([
      { connection: { state: 'failed', error: { details: { group: 'metrics.k8s.io' } } } },
    ]);
    socket.hear({ t: 'retry', id: 1 });
    expect(cluster.script.retries).toEqual(['discovery']);
  });

  it('starts anew on another store', async () => {
    pods.put(pod('a'));
    ask();
    await news();
    const columns = definition('pods').columns.slice(0, 1);
    pods.replaceStore({ ...definition('pods'), columns, project: () => ['only'] });
    pods.put(pod('b'));
    const [frame] = await news();
    expect(frame).toMatchObject({ full: true, columns: [{ id: 'phase' }] });
    expect(names(frame)).toEqual(['b']);
    pods.put(pod('b'), pod('c'));
    expect(names((await news())[0])).toEqual(['c']);
  });
});

describe('joins', () => {
  const owned = (by: string) => ({ ownerReferences: [{ kind: 'x', name: by, uid: by, controller: true }] });

  it('find the pods of a deployment through its replica sets, and say when these are not known', async () => {
    const sets = cluster.script.informer('replicasets.apps');
    sets.connect({ state: 'connecting', read: 0, total: 0 });
    pods.put(pod('mine', 'Running', {}, owned('rs1')), pod('other', 'Running', {}, owned('rs2')));
    ask({ related: { uid: 'dep', by: 'ownerTransitive' } });
    expect(await news()).toMatchObject([{ connection: { state: 'connecting' }, order: [] }]);
    sets.put({ metadata: { name: 'rs1', namespace: 'a', uid: 'rs1', ...owned('dep') } });
    sets.connect(FAKE_LIVE);
    const [frame] = await news();
    expect(frame).toMatchObject({ connection: FAKE_LIVE, counts: { total: 1 } });
    expect(names(frame)).toEqual(['mine']);
    sets.connect({ state: 'forbidden', missing: [] });
    expect(await news()).toMatchObject([{ connection: { state: 'forbidden' }, order: [] }]);
    socket.leave();
    expect(cluster.script.held.informers).toBe(0);
  });

  it('find the pods of a node by its name', async () => {
    cluster.script.informer('nodes').put({ metadata: { name: 'w1', uid: 'node-1' } });
    pods.put(pod('here', 'Running', { node: 'w1' }), pod('there', 'Running', { node: 'w2' }));
    ask({ related: { uid: 'node-1', by: 'node' } });
    expect(names((await news())[0])).toEqual(['here']);
  });
});
