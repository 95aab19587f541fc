import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { topic } from './conform.ts';
import { create, eventually, ownNamespace, randomSuffix, read } from './fixtures.ts';
import {
  conditionOf,
  eventsOf,
  ownNodes,
  type PodWish,
  placed,
  podFor,
  readReasons,
  readRefusal,
  whyPending,
} from './own-nodes.ts';
import { admin } from './target.ts';

const conform = topic('preemption');
const scope = ownNamespace('preemption');
const nodes = ownNodes({
  a: { labels: { side: 'left' }, allocatable: { pods: '3' } },
  b: { labels: { side: 'right' }, allocatable: { pods: '3' } },
});
const own = { needs: 'nodes', timeoutMs: 60_000 } as const;
const suffix = randomSuffix();
const classes = { low: -10, middle: 10, high: 1000, never: 1000 };
type Priority = keyof typeof classes;
const className = (priority: Priority) => `strata-${priority}-${suffix}`;
const NO_VICTIMS = 'No preemption victims found for incoming pod';

beforeAll(async () => {
  for (const [name, value] of Object.entries(classes))
    await create('/apis/scheduling.k8s.io/v1/priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: className(name as Priority) },
      value,
      ...(name === 'never' ? { preemptionPolicy: 'Never' } : {}),
    });
});
afterAll(async () => {
  for (const name of Object.keys(classes))
    await admin.delete(`/apis/scheduling.k8s.io/v1/priorityclasses/${className(name as Priority)}`);
});

const pod = (name: string) => scope.core('pods', name);
const withClass = (priority: Priority, spec: object = {}) => ({
  priorityClassName: className(priority),
  ...spec,
});
/** Half a node, unless told otherwise. */
const start = (name: string, wish: PodWish = {}) =>
  create(scope.core('pods'), podFor(nodes, name, { requests: { cpu: '1' }, ...wish }));
const onSide = (side: string) => ({ nodeSelector: { 'strata-test/pool': nodes.pool, side } });
async function fill(names: string[], priority: Priority): Promise<void> {
  for (const name of names) {
    await start(name, { spec: withClass(priority) });
    await placed(scope, name);
  }
}
async function clear(): Promise<void> {
  const { list } = await admin.get(scope.core('pods'));
  for (const { metadata } of list.items) {
    const finalizers = [{ op: 'remove', path: '/metadata/finalizers' }];
    if (metadata.finalizers) await admin.patch(pod(metadata.name), 'json', finalizers);
    await admin.delete(pod(metadata.name), { gracePeriodSeconds: 0 });
  }
  await eventually('no pods', async () =>
    (await admin.get(scope.core('pods'))).list.items.length === 0 ? true : undefined,
  );
}
afterEach(clear);
const isGone = (name: string) =>
  eventually(`${name} gone`, async () => ((await admin.get(pod(name))).code === 404 ? true : undefined));

conform(
  'equals do not send each other away',
  async () => {
    await fill(['e1', 'e2', 'e3', 'e4'], 'middle');
    await start('e5', { spec: withClass('middle') });
    const { filters, preemption } = readRefusal(await whyPending(scope, 'e5', 'Insufficient cpu'));
    expect(filters.counts).toMatchObject({ 'Insufficient cpu': 2 });
    const { counts, told } = readReasons(preemption);
    expect(counts).toEqual({
      'Preemption is not helpful for scheduling': filters.nodes - 2,
      [NO_VICTIMS]: 2,
    });
    expect(told).toEqual([...told].sort());
  },
  own,
);

conform(
  'preemptionPolicy Never waits, and says so',
  async () => {
    await fill(['n1', 'n2', 'n3', 'n4'], 'low');
    await start('never', { spec: withClass('never') });
    const message = await whyPending(scope, 'never', 'Insufficient cpu');
    expect(readRefusal(message).preemption).toBe('not eligible due to preemptionPolicy=Never.');
  },
  own,
);

conform(
  'the less important goes, is told why, and the other takes its place',
  async () => {
    await fill(['p1', 'p2', 'p3'], 'middle');
    await fill(['weak'], 'low');
    const node = await placed(scope, 'weak');
    // A finalizer keeps what is told of it.
    await admin.patch(pod('weak'), 'merge', { metadata: { finalizers: ['example.com/keep'] } });
    const { metadata } = await start('strong', { spec: withClass('high') });
    const victim = await eventually('weak leaving', async () => {
      const found = await read(pod('weak'));
      return found.metadata.deletionTimestamp ? found : undefined;
    });
    expect(conditionOf(victim, 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    });
    const waiting = await read(pod('strong'));
    expect(waiting.status.nominatedNodeName).toBe(node);
    const { counts } = readReasons(conditionOf(waiting, 'PodScheduled')?.message ?? '');
    expect(counts).toMatchObject({ 'Insufficient cpu': 2 });
    const [event] = await eventually('Preempted', async () => {
      const found = await eventsOf(scope, 'weak', 'Preempted');
      return found.length > 0 ? found : undefined;
    });
    expect(event).toMatchObject({
      type: 'Normal',
      action: 'Preempting',
      message: `Preempted by pod ${metadata.uid} on node ${node}`,
    });
    await admin.patch(pod('weak'), 'json', [{ op: 'remove', path: '/metadata/finalizers' }]);
    await isGone('weak');
    expect(await placed(scope, 'strong')).toBe(node);
    expect((await read(pod('strong'))).status.nominatedNodeName).toBeUndefined();
    for (const name of ['p1', 'p2', 'p3'])
      expect((await read(pod(name))).metadata.deletionTimestamp).toBeUndefined();
  },
  own,
);

conform(
  'of two nodes the one with the least important pods is taken',
  async () => {
    await start('left', { requests: { cpu: '2' }, spec: withClass('middle', onSide('left')) });
    await start('right', { requests: { cpu: '2' }, spec: withClass('low', onSide('right')) });
    await placed(scope, 'left');
    await placed(scope, 'right');
    await start('strong', { requests: { cpu: '2' }, spec: withClass('high') });
    await isGone('right');
    expect(await placed(scope, 'strong')).toBe(nodes.name('b'));
    expect((await read(pod('left'))).metadata.deletionTimestamp).toBeUndefined();
  },
  own,
);

conform(
  'no more go than have to',
  async () => {
    for (const [name, cpu] of [
      ['small', '500m'],
      ['large', '1500m'],
    ] as const) {
      await start(name, { requests: { cpu }, spec: withClass('low', onSide('left')) });
      await placed(scope, name);
    }
    await start('strong', { requests: { cpu: '1' }, spec: withClass('high', onSide('left')) });
    await isGone('large');
    await placed(scope, 'strong');
    expect((await read(pod('small'))).metadata.deletionTimestamp).toBeUndefined();
  },
  own,
);

conform(
  'a disruption budget is kept where there is a choice',
  async () => {
    const labels = { app: 'kept' };
    await create(`/apis/policy/v1/namespaces/${scope.namespace}/poddisruptionbudgets`, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'kept' },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    });
    const whole = { cpu: '2' };
    await start('kept', { labels, requests: whole, spec: withClass('low', onSide('left')) });
    await start('free', { requests: whole, spec: withClass('middle', onSide('right')) });
    await placed(scope, 'kept');
    await placed(scope, 'free');
    await start('strong', { requests: whole, spec: withClass('high') });
    await isGone('free');
    expect(await placed(scope, 'strong')).toBe(nodes.name('b'));
  },
  own,
);

conform(
  'too many pods: the number counts, not only the room',
  async () => {
    for (const name of ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']) {
      await start(name, { requests: {} });
      await placed(scope, name);
    }
    await start('m7', { requests: {} });
    const { filters, preemption } = readRefusal(await whyPending(scope, 'm7', 'Too many pods'));
    expect(filters.counts).toMatchObject({ 'Too many pods': 2 });
    expect(readReasons(preemption).counts).toMatchObject({ [NO_VICTIMS]: 2 });
  },
  own,
);

conform(
  'one that had to wait is placed when room is made, when a cordon is lifted, and when a node comes',
  async () => {
    const big = { requests: { cpu: '2' }, spec: onSide('left') };
    await start('first', big);
    await placed(scope, 'first');
    await start('second', big);
    await whyPending(scope, 'second', 'Insufficient cpu');
    await admin.delete(pod('first'), { gracePeriodSeconds: 0 });
    expect(await placed(scope, 'second')).toBe(nodes.name('a'));

    const cordon = (unschedulable: boolean | null) =>
      admin.patch(`/api/v1/nodes/${nodes.name('b')}`, 'merge', { spec: { unschedulable } });
    await cordon(true);
    await start('third', { requests: { cpu: '2' }, spec: onSide('right') });
    const message = await whyPending(scope, 'third', 'node(s) were unschedulable');
    expect(readRefusal(message).filters.counts['node(s) were unschedulable']).toBeGreaterThanOrEqual(1);
    await cordon(null);
    expect(await placed(scope, 'third')).toBe(nodes.name('b'));

    await start('fourth', { spec: onSide('middle') });
    await whyPending(scope, 'fourth', "didn't match Pod's node affinity/selector");
    await nodes.add('c', { labels: { side: 'middle' } });
    expect(await placed(scope, 'fourth')).toBe(nodes.name('c'));
  },
  own,
);
