import { afterAll, expect } from 'vitest';
import { topic } from './conform.ts';
import {
  clusterNodes,
  eventually,
  expectCode,
  expectFailure,
  image,
  ownNamespace,
  randomSuffix,
} from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';
import { changedTemplate, expectOwner, isReady, isSeen, isStaying, workloadsIn } from './workload-cases.ts';

const conform = topic('daemon-sets');
const scope = ownNamespace('daemons');
const { make, play, pods, reasons, revisions, until } = workloadsIn(scope);
const at = (name: string): string => scope.apps('daemonsets', name);
const slow = { timeoutMs: 90_000 };
const rolloutMs = 60_000;
const mark = `strata-test/daemons-${randomSuffix()}`;
const marked: string[] = [];

afterAll(async () => {
  for (const node of marked)
    await admin.patch(`/api/v1/nodes/${node}`, 'merge', { metadata: { labels: { [mark]: null } } });
});

/** Two ready nodes that only these cases' daemons run on. */
async function ownNodes(): Promise<string[]> {
  if (marked.length > 0) return marked;
  const open = (await clusterNodes()).filter(({ spec }) => !spec.unschedulable && !spec.taints);
  for (const { metadata } of open.slice(0, 2)) {
    expectCode(
      await admin.patch(`/api/v1/nodes/${metadata.name}`, 'merge', {
        metadata: { labels: { [mark]: 'true' } },
      }),
      200,
    );
    marked.push(metadata.name);
  }
  return marked;
}

const daemon = (name: string, spec: object = {}, nodeSelector: object = { [mark]: 'true' }): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, labels: { app: name } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { nodeSelector, containers: [{ name: 'main', image }] },
    },
    ...spec,
  },
});

const settled = (name: string, nodes: number): Promise<KubeObject> =>
  eventually(
    `${name} on ${nodes} nodes`,
    async () => {
      const { object } = await admin.get(at(name));
      const { desiredNumberScheduled, numberAvailable = 0, updatedNumberScheduled = 0 } = object.status;
      const isDone = [desiredNumberScheduled, numberAvailable, updatedNumberScheduled].every(
        (count) => count === nodes,
      );
      return isSeen(object) && isDone ? object : undefined;
    },
    rolloutMs,
  );

conform(
  'one pod on every node that fits, bound by its name, with the tolerations of daemons',
  async () => {
    const nodes = await ownNodes();
    const object = await make('daemonsets', daemon('everywhere'));
    const { status } = await settled('everywhere', 2);
    expect(status).toMatchObject({ currentNumberScheduled: 2, numberReady: 2, numberMisscheduled: 0 });
    expect(object.metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '1' });
    const found = await pods('everywhere');
    expect(found.map(({ spec }) => spec.nodeName).sort()).toEqual([...nodes].sort());
    const [pod] = found as [KubeObject, ...KubeObject[]];
    expectOwner(pod, 'DaemonSet', object.metadata.uid);
    const [revision] = await revisions('everywhere');
    expect(pod.metadata.labels).toMatchObject({
      'controller-revision-hash': revision?.metadata.labels?.['controller-revision-hash'],
      'pod-template-generation': '1',
    });
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: [pod.spec.nodeName] }];
    expect(pod.spec.affinity).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
      },
    });
    const tolerated = (
      pod.spec.tolerations as { key: string; effect: string; tolerationSeconds?: number }[]
    ).map(
      ({ key, effect, tolerationSeconds }) =>
        `${key}:${effect}${tolerationSeconds === undefined ? '' : 'for a while'}`,
    );
    expect(tolerated).toEqual(
      [
        'not-ready:NoExecute',
        'unreachable:NoExecute',
        'disk-pressure:NoSchedule',
        'memory-pressure:NoSchedule',
        'pid-pressure:NoSchedule',
        'unschedulable:NoSchedule',
      ].map((word) => `node.kubernetes.io/${word}`),
    );
  },
  slow,
);

/** Rolls out a second template; gives the most pods and fewest ready ones that stood at any time. */
async function rolled(name: string, updateStrategy: object): Promise<{ most: number; fewest: number }> {
  await ownNodes();
  await make('daemonsets', daemon(name, { updateStrategy }));
  await settled(name, 2);
  const query = { labelSelector: `app=${name}` };
  const { list: first } = expectCode(await admin.get(scope.core('pods'), query), 200);
  const watch = await admin.watch(scope.core('pods'), {
    ...query,
    resourceVersion: first.metadata.resourceVersion ?? '',
  });
  expectCode(await admin.patch(at(name), 'strategic', changedTemplate('2')), 200);
  await eventually('the change', async () => ((await revisions(name)).length === 2 ? true : undefined));
  await settled(name, 2);
  await eventually(
    'the end of the old pods',
    async () => ((await pods(name)).length === 2 ? true : undefined),
    rolloutMs,
  );
  watch.close();
  const standing = new Map(first.items.map((pod) => [pod.metadata.uid, pod]));
  let [most, fewest] = [0, 2];
  for (const { type, object } of watch.events) {
    if (type === 'DELETED') standing.delete(object.metadata.uid);
    else standing.set(object.metadata.uid, object);
    const staying = [...standing.values()].filter(isStaying);
    most = Math.max(most, staying.length);
    fewest = Math.min(fewest, staying.filter(isReady).length);
  }
  return { most, fewest };
}

conform(
  'a rolling update takes away one pod at a time and never has two on a node',
  async () => {
    const { most, fewest } = await rolled('rolling', { type: 'RollingUpdate' });
    expect(most).toBe(2);
    expect(fewest).toBe(1);
  },
  slow,
);

conform(
  'with a surge the new pod is ready before the old one goes',
  async () => {
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    const { most, fewest } = await rolled('surging', { type: 'RollingUpdate', rollingUpdate });
    expect(most).toBe(3);
    expect(fewest).toBe(2);
  },
  slow,
);

conform('a surge beside unavailable pods, and neither of both, are refused', async () => {
  const strategy = (maxSurge: number, maxUnavailable: number) =>
    daemon('never', {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
    });
  expectFailure(await admin.post(scope.apps('daemonsets'), strategy(1, 1)), {
    code: 422,
    reason: 'Invalid',
    message: /maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero$/,
  });
  expectFailure(await admin.post(scope.apps('daemonsets'), strategy(0, 0)), {
    code: 422,
    reason: 'Invalid',
    message: /maxUnavailable: Required value: cannot be 0 when maxSurge is 0$/,
  });
});

conform(
  'with OnDelete a pod is changed only when it is deleted',
  async () => {
    await ownNodes();
    await make('daemonsets', daemon('manual', { updateStrategy: { type: 'OnDelete' } }));
    await settled('manual', 2);
    const before = await pods('manual');
    expectCode(await admin.patch(at('manual'), 'strategic', changedTemplate('2')), 200);
    await until(
      at('manual'),
      'the change',
      (each) => isSeen(each) && each.status.updatedNumberScheduled === undefined,
    );
    expect((await pods('manual')).map(({ metadata }) => metadata.uid)).toEqual(
      before.map(({ metadata }) => metadata.uid),
    );
    expectCode(await admin.delete(scope.core('pods', String(before[0]?.metadata.name))), 200);
    await until(
      at('manual'),
      'one new pod',
      ({ status }) => status.updatedNumberScheduled === 1 && status.numberReady === 2,
    );
  },
  slow,
);

conform(
  'going back to an older template takes its revision up again under a new number',
  async () => {
    await make('daemonsets', daemon('history', {}, { 'strata-test/nowhere': 'true' }));
    await until(at('history'), 'the first', isSeen);
    expectCode(await admin.patch(at('history'), 'strategic', changedTemplate('2')), 200);
    await eventually('two revisions', async () =>
      (await revisions('history')).length === 2 ? true : undefined,
    );
    const first = (await revisions('history')).find(({ revision }) => revision === 1);
    expect(first).toMatchObject({ data: { spec: { template: { $patch: 'replace' } } } });
    expectCode(
      await admin.patch(at('history'), 'merge', { spec: { template: { metadata: { annotations: null } } } }),
      200,
    );
    const back = await eventually('the first again', async () =>
      (await revisions('history')).find(({ revision }) => revision === 3),
    );
    expect(back.metadata.uid).toBe(first?.metadata.uid);
  },
  slow,
);

conform(
  'daemons come and go with the labels of nodes',
  async () => {
    const [node = ''] = await ownNodes();
    const label = `${mark}-more`;
    const put = async (value: string | null) =>
      expectCode(
        await admin.patch(`/api/v1/nodes/${node}`, 'merge', { metadata: { labels: { [label]: value } } }),
        200,
      );
    await make('daemonsets', daemon('following', {}, { [label]: 'true' }));
    await until(
      at('following'),
      'nothing to do',
      (each) => isSeen(each) && each.status.desiredNumberScheduled === 0,
    );
    await put('true');
    await settled('following', 1);
    await put(null);
    await eventually(
      'its end',
      async () => ((await pods('following')).length === 0 ? true : undefined),
      30_000,
    );
  },
  slow,
);

conform(
  'a taint keeps a daemon that is there, counted as misscheduled; one that evicts takes it away',
  async () => {
    const nodes = await ownNodes();
    const [node = ''] = nodes;
    const path = `/api/v1/nodes/${node}`;
    const taint = async (effect: string | undefined) => {
      const taints = effect ? [{ key: 'strata-test/out', effect }] : null;
      expectCode(await admin.patch(path, 'merge', { spec: { taints } }), 200);
    };
    await make('daemonsets', daemon('tainted'));
    await settled('tainted', 2);
    try {
      await taint('NoSchedule');
      // The real controller counts anew only when it has another reason to look.
      const annotations = { 'strata-test/look': 'again' };
      expectCode(await admin.patch(at('tainted'), 'merge', { metadata: { annotations } }), 200);
      await until(
        at('tainted'),
        'the count',
        ({ status }) => status.numberMisscheduled === 1 && status.desiredNumberScheduled === 1,
      );
      expect((await pods('tainted')).filter(isStaying)).toHaveLength(2);
      await taint('NoExecute');
      await eventually(
        'its end',
        async () => ((await pods('tainted')).length === 1 ? true : undefined),
        30_000,
      );
    } finally {
      await taint(undefined);
    }
    await settled('tainted', 2);
  },
  slow,
);

conform(
  'a daemon that failed is deleted, told of, and made again',
  async () => {
    await ownNodes();
    const object = await make('daemonsets', daemon('failing'));
    await settled('failing', 2);
    const [pod] = (await pods('failing')) as [KubeObject, ...KubeObject[]];
    await play(pod, { phase: 'Failed' });
    await eventually(
      'another pod',
      async () => {
        const found = await pods('failing');
        const isReplaced = found.every(({ metadata }) => metadata.uid !== pod.metadata.uid);
        return isReplaced && found.filter(isReady).length === 2 ? true : undefined;
      },
      30_000,
    );
    await eventually('the event', async () =>
      (await reasons(object.metadata.uid)).includes('FailedDaemonPod') ? true : undefined,
    );
  },
  slow,
);
