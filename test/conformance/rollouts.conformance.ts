import { expect } from 'vitest';
import { topic } from './conform.ts';
import { deployment, eventually, expectCode, expectFailure, image, ownNamespace, read } from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';
import {
  changedTemplate,
  conditionOf,
  expectOwner,
  isReady,
  isSeen,
  isStaying,
  parked,
  parkedTemplate,
  workloadsIn,
} from './workload-cases.ts';

const conform = topic('rollouts');
const scope = ownNamespace('rollouts');
const { make, podsOf, play, playReady, reasons, until, list } = workloadsIn(scope);
const slow = { timeoutMs: 90_000 };
const at = (name: string): string => scope.apps('deployments', name);
const sets = (app: string): Promise<KubeObject[]> => list(scope.apps('replicasets'), app);
const strategy = (maxSurge: number | string, maxUnavailable: number | string): object => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
});

/** Rolls out a second template while all pods are watched; gives the most pods and the fewest ready ones seen. */
async function extremes(
  name: string,
  replicas: number,
  spec: object,
): Promise<{ most: number; fewest: number }> {
  await make('deployments', deployment(name, replicas, spec));
  const isSettled = (object: KubeObject): boolean =>
    isSeen(object) &&
    object.status.updatedReplicas === replicas &&
    object.status.availableReplicas === replicas;
  const before = await until(at(name), 'the first rollout', isSettled);
  const query = { labelSelector: `app=${name}` };
  const { list: first } = expectCode(await admin.get(scope.core('pods'), query), 200);
  const watch = await admin.watch(scope.core('pods'), {
    ...query,
    resourceVersion: first.metadata.resourceVersion ?? '',
  });
  expectCode(await admin.patch(at(name), 'strategic', changedTemplate('2')), 200);
  const isDone = (object: KubeObject): boolean =>
    isSettled(object) &&
    object.status.replicas === replicas &&
    object.metadata.generation !== before.metadata.generation;
  await eventually('the rollout', async () => (isDone(await read(at(name))) ? true : undefined), 60_000);
  watch.close();
  const pods = new Map(first.items.map((pod) => [pod.metadata.uid, pod]));
  let [most, fewest] = [0, replicas];
  for (const { type, object } of watch.events) {
    if (type === 'DELETED') pods.delete(object.metadata.uid);
    else pods.set(object.metadata.uid, object);
    const staying = [...pods.values()].filter(isStaying);
    most = Math.max(most, staying.length);
    fewest = Math.min(fewest, staying.filter(isReady).length);
  }
  return { most, fewest };
}

conform(
  'percentages are rounded up for the surge and down for the unavailable',
  async () => {
    const { most, fewest } = await extremes('percents', 3, strategy('25%', '25%'));
    expect(most).toBe(4);
    expect(fewest).toBe(3);
  },
  slow,
);

conform(
  'without a surge a rollout makes do with the pods that are missing',
  async () => {
    const { most, fewest } = await extremes('tight', 3, strategy(0, 1));
    expect(most).toBe(3);
    expect(fewest).toBeGreaterThanOrEqual(2);
  },
  slow,
);

conform('a strategy that could never move is refused', async () => {
  const refused = await admin.post(scope.apps('deployments'), deployment('still', 1, strategy(0, '0%')));
  expectFailure(refused, {
    code: 422,
    reason: 'Invalid',
    message:
      'Deployment.apps "still" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
  });
});

conform('amounts that are neither numbers nor percentages are refused, each with its cause', async () => {
  const refused = await admin.post(scope.apps('deployments'), deployment('odd', 1, strategy('5x', '110%')));
  const { details } = expectFailure(refused, { code: 422, reason: 'Invalid' });
  expect(details?.causes?.map(({ field }) => field).sort()).toEqual([
    'spec.strategy.rollingUpdate.maxSurge',
    'spec.strategy.rollingUpdate.maxUnavailable',
  ]);
});

conform('a deadline within the time of readiness, and a rolling Recreate, are refused', async () => {
  const late = deployment('late', 1, { progressDeadlineSeconds: 5, minReadySeconds: 5 });
  expectFailure(await admin.post(scope.apps('deployments'), late), {
    code: 422,
    reason: 'Invalid',
    message: /spec\.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds$/,
  });
  const both = { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } };
  expectFailure(await admin.post(scope.apps('deployments'), deployment('both', 1, both)), {
    code: 422,
    reason: 'Invalid',
    message: /may not be specified when strategy `type` is 'Recreate'$/,
  });
});

conform('a ready pod is available only after minReadySeconds', async () => {
  await make('deployments', parked('Deployment', 'patient', { replicas: 1, minReadySeconds: 3 }));
  const watch = await admin.watch(scope.apps('deployments'), { fieldSelector: 'metadata.name=patient' });
  await playReady(await podsOf('patient', 1));
  await until(at('patient'), 'readiness', ({ status }) => status.readyReplicas === 1);
  await until(at('patient'), 'availability', ({ status }) => status.availableReplicas === 1);
  watch.close();
  const states = watch.events.map(
    ({ object }) => object.status as { readyReplicas?: number; availableReplicas?: number },
  );
  expect(states.some((status) => status.readyReplicas === 1 && !status.availableReplicas)).toBe(true);
});

conform('a rollout that does not get on exceeds its deadline and says so', async () => {
  await make('deployments', parked('Deployment', 'stuck', { replicas: 1, progressDeadlineSeconds: 2 }));
  const object = await until(
    at('stuck'),
    'the deadline',
    (each) => conditionOf(each, 'Progressing')?.reason === 'ProgressDeadlineExceeded',
  );
  const [set] = await sets('stuck');
  expect(conditionOf(object, 'Progressing')).toMatchObject({
    status: 'False',
    message: `ReplicaSet "${set?.metadata.name}" has timed out progressing.`,
  });
  expect(object.status.unavailableReplicas).toBe(1);
});

conform('old ReplicaSets beyond the history limit go, the lowest revisions first', async () => {
  await make('deployments', parked('Deployment', 'brief', { replicas: 0, revisionHistoryLimit: 1 }));
  for (const value of ['2', '3', '4']) {
    await until(at('brief'), 'the rollout', isSeen);
    expectCode(await admin.patch(at('brief'), 'strategic', changedTemplate(value)), 200);
  }
  const left = await eventually('two revisions', async () => {
    const found = await sets('brief');
    const revisions = found.map(
      ({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'],
    );
    return found.length === 2 && revisions.includes('4') ? revisions.sort() : undefined;
  });
  expect(left).toEqual(['3', '4']);
});

conform('scaling in the middle of a rollout is shared out in proportion', async () => {
  await make('deployments', parked('Deployment', 'shared', { replicas: 4, ...strategy(2, 0) }));
  await playReady(await podsOf('shared', 4));
  await until(at('shared'), 'availability', ({ status }) => status.availableReplicas === 4);
  expectCode(await admin.patch(at('shared'), 'strategic', changedTemplate('2')), 200);
  await podsOf('shared', 6);
  expectCode(await admin.patch(at('shared'), 'merge', { spec: { replicas: 8 } }), 200);
  await podsOf('shared', 10);
  const sizes = (await sets('shared')).map(({ spec }) => spec.replicas).sort();
  expect(sizes).toEqual([3, 7]);
});

conform('while paused the one live ReplicaSet takes the whole change of size', async () => {
  await make('deployments', parked('Deployment', 'resting', { replicas: 1, paused: true }));
  await until(
    at('resting'),
    'the pause',
    (each) => conditionOf(each, 'Progressing')?.reason === 'DeploymentPaused',
  );
  expect(await sets('resting')).toEqual([]);
  expectCode(await admin.patch(at('resting'), 'merge', { spec: { paused: false } }), 200);
  await podsOf('resting', 1);
  expectCode(await admin.patch(at('resting'), 'merge', { spec: { paused: true, replicas: 3 } }), 200);
  await podsOf('resting', 3);
});

conform('a ReplicaSet that was orphaned is adopted by the Deployment of its template', async () => {
  await make('deployments', parked('Deployment', 'adopting', { replicas: 1 }));
  await podsOf('adopting', 1);
  const [set] = await sets('adopting');
  expectCode(await admin.delete(at('adopting'), { propagationPolicy: 'Orphan' }), 200);
  await eventually('the end of the first', async () =>
    (await admin.get(at('adopting'))).code === 404 ? true : undefined,
  );
  const again = await make('deployments', parked('Deployment', 'adopting', { replicas: 1 }));
  const adopted = await eventually('the adoption', async () => {
    const [found] = await sets('adopting');
    return found?.metadata.ownerReferences ? found : undefined;
  });
  expect(adopted.metadata.uid).toBe(set?.metadata.uid);
  expectOwner(adopted, 'Deployment', again.metadata.uid);
  expect(await sets('adopting')).toHaveLength(1);
});

conform(
  'a ReplicaSet whose labels no longer match is let go; its name then counts as a collision',
  async () => {
    await make('deployments', parked('Deployment', 'collided', { replicas: 1 }));
    await podsOf('collided', 1);
    const [set] = await sets('collided');
    const path = scope.apps('replicasets', String(set?.metadata.name));
    expectCode(await admin.patch(path, 'merge', { metadata: { labels: { app: 'loose' } } }), 200);
    await until(path, 'its release', ({ metadata }) => !metadata.ownerReferences);
    const object = await until(at('collided'), 'the collision', ({ status }) => status.collisionCount === 1);
    const fresh = await eventually('another ReplicaSet', async () => (await sets('collided'))[0]);
    expect(fresh.metadata.name).not.toBe(set?.metadata.name);
    expectOwner(fresh, 'Deployment', object.metadata.uid);
  },
);

conform('a ReplicaSet that may make no pods says so, and its Deployment too', async () => {
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { 'count/secrets': '100', 'requests.nvidia.com/gpu': '0' } },
  };
  expectCode(await admin.post(scope.core('resourcequotas'), quota), 201);
  await until(scope.core('resourcequotas', 'few'), 'the quota', ({ status }) => status?.hard !== undefined);
  const resources = { requests: { 'nvidia.com/gpu': '1' }, limits: { 'nvidia.com/gpu': '1' } };
  const greedy = { containers: [{ name: 'main', image, resources }] };
  const object = await make(
    'deployments',
    parked('Deployment', 'refused', { replicas: 1, template: parkedTemplate('refused', greedy) }),
  );
  const failed = await until(
    at('refused'),
    'the failure',
    (each) => conditionOf(each, 'ReplicaFailure') !== undefined,
  );
  expect(conditionOf(failed, 'ReplicaFailure')).toMatchObject({
    status: 'True',
    reason: 'FailedCreate',
    message: expect.stringContaining('exceeded quota: few'),
  });
  const [set] = await sets('refused');
  await eventually(
    'the event',
    async () => (await reasons(String(set?.metadata.uid))).includes('FailedCreate') || undefined,
  );
  expect(object.metadata.name).toBe('refused');
});

const replicaSet = (name: string, replicas: number): object => parked('ReplicaSet', name, { replicas });
const scaleSet = async (name: string, replicas: number): Promise<void> => {
  expectCode(await admin.patch(scope.apps('replicasets', name), 'merge', { spec: { replicas } }), 200);
};

conform('pods that are not ready are given up first, then those of lower deletion cost', async () => {
  await make('replicasets', replicaSet('thrifty', 4));
  const [first, second, third, fourth] = (await podsOf('thrifty', 4)) as [
    KubeObject,
    KubeObject,
    KubeObject,
    KubeObject,
  ];
  await playReady([first, second, third]);
  await play(fourth, { phase: 'Running' });
  await until(
    scope.apps('replicasets', 'thrifty'),
    'three ready',
    ({ status }) => status.readyReplicas === 3,
  );
  await scaleSet('thrifty', 3);
  expect((await podsOf('thrifty', 3)).map(({ metadata }) => metadata.uid)).not.toContain(fourth.metadata.uid);
  const cost = async (pod: KubeObject, value: string): Promise<void> => {
    const annotations = { 'controller.kubernetes.io/pod-deletion-cost': value };
    expectCode(
      await admin.patch(scope.core('pods', pod.metadata.name), 'merge', { metadata: { annotations } }),
      200,
    );
  };
  await cost(first, '10');
  await cost(second, '-5');
  await scaleSet('thrifty', 1);
  expect((await podsOf('thrifty', 1)).map(({ metadata }) => metadata.uid)).toEqual([first.metadata.uid]);
});

conform('an orphan pod with the labels is taken up, and counts', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'stray', labels: { app: 'motherly' } },
    spec: { schedulerName: 'nobody', containers: [{ name: 'main', image }] },
  };
  expectCode(await admin.post(scope.core('pods'), pod), 201);
  const set = await make('replicasets', replicaSet('motherly', 2));
  await podsOf('motherly', 2);
  expectOwner(await read(scope.core('pods', 'stray')), 'ReplicaSet', set.metadata.uid);
});

conform('a ReplicationController keeps its pods, and takes its selector from the template', async () => {
  const template = parkedTemplate('classic');
  const body = {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'classic' },
    spec: { replicas: 2, template },
  };
  const object = expectCode(await admin.post(scope.core('replicationcontrollers'), body), 201).object;
  expect(object).toMatchObject({
    spec: { selector: { app: 'classic' } },
    metadata: { labels: { app: 'classic' } },
  });
  const pods = await podsOf('classic', 2);
  expectOwner(pods[0] as KubeObject, 'ReplicationController', object.metadata.uid);
  await playReady(pods);
  const path = scope.core('replicationcontrollers', 'classic');
  const settled = await until(path, 'its status', ({ status }) => status.availableReplicas === 2);
  expect(settled.status).toEqual({
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    observedGeneration: 1,
  });
  expectCode(await admin.patch(`${path}/scale`, 'merge', { spec: { replicas: 1 } }), 200);
  await podsOf('classic', 1);
});
