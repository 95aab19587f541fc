/**
 * Nodes that nobody keeps up: a node that a client makes has no kubelet, on the demo as on a real control plane (KWOK
 * keeps only nodes with its annotation). All are made before the first case, for a node is lost only after a minute.
 */
import { afterAll, beforeAll, expect } from 'vitest';
import { topic } from './conform.ts';
import { create, eventually, expectCode, image, ownNamespace, randomSuffix, read } from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';

const conform = topic('node lifecycle', { needs: 'nodes' });
const scope = ownNamespace('node-lifecycle');
const suffix = randomSuffix();
const slow = { timeoutMs: 150_000 };
const lostMs = 100_000;

interface Taint {
  key: string;
  effect: string;
  value?: string;
}

const nameOf = (short: string): string => `strata-${short}-${suffix}`;
const pathOf = (short: string): string => `/api/v1/nodes/${nameOf(short)}`;
const readyCondition = { type: 'Ready', status: 'True', reason: 'Own', message: 'it says so' };

const made: Record<string, { spec?: object; status?: object }> = {
  mute: {},
  cordoned: { spec: { unschedulable: true }, status: { conditions: [readyCondition] } },
  pressed: {
    status: {
      conditions: [
        readyCondition,
        { type: 'DiskPressure', status: 'True' },
        { type: 'MemoryPressure', status: 'True' },
        { type: 'NetworkUnavailable', status: 'True' },
      ],
    },
  },
  unwell: { status: { conditions: [{ ...readyCondition, status: 'False' }] } },
  tainted: { spec: { taints: [{ key: 'strata-test/own', effect: 'NoExecute' }] } },
};

const pod = (name: string, on: string, tolerations: object[] = []): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { nodeName: nameOf(on), tolerations, containers: [{ name: 'main', image }] },
});

const own = { key: 'strata-test/own', operator: 'Exists', effect: 'NoExecute' };

/** The zones there are: a zone of which most nodes are lost would not be emptied. */
async function zones(): Promise<Record<string, string>[]> {
  const { list } = expectCode(await admin.get('/api/v1/nodes'), 200);
  const keys = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'];
  return list.items.map(({ metadata: { labels } }) =>
    Object.fromEntries(keys.flatMap((key) => (labels?.[key] ? [[key, labels[key]]] : []))),
  );
}

beforeAll(async () => {
  const there = await zones();
  for (const [index, [short, rest]] of Object.entries(made).entries()) {
    const metadata = { name: nameOf(short), labels: there[index % there.length] };
    await create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata, ...rest });
  }
  for (const each of [
    pod('waits', 'mute'),
    pod('hasty', 'mute', [{ operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }]),
    pod('loyal', 'mute', [{ operator: 'Exists' }]),
    pod('stays', 'tainted', [own]),
    pod('stays-a-while', 'tainted', [{ ...own, tolerationSeconds: 600 }]),
    pod('goes', 'tainted'),
  ])
    await create(scope.core('pods'), each);
});

afterAll(async () => {
  for (const short of Object.keys(made)) await admin.delete(pathOf(short));
});

const words = ({ spec }: KubeObject): string[] =>
  ((spec.taints ?? []) as Taint[])
    .map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`)
    .sort();

/** The node once its taints are exactly these. */
async function tainted(short: string, expected: string[], timeoutMs?: number): Promise<KubeObject> {
  let last: string[] = [];
  const look = async (): Promise<KubeObject | undefined> => {
    const node = await read(pathOf(short));
    last = words(node);
    return last.join() === [...expected].sort().join() ? node : undefined;
  };
  return eventually(`${short} with ${expected.join()}`, look, timeoutMs).catch((error: unknown) => {
    throw new Error(`${String(error)}; it has ${last.join()}`);
  });
}

async function leaving(name: string): Promise<KubeObject | 'gone'> {
  return eventually(
    `${name} leaving`,
    async () => {
      const answer = await admin.get(scope.core('pods', name));
      if (answer.code === 404) return 'gone';
      return answer.object.metadata.deletionTimestamp ? answer.object : undefined;
    },
    lostMs,
  );
}

async function eventsOf(name: string): Promise<string[]> {
  const { list } = expectCode(
    await admin.get(scope.core('events'), { fieldSelector: `involvedObject.name=${name}` }),
    200,
  );
  return list.items.map((event) => {
    const { reason, message } = event as unknown as Record<string, string>;
    return `${reason}: ${message}`;
  });
}

conform('a cordon is a taint', async () => {
  await tainted('cordoned', ['unschedulable:NoSchedule']);
});

conform('lifting the cordon takes the taint off', async () => {
  await tainted('cordoned', ['unschedulable:NoSchedule']);
  expectCode(await admin.patch(pathOf('cordoned'), 'merge', { spec: { unschedulable: null } }), 200);
  await tainted('cordoned', []);
});

conform('pressure and a missing network are taints', async () => {
  await tainted('pressed', [
    'disk-pressure:NoSchedule',
    'memory-pressure:NoSchedule',
    'network-unavailable:NoSchedule',
  ]);
  const conditions = [readyCondition, { type: 'DiskPressure', status: 'False' }];
  expectCode(await admin.patch(`${pathOf('pressed')}/status`, 'strategic', { status: { conditions } }), 200);
  await tainted('pressed', ['memory-pressure:NoSchedule', 'network-unavailable:NoSchedule']);
});

conform(
  'a node that says it is not ready is tainted against newcomers and against its pods',
  async () => {
    await tainted('unwell', ['not-ready:NoSchedule', 'not-ready:NoExecute'], 40_000);
  },
  slow,
);

conform('a pod leaves at a NoExecute taint it does not tolerate, and says why', async () => {
  const found = await leaving('goes');
  if (found !== 'gone')
    expect(found.status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
      }),
    );
  const told = await eventually('its event', async () => (await eventsOf('goes'))[0]);
  expect(told).toBe(`TaintManagerEviction: Marking for deletion Pod ${scope.namespace}/goes`);
  for (const name of ['stays', 'stays-a-while'])
    expect((await read(scope.core('pods', name))).metadata.deletionTimestamp).toBeUndefined();
});

conform('a pod that waited to leave stays when the taint is gone', async () => {
  const { spec } = await read(pathOf('tainted'));
  const taints = ((spec.taints ?? []) as Taint[]).filter(({ key }) => key !== own.key);
  expectCode(await admin.patch(pathOf('tainted'), 'merge', { spec: { taints } }), 200);
  const told = await eventually('its event', async () => (await eventsOf('stays-a-while'))[0]);
  expect(told).toBe(`TaintManagerEviction: Cancelling deletion of Pod ${scope.namespace}/stays-a-while`);
});

conform('a pod is given 300 s on a lost node by default', async () => {
  const { spec } = await read(scope.core('pods', 'waits'));
  const by = (key: string) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  expect(spec.tolerations).toEqual([
    by('node.kubernetes.io/not-ready'),
    by('node.kubernetes.io/unreachable'),
  ]);
});

conform(
  'a node that never said how it is is not known after a minute',
  async () => {
    const node = await tainted('mute', ['unreachable:NoSchedule', 'unreachable:NoExecute'], lostMs);
    const at = node.metadata.creationTimestamp;
    const conditions = node.status.conditions as Record<string, string>[];
    expect(conditions.map(({ type }) => type)).toEqual([
      'Ready',
      'MemoryPressure',
      'DiskPressure',
      'PIDPressure',
    ]);
    for (const condition of conditions)
      expect(condition).toMatchObject({
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        lastHeartbeatTime: at,
      });
    const lostAfterMs = Date.parse(conditions[0]?.lastTransitionTime ?? '') - Date.parse(at);
    expect(lostAfterMs).toBeGreaterThanOrEqual(59_000);
  },
  slow,
);

conform(
  'the pods of a lost node leave as they said',
  async () => {
    await leaving('hasty');
    for (const name of ['waits', 'loyal'])
      expect((await read(scope.core('pods', name))).metadata.deletionTimestamp).toBeUndefined();
  },
  slow,
);

conform(
  'a ready node that is not heard of any more is not known',
  async () => {
    const node = await tainted('cordoned', ['unreachable:NoSchedule', 'unreachable:NoExecute'], lostMs);
    const ready = (node.status.conditions as Record<string, string>[]).find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
  },
  // The real control plane of these tests is told to wait an hour: kwok's nodes are not heard of often.
  { ...slow, needs: 'kubelet' },
);
