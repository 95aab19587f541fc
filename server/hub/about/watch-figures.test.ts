import { describe, expect, it } from 'vitest';
import type { Connection } from '#lib/resources/connection.ts';
import { definitionOf } from '#lib/resources/registry.ts';
import { createFakeCluster, fakeType } from '#test/fixtures/fake-cluster.ts';
import { standingOf, watchesOf } from './watch-figures.ts';

const error = { reason: 'Unreachable', code: 0, message: 'pods of alice', causes: [] };
const missing = [{ verb: 'list', group: '', resource: 'pods', namespace: 'secret-plans' }];

describe('how a watch stands', () => {
  it.each<[string, Connection, object]>([
    ['live', { state: 'live', confirmedMs: 7 }, { state: 'live', confirmedMs: 7 }],
    [
      'sampled',
      { state: 'live', confirmedMs: 7, sampledSeconds: 30 },
      { state: 'live', confirmedMs: 7, sampledSeconds: 30 },
    ],
    [
      'stale',
      { state: 'stale', sinceMs: 5, retryMs: 9, error },
      { state: 'stale', confirmedMs: 5, error: { reason: 'Unreachable', code: 0 } },
    ],
    [
      'connecting',
      { state: 'connecting', read: 3, total: 9 },
      { state: 'connecting', confirmedMs: -1, read: 3, total: 9 },
    ],
    ['forbidden', { state: 'forbidden', missing }, { state: 'forbidden', confirmedMs: -1 }],
    [
      'partly',
      { state: 'live', confirmedMs: 1, namespaces: { readable: 2, total: 8, missing } },
      { state: 'live', confirmedMs: 1, namespaces: { readable: 2, total: 8 } },
    ],
    ['gone', { state: 'gone', atMs: 4 }, { state: 'gone', confirmedMs: -1 }],
  ])('%s, and it names no namespace and no message', (_what, connection, standing) => {
    expect(standingOf(connection)).toEqual(standing);
  });
});

describe('the watches of a cluster', () => {
  const types = [fakeType('pods', 'Pod'), fakeType('nodes', 'Node', { scope: 'Cluster' })];
  const cluster = createFakeCluster('shop', (type) => definitionOf(type.resource) as never, types);
  cluster.informers.acquire(types[0] as never, []);
  cluster.informers.acquire(types[1] as never, []);
  cluster.script.informer('pods').put({ metadata: { name: 'a', uid: 'u', namespace: 'n' } });

  it('come by kind with rows, size and readers', () => {
    const [nodes, pods] = watchesOf(cluster, () => 4);
    expect(nodes).toMatchObject({ resource: 'nodes', kind: 'Node', rows: 0, readers: 1 });
    expect(pods).toMatchObject({ rows: 1, heldBytes: 1_000, eventsPerMinute: 4, lag: null, relists: 0 });
  });

  it('tell no figure of a kind that may not be listed, also while its rows are still there', () => {
    cluster.script.informer('pods').connect({ state: 'forbidden', missing });
    const pods = watchesOf(cluster, () => 4)[1];
    expect(pods).toMatchObject({
      rows: null,
      heldBytes: null,
      eventsPerMinute: null,
      lag: null,
      lastList: null,
    });
    expect(JSON.stringify(pods)).not.toContain('secret-plans');
  });
});
