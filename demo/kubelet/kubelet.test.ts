/** The kubelets in a whole cluster: what only the store, the clock and the nodes together show. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemContext } from '../apiserver/rest/context.ts';
import { DemoClock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import type { KubeObject, NodeObject, Pod, PodStatus } from '../base/types.ts';
import type { PodUsage } from '../usage/pod-usage.ts';
import { startWorld, type World } from '../world.ts';
import { hasPressure, type Pressure, ranked, refusal, withPressure } from './pressure.ts';

const START_MS = Date.parse('2026-11-22T10:00:00Z');
const NAMESPACE = 'default';
const NODE = 'worker-a1';
let clock: DemoClock;
let world: World;

function start(scenario: string): void {
  const still = { now: () => START_MS, setTimer: () => () => undefined };
  clock = new DemoClock(
    still,
    (error) => {
      throw error;
    },
    START_MS,
  );
  clock.freeze();
  const size = { nodes: 1, pods: 1, churnPerSecond: 0 };
  world = startWorld({ scenario, size, seed: 1, clock, caCertificate: 'PEM' });
}

beforeEach(() => start('calm'));
afterEach(() => world.stop());

const context = systemContext('kubectl');

function make(resource: string, object: JsonObject): KubeObject {
  const { machinery, mutations } = world;
  return mutations.writer.create(machinery.kinds.builtIn(resource), NAMESPACE, object, context);
}

const makePod = (name: string, spec: JsonObject, annotations: Record<string, string> = {}) =>
  make('pods', { metadata: { name, annotations }, spec: { nodeName: NODE, ...spec } });

const statusOf = (name: string): PodStatus | undefined =>
  (world.machinery.store.get('pods', NAMESPACE, name) as Pod | undefined)?.status;
const eventsOf = (kind: string, name: string) =>
  world.machinery.store.list('events').filter((event) => {
    const about = event.involvedObject as JsonObject;
    return about.kind === kind && about.name === name;
  }) as (KubeObject & { reason: string; message: string; count?: number })[];
const nodeOf = (name: string) => world.machinery.store.get('nodes', '', name) as NodeObject;

function press(node: string, type: Pressure): void {
  const { machinery, mutations } = world;
  const next = (current: KubeObject) => {
    const { status } = current as NodeObject;
    return {
      ...current,
      status: { ...status, conditions: withPressure(status.conditions, type, true, 'now') },
    };
  };
  const status = systemContext('test', 'status');
  mutations.writer.update(machinery.kinds.builtIn('nodes'), '', node, next, status, { isTrusted: true });
}

const main = { name: 'm', image: 'shop/x:1' };

test('a volume waits, longer each time, until what it is made of is there', () => {
  const volumes = [{ name: 'v', configMap: { name: 'later' } }];
  makePod('waiting', { containers: [{ ...main, volumeMounts: [{ name: 'v', mountPath: '/v' }] }], volumes });
  clock.step(10_000);
  expect(statusOf('waiting')?.containerStatuses?.[0]?.state.waiting?.reason).toBe('ContainerCreating');
  expect(statusOf('waiting')?.podIP).toBeUndefined();
  const failed = eventsOf('Pod', 'waiting').filter(({ reason }) => reason === 'FailedMount');
  expect(failed.map(({ message }) => message)).toEqual([
    'MountVolume.SetUp failed for volume "v" : configmap "later" not found',
  ]);
  make('configmaps', { metadata: { name: 'later' } });
  clock.step(20_000);
  expect(statusOf('waiting')?.phase).toBe('Running');
});

test('an environment waits for its key', () => {
  const valueFrom = { secretKeyRef: { name: 's', key: 'k' } };
  makePod('waiting', { containers: [{ ...main, env: [{ name: 'A', valueFrom }] }] });
  clock.step(5_000);
  expect(statusOf('waiting')?.containerStatuses?.[0]?.state.waiting).toEqual({
    reason: 'CreateContainerConfigError',
    message: 'secret "s" not found',
  });
  make('secrets', { metadata: { name: 's' }, data: {} });
  clock.step(15_000);
  expect(statusOf('waiting')?.containerStatuses?.[0]?.state.waiting?.message).toBe(
    "couldn't find key k in Secret default/s",
  );
});

test('a node under pressure evicts who uses most over its requests, refuses others, and recovers', () => {
  makePod('modest', { containers: [{ ...main, resources: { requests: { memory: '2Gi' } } }] });
  clock.step(60_000);
  press(NODE, 'MemoryPressure');
  clock.step(5_000);
  const evicted = (world.machinery.store.list('pods') as Pod[]).filter(
    ({ status }) => status.reason === 'Evicted',
  );
  expect(evicted.map(({ spec }) => spec.nodeName)).toEqual([NODE]);
  const greedy = evicted[0]?.status;
  expect(greedy?.phase).toBe('Failed');
  expect(greedy?.message).toMatch(
    /^The node was low on resource: memory\. Threshold quantity: 100Mi, available: \d+Ki\. Container thumbs was using \d+Ki, request is 256Mi, has larger consumption of memory\. $/,
  );
  expect(greedy?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
    status: 'True',
    reason: 'TerminationByKubelet',
  });
  expect(greedy?.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(137);
  expect(eventsOf('Node', NODE).map(({ reason }) => reason)).toEqual(
    expect.arrayContaining(['NodeHasInsufficientMemory', 'EvictionThresholdMet']),
  );
  makePod('late', { containers: [main] });
  clock.step(2_000);
  expect(statusOf('late')).toMatchObject({
    phase: 'Failed',
    reason: 'Evicted',
    message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
  });
  clock.step(400_000);
  expect(statusOf('modest')?.phase).toBe('Running');
  expect(hasPressure(nodeOf(NODE), 'MemoryPressure')).toBe(false);
  makePod('later', { containers: [main] });
  clock.step(10_000);
  expect(statusOf('later')?.phase).toBe('Running');
});

test('a node that was drawn under pressure stays as it was drawn', () => {
  world.stop();
  start('small');
  const { store } = world.machinery;
  const pods = () => (store.list('pods') as Pod[]).filter(({ spec }) => spec.nodeName === 'worker-b2').length;
  const before = pods();
  clock.step(600_000);
  expect(hasPressure(nodeOf('worker-b2'), 'DiskPressure')).toBe(true);
  expect(pods()).toBe(before);
  const evicted = (store.list('pods') as Pod[]).filter(({ status }) => status.reason === 'Evicted');
  expect(evicted).toEqual([]);
});

test('the settled pods of small are left in peace', () => {
  world.stop();
  start('small');
  const moved = new Set<string>();
  world.machinery.store.subscribe('pods', ({ object }) => moved.add(object.metadata.name));
  clock.step(5_000);
  const settled = (world.machinery.store.list('pods') as Pod[]).filter(
    ({ status, metadata }) =>
      metadata.deletionTimestamp === undefined &&
      status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  expect(settled.length).toBeGreaterThan(80);
  const started = settled.filter(({ metadata }) => moved.has(metadata.name));
  // Only one that was still starting has got ready.
  expect(started.length).toBeLessThanOrEqual(3);
});

test('a program that exits by itself ends its container', () => {
  makePod('shell', { restartPolicy: 'Never', containers: [{ ...main, stdin: true }] });
  clock.step(10_000);
  world.kubelets.endContainer(NAMESPACE, 'shell', 'm', 4);
  expect(statusOf('shell')).toMatchObject({ phase: 'Failed' });
  expect(statusOf('shell')?.containerStatuses?.[0]?.state.terminated).toMatchObject({
    exitCode: 4,
    reason: 'Error',
  });
});

test('a pod that leaves is told so, has its containers stopped, and goes', () => {
  makePod('leaving', { containers: [main, { ...main, name: 'n' }] });
  clock.step(10_000);
  const { machinery, mutations } = world;
  mutations.deleter.delete(machinery.kinds.builtIn('pods'), NAMESPACE, 'leaving', { isDryRun: false });
  clock.step(10);
  const killing = eventsOf('Pod', 'leaving').filter(({ reason }) => reason === 'Killing');
  expect(killing.map(({ message }) => message).sort()).toEqual([
    'Stopping container m',
    'Stopping container n',
  ]);
  expect(statusOf('leaving')).toBeDefined();
  clock.step(3_000);
  expect(statusOf('leaving')).toBeUndefined();
});

test('of two the one over its requests goes first, then the less important one, then the greedier one', () => {
  const usage = (name: string, memory: number, request: string | undefined, priority = 0) => {
    const resources = request ? { resources: { requests: { memory: request } } } : {};
    const pod = { metadata: { name }, spec: { priority, containers: [{ ...main, ...resources }] } };
    return { pod, containers: [{ name: 'm', memory, disk: 0, logs: 0 }] } as unknown as PodUsage;
  };
  const usages = [
    usage('within', 900, '1k'),
    usage('vital', 5_000, undefined, 1_000),
    usage('small', 10, undefined),
    usage('large', 2_000, '1k'),
  ];
  const order = ranked('MemoryPressure', usages).map(({ pod }) => pod.metadata.name);
  expect(order).toEqual(['large', 'small', 'vital', 'within']);
});

test.each([
  [['MemoryPressure'], 'BestEffort', [], true],
  [['MemoryPressure'], 'Burstable', [], false],
  [['MemoryPressure'], 'BestEffort', [{ operator: 'Exists' }], false],
  [['DiskPressure'], 'Guaranteed', [{ operator: 'Exists' }], true],
  [['DiskPressure', 'MemoryPressure'], 'Burstable', [], true],
  [[], 'BestEffort', [], false],
] as [Pressure[], string, { operator: string }[], boolean][])(
  'under %j a %s pod with tolerations %j is refused: %s',
  (pressures, qosClass, tolerations, isRefused) => {
    const pod = {
      metadata: {},
      spec: { tolerations, containers: [] },
      status: { qosClass },
    } as unknown as Pod;
    expect(refusal(pod, pressures) !== undefined).toBe(isRefused);
    const critical = { ...pod, spec: { ...pod.spec, priority: 2_000_000_000 } };
    expect(refusal(critical, pressures)).toBeUndefined();
  },
);
