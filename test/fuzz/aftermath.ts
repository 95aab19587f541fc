/** After the run: everything that is stored can be read, lists and watches agree, and the cluster still works. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Demo } from '#demo/client.ts';
import { rawClient } from '#test/fixtures/raw-https.ts';
import { openSender, type Sender } from './sender.ts';
import type { ServedResource } from './shot.ts';
import { getJson, postJson, readResources } from './surroundings.ts';

interface Listed {
  metadata: { name: string; namespace?: string; uid: string; resourceVersion: string };
}

interface List {
  metadata: { resourceVersion: string };
  items: Listed[];
}

const keyOf = ({ metadata }: Listed) => `${metadata.namespace ?? ''}/${metadata.name}`;

/** What is wrong; empty when nothing is. */
export async function aftermath(demo: Demo, refused: ReadonlySet<string>): Promise<string[]> {
  const sender = openSender(demo.kubeconfig, 4);
  try {
    const faults: string[] = [];
    for (const each of await readResources(sender))
      if (each.verbs.includes('list')) faults.push(...(await checkResource(sender, demo, each, refused)));
    faults.push(...(await checkReconciling(sender)));
    return faults;
  } finally {
    sender.close();
  }
}

async function checkResource(
  sender: Sender,
  demo: Demo,
  { root, resource, verbs }: ServedResource,
  refused: ReadonlySet<string>,
): Promise<string[]> {
  const path = `${root}/${resource}`;
  if (!verbs.includes('watch')) return [];
  const replayed = await watchFromStart(demo, path);
  const list = await getJson<List>(sender, path);
  const table = await getJson<{ rows: unknown[] }>(sender, path, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  const faults: string[] = [];
  const listed = new Map(list.items.map((item) => [keyOf(item), item.metadata.uid]));
  if (listed.size !== list.items.length) faults.push(`${path}: a key twice`);
  const missing = [...listed].filter(([key, uid]) => replayed.get(key) !== uid);
  if (replayed.size !== listed.size || missing.length > 0)
    faults.push(
      `${path}: the list has ${listed.size}, the watch ${replayed.size}; differing: ${missing.slice(0, 3).join(' ')}`,
    );
  if (table.rows.length < listed.size)
    faults.push(`${path}: the table has ${table.rows.length} rows of ${listed.size}`);
  const half = [...listed.keys()].filter((key) => refused.has(`${resource}/${key}`));
  if (half.length > 0) faults.push(`${path}: refused and there all the same: ${half.slice(0, 3).join(' ')}`);
  return faults;
}

/** The state that a watch from the start begins with, keys and uids. */
async function watchFromStart(demo: Demo, path: string): Promise<Map<string, string>> {
  const client = rawClient(demo.kubeconfig);
  const query =
    'watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=30';
  const { answers } = await client.exchange(`GET ${path}?${query} HTTP/1.1\r\nHost: ${client.host}\r\n\r\n`, {
    isEnough: (received) => received.includes('k8s.io/initial-events-end'),
  });
  const state = new Map<string, string>();
  for (const line of answers[0]?.body.toString().trimEnd().split('\n') ?? []) {
    const { type, object } = JSON.parse(line) as { type: string; object: Listed };
    if (type === 'DELETED') state.delete(keyOf(object));
    else if (type !== 'BOOKMARK') state.set(keyOf(object), object.metadata.uid);
  }
  return state;
}

const READY_WITHIN_MS = 60_000;

/** A Deployment that is made now becomes ready, on a node that nobody made up. */
async function checkReconciling(sender: Sender): Promise<string[]> {
  const { items: nodes } = await getJson<{
    items: { metadata: { name: string; labels?: Record<string, string> }; spec?: { taints?: unknown[] } }[];
  }>(sender, '/api/v1/nodes');
  const node = nodes.find(({ metadata, spec }) => !metadata.name.startsWith('fuzz') && !spec?.taints?.length);
  await postJson(sender, '/api/v1/namespaces', { metadata: { name: 'after' } });
  const labels = { app: 'after' };
  const containers = [{ name: 'web', image: 'nginx:1.29' }];
  const nodeSelector = { 'kubernetes.io/hostname': node?.metadata.labels?.['kubernetes.io/hostname'] };
  const template = { metadata: { labels }, spec: { containers, nodeSelector } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  await postJson(sender, '/apis/apps/v1/namespaces/after/deployments', { metadata: { name: 'after' }, spec });
  const until = performance.now() + READY_WITHIN_MS;
  let seen: unknown;
  while (performance.now() < until) {
    const { status } = await getJson<{ status: { readyReplicas?: number } }>(
      sender,
      '/apis/apps/v1/namespaces/after/deployments/after',
    );
    if (status.readyReplicas === 2) return [];
    seen = status;
    await wait(200);
  }
  return [`a new Deployment does not become ready: ${JSON.stringify(seen)}`];
}
