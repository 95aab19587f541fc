/** Whatever pods, stories and interruptions there are: what a pod says of itself holds together at every moment. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Container, ContainerStatus, Pod, PodStatus, Probe } from '../../base/types.ts';
import { live, type Moment } from './life.ts';
import { phaseOf } from './pod-phase.ts';
import type { Story } from './story.ts';

const MINUTE_MS = 60_000;
/** A busy machine takes its time over some hundred lives. */
const PATIENCE_MS = 60_000;
const UNTIL_MS = 15 * MINUTE_MS;

const ms = (most: number) => fc.integer({ min: 100, max: most });

const story: fc.Arbitrary<Story> = fc.oneof(
  fc.constant<Story>({ kind: 'runs' }),
  fc.constant<Story>({ kind: 'image-missing' }),
  fc.constant<Story>({ kind: 'never-ready' }),
  fc.constant<Story>({ kind: 'never-starts' }),
  fc.record({
    kind: fc.constant('crash' as const),
    exitCode: fc.integer({ min: 1, max: 255 }),
    afterMs: ms(15 * MINUTE_MS),
    message: fc.constant(''),
  }),
  fc.record({ kind: fc.constant('completes' as const), afterMs: ms(MINUTE_MS) }),
  fc.record({ kind: fc.constant('unhealthy' as const), afterMs: ms(MINUTE_MS) }),
  fc.record({ kind: fc.constant('flapping' as const), readyMs: ms(MINUTE_MS), unreadyMs: ms(MINUTE_MS) }),
  fc.record({ kind: fc.constant('slow-stop' as const), stopMs: ms(MINUTE_MS) }),
);

const probe: fc.Arbitrary<Probe | undefined> = fc.option(
  fc.record({
    httpGet: fc.constant({ path: '/', port: 80 }),
    initialDelaySeconds: fc.integer({ min: 0, max: 40 }),
    periodSeconds: fc.integer({ min: 3, max: 20 }),
    failureThreshold: fc.integer({ min: 1, max: 4 }),
  }),
  { nil: undefined },
);

const containers = (prefix: string, most: number, restartPolicies: (string | undefined)[]) =>
  fc
    .array(
      fc.record({
        startupProbe: probe,
        livenessProbe: probe,
        readinessProbe: probe,
        restartPolicy: fc.constantFrom(...restartPolicies),
        imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
      }),
      { minLength: prefix === 'main' ? 1 : 0, maxLength: most },
    )
    .map((list) =>
      list.map((each, index): Container => {
        const set = Object.entries(each).filter(([, value]) => value !== undefined);
        return { name: `${prefix}${index}`, image: `shop/${prefix}:${index}`, ...Object.fromEntries(set) };
      }),
    );

const world = fc.record({
  init: containers('init', 3, [undefined, 'Always']),
  main: containers('main', 3, [undefined]),
  policy: fc.constantFrom('Always', 'OnFailure', 'Never'),
  stories: fc.dictionary(fc.constantFrom('init0', 'init1', 'init2', 'main0', 'main1', 'main2'), story),
  leavesMs: fc.option(fc.integer({ min: 0, max: UNTIL_MS }), { nil: undefined }),
  graceSeconds: fc.integer({ min: 1, max: 60 }),
  seed: fc.integer(),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function lived({ init, main, policy, stories, leavesMs, graceSeconds, seed }: World): Moment[] {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'n',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '1970-01-01T00:00:00Z',
    },
    spec: {
      ...(init.length > 0 ? { initContainers: init } : {}),
      containers: main,
      nodeName: 'worker',
      restartPolicy: policy,
      terminationGracePeriodSeconds: graceSeconds,
    },
    status: { phase: 'Pending' },
  };
  const leave = (present: Pod): Pod => ({
    ...present,
    metadata: { ...present.metadata, deletionTimestamp: 'now', deletionGracePeriodSeconds: graceSeconds },
  });
  const outside = leavesMs === undefined ? [] : [{ atMs: leavesMs, change: leave }];
  return live(pod, { stories: { ...stories }, untilMs: UNTIL_MS, seed, outside });
}

const all = ({ initContainerStatuses = [], containerStatuses = [] }: PodStatus): ContainerStatus[] => [
  ...initContainerStatuses,
  ...containerStatuses,
];
const statusOf = (status: PodStatus, name: string) => all(status).find((each) => each.name === name);
const isTrue = (status: PodStatus, type: string) =>
  status.conditions?.find((each) => each.type === type)?.status === 'True';

/** One state each; a ready container runs (or, of an init container, has done its work); counts only grow. */
function checkContainers(before: PodStatus | undefined, { status, spec }: Pod): void {
  for (const each of all(status)) {
    const { state, restartCount, ready } = each;
    expect(Object.keys(state)).toHaveLength(1);
    expect(restartCount).toBeGreaterThanOrEqual(
      before ? (statusOf(before, each.name)?.restartCount ?? 0) : 0,
    );
    if (ready) expect(state.running ?? (state.terminated?.exitCode === 0 ? {} : undefined)).toBeDefined();
    if (restartCount > 0) expect(each.lastState.terminated ?? state.terminated).toBeDefined();
  }
  const pending = (spec.initContainers ?? []).findIndex(({ name, restartPolicy }) => {
    const own = statusOf(status, name);
    // A sidecar that is started again holds nobody up any more.
    if (restartPolicy === 'Always')
      return own?.started !== true && !own?.lastState.terminated && !own?.state.terminated;
    return own?.state.terminated?.exitCode !== 0;
  });
  const hasBegun = spec.containers.some(({ name }) => {
    const own = statusOf(status, name);
    return own?.state.running ?? own?.state.terminated ?? own?.lastState.terminated;
  });
  // Nothing runs behind an init container that is not done, until the main ones have begun.
  if (pending < 0 || hasBegun) return;
  for (const { name } of (spec.initContainers ?? []).slice(pending + 1))
    expect(statusOf(status, name)?.state.running).toBeUndefined();
}

function checkPod({ status, metadata, spec }: Pod): void {
  const isEnding =
    metadata.deletionTimestamp !== undefined && !all(status).some(({ state }) => state.running);
  const { phase: _phase, ...rest } = status;
  const worked = phaseOf(
    { apiVersion: 'v1', kind: 'Pod', metadata, spec, status },
    { ...rest, phase: 'Pending' },
    isEnding,
  );
  // A terminal phase stays when what still ran has been stopped.
  if (status.phase !== 'Failed' && status.phase !== 'Succeeded') expect(status.phase).toBe(worked);
  if (status.phase === 'Succeeded')
    for (const { name } of spec.containers)
      expect(statusOf(status, name)?.state.terminated?.exitCode).toBe(0);
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const areReady = [...sidecars, ...spec.containers].every(({ name }) => statusOf(status, name)?.ready);
  const isOver = status.phase === 'Failed' || status.phase === 'Succeeded';
  expect(isTrue(status, 'Ready')).toBe(areReady && !isOver);
  expect(isTrue(status, 'ContainersReady')).toBe(areReady && !isOver);
}

/** Between an end and the start after it lies the back-off the kubelet told of. */
function checkTimes(moments: Moment[], name: string): void {
  let backOffMs = 0;
  for (const { pod } of moments) {
    const { state, lastState } = statusOf(pod.status, name) ?? { state: {}, lastState: {} };
    const told = /^back-off (?:(\d+)m)?(\d+)s /.exec(state.waiting?.message ?? '');
    if (told) backOffMs = Number(told[1] ?? 0) * MINUTE_MS + Number(told[2]) * 1_000;
    if (!state.running) continue;
    const startedMs = Date.parse(state.running.startedAt);
    const endedMs = Date.parse(lastState.terminated?.finishedAt ?? '');
    if (backOffMs > 0) expect(startedMs - endedMs).toBeGreaterThanOrEqual(backOffMs - 1_000);
    expect(backOffMs).toBeLessThanOrEqual(300_000);
    backOffMs = 0;
  }
}

test(
  'a pod holds together whatever happens in it',
  () => {
    fc.assert(
      fc.property(world, (given) => {
        const moments = lived(given);
        let before: PodStatus | undefined;
        for (const { pod } of moments) {
          checkContainers(before, pod);
          checkPod(pod);
          if (before?.phase === 'Failed' || before?.phase === 'Succeeded')
            expect(pod.status.phase).toBe(before.phase);
          before = pod.status;
        }
        for (const { name } of [...given.init, ...given.main]) checkTimes(moments, name);
      }),
      { numRuns: 80, seed: 4 },
    );
  },
  PATIENCE_MS,
);

test(
  'a pod that leaves has stopped when its grace, and a little for each sidecar, is over',
  () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 0, max: 5 * MINUTE_MS }), (given, leavesMs) => {
        const moments = lived({ ...given, leavesMs });
        const end = moments.at(-1);
        expect(all((end as Moment).pod.status).some(({ state }) => state.running)).toBe(false);
        const mostMs = leavesMs + Math.max(2, given.graceSeconds) * 1_000;
        const afterMs = moments.filter(({ pod }) => pod.metadata.deletionTimestamp !== undefined);
        for (const { atMs } of afterMs) expect(atMs).toBeLessThanOrEqual(mostMs + 2_000);
        for (const { pod } of afterMs)
          for (const each of all(pod.status)) {
            const startedMs = Date.parse(each.state.running?.startedAt ?? '');
            // Nothing starts any more.
            if (!Number.isNaN(startedMs)) expect(startedMs).toBeLessThanOrEqual(leavesMs);
          }
      }),
      { numRuns: 60, seed: 9 },
    );
  },
  PATIENCE_MS,
);
