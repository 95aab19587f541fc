/**
 * Fills a running cluster. A few nodes are made through the API; thousands of nodes and pods are written straight
 * into etcd by the Go loader, as copies of one real node and one real Deployment, because through the API and the
 * scheduler 50,000 pods would take twenty minutes.
 */
import { spawn } from 'node:child_process';
import { type Cluster, program, startComponent, stopComponents } from './cluster.ts';
import { kubeconfigPath } from './layout.ts';
import { fakeNode, load, loadNamespace, nodeName, seedDeployment } from './objects.ts';
import { waitFor } from './wait-for.ts';

const viaApiAtMost = 100;

/** Brings the cluster to at least this many nodes and pods in all; what is there stays. */
export async function fillCluster(cluster: Cluster, nodes: number, pods: number): Promise<void> {
  if (nodes > 0) await addNodes(cluster, Math.min(nodes, viaApiAtMost));
  if (nodes <= viaApiAtMost && pods === 0) return;
  const total = Math.max(nodes, await countNodes(cluster));
  if (total === 0) throw new Error('pods need nodes: ask for at least one');
  if (pods > 0) await seed(cluster, pods);
  const writers = ['kube-controller-manager', 'kube-scheduler'] as const;
  await stopComponents(cluster.layout, writers);
  try {
    await runLoader(cluster, total, pods);
  } finally {
    for (const name of writers) await startComponent(cluster, name);
  }
  const last = nodeName(total - 1);
  await waitFor({ what: `node ${last} in the API server's cache` }, async () => {
    const answer = await cluster.api.request('GET', `/api/v1/nodes/${last}?resourceVersion=0`);
    return answer.code === 200 ? true : undefined;
  });
}

async function addNodes(cluster: Cluster, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await cluster.api.create('/api/v1/nodes', fakeNode(index));
  for (let index = 0; index < count; index += 1) {
    await waitFor({ what: `node ${nodeName(index)} ready`, timeoutMs: 60_000 }, async () => {
      const { body } = await cluster.api.request('GET', `/api/v1/nodes/${nodeName(index)}`);
      const node = body as { spec?: { taints?: unknown[] }; status?: { conditions?: Condition[] } };
      return isTrue(node.status?.conditions, 'Ready') && !node.spec?.taints ? true : undefined;
    });
  }
}

interface Condition {
  type: string;
  status: string;
}

function isTrue(conditions: Condition[] | undefined, type: string): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

async function countNodes(cluster: Cluster): Promise<number> {
  const { body } = await cluster.api.request('GET', '/api/v1/nodes?limit=1');
  const list = body as { items: unknown[]; metadata: { remainingItemCount?: number } };
  return list.items.length + (list.metadata.remainingItemCount ?? 0);
}

/** Namespaces, and the first Deployment with all its pods ready. */
async function seed(cluster: Cluster, pods: number): Promise<void> {
  const namespaces = Math.ceil(pods / load.podsPerNamespace);
  for (let index = 0; index < namespaces; index += 1) {
    const metadata = { name: loadNamespace(index), labels: { [load.namespaceLabel]: 'true' } };
    await cluster.api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  }
  const home = loadNamespace(0);
  await waitFor({ what: `service account of ${home}`, timeoutMs: 60_000 }, async () => {
    const { code } = await cluster.api.request('GET', `/api/v1/namespaces/${home}/serviceaccounts/default`);
    return code === 200 ? true : undefined;
  });
  const replicas = Math.min(load.podsPerDeployment, pods);
  const deployments = `/apis/apps/v1/namespaces/${home}/deployments`;
  await cluster.api.create(deployments, seedDeployment(replicas));
  await waitFor({ what: 'first Deployment available', timeoutMs: 60_000 }, async () => {
    const { body } = await cluster.api.request('GET', `${deployments}/app-00000`);
    const status = (body as { status?: { availableReplicas?: number } }).status;
    return status?.availableReplicas === replicas ? true : undefined;
  });
}

function runLoader(cluster: Cluster, nodes: number, pods: number): Promise<void> {
  const args = [
    `--kubeconfig=${kubeconfigPath(cluster.layout, 'admin')}`,
    `--etcd=http://127.0.0.1:${cluster.ports.etcd}`,
    `--nodes=${nodes}`,
    `--pods=${pods}`,
    `--per-deployment=${load.podsPerDeployment}`,
    `--per-namespace=${load.podsPerNamespace}`,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(program(cluster, 'load'), args, { stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`load ended with code ${code}`)),
    );
  });
}
