import { describe, expect, it } from 'vitest';
import { resourceName } from '#lib/resources/resource-type.ts';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { apiFailure, createFakeServer } from '#test/fixtures/fake-list-watch.ts';
import type { KubernetesAnswer, RequestOptions } from '../client/kubernetes-client.ts';
import { ApiException } from '../client/kubernetes-client.ts';
import type { ListWatch } from '../client/list-watch.ts';
import { createDiscovery } from './create-discovery.ts';
import type { DiscoverySnapshot } from './discovery.ts';

const CRDS = 'customresourcedefinitions';
const FORBIDDEN = apiFailure(403, 'Forbidden');
const DOWN = apiFailure(0, 'Unreachable');

/** An API server of the narrowest kind: discovery documents by group, and two watched types. */
function setUp() {
  const clock = createFakeClock();
  const watched = { [CRDS]: createFakeServer(), apiservices: createFakeServer() };
  const groups: Record<string, string[] | 'Stale'> = { apps: ['deployments'] };
  const asked: string[] = [];
  const faults = new Map<string, ReturnType<typeof apiFailure>>();

  const groupItems = () =>
    Object.entries(groups).map(([name, resources]) => ({
      metadata: { name },
      versions: [
        {
          version: 'v1',
          freshness: resources === 'Stale' ? 'Stale' : 'Current',
          resources: (resources === 'Stale' ? [] : resources).map((resource) => ({
            resource,
            responseKind: { kind: 'Kind' },
            scope: 'Namespaced',
            verbs: ['list', 'watch'],
          })),
        },
      ],
    }));

  async function request({ path }: RequestOptions): Promise<KubernetesAnswer> {
    asked.push(path);
    const fault = faults.get(path) ?? faults.get('*');
    if (fault !== undefined) throw new ApiException(fault);
    const documents: Record<string, unknown> = {
      '/api': { kind: 'APIGroupDiscoveryList', items: [] },
      '/apis': { kind: 'APIGroupDiscoveryList', items: groupItems() },
      '/version': { gitVersion: 'v1.36.3' },
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': listOf(CRDS),
      '/apis/apiregistration.k8s.io/v1/apiservices': listOf('apiservices'),
    };
    const rest = { contentType: 'application/json', dateMs: 0, warnings: [], json: () => documents[path] };
    return { status: 200, body: new Uint8Array(), ...rest };
  }
  const listOf = (name: keyof typeof watched) => ({
    metadata: { resourceVersion: String(watched[name].version) },
  });
  const cluster = { id: 'c', context: 'c', server: 's', user: 'u', namespace: '' };
  const listWatch = (type: { resource: string }): ListWatch =>
    watched[type.resource as keyof typeof watched].listWatch();

  const discovery = createDiscovery({ client: { cluster, request, listWatch }, clock, random: () => 1 });
  const snapshots: DiscoverySnapshot[] = [];
  discovery.onChange((snapshot) => snapshots.push(snapshot));
  return {
    clock,
    watched,
    groups,
    faults,
    discovery,
    snapshots,
    names: () => discovery.snapshot().types.map(resourceName),
    readings: () => asked.filter((path) => path === '/apis').length,
    lists: () => asked.filter((path) => path.endsWith(CRDS)).length,
  };
}

describe('discovery', () => {
  it('reads once, then only when a watch says so', async () => {
    const { clock, discovery, snapshots, names, readings } = setUp();
    discovery.start();
    discovery.start();
    await clock.settle();
    await clock.advance(0);
    expect(snapshots).toHaveLength(1);
    expect(names()).toEqual(['deployments.apps']);
    expect(discovery.snapshot()).toMatchObject({
      connection: { state: 'live' },
      version: 'v1.36.3',
      missingGroups: [],
    });
    await clock.advance(20_000);
    expect(readings()).toBe(1);
    discovery.stop();
    await clock.settle();
    expect(clock.pendingTimers).toBe(0);
  });

  it('shows a new definition 100 ms after its event, or as soon as it is served', async () => {
    const { clock, discovery, groups, watched, names, readings } = setUp();
    discovery.start();
    await clock.advance(0);
    watched[CRDS].put({ name: 'certificates.cert-manager.io' });
    groups['cert-manager.io'] = ['certificates'];
    await clock.advance(100);
    expect(names()).toContain('certificates.cert-manager.io');

    watched[CRDS].put({ name: 'slow.example.com' });
    watched[CRDS].put({ name: 'slow.example.com' });
    const before = readings();
    await clock.advance(110);
    groups['example.com'] = ['slow'];
    await clock.advance(400);
    expect(names()).toContain('slow.example.com');
    await clock.advance(30_000);
    expect(readings() - before).toBeLessThan(6);

    watched[CRDS].remove('uid-slow.example.com');
    delete groups['example.com'];
    await clock.advance(100);
    expect(names()).not.toContain('slow.example.com');
    discovery.stop();
  });

  it('gives up on a definition that is never served', async () => {
    const { clock, discovery, watched, readings } = setUp();
    discovery.start();
    await clock.advance(0);
    watched[CRDS].put({ name: 'never.example.com' });
    await clock.advance(20_000);
    expect(readings()).toBe(1 + 6);
    discovery.stop();
  });

  it('resumes a watch that ended, and lists again after 410', async () => {
    const { clock, discovery, groups, watched, names, lists, readings } = setUp();
    discovery.start();
    await clock.advance(5_000);
    watched[CRDS].endWatches('clean');
    await clock.advance(1_000);
    expect([lists(), watched[CRDS].openWatches]).toEqual([1, 1]);
    watched[CRDS].put({ name: 'a.b' });
    watched[CRDS].compact();
    groups.lost = ['changed'];
    watched[CRDS].endWatches(apiFailure(410, 'Expired'));
    await clock.advance(3_000);
    expect([lists(), watched[CRDS].openWatches]).toEqual([2, 1]);
    expect(names()).toContain('changed.lost');
    const before = readings();
    await clock.advance(15_000);
    expect(readings()).toBe(before + 2);
    discovery.stop();
  });

  it('asks ever more slowly when every history expires as soon as it is watched', async () => {
    const { clock, discovery, watched, lists, readings } = setUp();
    discovery.start();
    for (let step = 0; step < 600; step++) {
      watched[CRDS].endWatches(apiFailure(410, 'Expired'));
      await clock.advance(100);
    }
    expect(lists()).toBeLessThan(12);
    expect(readings()).toBeLessThan(20);
    discovery.stop();
  });

  it('gives up a watch that says nothing for 35 s', async () => {
    const { clock, discovery, watched } = setUp();
    discovery.start();
    await clock.advance(0);
    const { watches } = watched[CRDS].calls;
    watched[CRDS].endWatches('silent');
    await clock.advance(36_000);
    expect(watched[CRDS].calls.watches).toBe(watches + 1);
    discovery.stop();
  });

  it('keeps old types, marked stale, and tries again ever more slowly', async () => {
    const { clock, discovery, watched, faults, names, readings, snapshots } = setUp();
    discovery.start();
    await clock.advance(10);
    const confirmed = discovery.snapshot().connection;
    faults.set('*', DOWN);
    for (const server of Object.values(watched)) {
      server.fail('watch', DOWN);
      server.endWatches(DOWN);
    }
    await clock.advance(200);
    expect(discovery.snapshot().connection).toMatchObject({
      state: 'stale',
      sinceMs: confirmed.state === 'live' ? confirmed.confirmedMs : 0,
      error: { reason: 'Unreachable' },
    });
    expect(names()).toEqual(['deployments.apps']);
    const start = readings();
    await clock.advance(300_000);
    // 1, 2, 4, 8, 16 s, then every 30 s.
    expect(readings() - start).toBeGreaterThanOrEqual(12);
    expect(readings() - start).toBeLessThanOrEqual(16);

    faults.clear();
    for (const server of Object.values(watched)) server.fail('watch', null);
    discovery.retry();
    await clock.advance(100);
    expect(discovery.snapshot().connection.state).toBe('live');
    expect(watched[CRDS].openWatches).toBe(1);
    expect(snapshots.at(-1)?.types).toHaveLength(1);
    discovery.stop();
  });

  it('says that it failed when nothing was ever read', async () => {
    const { clock, discovery, faults } = setUp();
    faults.set('*', DOWN);
    discovery.start();
    await clock.advance(0);
    expect(discovery.snapshot().connection).toMatchObject({ state: 'failed', retryMs: 1000 });
    faults.clear();
    await clock.advance(1000);
    expect(discovery.snapshot().connection.state).toBe('live');
    discovery.stop();
  });

  it('reads every minute where the definitions may not be watched, and looks whether they may', async () => {
    const { clock, discovery, faults, readings, watched, groups, names } = setUp();
    faults.set('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', FORBIDDEN);
    discovery.start();
    await clock.advance(0);
    expect(discovery.snapshot().connection.state).toBe('live');
    expect(readings()).toBe(1);
    groups['example.com'] = ['new'];
    await clock.advance(60_000);
    expect(names()).toContain('new.example.com');
    faults.clear();
    await clock.advance(60_000);
    expect(watched[CRDS].openWatches).toBe(1);
    discovery.stop();
  });

  it('keeps what it knew of a group that is down, and names it', async () => {
    const { clock, discovery, groups, watched, names } = setUp();
    groups['metrics.k8s.io'] = ['nodes'];
    discovery.start();
    await clock.advance(0);
    groups['metrics.k8s.io'] = 'Stale';
    watched.apiservices.put({ name: 'v1.metrics.k8s.io' });
    await clock.advance(100);
    expect(discovery.snapshot().missingGroups).toEqual(['metrics.k8s.io']);
    expect(names()).toEqual(['deployments.apps', 'nodes.metrics.k8s.io']);
    delete groups['metrics.k8s.io'];
    watched.apiservices.remove('uid-v1.metrics.k8s.io');
    await clock.advance(100);
    expect(names()).toEqual(['deployments.apps']);
    discovery.stop();
  });
});
