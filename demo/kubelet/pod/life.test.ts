/** What becomes of pods, container by container, in the order and the words of a real kubelet. */
import { describe, expect, test } from 'vitest';
import { podCells } from '../../apiserver/table/pods.ts';
import type { Container, Pod, PodSpec } from '../../base/types.ts';
import { backOffAfter, durationText, freeAtMs, raised } from './back-off.ts';
import { commandStory } from './command-story.ts';
import { isImageName, pullError } from './images.ts';
import { type LifeOptions, live, type Moment } from './life.ts';
import { storyOf } from './stories.ts';

const container = (name: string, rest: Partial<Container> = {}): Container => ({
  name,
  image: `shop/${name}:1`,
  imagePullPolicy: 'IfNotPresent',
  ...rest,
});

const podOf = (spec: Partial<PodSpec>, metadata: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'n',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '1970-01-01T00:00:00Z',
    ...metadata,
  },
  spec: { containers: [container('c')], nodeName: 'worker-a1', restartPolicy: 'Always', ...spec },
  status: { phase: 'Pending' },
});

/** READY and STATUS as kubectl shows them, each when it is new. */
function shown(moments: Moment[]): string[] {
  const lines = moments.map(({ pod }) => {
    const [, ready, status] = podCells(pod, 0);
    return `${ready} ${status}`;
  });
  return lines.filter((line, index) => line !== lines[index - 1]);
}

const told = (moments: Moment[]) =>
  moments.flatMap(({ events }) => events.map(({ reason, message }) => `${reason}: ${message}`));
const reasons = (moments: Moment[]) => moments.flatMap(({ events }) => events.map(({ reason }) => reason));
const last = (moments: Moment[]) => moments.at(-1)?.pod as Pod;
const condition = (pod: Pod, type: string) => pod.status.conditions?.find((each) => each.type === type);

interface Case {
  name: string;
  spec: Partial<PodSpec>;
  options: LifeOptions;
  lines: string[];
}

const crash = { kind: 'crash', exitCode: 1, afterMs: 3_000, message: 'no' } as const;
const http = { httpGet: { path: '/', port: 80 }, periodSeconds: 5 };

const CASES: Case[] = [
  {
    name: 'init containers run one after the other',
    spec: { initContainers: [container('a'), container('b')] },
    options: { untilMs: 30_000 },
    lines: ['0/1 Init:0/2', '0/1 Init:1/2', '0/1 PodInitializing', '1/1 Running'],
  },
  {
    name: 'an init container that fails is tried again',
    spec: { initContainers: [container('a')] },
    options: { untilMs: 14_000, stories: { a: crash } },
    lines: ['0/1 Init:0/1', '0/1 Init:Error', '0/1 Init:0/1', '0/1 Init:Error', '0/1 Init:CrashLoopBackOff'],
  },
  {
    name: 'an init container that fails for good ends its pod',
    spec: { initContainers: [container('a')], restartPolicy: 'Never' },
    options: { untilMs: 30_000, stories: { a: crash } },
    lines: ['0/1 Init:0/1', '0/1 Init:Error'],
  },
  {
    name: 'a sidecar starts in its turn, counts as ready and ends after the main container',
    spec: { initContainers: [container('s', { restartPolicy: 'Always' })], restartPolicy: 'Never' },
    options: { untilMs: 60_000, stories: { c: { kind: 'completes', afterMs: 5_000 } } },
    lines: ['0/2 Init:0/1', '1/2 PodInitializing', '2/2 Running', '1/2 Completed', '0/2 Completed'],
  },
  {
    name: 'each container has its own story',
    spec: { containers: [container('a'), container('b')] },
    options: { untilMs: 10_000, stories: { b: crash } },
    lines: [
      '0/2 ContainerCreating',
      '1/2 ContainerCreating',
      '2/2 Running',
      '1/2 Error',
      '2/2 Running',
    ].concat(['1/2 Error', '1/2 CrashLoopBackOff']),
  },
  {
    name: 'an image that is not there alternates between its two reasons',
    spec: {},
    options: { untilMs: 16_000, stories: { c: { kind: 'image-missing' } } },
    lines: ['ContainerCreating', 'ErrImagePull', 'ImagePullBackOff', 'ErrImagePull', 'ImagePullBackOff'].map(
      (status) => `0/1 ${status}`,
    ),
  },
  {
    name: 'what cannot be an image name is said so',
    spec: { containers: [container('c', { image: 'Not an image' })] },
    options: { untilMs: 5_000 },
    lines: ['0/1 ContainerCreating', '0/1 InvalidImageName'],
  },
  {
    name: 'an image that must not be pulled has to be there',
    spec: { containers: [container('c', { imagePullPolicy: 'Never' })] },
    options: { untilMs: 5_000 },
    lines: ['0/1 ContainerCreating', '0/1 ErrImageNeverPull'],
  },
  {
    name: 'a missing reference waits until it is there',
    spec: {},
    options: {
      untilMs: 40_000,
      configFault: (ms) => (ms < 12_000 ? 'configmap "x" not found' : undefined),
    },
    lines: ['0/1 ContainerCreating', '0/1 CreateContainerConfigError', '1/1 Running'],
  },
  {
    name: 'a job of one container completes',
    spec: { restartPolicy: 'OnFailure' },
    options: { untilMs: 30_000, stories: { c: { kind: 'completes', afterMs: 500 } } },
    lines: ['0/1 ContainerCreating', '1/1 Running', '0/1 Completed'],
  },
  {
    name: 'a container that is never ready runs on',
    spec: { containers: [container('c', { readinessProbe: http })] },
    options: { untilMs: 60_000, stories: { c: { kind: 'never-ready' } } },
    lines: ['0/1 ContainerCreating', '0/1 Running'],
  },
  {
    name: 'a flapping one comes and goes, after as many failures as its threshold',
    spec: { containers: [container('c', { readinessProbe: { ...http, failureThreshold: 2 } })] },
    options: {
      untilMs: 75_000,
      stories: { c: { kind: 'flapping', readyMs: 30_000, unreadyMs: 30_000 } },
    },
    lines: ['0/1 ContainerCreating', '0/1 Running', '1/1 Running', '0/1 Running', '1/1 Running'],
  },
  {
    name: 'a startup probe that never succeeds has its container started again',
    spec: { containers: [container('c', { startupProbe: http, readinessProbe: http })] },
    options: { untilMs: 25_000, stories: { c: { kind: 'never-starts' } } },
    lines: ['0/1 ContainerCreating', '0/1 Running', '0/1 Error', '0/1 Running'],
  },
];

describe('a pod', () => {
  test.each(CASES)('$name', ({ spec, options, lines }) => {
    expect(shown(live(podOf(spec), options))).toEqual(lines);
  });

  test('tells of its start', () => {
    const moments = live(podOf({}), { untilMs: 10_000 });
    expect(told(moments).map((line) => line.replace(/[\d.]+m?s/g, 'T'))).toEqual([
      'Pulling: Pulling image "shop/c:1"',
      'Pulled: Successfully pulled image "shop/c:1" in T (T including waiting). Image size: 48193024 bytes.',
      'Created: Container created',
      'Started: Container started',
    ]);
    expect(moments.flatMap(({ events }) => events).at(-1)?.fieldPath).toBe('spec.containers{c}');
  });

  test('is told to stop, sidecars last, with the grace it asked for', () => {
    const spec = {
      initContainers: [
        container('one', { restartPolicy: 'Always' }),
        container('two', { restartPolicy: 'Always' }),
      ],
      containers: [container('a'), container('b')],
    };
    const leave = (pod: Pod): Pod => ({
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: 'now', deletionGracePeriodSeconds: 10 },
    });
    const moments = live(podOf(spec), {
      untilMs: 120_000,
      stories: { b: { kind: 'slow-stop', stopMs: 60_000 } },
      outside: [{ atMs: 30_000, change: leave }],
    });
    const ends = [
      ...(last(moments).status.initContainerStatuses ?? []),
      ...(last(moments).status.containerStatuses ?? []),
    ];
    expect(reasons(moments).filter((reason) => reason === 'Killing')).toHaveLength(4);
    expect(Object.fromEntries(ends.map(({ name, state }) => [name, state.terminated?.exitCode]))).toEqual({
      a: 143,
      b: 137,
      two: 137,
      one: 137,
    });
    expect(last(moments).status.phase).toBe('Failed');
  });

  test('that fails its liveness probe is killed and started again', () => {
    const spec = {
      containers: [container('c', { livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 2 } })],
    };
    const moments = live(podOf(spec), {
      untilMs: 30_000,
      stories: { c: { kind: 'unhealthy', afterMs: 10_000 } },
    });
    expect(told(moments).slice(4, 10)).toEqual([
      'Unhealthy: Liveness probe failed: dial tcp 10.244.0.5:80: connect: connection refused',
      'Unhealthy: Liveness probe failed: dial tcp 10.244.0.5:80: connect: connection refused',
      'Unhealthy: Liveness probe failed: dial tcp 10.244.0.5:80: connect: connection refused',
      'Killing: Container c failed liveness probe, will be restarted',
      'Pulled: Container image "shop/c:1" already present on machine and can be accessed by the pod',
      'Created: Container created',
    ]);
    expect(last(moments).status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 143, reason: 'Error' } },
    });
  });

  test('whose image changes has that container started again', () => {
    const change = (pod: Pod): Pod => ({
      ...pod,
      spec: { ...pod.spec, containers: [container('c', { image: 'shop/c:2' })] },
    });
    const moments = live(podOf({}), { untilMs: 60_000, outside: [{ atMs: 10_000, change }] });
    expect(told(moments)).toContain('Killing: Container c definition changed, will be restarted');
    expect(last(moments).status.containerStatuses?.[0]).toMatchObject({ image: 'shop/c:2', restartCount: 1 });
  });

  test('takes an ephemeral container while it runs', () => {
    const change = (pod: Pod): Pod => ({
      ...pod,
      spec: { ...pod.spec, ephemeralContainers: [container('debugger', { stdin: true })] },
    });
    const moments = live(podOf({}), { untilMs: 60_000, outside: [{ atMs: 10_000, change }] });
    const [status] = last(moments).status.ephemeralContainerStatuses ?? [];
    expect(status).toMatchObject({ name: 'debugger', ready: false, restartCount: 0 });
    expect(status?.state.running).toBeDefined();
    expect(status).not.toHaveProperty('started');
    expect(shown(moments).at(-1)).toBe('1/1 Running');
  });

  test('says in its conditions what is missing', () => {
    const spec = { initContainers: [container('i')], containers: [container('a'), container('b')] };
    const [first] = live(podOf(spec), { untilMs: 0 });
    expect(condition(first?.pod as Pod, 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [i]',
    });
    expect(condition(first?.pod as Pod, 'Ready')).toMatchObject({
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [a b]',
    });
  });
});

test('back-off doubles from ten seconds to five minutes, and is forgotten after ten quiet minutes', () => {
  let entry = raised(undefined, 0, 0);
  const seen = [entry.ms];
  for (let count = 0; count < 6; count += 1) {
    entry = raised(entry, entry.atMs, entry.atMs);
    seen.push(entry.ms);
  }
  expect(seen).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  expect(freeAtMs(entry, 600_000)).toBe(900_000);
  expect(freeAtMs(entry, 600_001)).toBe(600_001);
  expect(raised(entry, 600_001, 600_001).ms).toBe(10_000);
  expect([0, 1, 3, 9].map((restarts) => backOffAfter(restarts, 0)?.ms)).toEqual([
    undefined,
    10_000,
    40_000,
    300_000,
  ]);
  expect([10_000, 80_000, 160_000, 300_000].map(durationText)).toEqual(['10s', '1m20s', '2m40s', '5m0s']);
});

test.each([
  [['sleep', '30'], { kind: 'completes', afterMs: 30_000 }],
  [['false'], { kind: 'crash', exitCode: 1 }],
  [['/bin/sh', '-c', 'echo bye; sleep 5; exit 3'], { kind: 'crash', exitCode: 3, afterMs: 5_000 }],
  [['sh', '-c', 'while true; do date; sleep 1; done'], undefined],
  [['/app/server'], undefined],
])('the command %j tells its story', (command, story) => {
  const found = commandStory(container('c', { command }));
  if (story) expect(found).toMatchObject(story);
  else expect(found).toBeUndefined();
});

test.each([
  ['nginx', true],
  ['registry.k8s.io:5000/a/b-c_d:v1.2', true],
  [`shop/x@sha256:${'a'.repeat(64)}`, true],
  ['Upper/case', true],
  ['UPPER', false],
  ['a b', false],
  ['a/', false],
  ['x:!', false],
])('the image name %s is one: %s', (image, isOne) => {
  expect(isImageName(image)).toBe(isOne);
});

test('a missing image is named in full', () => {
  expect(pullError('nginx:0')).toContain('"docker.io/library/nginx:0"');
  expect(pullError('localhost:5000/x:1')).toContain('"localhost:5000/x:1"');
});

test('stories come from the container, then the pod, then rules, the command and the owner', () => {
  const rules = [{ image: 'shop/ruled:', story: { kind: 'image-missing' as const } }];
  const key = 'demo.strata-console.dev/story';
  const two = podOf(
    { containers: [container('a'), container('b')], initContainers: [container('i')] },
    { annotations: { [key]: 'oom', [`${key}.b`]: 'flapping', [`${key}.i`]: '__proto__' } },
  );
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'j' };
  const job = podOf({}, { ownerReferences: [owner] });
  const [a, b] = two.spec.containers as [Container, Container];
  expect([
    storyOf(two, a, 'main', rules).kind,
    storyOf(two, b, 'main', rules).kind,
    storyOf(two, container('i'), 'init', rules).kind,
    storyOf(podOf({}), container('ruled'), 'main', rules).kind,
    storyOf(podOf({}), container('c', { command: ['false'] }), 'main', rules).kind,
    storyOf(job, container('c'), 'main', rules).kind,
    storyOf(podOf({}), container('c'), 'main', rules).kind,
  ]).toEqual(['crash', 'flapping', 'completes', 'image-missing', 'crash', 'completes', 'runs']);
});
