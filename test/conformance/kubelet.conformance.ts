/**
 * What a kubelet makes of pods, as documented: kwok stands in for kubelets on the real control plane and runs nothing,
 * so these cases are for the demo and for clusters with nodes. Commands and images are such as run on both.
 */
import { beforeAll, expect } from 'vitest';
import { topic } from './conform.ts';
import { create, eventually, expectCode, expectFailure, ownNamespace, read } from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin, target } from './target.ts';

const name = topic('kubelet');
const conform = (title: string, run: () => Promise<void>) =>
  name(title, run, { needs: 'kubelet', timeoutMs: 90_000 });
const scope = ownNamespace('kubelet');
const pods = scope.core('pods');
const image = 'busybox:1.37';
const waitMs = 60_000;

interface State {
  waiting?: { reason: string; message?: string };
  running?: object;
  terminated?: { exitCode: number; reason: string };
}
interface ContainerStatus {
  name: string;
  state: State;
  lastState: State;
  ready: boolean;
  started?: boolean;
  restartCount: number;
}
interface Status {
  phase: string;
  reason?: string;
  podIP?: string;
  conditions?: { type: string; status: string; reason?: string; message?: string }[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  ephemeralContainerStatuses?: ContainerStatus[];
}

const box = (container: string, script: string, rest: object = {}) => ({
  name: container,
  image,
  command: ['sh', '-c', script],
  ...rest,
});
const FOREVER = 'sleep 3600';
const always = { restartPolicy: 'Always' };
const from = (key: string, holder: string) => ({
  env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: holder, key } } }],
});
const mounted = (holder: object) => ({
  containers: [box('m', FOREVER, { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
  volumes: [{ name: 'v', ...holder }],
});
const probed = (probe: string, rest: object = {}) => ({
  [probe]: { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 2, ...rest },
});

const PODS: Record<string, object> = {
  init: { initContainers: [box('a', 'sleep 8'), box('b', 'sleep 2')], containers: [box('m', FOREVER)] },
  'init-fails': { initContainers: [box('a', 'exit 3')], containers: [box('m', FOREVER)] },
  'init-fails-once': {
    restartPolicy: 'Never',
    initContainers: [box('a', 'exit 3')],
    containers: [box('m', FOREVER)],
  },
  sidecar: {
    restartPolicy: 'Never',
    initContainers: [box('s', FOREVER, always)],
    containers: [box('m', 'sleep 25')],
    terminationGracePeriodSeconds: 2,
  },
  crash: { containers: [box('m', 'sleep 1; exit 7'), box('n', FOREVER)] },
  once: { restartPolicy: 'Never', containers: [box('m', 'exit 7')] },
  done: { restartPolicy: 'OnFailure', containers: [box('m', 'true')] },
  'no-image': { containers: [{ name: 'm', image: 'registry.invalid/none:0', imagePullPolicy: 'Never' }] },
  'bad-name': { containers: [{ name: 'm', image: 'Not an image' }] },
  'no-volume': mounted({ configMap: { name: 'later' } }),
  'optional-volume': mounted({ secret: { secretName: 'never', optional: true } }),
  'no-env': { containers: [box('m', FOREVER, from('k', 'missing'))] },
  'no-key': { containers: [box('m', FOREVER, from('k', 'empty'))] },
  unhealthy: {
    containers: [box('m', FOREVER, probed('livenessProbe'))],
    terminationGracePeriodSeconds: 2,
  },
  'never-starts': {
    containers: [
      box('m', FOREVER, { ...probed('startupProbe'), readinessProbe: { exec: { command: ['true'] } } }),
    ],
    terminationGracePeriodSeconds: 2,
  },
  unready: { containers: [box('m', FOREVER, probed('readinessProbe')), box('n', FOREVER)] },
};

beforeAll(async () => {
  if (!target.hasKubelets) return;
  await create(scope.core('configmaps'), {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'empty' },
  });
  for (const [pod, spec] of Object.entries(PODS))
    await create(pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod }, spec });
}, 60_000);

const statusOf = async (pod: string) => (await read(`${pods}/${pod}`)).status as unknown as Status;

/** Asks for a pod's status until it is as wanted, and gives it. */
const until = (pod: string, what: string, wanted: (status: Status) => unknown): Promise<Status> =>
  eventually(
    `${pod} ${what}`,
    async () => {
      const status = await statusOf(pod);
      return wanted(status) ? status : undefined;
    },
    waitMs,
  );

const first = ({ containerStatuses = [] }: Status) => containerStatuses[0];
const init = ({ initContainerStatuses = [] }: Status, index = 0) => initContainerStatuses[index];
const waitsFor = (reason: string) => (status: Status) => first(status)?.state.waiting?.reason === reason;
const condition = ({ conditions = [] }: Status, type: string) =>
  conditions.find((each) => each.type === type);

const eventsOf = async (pod: string) => {
  const { list } = await admin.get(scope.core('events'), { fieldSelector: `involvedObject.name=${pod}` });
  return list.items as (KubeObject & { reason: string; message: string; type: string })[];
};
const event = (pod: string, reason: string, message: RegExp) =>
  eventually(
    `${reason} of ${pod}`,
    async () => (await eventsOf(pod)).find((each) => each.reason === reason && message.test(each.message)),
    waitMs,
  );

// What passes first: a kubelet waits longer with each try to mount, and what runs ends.
conform('a volume of a ConfigMap that is not there holds the pod up until it is', async () => {
  await event(
    'no-volume',
    'FailedMount',
    /^MountVolume.SetUp failed for volume "v" : configmap "later" not found$/,
  );
  expect(await statusOf('no-volume').then(waitsFor('ContainerCreating'))).toBe(true);
  await create(scope.core('configmaps'), {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'later' },
  });
  await until('no-volume', 'running', ({ phase }) => phase === 'Running');
});

conform('init containers run one after the other, and the pod says so', async () => {
  const one = await until('init', 'in its first', (status) => init(status)?.state.running);
  expect(init(one, 1)?.state.waiting?.reason).toBe('PodInitializing');
  expect(first(one)?.state.waiting?.reason).toBe('PodInitializing');
  expect(condition(one, 'Initialized')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: 'containers with incomplete status: [a b]',
  });
  const done = await until('init', 'running', ({ phase }) => phase === 'Running');
  expect(init(done)?.state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
  expect(init(done, 1)?.ready).toBe(true);
  expect(condition(done, 'Initialized')?.status).toBe('True');
});

conform('a sidecar runs beside the main container, and the pod completes when that one has', async () => {
  const running = await until('sidecar', 'running', (each) => first(each)?.state.running);
  expect(init(running)).toMatchObject({ started: true, ready: true });
  const status = await until('sidecar', 'over', ({ phase }) => phase === 'Succeeded');
  expect(init(status)?.state.terminated?.exitCode).toBeGreaterThan(0);
  expect(condition(status, 'Initialized')).toMatchObject({ status: 'True', reason: 'PodCompleted' });
});

conform('an init container that fails is backed off, its pod stays pending', async () => {
  const status = await until(
    'init-fails',
    'backed off',
    (each) => init(each)?.state.waiting?.reason === 'CrashLoopBackOff',
  );
  expect(status.phase).toBe('Pending');
  expect(init(status)?.lastState.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
  expect(init(status)?.state.waiting?.message).toMatch(
    /^back-off \d+s restarting failed container=a pod=init-fails_/,
  );
});

conform('with restartPolicy Never its failure is the end of the pod', async () => {
  const status = await until('init-fails-once', 'failed', ({ phase }) => phase === 'Failed');
  expect(first(status)?.state.waiting?.reason).toBe('PodInitializing');
  expect(condition(status, 'Ready')).toMatchObject({ status: 'False', reason: 'PodFailed' });
});

conform(
  'one container of two crashes: it alone restarts, the first time at once, then backed off',
  async () => {
    const status = await until('crash', 'backed off', waitsFor('CrashLoopBackOff'));
    expect(status.phase).toBe('Running');
    const [m, n] = status.containerStatuses ?? [];
    expect(m?.restartCount).toBeGreaterThanOrEqual(1);
    expect(m?.lastState.terminated).toMatchObject({ exitCode: 7, reason: 'Error' });
    expect(n).toMatchObject({ ready: true, restartCount: 0 });
    expect(condition(status, 'Ready')).toMatchObject({
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [m]',
    });
    await event('crash', 'BackOff', /^Back-off restarting failed container m in pod crash_/);
  },
);

conform(
  'a failing container that is not restarted fails its pod, one that ends well completes it',
  async () => {
    const failed = await until('once', 'failed', ({ phase }) => phase === 'Failed');
    expect(first(failed)).toMatchObject({
      restartCount: 0,
      state: { terminated: { exitCode: 7, reason: 'Error' } },
    });
    const done = await until('done', 'done', ({ phase }) => phase === 'Succeeded');
    expect(condition(done, 'Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' });
    expect(condition(done, 'PodReadyToStartContainers')?.status).toBe('False');
  },
);

conform('an image that may not be pulled has to be there', async () => {
  const status = await until('no-image', 'refused', waitsFor('ErrImageNeverPull'));
  const message = 'Container image "registry.invalid/none:0" is not present with pull policy of Never';
  expect(first(status)?.state.waiting?.message).toBe(message);
  expect(status.podIP).toBeDefined();
  expect(condition(status, 'PodReadyToStartContainers')?.status).toBe('True');
  await event('no-image', 'Failed', /^Error: ErrImageNeverPull$/);
});

conform('a name that is none', async () => {
  const status = await until('bad-name', 'refused', waitsFor('InvalidImageName'));
  expect(first(status)?.state.waiting?.message).toContain(`couldn't parse image name "Not an image"`);
  await event('bad-name', 'InspectFailed', /^Failed to apply default image tag "Not an image"/);
});

conform('an optional one holds up nothing', async () => {
  await until('optional-volume', 'running', ({ phase }) => phase === 'Running');
});

conform('a missing ConfigMap or key of the environment is told, and mended when it is there', async () => {
  const status = await until('no-env', 'waiting', waitsFor('CreateContainerConfigError'));
  expect(first(status)?.state.waiting?.message).toBe('configmap "missing" not found');
  const other = await until('no-key', 'waiting', waitsFor('CreateContainerConfigError'));
  expect(first(other)?.state.waiting?.message).toBe(
    `couldn't find key k in ConfigMap ${scope.namespace}/empty`,
  );
  const path = scope.core('configmaps', 'empty');
  expectCode(await admin.patch(path, 'merge', { data: { k: 'v' } }), 200);
  await until('no-key', 'running', ({ phase }) => phase === 'Running');
});

conform('a failing liveness probe has its container killed and started again', async () => {
  const status = await until('unhealthy', 'restarted', (each) => (first(each)?.restartCount ?? 0) > 0);
  expect(first(status)?.lastState.terminated?.exitCode).toBeGreaterThan(128);
  await event('unhealthy', 'Unhealthy', /^Liveness probe failed: /);
  await event('unhealthy', 'Killing', /^Container m failed liveness probe, will be restarted$/);
});

conform('a failing startup probe too, and until it succeeds nothing is ready', async () => {
  const status = await until('never-starts', 'restarted', (each) => (first(each)?.restartCount ?? 0) > 0);
  expect(first(status)?.ready).toBe(false);
  await event('never-starts', 'Killing', /^Container m failed startup probe, will be restarted$/);
});

conform('a failing readiness probe leaves its container running, and the pod not ready', async () => {
  await event('unready', 'Unhealthy', /^Readiness probe failed: /);
  const status = await statusOf('unready');
  expect(status.phase).toBe('Running');
  expect(first(status)).toMatchObject({ started: true, ready: false, restartCount: 0 });
  expect(condition(status, 'ContainersReady')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [m]',
  });
});

conform('logs are those of the container asked for, of its present or its previous run', async () => {
  await until('crash', 'restarted', (each) => (first(each)?.restartCount ?? 0) > 0);
  expectCode(await admin.get(`${pods}/crash/log`, { container: 'm', previous: true }), 200);
  expectFailure(await admin.get(`${pods}/crash/log`, { container: 'n', previous: true }), {
    code: 400,
    reason: 'BadRequest',
    message: 'previous terminated container "n" in pod "crash" not found',
  });
  await until('init', 'running', ({ phase }) => phase === 'Running');
  expectCode(await admin.get(`${pods}/init/log`, { container: 'a' }), 200);
  expectFailure(await admin.get(`${pods}/init-fails/log`, { container: 'm' }), {
    code: 400,
    reason: 'BadRequest',
    message: 'container "m" in pod "init-fails" is waiting to start: PodInitializing',
  });
});

conform('an ephemeral container is started in a running pod, and not again when it has ended', async () => {
  await until('crash', 'there', (each) => first(each)?.restartCount !== undefined);
  const added = { spec: { ephemeralContainers: [box('look', 'sleep 1; exit 5')] } };
  expectCode(await admin.patch(`${pods}/crash/ephemeralcontainers`, 'strategic', added), 200);
  const status = await until(
    'crash',
    'looked into',
    ({ ephemeralContainerStatuses: [look] = [] }) => look?.state.terminated,
  );
  expect(status.ephemeralContainerStatuses?.[0]).toMatchObject({
    name: 'look',
    ready: false,
    restartCount: 0,
    state: { terminated: { exitCode: 5, reason: 'Error' } },
  });
});

conform('a pod that is deleted is told to stop and goes within its grace', async () => {
  await until('optional-volume', 'running', ({ phase }) => phase === 'Running');
  expectCode(await admin.delete(`${pods}/optional-volume`, { gracePeriodSeconds: 5 }), 200);
  const gone = async () => (await admin.get(`${pods}/optional-volume`)).code === 404 || undefined;
  await eventually('the pod to be gone', gone, waitMs);
  await event('optional-volume', 'Killing', /^Stopping container m$/);
});
