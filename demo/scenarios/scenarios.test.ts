/** The scenarios are the worlds they are said to be: each fault of `small` with its cause, and no fault in `busy`. */
import { expect, test, vi } from 'vitest';
import { DemoClock } from '../base/clock.ts';
import { at, objects } from '../base/json.ts';
import type { KubeObject, NodeObject, Pod } from '../base/types.ts';
import { startWorld, type World } from '../world.ts';

// Whole worlds over many minutes, on machines that do other things too.
vi.setConfig({ testTimeout: 30_000 });

const START_MS = Date.parse('2026-11-22T10:00:00Z');
const MINUTE = 60_000;

function world(scenario: string, startMs = START_MS): World {
  const still = { now: () => startMs, setTimer: () => () => undefined };
  const fail = (error: unknown) => {
    throw error;
  };
  const clock = new DemoClock(still, fail, startMs);
  clock.freeze();
  const size = { nodes: 3, pods: 10, churnPerSecond: 1 };
  return startWorld({ scenario, size, seed: 1, clock, caCertificate: 'PEM' });
}

const get = ({ machinery }: World, resource: string, namespace: string, name: string): KubeObject => {
  const found = machinery.store.get(resource, namespace, name);
  if (!found) throw new Error(`there is no ${resource} ${namespace}/${name}`);
  return found;
};
const podsOf = ({ machinery }: World, namespace: string, app: string) =>
  (machinery.store.list('pods', namespace) as Pod[]).filter(({ metadata }) => metadata.labels?.app === app);
const reasons = ({ machinery }: World) =>
  new Set(machinery.store.list('events').map(({ reason }) => String(reason)));

test('small: every fault is there, with its cause, and stays', () => {
  const inside = world('small');
  const { clock, store } = inside.machinery;
  clock.step(20 * MINUTE);
  const waiting = podsOf(inside, 'payments', 'ledger-worker').map(({ status }) =>
    at(status.containerStatuses?.[0], 'lastState', 'terminated', 'message'),
  );
  expect(waiting.filter((message) => message === 'LEDGER_DB_POOL: invalid number "2O"')).toHaveLength(2);
  const ledger = get(inside, 'configmaps', 'payments', 'ledger-config');
  expect(at(ledger.data, 'LEDGER_DB_POOL')).toBe('2O');
  expect(ledger.metadata.managedFields).toMatchObject([
    { manager: 'argocd-controller', time: '2026-11-22T09:21:00Z' },
  ]);
  const budget = get(inside, 'poddisruptionbudgets.policy', 'payments', 'ledger-worker');
  expect(at(budget.status, 'disruptionsAllowed')).toBe(0);
  const quota = get(inside, 'resourcequotas', 'shop-catalog', 'compute');
  expect(at(quota.status, 'used', 'limits.memory')).toBe(at(quota.spec, 'hard', 'limits.memory'));
  const stuck = objects(
    at(get(inside, 'deployments.apps', 'shop-catalog', 'catalog-api').status, 'conditions'),
  );
  expect(stuck).toContainEqual(expect.objectContaining({ reason: 'ProgressDeadlineExceeded' }));
  const [suggest] = podsOf(inside, 'shop-search', 'search-suggest').filter(
    ({ status }) => status.phase === 'Pending',
  );
  expect(suggest?.status.containerStatuses?.[0]?.state.waiting?.reason).toMatch(
    /^(ImagePullBackOff|ErrImagePull)$/,
  );
  expect(at(get(inside, 'persistentvolumeclaims', 'ci', 'runner-scratch').status, 'phase')).toBe('Pending');
  const [build] = podsOf(inside, 'ci', 'build-7712');
  expect([build?.status.phase, build?.spec.nodeName]).toEqual(['Pending', undefined]);
  const node = (name: string) => get(inside, 'nodes', '', name) as NodeObject;
  expect(node('worker-a2').spec.unschedulable).toBe(true);
  expect(node('worker-b2').spec.taints?.map(({ key }) => key)).toEqual(['node.kubernetes.io/disk-pressure']);
  const versions = store.list('nodes').map((item) => at(item.status, 'nodeInfo', 'osImage'));
  expect(new Set(versions).size).toBe(3);
  const namespaces = store.list('namespaces').map(({ metadata }) => metadata.name);
  expect(namespaces.filter((name) => !/^kube-(node-lease|public)$/.test(name))).toHaveLength(8);
  inside.stop();
});

test('small: use is where it is drawn', () => {
  const inside = world('small');
  inside.machinery.clock.step(MINUTE);
  const nodes = inside.usage.nodes();
  const containers = nodes
    .flatMap(({ pods }) => pods)
    .flatMap(({ pod, containers: [first] }) => (first ? [{ pod, first }] : []));
  const near = containers.find(({ pod }) => pod.metadata.name === 'search-api-7d8fbd6c5-hk2wq')?.first;
  expect((near?.memory ?? 0) / (near?.memoryLimit ?? 1)).toBeGreaterThan(0.9);
  expect((near?.memory ?? 0) / (near?.memoryLimit ?? 1)).toBeLessThan(0.98);
  const full = nodes.find(({ node }) => node.metadata.name === 'worker-b2');
  expect((full?.diskUsed ?? 0) / (full?.capacity.diskBytes ?? 1)).toBeCloseTo(0.88, 2);
  // Nobody came to the cordoned node after its cordon, 19 days ago.
  for (const { pod } of containers) {
    if (pod.spec.nodeName !== 'worker-a2' || pod.metadata.labels?.app === 'checkout-api') continue;
    if (pod.metadata.labels?.app === 'search-api') continue;
    expect(START_MS - Date.parse(pod.metadata.creationTimestamp), pod.metadata.name).toBeGreaterThan(
      19 * 86_400_000,
    );
  }
  inside.stop();
});

test('calm: a job by the clock starts when it is time, and what was missed is not made up for', () => {
  const inside = world('calm', Date.parse('2026-11-22T14:20:00Z'));
  const { clock, store } = inside.machinery;
  const jobs = () => store.list('jobs.batch').map(({ metadata }) => metadata.name.replace(/-\d+$/, ''));
  const before = jobs();
  const cron = get(inside, 'cronjobs.batch', 'shop-search', 'reindex-nightly');
  expect(at(cron.status, 'lastScheduleTime')).toBe('2026-11-22T02:00:00Z');
  clock.step(10 * MINUTE);
  expect(jobs()).toEqual(before);
  clock.step(10 * MINUTE + 30_000);
  expect(jobs()).toContain('cart-expiry');
  expect(jobs()).not.toContain('synonyms-sync');
  inside.stop();
});

test('busy: nothing is refused, unschedulable or crashing', () => {
  const inside = world('busy');
  inside.machinery.clock.step(8 * MINUTE);
  const seen = reasons(inside);
  for (const bad of [
    'FailedCreate',
    'FailedScheduling',
    'BackOff',
    'Failed',
    'Evicted',
    'FailedGetResourceMetric',
  ])
    expect(seen, bad).not.toContain(bad);
  expect(seen).toContain('SuccessfulRescale');
  inside.stop();
});

test('incident: the crash loops raise alerts, before the node is lost and after', () => {
  const inside = world('incident');
  const { clock, store } = inside.machinery;
  const alerts = () =>
    store
      .list('events')
      .filter(({ reason }) => String(reason).startsWith('Alert'))
      .map((event) => String(event.message).split(/[,:]/)[0]);
  clock.step(100_000);
  expect(alerts()).toEqual(['KubePodCrashLooping']);
  clock.step(4 * MINUTE);
  expect(alerts().sort()).toEqual(['KubeNodeUnreachable', 'KubePodCrashLooping', 'PaymentErrorRatioHigh']);
  clock.step(17 * MINUTE);
  expect(reasons(inside)).toContain('AlertResolved');
  inside.stop();
});
