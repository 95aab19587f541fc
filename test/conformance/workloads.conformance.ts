import { expect } from 'vitest';
import { topic } from './conform.ts';
import {
  clusterNodes,
  create,
  deployment,
  eventually,
  expectCode,
  image,
  ownNamespace,
  read,
} from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';

const conform = topic('workloads');
const scope = ownNamespace('workloads');
const deployments = scope.apps('deployments');
/** Kubelets pull images and pods end in their own time; a rollout is several of both. */
const slow = { timeoutMs: 120_000 };
const rolloutMs = 40_000;

const at = (name: string): string => scope.apps('deployments', name);

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

const conditions = ({ status }: KubeObject): Condition[] => (status.conditions ?? []) as Condition[];
const condition = (object: KubeObject, type: string): Condition | undefined =>
  conditions(object).find((each) => each.type === type);
const isReady = (pod: KubeObject): boolean => condition(pod, 'Ready')?.status === 'True';
const live = (pods: KubeObject[]): KubeObject[] => pods.filter(({ metadata }) => !metadata.deletionTimestamp);

async function owned(kind: 'pods' | 'replicasets', app: string): Promise<KubeObject[]> {
  const path = kind === 'pods' ? scope.core(kind) : scope.apps(kind);
  const { list } = expectCode(await admin.get(path, { labelSelector: `app=${app}` }), 200);
  return list.items;
}

/** Settled: the controller has seen the last change, and as many pods as wanted are up to date and available. */
function settled(name: string, replicas: number): Promise<KubeObject> {
  const look = async (): Promise<KubeObject | undefined> => {
    const object = await read(at(name));
    const {
      observedGeneration,
      updatedReplicas = 0,
      availableReplicas = 0,
      replicas: all = 0,
    } = object.status;
    const isSeen = observedGeneration === object.metadata.generation;
    return isSeen && [updatedReplicas, availableReplicas, all].every((count) => count === replicas)
      ? object
      : undefined;
  };
  return eventually(`${name} with ${replicas} available`, look, rolloutMs);
}

async function rolledOut(name: string, replicas: number, spec: object = {}): Promise<KubeObject> {
  await create(deployments, deployment(name, replicas, spec));
  return settled(name, replicas);
}

function newEnv(value: string): object {
  return { spec: { template: { spec: { containers: [{ name: 'main', env: [{ name: 'TRY', value }] }] } } } };
}

conform('a new namespace is given a service account and the root certificate', async () => {
  await eventually('service account', async () =>
    (await admin.get(scope.core('serviceaccounts', 'default'))).code === 200 ? true : undefined,
  );
  const bundle = await eventually('root certificate', async () => {
    const { code, object } = await admin.get(scope.core('configmaps', 'kube-root-ca.crt'));
    return code === 200 ? object : undefined;
  });
  expect(bundle.data['ca.crt']).toContain('BEGIN CERTIFICATE');
});

conform(
  'a Deployment makes one ReplicaSet and its pods, and they become ready',
  async () => {
    const object = await rolledOut('web', 3);
    const [set, ...others] = await owned('replicasets', 'web');
    expect(others).toEqual([]);
    expect(set?.metadata.ownerReferences).toMatchObject([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'web',
        uid: object.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
    const hash = set?.metadata.labels?.['pod-template-hash'];
    expect(set?.metadata.name).toBe(`web-${hash}`);
    const pods = await owned('pods', 'web');
    expect(pods).toHaveLength(3);
    for (const pod of pods) {
      expect(pod.metadata.name).toMatch(new RegExp(`^web-${hash}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
      expect(pod.metadata.labels).toMatchObject({ app: 'web', 'pod-template-hash': hash });
      expect(pod.metadata.ownerReferences).toMatchObject([
        { kind: 'ReplicaSet', uid: set?.metadata.uid, controller: true },
      ]);
      expect(pod.spec.nodeName).toBeTruthy();
      expect(pod.status).toMatchObject({
        phase: 'Running',
        podIP: expect.any(String),
        hostIP: expect.any(String),
        startTime: expect.any(String),
      });
      expect(isReady(pod)).toBe(true);
    }
  },
  slow,
);

conform(
  'a settled Deployment says Available and NewReplicaSetAvailable, and its revision',
  async () => {
    const object = await rolledOut('told', 2);
    const [set] = await owned('replicasets', 'told');
    expect(object.status).toMatchObject({
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    });
    expect(object.status).not.toHaveProperty('unavailableReplicas');
    expect(object.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
    expect(condition(object, 'Available')).toMatchObject({
      status: 'True',
      reason: 'MinimumReplicasAvailable',
      message: 'Deployment has minimum availability.',
    });
    expect(condition(object, 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${set?.metadata.name}" has successfully progressed.`,
    });
  },
  slow,
);

conform(
  'the ReplicaSet counts as the Deployment does',
  async () => {
    await rolledOut('counted', 2);
    const [set] = await owned('replicasets', 'counted');
    expect(set?.spec.replicas).toBe(2);
    expect(set?.status).toMatchObject({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      observedGeneration: expect.any(Number),
    });
    expect(set?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/desired-replicas': '2',
      'deployment.kubernetes.io/max-replicas': '3',
      'deployment.kubernetes.io/revision': '1',
    });
  },
  slow,
);

conform(
  'pods go through PodScheduled to Ready with their times',
  async () => {
    await rolledOut('stages', 1);
    const [pod] = await owned('pods', 'stages');
    for (const type of ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'])
      expect(condition(pod as KubeObject, type)?.status, type).toBe('True');
    expect(pod?.status.containerStatuses).toMatchObject([
      {
        name: 'main',
        ready: true,
        restartCount: 0,
        image,
        state: { running: { startedAt: expect.any(String) } },
      },
    ]);
    expect(pod?.status.qosClass).toBe('BestEffort');
  },
  slow,
);

conform(
  'scaling up and down through the scale subresource',
  async () => {
    await rolledOut('scaled', 1);
    expectCode(await admin.patch(`${at('scaled')}/scale`, 'merge', { spec: { replicas: 4 } }), 200);
    await settled('scaled', 4);
    expect(live(await owned('pods', 'scaled'))).toHaveLength(4);
    expectCode(await admin.patch(`${at('scaled')}/scale`, 'merge', { spec: { replicas: 0 } }), 200);
    await settled('scaled', 0);
    await eventually('end of the pods', async () =>
      (await owned('pods', 'scaled')).length === 0 ? true : undefined,
    );
    expect((await owned('replicasets', 'scaled'))[0]?.spec.replicas).toBe(0);
  },
  slow,
);

conform(
  'a changed template rolls out: new ReplicaSet, next revision, old one kept at 0',
  async () => {
    await rolledOut('rolled', 3);
    const [before] = await owned('replicasets', 'rolled');
    expectCode(await admin.patch(at('rolled'), 'strategic', newEnv('2')), 200);
    const object = await settled('rolled', 3);
    expect(object.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    const sets = await owned('replicasets', 'rolled');
    expect(sets).toHaveLength(2);
    const old = sets.find(({ metadata }) => metadata.uid === before?.metadata.uid);
    const fresh = sets.find(({ metadata }) => metadata.uid !== before?.metadata.uid);
    expect(old?.spec.replicas).toBe(0);
    expect(fresh).toMatchObject({
      spec: { replicas: 3 },
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '2' } },
    });
    const hash = fresh?.metadata.labels?.['pod-template-hash'];
    for (const pod of live(await owned('pods', 'rolled')))
      expect(pod.metadata.labels?.['pod-template-hash']).toBe(hash);
  },
  slow,
);

conform(
  'a rollout never has fewer or more pods than it may',
  async () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    const object = await rolledOut('bounded', 4, { strategy });
    const { resourceVersion } = object.metadata;
    const watch = await admin.watch(deployments, { fieldSelector: 'metadata.name=bounded', resourceVersion });
    const sets = await admin.watch(scope.apps('replicasets'), {
      labelSelector: 'app=bounded',
      resourceVersion: '0',
    });
    expectCode(await admin.patch(at('bounded'), 'strategic', newEnv('2')), 200);
    await settled('bounded', 4);
    watch.close();
    sets.close();
    // What the controller asks for is bounded; statuses are told later, and may add up to more for a moment.
    const wanted = new Map<string, number>();
    for (const { object: set } of sets.events) {
      wanted.set(set.metadata.name, (set.spec as { replicas: number }).replicas);
      expect([...wanted.values()].reduce((sum, replicas) => sum + replicas, 0)).toBeLessThanOrEqual(5);
    }
    expect(wanted.size).toBe(2);
    expect(watch.events.length).toBeGreaterThan(4);
    for (const { object: rolling } of watch.events) {
      const { availableReplicas = 0 } = rolling.status as { availableReplicas?: number };
      expect(availableReplicas).toBeGreaterThanOrEqual(4);
    }
  },
  slow,
);

conform(
  'Recreate ends the old pods before it makes new ones',
  async () => {
    const object = await rolledOut('recreated', 2, { strategy: { type: 'Recreate' } });
    const watch = await admin.watch(deployments, {
      fieldSelector: 'metadata.name=recreated',
      resourceVersion: object.metadata.resourceVersion,
    });
    expectCode(await admin.patch(at('recreated'), 'strategic', newEnv('2')), 200);
    await settled('recreated', 2);
    watch.close();
    const counts = watch.events.map(
      (event) => (event.object.status as { availableReplicas?: number }).availableReplicas ?? 0,
    );
    expect(counts).toContain(0);
  },
  slow,
);

conform(
  'going back to an older template takes its ReplicaSet up again, as a new revision',
  async () => {
    await rolledOut('returned', 2);
    const [first] = await owned('replicasets', 'returned');
    const { spec } = await read(at('returned'));
    expectCode(await admin.patch(at('returned'), 'strategic', newEnv('2')), 200);
    await settled('returned', 2);
    expectCode(
      await admin.patch(at('returned'), 'json', [
        { op: 'replace', path: '/spec/template', value: spec.template },
      ]),
      200,
    );
    const object = await settled('returned', 2);
    expect(object.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
    const sets = await owned('replicasets', 'returned');
    expect(sets).toHaveLength(2);
    const again = sets.find(({ metadata }) => metadata.uid === first?.metadata.uid);
    expect(again).toMatchObject({
      spec: { replicas: 2 },
      metadata: {
        annotations: {
          'deployment.kubernetes.io/revision': '3',
          'deployment.kubernetes.io/revision-history': '1',
        },
      },
    });
  },
  slow,
);

conform(
  'a paused Deployment does not roll out until it is resumed',
  async () => {
    await rolledOut('paused', 1);
    expectCode(await admin.patch(at('paused'), 'merge', { spec: { paused: true } }), 200);
    expectCode(await admin.patch(at('paused'), 'strategic', newEnv('2')), 200);
    const object = await eventually('the pause in status', async () => {
      const each = await read(at('paused'));
      const isSeen = each.status.observedGeneration === each.metadata.generation;
      return isSeen && condition(each, 'Progressing')?.reason === 'DeploymentPaused' ? each : undefined;
    });
    expect(condition(object, 'Progressing')).toMatchObject({
      status: 'Unknown',
      message: 'Deployment is paused',
    });
    expect(await owned('replicasets', 'paused')).toHaveLength(1);
    expectCode(await admin.patch(at('paused'), 'merge', { spec: { paused: null } }), 200);
    await settled('paused', 1);
    expect(await owned('replicasets', 'paused')).toHaveLength(2);
  },
  slow,
);

conform(
  'a pod that cannot be placed stays Pending and says why',
  async () => {
    const nodeSelector = { 'strata-test/nowhere': 'true' };
    const template = {
      metadata: { labels: { app: 'homeless' } },
      spec: { nodeSelector, containers: [{ name: 'main', image }] },
    };
    await create(deployments, deployment('homeless', 1, { template }));
    const pod = await eventually('the scheduler to give up', async () => {
      const [each] = await owned('pods', 'homeless');
      return each && condition(each, 'PodScheduled')?.status === 'False' ? each : undefined;
    });
    expect(condition(pod, 'PodScheduled')).toMatchObject({
      reason: 'Unschedulable',
      message: expect.stringMatching(/^0\/\d+ nodes are available: /),
    });
    const object = await read(at('homeless'));
    expect(condition(object, 'Available')).toMatchObject({
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      message: 'Deployment does not have minimum availability.',
    });
    expect(object.status.unavailableReplicas).toBe(1);
  },
  slow,
);

conform(
  'a deleted pod is replaced',
  async () => {
    await rolledOut('replaced', 2);
    const [victim] = await owned('pods', 'replaced');
    expectCode(await admin.delete(scope.core('pods', String(victim?.metadata.name))), 200);
    await eventually('a new pod', async () => {
      const pods = await owned('pods', 'replaced');
      const isGone = pods.every(({ metadata }) => metadata.uid !== victim?.metadata.uid);
      return isGone && pods.filter(isReady).length === 2 ? true : undefined;
    });
  },
  slow,
);

conform(
  'a pod whose label no longer matches is let go and replaced',
  async () => {
    await rolledOut('released', 1);
    const [pod] = await owned('pods', 'released');
    const path = scope.core('pods', String(pod?.metadata.name));
    expectCode(await admin.patch(path, 'merge', { metadata: { labels: { app: 'free' } } }), 200);
    await eventually('its release', async () =>
      (await read(path)).metadata.ownerReferences ? undefined : true,
    );
    await eventually('a new pod', async () =>
      (await owned('pods', 'released')).length === 1 ? true : undefined,
    );
  },
  slow,
);

conform(
  'a deleted Deployment takes its ReplicaSets and pods with it',
  async () => {
    await rolledOut('doomed', 2);
    expectCode(await admin.delete(at('doomed'), { propagationPolicy: 'Background' }), 200);
    await eventually('end of all', async () => {
      const left = [...(await owned('replicasets', 'doomed')), ...(await owned('pods', 'doomed'))];
      return left.length === 0 ? true : undefined;
    });
  },
  slow,
);

conform(
  'a Deployment deleted with Orphan leaves its ReplicaSet at work',
  async () => {
    await rolledOut('survived', 1);
    expectCode(await admin.delete(at('survived'), { propagationPolicy: 'Orphan' }), 200);
    await eventually('end of the Deployment', async () =>
      (await admin.get(at('survived'))).code === 404 ? true : undefined,
    );
    const [set] = await owned('replicasets', 'survived');
    expect(set?.metadata.ownerReferences).toBeUndefined();
    expect(await owned('pods', 'survived')).toHaveLength(1);
  },
  slow,
);

interface EventObject extends KubeObject {
  reason: string;
  type: string;
  message: string;
  involvedObject: { kind: string; name: string; namespace: string; uid: string; apiVersion: string };
}

async function eventsOf(uid: string | undefined): Promise<EventObject[]> {
  const { list } = expectCode(
    await admin.get(scope.core('events'), { fieldSelector: `involvedObject.uid=${uid}` }),
    200,
  );
  return list.items as EventObject[];
}

conform(
  'events tell of scaling, of made pods and of where they were placed',
  async () => {
    const object = await rolledOut('eventful', 2);
    const [set] = await owned('replicasets', 'eventful');
    const [pod] = await owned('pods', 'eventful');
    const scaling = await eventually(
      'event of the Deployment',
      async () => (await eventsOf(object.metadata.uid))[0],
    );
    expect(scaling).toMatchObject({
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: expect.stringMatching(new RegExp(`^Scaled up replica set ${set?.metadata.name} from 0 to 2$`)),
      involvedObject: {
        kind: 'Deployment',
        name: 'eventful',
        namespace: scope.namespace,
        apiVersion: 'apps/v1',
      },
      metadata: { name: expect.stringMatching(/^eventful\.[0-9a-f]+$/), namespace: scope.namespace },
    });
    const made = await eventually('events of the ReplicaSet', async () => {
      const events = await eventsOf(set?.metadata.uid);
      return events.length >= 2 ? events : undefined;
    });
    expect(made.map(({ reason }) => reason)).toEqual(['SuccessfulCreate', 'SuccessfulCreate']);
    expect(made.map(({ message }) => message)).toContain(`Created pod: ${pod?.metadata.name}`);
    const placed = await eventually('event of the pod', async () =>
      (await eventsOf(pod?.metadata.uid)).find(({ reason }) => reason === 'Scheduled'),
    );
    expect(placed.message).toBe(
      `Successfully assigned ${scope.namespace}/${pod?.metadata.name} to ${pod?.spec.nodeName}`,
    );
  },
  slow,
);

conform(
  'events are written for a pod that cannot be placed',
  async () => {
    const template = {
      metadata: { labels: { app: 'unplaced' } },
      spec: { nodeSelector: { 'strata-test/nowhere': 'true' }, containers: [{ name: 'main', image }] },
    };
    await create(deployments, deployment('unplaced', 1, { template }));
    const pod = await eventually('the pod', async () => (await owned('pods', 'unplaced'))[0]);
    const event = await eventually('its event', async () => (await eventsOf(pod.metadata.uid))[0]);
    expect(event).toMatchObject({
      type: 'Warning',
      reason: 'FailedScheduling',
      message: expect.stringMatching(/^0\/\d+ nodes are available: /),
    });
  },
  slow,
);

conform(
  'an eviction is a deletion',
  async () => {
    await rolledOut('evicted', 1);
    const [pod] = await owned('pods', 'evicted');
    const name = String(pod?.metadata.name);
    const body = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace: scope.namespace },
    };
    const { status } = expectCode(await admin.post(scope.core('pods', `${name}/eviction`), body), 201);
    expect(status).toMatchObject({ kind: 'Status', status: 'Success' });
    await eventually('its end', async () =>
      (await admin.get(scope.core('pods', name))).code === 404 ? true : undefined,
    );
  },
  slow,
);

conform('nodes are ready and have room', async () => {
  const nodes = await clusterNodes();
  expect(nodes.length).toBeGreaterThan(0);
  for (const node of nodes) {
    expect(condition(node, 'Ready')?.status).toBe('True');
    expect(node.status).toMatchObject({
      capacity: { cpu: expect.any(String), memory: expect.any(String), pods: expect.any(String) },
      allocatable: expect.any(Object),
      nodeInfo: { kubeletVersion: expect.any(String) },
    });
    expect(node.metadata.labels?.['kubernetes.io/hostname']).toBeTruthy();
  }
});

conform(
  'a cordoned node is tainted until it is uncordoned',
  async () => {
    const path = `/api/v1/nodes/${(await clusterNodes()).at(-1)?.metadata.name}`;
    expectCode(await admin.patch(path, 'strategic', { spec: { unschedulable: true } }), 200);
    await eventually('the taint', async () => {
      const { spec } = await read(path);
      const taints = (spec.taints ?? []) as { key: string; effect: string }[];
      return taints.some(
        ({ key, effect }) => key === 'node.kubernetes.io/unschedulable' && effect === 'NoSchedule',
      )
        ? true
        : undefined;
    });
    expectCode(await admin.patch(path, 'strategic', { spec: { unschedulable: null } }), 200);
    await eventually('its end', async () => ((await read(path)).spec.taints ? undefined : true));
  },
  slow,
);

conform(
  'logs of a container come as plain text',
  async () => {
    await rolledOut('logged', 1);
    const [pod] = await owned('pods', 'logged');
    const answer = await admin.get(scope.core('pods', `${pod?.metadata.name}/log`), { tailLines: 2 });
    expect(expectCode(answer, 200).headers['content-type']).toBe('text/plain');
    expect(answer.text.split('\n').length).toBeLessThanOrEqual(3);
  },
  slow,
);
