import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Demo } from '#demo/client.ts';
import { startDemo } from '#demo/client.ts';
import type { Access } from '#lib/k8s/access/access.ts';
import { createAccess } from '#lib/k8s/access/create-access.ts';
import { createHeartbeat } from '#lib/k8s/client/create-heartbeat.ts';
import { loadClusters } from '#lib/k8s/client/kubeconfig/load-clusters.ts';
import type { KubernetesClient } from '#lib/k8s/client/kubernetes-client.ts';
import { silentLog } from '#lib/k8s/client/log.ts';
import { systemClock } from '#lib/k8s/client/system-clock.ts';
import { createDiscovery } from '#lib/k8s/discovery/create-discovery.ts';
import type { Discovery } from '#lib/k8s/discovery/discovery.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import { resourceName } from '#lib/resources/resource-type.ts';

/** The stages below the cache, against the demo cluster: a process of its own behind TLS and client certificates. */
let demo: Demo;
let client: KubernetesClient;
let discovery: Discovery;

beforeAll(async () => {
  demo = await startDemo({ scenario: 'calm' });
  client = await clientOf(demo.kubeconfigs.admin);
  discovery = createDiscovery({ client, clock: systemClock, random: Math.random });
  discovery.start();
  await vi.waitUntil(() => discovery.snapshot().connection.state === 'live');
}, 30_000);

afterAll(async () => {
  discovery?.stop();
  await client?.close();
  await demo?.stop();
});

async function clientOf(kubeconfig: string): Promise<KubernetesClient> {
  const [entry] = await loadClusters({ kubeconfigPaths: [kubeconfig], clock: systemClock, log: silentLog });
  if (entry === undefined || 'error' in entry) throw new Error(entry?.error.message ?? 'no context');
  return entry.client;
}

const names = () => discovery.snapshot().types.map(resourceName);

function typeOf(name: string): ResourceType {
  const found = discovery.snapshot().types.find((type) => resourceName(type) === name);
  if (found === undefined) throw new Error(`${name} is not served`);
  return found;
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: {
      plural: 'widgets',
      singular: 'widget',
      kind: 'Widget',
      listKind: 'WidgetList',
      shortNames: ['wd'],
    },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

describe('discovery', () => {
  it('knows the built-in kinds by kubectl’s names', () => {
    expect(names()).toEqual(expect.arrayContaining(['pods', 'nodes', 'events', 'deployments.apps']));
    expect(names()).not.toContain('events.events.k8s.io');
    expect(typeOf('pods')).toMatchObject({ kind: 'Pod', scope: 'Namespaced', custom: false });
    expect(discovery.snapshot().version).toMatch(/^v1\.\d+/);
  });

  it('shows a kind while its definition lives, with one reading after the event', async () => {
    await client.request({
      method: 'POST',
      path: DEFINITIONS,
      contentType: 'application/json',
      body: JSON.stringify(definition),
    });
    await expect.poll(names, { timeout: 3000, interval: 20 }).toContain('widgets.example.com');
    expect(typeOf('widgets.example.com')).toMatchObject({ kind: 'Widget', custom: true, shortNames: ['wd'] });
    await client.request({ method: 'DELETE', path: `${DEFINITIONS}/widgets.example.com` });
    await expect.poll(names, { timeout: 3000, interval: 20 }).not.toContain('widgets.example.com');
  });
});

describe('lists and watches', () => {
  it('give pages that go on, and every change after them', async () => {
    const pods = client.listWatch(typeOf('configmaps'), 'default');
    const stop = new AbortController();
    const page = await pods.list({ accept: 'application/json', limit: 1, signal: stop.signal });
    expect(page.contentType).toBe('application/json');
    const { metadata } = JSON.parse(new TextDecoder().decode(page.body)) as {
      metadata: { resourceVersion: string };
    };
    let isOpen = false;
    const chunks = pods.watch({
      accept: 'application/json',
      resourceVersion: metadata.resourceVersion,
      timeoutSeconds: 30,
      signal: stop.signal,
      opened: () => {
        isOpen = true;
      },
    });
    const next = chunks[Symbol.asyncIterator]().next();
    await expect.poll(() => isOpen).toBe(true);
    await client.request({
      method: 'POST',
      path: '/api/v1/namespaces/default/configmaps',
      contentType: 'application/json',
      body: JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'seen' },
        data: { a: 'b' },
      }),
    });
    expect(new TextDecoder().decode((await next).value)).toContain('"name":"seen"');
    stop.abort();
  });

  it('tell a missing object in the API server’s words', async () => {
    await expect(
      client.request({ method: 'GET', path: '/api/v1/namespaces/default/pods/none' }),
    ).rejects.toMatchObject({
      error: { reason: 'NotFound', code: 404, message: 'pods "none" not found' },
    });
  });
});

describe('access', () => {
  it('is everything for the administrator and one namespace for the developer', async () => {
    const admin = createAccess({ client, clock: systemClock });
    expect(await admin.scopeOf(typeOf('secrets'), [])).toEqual({ kind: 'cluster' });
    const other = await clientOf(demo.kubeconfigs.developer);
    try {
      await admit('developer', other.cluster.namespace);
      await developerSeesOneNamespace(
        createAccess({ client: other, clock: systemClock }),
        other.cluster.namespace,
      );
    } finally {
      await other.close();
    }
  });

  /** May view the namespace, whatever the scenario brings along. */
  async function admit(user: string, namespace: string): Promise<void> {
    const create = (path: string, object: object) =>
      client.request({ method: 'POST', path, contentType: 'application/json', body: JSON.stringify(object) });
    await create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    }).catch((failure: unknown) => expect(failure).toMatchObject({ error: { reason: 'AlreadyExists' } }));
    const rbac = 'rbac.authorization.k8s.io';
    await create(`/apis/${rbac}/v1/namespaces/${namespace}/rolebindings`, {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'seen-by-test' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
    });
  }

  async function developerSeesOneNamespace(access: Access, own: string): Promise<void> {
    expect((await access.user())?.groups).toContain('system:authenticated');
    expect(own).not.toBe('');
    expect(await access.scopeOf(typeOf('pods'), [])).toMatchObject({
      readable: [own],
      missing: [
        { verb: 'list', namespace: '' },
        { verb: 'watch', namespace: '' },
      ],
    });
    const scope = await access.scopeOf(typeOf('pods'), [own, 'kube-system']);
    expect(scope).toMatchObject({ kind: 'namespaces', readable: [own] });
    expect(scope.kind === 'namespaces' && scope.missing[0]).toEqual({
      verb: 'list',
      group: '',
      resource: 'pods',
      namespace: 'kube-system',
    });
    expect(await access.scopeOf(typeOf('nodes'), [])).toMatchObject({ kind: 'namespaces', readable: [] });
  }
});

describe('a loss', () => {
  it('of a process that hangs is told within 5 s, and its return', async () => {
    const heartbeat = createHeartbeat({ client, clock: systemClock });
    const release = heartbeat.acquire();
    await expect.poll(() => heartbeat.snapshot().confirmedMs).toBeGreaterThan(0);
    expect(
      Math.abs((heartbeat.snapshot().clusterOffsetMs ?? 0) + performance.now() - Date.now()),
    ).toBeLessThan(60_000);
    demo.signal('SIGSTOP');
    await expect.poll(() => heartbeat.snapshot().error?.reason, { timeout: 5_500 }).toBe('Unreachable');
    demo.signal('SIGCONT');
    await expect.poll(() => heartbeat.snapshot().error, { timeout: 10_000 }).toBeUndefined();
    release();
  }, 20_000);

  it('of the port leaves the types, and a new kind shows after the return', async () => {
    const before = names().length;
    await demo.control.pause();
    await expect.poll(() => discovery.snapshot().connection.state, { timeout: 10_000 }).toBe('stale');
    expect(names()).toHaveLength(before);
    await demo.control.resume();
    discovery.retry();
    await expect.poll(() => discovery.snapshot().connection.state, { timeout: 10_000 }).toBe('live');
    await client.request({
      method: 'POST',
      path: DEFINITIONS,
      contentType: 'application/json',
      body: JSON.stringify(definition),
    });
    await expect.poll(names, { timeout: 5_000, interval: 20 }).toContain('widgets.example.com');
  }, 30_000);
});
