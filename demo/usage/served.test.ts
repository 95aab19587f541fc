/** Metrics and node proxies over the socket, as metrics clients and kubectl ask for them. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Demo, startDemo } from '../client.ts';

interface Kubeconfig {
  clusters: [{ cluster: Record<string, string> }];
  users: [{ user: Record<string, string> }];
}

interface Metrics {
  message: string;
  metadata: Record<string, unknown> & { name: string };
  usage: { cpu: string; memory: string };
  containers: { usage: { cpu: string } }[];
  items: Metrics[];
  columnDefinitions: { name: string }[];
  rows: { cells: string[] }[];
  groups: { name: string }[];
  resources: { name: string; verbs: string[] }[];
  node: { nodeName: string; fs: { availableBytes: number; capacityBytes: number } };
  pods: { podRef: { name: string } }[];
}

interface Ask {
  user?: 'admin' | 'developer';
  accept?: string;
  method?: string;
}

let demo: Demo;

beforeAll(async () => {
  demo = await startDemo({ scenario: 'small' });
}, 30_000);
afterAll(() => demo.stop());

function connect(path: string) {
  const config = JSON.parse(readFileSync(path, 'utf8')) as Kubeconfig;
  const decode = (value: string | undefined) => (value ? Buffer.from(value, 'base64').toString() : undefined);
  const { user } = config.users[0];
  const agent = new Agent({
    ca: decode(config.clusters[0].cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  });
  return { agent, headers: user.token ? { authorization: `Bearer ${user.token}` } : {} };
}

function ask(path: string, { user = 'admin', accept = 'application/json', method = 'GET' }: Ask = {}) {
  const { agent, headers } = connect(demo.kubeconfigs[user]);
  return new Promise<{ code: number; text: string; body: Metrics }>((resolve, reject) => {
    const options = { method, agent, headers: { ...headers, accept } };
    request(new URL(path, demo.server), options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const body = text.startsWith('{') ? (JSON.parse(text) as Metrics) : ({} as Metrics);
        resolve({ code: response.statusCode ?? 0, text, body });
      });
    })
      .on('error', reject)
      .end();
  });
}

const METRICS = '/apis/metrics.k8s.io/v1beta1';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

test('discovery names the group, its two resources and the proxy of nodes', async () => {
  expect((await ask('/apis')).body.groups.map(({ name }) => name)).toContain('metrics.k8s.io');
  const { resources } = (await ask(METRICS)).body;
  expect(resources.map(({ name, verbs }) => [name, ...verbs])).toEqual([
    ['nodes', 'get', 'list'],
    ['pods', 'get', 'list'],
  ]);
  const core = (await ask('/api/v1')).body.resources;
  expect(core.find(({ name }) => name === 'nodes/proxy')?.verbs).toEqual(['get']);
  expect(core.some(({ name }) => name === 'services/proxy')).toBe(false);
});

test('all nodes and the running pods of a selector have metrics', async () => {
  const nodes = (await ask(`${METRICS}/nodes`)).body;
  expect(nodes.metadata).toEqual({});
  expect(nodes.items).toHaveLength(6);
  expect(nodes.items[0]?.usage).toEqual({
    cpu: expect.stringMatching(/^\d+n$/),
    memory: expect.stringMatching(/^\d+Ki$/),
  });
  const thumbs = (await ask(`${METRICS}/namespaces/shop-catalog/pods?labelSelector=app%3Dthumbs`)).body;
  expect(thumbs.items).toHaveLength(6);
  const cores = thumbs.items.map(
    ({ containers }) => Number.parseInt(containers[0]?.usage.cpu ?? '', 10) / 1e9,
  );
  // Its autoscaler is at its maximum because of this.
  for (const used of cores) expect(used / 0.1).toBeGreaterThan(0.8);
  const crashing = (await ask(`${METRICS}/namespaces/payments/pods?labelSelector=app%3Dledger-worker`)).body;
  expect(crashing.items.map(({ metadata }) => metadata.name)).toContain('ledger-worker-6c9f7d8b4-q4w9z');
});

test('a Table has the columns of metrics-server', async () => {
  const { columnDefinitions, rows } = (await ask(`${METRICS}/nodes/worker-a1`, { accept: TABLE })).body;
  expect(columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'cpu', 'memory', 'Window']);
  expect(rows[0]?.cells).toEqual([
    'worker-a1',
    expect.stringMatching(/n$/),
    expect.stringMatching(/Ki$/),
    '15s',
  ]);
});

test('what has no metrics is named as metrics-server names it', async () => {
  const pod = await ask(`${METRICS}/namespaces/ci/pods/build-7712-4nd8t`);
  expect([pod.code, pod.body.message]).toEqual([
    404,
    'podmetrics.metrics.k8s.io "ci/build-7712-4nd8t" not found',
  ]);
  expect((await ask(`${METRICS}/pods?watch=true`)).code).toBe(405);
  expect((await ask(`${METRICS}/nodes/worker-a1`, { method: 'DELETE' })).code).toBe(405);
});

test('the kubelet and node-exporter answer behind the proxy', async () => {
  const { node, pods } = (await ask('/api/v1/nodes/worker-b2/proxy/stats/summary')).body;
  expect(node.nodeName).toBe('worker-b2');
  expect(node.fs.availableBytes / node.fs.capacityBytes).toBeLessThan(0.13);
  expect(pods.map(({ podRef }) => podRef.name)).toContain('runner-cache-0');
  const resource = await ask('/api/v1/nodes/worker-b2/proxy/metrics/resource');
  expect(resource.text).toMatch(/^node_cpu_usage_seconds_total [\d.]+ \d+$/m);
  const cadvisor = (await ask('/api/v1/nodes/worker-b2/proxy/metrics/cadvisor')).text;
  for (const name of [
    'cpu_usage_seconds_total',
    'memory_working_set_bytes',
    'cpu_cfs_throttled_periods_total',
  ])
    expect(cadvisor).toMatch(
      new RegExp(
        `^container_${name}{container="api",.*namespace="shop-checkout",pod="checkout-api-.*} \\d`,
        'm',
      ),
    );
  const exporter = await ask('/api/v1/nodes/worker-b2:9100/proxy/metrics');
  expect(exporter.text).toMatch(/^node_load15 [\d.]+$/m);
  expect(exporter.text).toMatch(/^node_cpu_seconds_total\{cpu="7",mode="user"\} [\d.]+$/m);
  expect((await ask('/api/v1/nodes/worker-b2/proxy/exec')).code).toBe(404);
  expect((await ask('/api/v1/nodes/worker-b2:22/proxy/')).code).toBe(503);
  expect((await ask('/api/v1/nodes/worker-b2/proxy/stats/summary', { method: 'POST' })).code).toBe(405);
  expect((await ask('/api/v1/nodes/nowhere/proxy/stats/summary')).code).toBe(404);
});

test('the developer reads the metrics of the own namespaces and no node', async () => {
  const user = 'developer';
  expect((await ask(`${METRICS}/namespaces/shop-checkout/pods`, { user })).code).toBe(200);
  expect((await ask(`${METRICS}/namespaces/payments/pods`, { user })).code).toBe(403);
  const nodes = await ask(`${METRICS}/nodes`, { user });
  expect(nodes.body.message).toBe(
    'nodes.metrics.k8s.io is forbidden: User "developer" cannot list resource "nodes" in API group "metrics.k8s.io" at the cluster scope',
  );
  expect((await ask('/api/v1/nodes/worker-b2/proxy/stats/summary', { user })).code).toBe(403);
});

test('a silent node gives nothing, until it is back', async () => {
  const measured = async () =>
    (await ask(`${METRICS}/nodes`)).body.items.map(({ metadata }) => metadata.name);
  await demo.control.silenceNode('worker-a1');
  expect(await measured()).not.toContain('worker-a1');
  for (const path of ['worker-a1/proxy/stats/summary', 'worker-a1:9100/proxy/metrics']) {
    const { code, body } = await ask(`/api/v1/nodes/${path}`);
    expect([code, body.message]).toEqual([503, expect.stringMatching(/: connect: no route to host$/)]);
  }
  expect((await ask(`${METRICS}/nodes/worker-a1`)).code).toBe(404);
  await demo.control.reviveNode('worker-a1');
  expect(await measured()).toContain('worker-a1');
  await expect(demo.control.silenceNode('nowhere')).rejects.toThrow(
    'there is no kubelet on a node "nowhere"',
  );
});
