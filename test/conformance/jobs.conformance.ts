import { expect } from 'vitest';
import { topic } from './conform.ts';
import { eventually, expectCode, expectFailure, image, ownNamespace, read } from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';
import {
  type Condition,
  conditionOf,
  endedStatus,
  expectOwner,
  isStaying,
  readyStatus,
  workloadsIn,
} from './workload-cases.ts';

const conform = topic('jobs');
const scope = ownNamespace('jobs');
const { messages, play, podsOf, reasons, until } = workloadsIn(scope);
const batch = `/apis/batch/v1/namespaces/${scope.namespace}`;
const at = (name: string): string => `${batch}/jobs/${name}`;
const finalizer = 'batch.kubernetes.io/job-tracking';
const index = 'batch.kubernetes.io/job-completion-index';

const job = (name: string, spec: object = {}): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    template: {
      metadata: { labels: { app: name } },
      spec: { schedulerName: 'nobody', restartPolicy: 'Never', containers: [{ name: 'main', image }] },
    },
    ...spec,
  },
});
const start = async (name: string, spec: object = {}): Promise<KubeObject> =>
  expectCode(await admin.post(`${batch}/jobs`, job(name, spec)), 201).object;
const end = (pod: KubeObject | undefined, exitCode: number): Promise<void> =>
  play(pod as KubeObject, endedStatus(exitCode));
const conditions = ({ status }: KubeObject): string[] =>
  ((status.conditions ?? []) as Condition[]).map(
    ({ type, status: value, reason }) => `${type}=${value} ${reason}`,
  );
const finished = (name: string): Promise<KubeObject> =>
  until(at(name), 'the end of the job', (each) =>
    ['Complete', 'Failed'].some((type) => conditionOf(each, type)?.status === 'True'),
  );
const byIndex = (pods: KubeObject[], wanted: number): KubeObject =>
  pods.find(({ metadata }) => metadata.annotations?.[index] === String(wanted)) as KubeObject;
const told = (uid: string, reason: string): Promise<true> =>
  eventually(`an event ${reason}`, async () => ((await reasons(uid)).includes(reason) ? true : undefined));

conform('a job makes its pods, counts their ends, and completes', async () => {
  const object = await start('plain', { completions: 2, parallelism: 1 });
  const [first] = (await podsOf('plain', 1)) as [KubeObject];
  expectOwner(first, 'Job', object.metadata.uid);
  expect(first.metadata).toMatchObject({
    generateName: 'plain-',
    finalizers: [finalizer],
    labels: {
      'batch.kubernetes.io/job-name': 'plain',
      'batch.kubernetes.io/controller-uid': object.metadata.uid,
    },
  });
  const running = await until(at('plain'), 'its start', ({ status }) => status.active === 1);
  expect(running.status).toMatchObject({
    ready: 0,
    terminating: 0,
    uncountedTerminatedPods: {},
    startTime: expect.any(String),
  });
  await end(first, 0);
  const counted = await until(
    scope.core('pods', first.metadata.name),
    'its release',
    ({ metadata }) => !metadata.finalizers,
  );
  expect(counted.status.phase).toBe('Succeeded');
  const second = await eventually('the second pod', async () =>
    (await podsOf('plain', 2)).find(({ metadata }) => metadata.uid !== first.metadata.uid),
  );
  await end(second, 0);
  const done = await finished('plain');
  expect(conditions(done)).toEqual([
    'SuccessCriteriaMet=True CompletionsReached',
    'Complete=True CompletionsReached',
  ]);
  expect(conditionOf(done, 'Complete')?.message).toBe('Reached expected number of succeeded pods');
  expect(done.status).toMatchObject({
    succeeded: 2,
    ready: 0,
    terminating: 0,
    uncountedTerminatedPods: {},
    completionTime: expect.any(String),
  });
  expect(done.status).not.toHaveProperty('active');
  await told(object.metadata.uid, 'Completed');
  expect(await reasons(object.metadata.uid)).toEqual(
    expect.arrayContaining(['SuccessfulCreate', 'Completed']),
  );
});

conform(
  'ended pods are named in the status before they are counted, and never more run than may',
  async () => {
    const object = await start('watched', { completions: 4, parallelism: 2 });
    const watch = await admin.watch(`${batch}/jobs`, {
      fieldSelector: 'metadata.name=watched',
      resourceVersion: object.metadata.resourceVersion,
    });
    for (let turn = 0; turn < 2; turn += 1) {
      const open = await eventually('two pods', async () => {
        const { list } = expectCode(
          await admin.get(scope.core('pods'), { labelSelector: 'app=watched' }),
          200,
        );
        const found = list.items.filter(({ status }) => status.phase === 'Pending');
        return found.length === 2 ? found : undefined;
      });
      for (const pod of open) await end(pod, 0);
    }
    await finished('watched');
    watch.close();
    const states = watch.events.map(
      ({ object: each }) =>
        each.status as { active?: number; uncountedTerminatedPods?: { succeeded?: string[] } },
    );
    expect(
      states.some(({ uncountedTerminatedPods }) => (uncountedTerminatedPods?.succeeded ?? []).length > 0),
    ).toBe(true);
    for (const { active = 0 } of states) expect(active).toBeLessThanOrEqual(2);
  },
);

conform('a job without completions is done when one pod has succeeded and none runs', async () => {
  await start('queue', { parallelism: 2, completions: null });
  const [first, second] = await podsOf('queue', 2);
  await end(first, 0);
  await until(
    at('queue'),
    'the first success',
    ({ status }) => status.succeeded === 1 && status.active === 1,
  );
  await end(second, 0);
  expect((await finished('queue')).status).toMatchObject({ succeeded: 2 });
});

conform('an indexed job gives every pod its index, and tells which are done', async () => {
  await start('indexed', { completions: 3, parallelism: 3, completionMode: 'Indexed' });
  const pods = await podsOf('indexed', 3);
  const one = byIndex(pods, 1);
  expect(one.metadata).toMatchObject({
    generateName: 'indexed-1-',
    labels: { [index]: '1' },
    annotations: { [index]: '1' },
  });
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${index}']` };
  expect(one.spec).toMatchObject({
    hostname: 'indexed-1',
    containers: [{ env: [{ name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } }] }],
  });
  await end(byIndex(pods, 0), 0);
  await end(byIndex(pods, 2), 0);
  const midway = await until(at('indexed'), 'two done', ({ status }) => status.succeeded === 2);
  expect(midway.status.completedIndexes).toBe('0,2');
  await end(one, 0);
  expect((await finished('indexed')).status).toMatchObject({ succeeded: 3, completedIndexes: '0-2' });
});

conform('an indexed job without completions, and one that always restarts, are refused', async () => {
  expectFailure(
    await admin.post(`${batch}/jobs`, job('unbound', { completionMode: 'Indexed', parallelism: 2 })),
    {
      code: 422,
      reason: 'Invalid',
      message: /spec\.completions: Required value: when completion mode is Indexed$/,
    },
  );
  const template = { spec: { containers: [{ name: 'main', image }] } };
  expectFailure(await admin.post(`${batch}/jobs`, job('restless', { template })), {
    code: 422,
    reason: 'Invalid',
    message:
      'Job.batch "restless" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  });
});

conform('a job fails when more pods failed than may', async () => {
  const object = await start('failing', { backoffLimit: 0, parallelism: 2, completions: 2 });
  const [first] = await podsOf('failing', 2);
  await end(first, 1);
  const done = await finished('failing');
  expect(conditions(done)).toEqual([
    'FailureTarget=True BackoffLimitExceeded',
    'Failed=True BackoffLimitExceeded',
  ]);
  expect(conditionOf(done, 'Failed')?.message).toBe('Job has reached the specified backoff limit');
  expect(done.status).toMatchObject({ failed: 2, terminating: 0 });
  expect(done.status).not.toHaveProperty('completionTime');
  await told(object.metadata.uid, 'BackoffLimitExceeded');
  expect(await reasons(object.metadata.uid)).toContain('SuccessfulDelete');
});

conform(
  'with a limit per index the others go on, and the job fails at the end with its indexes',
  async () => {
    await start('perindex', {
      completions: 2,
      parallelism: 2,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 0,
    });
    const pods = await podsOf('perindex', 2);
    await end(byIndex(pods, 1), 1);
    const midway = await until(
      at('perindex'),
      'the failed index',
      ({ status }) => status.failedIndexes === '1',
    );
    expect(midway.status.active).toBe(1);
    await end(byIndex(pods, 0), 0);
    const done = await finished('perindex');
    expect(conditions(done)).toEqual(['FailureTarget=True FailedIndexes', 'Failed=True FailedIndexes']);
    expect(conditionOf(done, 'Failed')?.message).toBe('Job has failed indexes');
    expect(done.status).toMatchObject({ completedIndexes: '0', failedIndexes: '1', succeeded: 1, failed: 1 });
  },
);

conform('too many failed indexes end the job early', async () => {
  await start('toomany', {
    completions: 3,
    parallelism: 3,
    completionMode: 'Indexed',
    backoffLimitPerIndex: 0,
    maxFailedIndexes: 0,
  });
  await end(byIndex(await podsOf('toomany', 3), 2), 1);
  const done = await finished('toomany');
  expect(conditionOf(done, 'Failed')).toMatchObject({
    reason: 'MaxFailedIndexesExceeded',
    message: 'Job has exceeded the specified maximal number of failed indexes',
  });
});

conform('a job that takes too long is ended', async () => {
  const object = await start('late', { activeDeadlineSeconds: 2 });
  await podsOf('late', 1);
  const done = await finished('late');
  expect(conditions(done)).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded']);
  expect(conditionOf(done, 'Failed')?.message).toBe('Job was active longer than specified deadline');
  expect(done.status.failed).toBe(1);
  await podsOf('late', 0);
  await told(object.metadata.uid, 'DeadlineExceeded');
});

conform('a suspended job has no pods, and starts anew when it is resumed', async () => {
  const object = await start('napping', { suspend: true });
  const asleep = await until(
    at('napping'),
    'the suspension',
    (each) => conditionOf(each, 'Suspended')?.status === 'True',
  );
  expect(conditionOf(asleep, 'Suspended')).toMatchObject({
    reason: 'JobSuspended',
    message: 'Job suspended',
  });
  expect(asleep.status.startTime).toBeUndefined();
  await podsOf('napping', 0);
  expectCode(await admin.patch(at('napping'), 'merge', { spec: { suspend: false } }), 200);
  await podsOf('napping', 1);
  const awake = await until(
    at('napping'),
    'the resumption',
    (each) => conditionOf(each, 'Suspended')?.status === 'False',
  );
  expect(conditionOf(awake, 'Suspended')).toMatchObject({ reason: 'JobResumed', message: 'Job resumed' });
  expect(awake.status.startTime).toBeTruthy();
  expectCode(await admin.patch(at('napping'), 'merge', { spec: { suspend: true } }), 200);
  await podsOf('napping', 0);
  await until(
    at('napping'),
    'no pods',
    (each) => conditionOf(each, 'Suspended')?.status === 'True' && !each.status.active,
  );
  await told(object.metadata.uid, 'Suspended');
  await told(object.metadata.uid, 'Resumed');
});

const onExit = (action: string, code: number): object => ({
  podFailurePolicy: { rules: [{ action, onExitCodes: { operator: 'In', values: [code] } }] },
});

conform('a failure policy may fail the whole job by an exit code', async () => {
  await start('policy', { backoffLimit: 6, ...onExit('FailJob', 42) });
  const [pod] = (await podsOf('policy', 1)) as [KubeObject];
  await end(pod, 42);
  const done = await finished('policy');
  expect(conditionOf(done, 'Failed')).toMatchObject({
    reason: 'PodFailurePolicy',
    message: `Container main for pod ${scope.namespace}/${pod.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
  });
});

conform('a failure that is ignored does not count', async () => {
  await start('lenient', { backoffLimit: 0, ...onExit('Ignore', 42) });
  const [pod] = (await podsOf('lenient', 1)) as [KubeObject];
  await end(pod, 42);
  await until(scope.core('pods', pod.metadata.name), 'its release', ({ metadata }) => !metadata.finalizers);
  const object = await until(at('lenient'), 'nothing active', ({ status }) => !status.active);
  expect(object.status.failed ?? 0).toBe(0);
  expect(conditionOf(object, 'Failed')).toBeUndefined();
});

conform('a success policy ends the job when the indexes it names are done', async () => {
  const successPolicy = { rules: [{ succeededIndexes: '1', succeededCount: 1 }] };
  await start('leader', { completions: 3, parallelism: 3, completionMode: 'Indexed', successPolicy });
  await end(byIndex(await podsOf('leader', 3), 1), 0);
  const done = await finished('leader');
  expect(conditions(done)).toEqual(['SuccessCriteriaMet=True SuccessPolicy', 'Complete=True SuccessPolicy']);
  expect(conditionOf(done, 'Complete')?.message).toBe('Matched rules at index 0');
  expect(done.status).toMatchObject({ succeeded: 1, completedIndexes: '1' });
});

conform('ready pods are counted, and a surplus of parallelism goes', async () => {
  await start('narrowed', { completions: 3, parallelism: 3 });
  const pods = await podsOf('narrowed', 3);
  await play(pods[0] as KubeObject, readyStatus());
  await until(at('narrowed'), 'the ready one', ({ status }) => status.ready === 1 && status.active === 3);
  expectCode(await admin.patch(at('narrowed'), 'merge', { spec: { parallelism: 1 } }), 200);
  const left = await podsOf('narrowed', 1);
  expect(left[0]?.metadata.uid).toBe(pods[0]?.metadata.uid);
});

conform('a finished job goes with its pods after its time to live', async () => {
  await start('brief', { ttlSecondsAfterFinished: 0 });
  const [pod] = (await podsOf('brief', 1)) as [KubeObject];
  await end(pod, 0);
  await eventually('the end of the job', async () =>
    (await admin.get(at('brief'))).code === 404 ? true : undefined,
  );
  await eventually('the end of its pod', async () =>
    (await admin.get(scope.core('pods', pod.metadata.name))).code === 404 ? true : undefined,
  );
});

conform('the pods of a deleted job are let go', async () => {
  await start('doomed');
  const [pod] = (await podsOf('doomed', 1)) as [KubeObject];
  expect(isStaying(await read(scope.core('pods', pod.metadata.name)))).toBe(true);
  expectCode(await admin.delete(at('doomed'), { propagationPolicy: 'Background' }), 200);
  await eventually('the end of its pod', async () =>
    (await admin.get(scope.core('pods', pod.metadata.name))).code === 404 ? true : undefined,
  );
});

conform('a CronJob that missed many times starts one job and warns', async () => {
  const body = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tardy' },
    spec: {
      schedule: '*/1 * * * *',
      suspend: true,
      jobTemplate: { spec: (job('tardy') as { spec: object }).spec },
    },
  };
  const object = expectCode(await admin.post(`${batch}/cronjobs`, body), 201).object;
  const path = `${batch}/cronjobs/tardy`;
  const lastScheduleTime = `${new Date(Date.now() - 86_400_000).toISOString().slice(0, 19)}Z`;
  expectCode(await admin.patch(`${path}/status`, 'merge', { status: { lastScheduleTime } }), 200);
  expectCode(await admin.patch(path, 'merge', { spec: { suspend: false } }), 200);
  await told(object.metadata.uid, 'TooManyMissedTimes');
  await podsOf('tardy', 1);
  expect(await messages(object.metadata.uid)).toContain(
    'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
  );
});
