import { beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '#lib/k8s/client/log.ts';
import type { CoursePoint } from '#lib/protocol/about-frame.ts';
import { definitionOf } from '#lib/resources/registry.ts';
import { createFakeClock, type FakeClock } from '#test/fixtures/fake-clock.ts';
import { createFakeCluster, type FakeCluster, fakeType } from '#test/fixtures/fake-cluster.ts';
import { createFakeHubSocket, type FakeHubSocket } from '#test/fixtures/fake-hub-socket.ts';
import { createFakeSelfView } from '#test/fixtures/fake-self-view.ts';
import { createHub } from '../hub.ts';

const podType = fakeType('pods', 'Pod');
let clock: FakeClock;
let cluster: FakeCluster;
let socket: FakeHubSocket;
let other: FakeHubSocket;
let points: CoursePoint[];

beforeEach(() => {
  clock = createFakeClock(10_000);
  cluster = createFakeCluster('shop', (type) => definitionOf(type.resource) as never, [podType]);
  points = [[5_000, 1, 2, 3, 4, 0]];
  const clusters = new Map([['shop', { identity: cluster.identity, cluster }]]);
  const hub = createHub({ clusters, clock, instance: 'i', log: silentLog, self: createFakeSelfView(points) });
  socket = createFakeHubSocket();
  other = createFakeHubSocket();
  hub.connect(socket);
  hub.connect(other);
  socket.hear({ t: 'subscribe', id: 1, what: 'about', cluster: 'shop' });
});

describe('a subscription to the console itself', () => {
  it('is told at once and then every 2 s, with the points since', async () => {
    await clock.advance(0);
    expect(socket.news('about')).toMatchObject([
      {
        id: 1,
        seq: 0,
        full: true,
        points,
        figures: { console: { version: '0.0.0' }, cluster: { version: 'v1.36.0' }, requests: { total: 3 } },
      },
    ]);
    points.push([10_000, 1, 2, 3, 4, 0]);
    await clock.advance(2_000);
    expect(socket.news('about')).toMatchObject([{ seq: 1, full: false, points: [[10_000, 1, 2, 3, 4, 0]] }]);
    await clock.advance(2_000);
    expect(socket.news('about')).toMatchObject([{ seq: 2, full: false, points: [] }]);
  });

  it('is told everything again when it asks', async () => {
    await clock.advance(0);
    socket.news('about');
    socket.hear({ t: 'resync', id: 1 });
    await clock.advance(250);
    expect(socket.news('about')).toMatchObject([{ seq: 1, full: true, points }]);
  });

  it('starts no watch, and sees those that others look at', async () => {
    await clock.advance(0);
    expect(cluster.script.held.informers).toBe(0);
    cluster.informers.acquire(podType, []);
    await clock.advance(2_000);
    const figures = socket.news('about').at(-1)?.figures;
    expect(figures?.watches).toMatchObject([{ resource: 'pods', readers: 1 }]);
    expect(figures?.clusters).toEqual([{ id: 'shop', version: 'v1.36.0', watches: 1 }]);
  });

  it('sees sockets counted, its own marked and the slow ones first', async () => {
    other.hear({
      t: 'subscribe',
      id: 1,
      what: 'object',
      ref: { cluster: 'shop', resource: 'pods', namespace: 'a', name: 'b' },
    });
    other.buffered = 1_000_000;
    await clock.advance(2_500);
    const figures = socket.news('about').at(-1)?.figures;
    expect(figures?.hub).toMatchObject({ sockets: 2, slow: 1, subscriptions: 2 });
    expect(figures?.sockets).toMatchObject([
      { isThis: false, waitingBytes: 1_000_000, subscriptions: 1 },
      { isThis: true, waitingBytes: 0, slowSinceMs: null, skippedTicks: 0 },
    ]);
    expect(figures?.sockets[0]?.skippedTicks).toBeGreaterThan(0);
    expect(figures?.objectWatches).toBe(1);
  });

  it('tries again whatever waits', async () => {
    cluster.informers.acquire(podType, []);
    socket.hear({ t: 'retry', id: 1 });
    expect(cluster.script.retries).toEqual(['discovery', 'pods']);
  });
});
