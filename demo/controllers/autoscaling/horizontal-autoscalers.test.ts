/** Autoscalers in a whole world: with the scheduler, the kubelets and the use of the pods they make. */
import { describe, expect, test } from 'vitest';
import { systemContext } from '../../apiserver/rest/context.ts';
import { DemoClock } from '../../base/clock.ts';
import { at, type JsonObject, objects } from '../../base/json.ts';
import type { KubeObject, Pod } from '../../base/types.ts';
import { startWorld, type World } from '../../world.ts';

const KEY = 'horizontalpodautoscalers.autoscaling';
const SIZE = { nodes: 3, pods: 10, churnPerSecond: 1 };
const MINUTE = 60_000;

function world(scenario: string, start = '2026-11-22T10:00:00Z', seed = 1): World {
  const startMs = Date.parse(start);
  const still = { now: () => startMs, setTimer: () => () => undefined };
  const fail = (error: unknown) => {
    throw error;
  };
  const clock = new DemoClock(still, fail, startMs);
  clock.freeze();
  return startWorld({ scenario, size: SIZE, seed, clock, caCertificate: 'PEM' });
}

function create(
  { machinery, mutations }: World,
  resource: string,
  name: string,
  rest: JsonObject,
): KubeObject {
  const type = machinery.kinds.builtIn(resource);
  return mutations.writer.create(type, 'default', { metadata: { name }, ...rest }, systemContext('test'));
}

function deploy(inside: World, name: string, replicas: number, requests?: JsonObject): void {
  const labels = { app: name };
  create(inside, 'deployments.apps', name, {
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'web', image: 'web:1', ...(requests ? { resources: { requests } } : {}) }],
        },
      },
    },
  });
}

const autoscale = (inside: World, name: string, rest: JsonObject, kind = 'Deployment') =>
  create(inside, KEY, name, {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind, name }, maxReplicas: 6, ...rest },
  });

const scaled = (inside: World, name: string, replicas: number) =>
  inside.mutations.writer.update(
    inside.machinery.kinds.builtIn('deployments.apps'),
    'default',
    name,
    (current) => ({ ...current, spec: { ...(current.spec as JsonObject), replicas } }),
    systemContext('test'),
  );

const cpu = (averageUtilization: number) => ({
  metrics: [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } },
  ],
});

const statusOf = ({ machinery }: World, name: string) => machinery.store.get(KEY, 'default', name)?.status;
const replicasOf = ({ machinery }: World, name: string) =>
  Number(at(machinery.store.get('deployments.apps', 'default', name), 'spec', 'replicas'));
const condition = (inside: World, name: string, type: string) => {
  const found = objects(at(statusOf(inside, name), 'conditions')).find((item) => item.type === type);
  return [found?.status, found?.reason];
};
const told = ({ machinery }: World, name: string) =>
  machinery.store
    .list('events')
    .filter((event) => at(event, 'involvedObject', 'kind') === 'HorizontalPodAutoscaler')
    .filter((event) => at(event, 'involvedObject', 'name') === name)
    .sort((a, b) => String(a.firstTimestamp).localeCompare(String(b.firstTimestamp)))
    .map((event) => `${String(event.reason)}: ${String(event.message)}`);

describe('the autoscalers of the scenarios rest', () => {
  const sizes = ({ machinery }: World) =>
    machinery.store
      .list(KEY)
      .map(({ metadata, spec, status }) => [
        metadata.name,
        at(
          machinery.store.get('deployments.apps', metadata.namespace ?? '', metadata.name),
          'spec',
          'replicas',
        ),
        at(status, 'desiredReplicas'),
        at(spec, 'maxReplicas'),
      ]);
  const rested = [
    ['thumbs', 6, 6, 6],
    ['checkout-api', 20, 20, 30],
    ['search-api', 12, 12, 18],
  ];

  test.each([
    ['small', '2026-11-22T14:00:00Z', 1, 120],
    ['small', '2026-11-22T02:00:00Z', 2, 30],
    ['calm', '2026-11-22T09:00:00Z', 3, 30],
    ['incident', '2026-11-22T20:00:00Z', 4, 30],
  ])(
    '%s from %s, seed %d, over %d minutes',
    (scenario, start, seed, lengthMinutes) => {
      const inside = world(scenario, start, seed);
      const { clock, store } = inside.machinery;
      let changes = 0;
      const stop = store.subscribe('deployments.apps', ({ object, previous }) => {
        if (at(object, 'spec', 'replicas') !== at(previous, 'spec', 'replicas')) changes += 1;
      });
      for (let minutes = 0; minutes < lengthMinutes; minutes += 10) {
        clock.step(10 * MINUTE);
        expect(sizes(inside)).toEqual(rested);
      }
      expect(changes).toBe(0);
      const thumbs = store.get(KEY, 'shop-catalog', 'thumbs');
      const reasons = objects(at(thumbs, 'status', 'conditions')).map(({ reason }) => reason);
      expect(reasons.slice(1)).toEqual(['ValidMetricFound', 'TooManyReplicas']);
      stop();
      inside.stop();
    },
    30_000,
  );
});

describe('an autoscaler of a client', () => {
  test('finds the size at which the load fits, and its pods then use less', () => {
    const inside = world('calm');
    const { clock, store } = inside.machinery;
    deploy(inside, 'web', 1, { cpu: '100m' });
    autoscale(inside, 'web', cpu(15));
    clock.step(4 * MINUTE);
    expect(replicasOf(inside, 'web')).toBeGreaterThan(1);
    clock.step(10 * MINUTE);
    const size = replicasOf(inside, 'web');
    expect(size).toBeLessThan(6);
    const settled = Number(
      at(
        objects(at(statusOf(inside, 'web'), 'currentMetrics'))[0],
        'resource',
        'current',
        'averageUtilization',
      ),
    );
    expect(settled).toBeLessThanOrEqual(17);
    expect(condition(inside, 'web', 'ScalingLimited')).toEqual(['False', 'DesiredWithinRange']);
    const first = told(inside, 'web').find((line) => line.startsWith('SuccessfulRescale'));
    expect(first).toMatch(
      /New size: \d; reason: cpu resource utilization \(percentage of request\) above target$/,
    );
    expect(at(statusOf(inside, 'web'), 'lastScaleTime')).toBeDefined();
    // More by hand is taken back at once: nothing asked for more of late.
    scaled(inside, 'web', 6);
    clock.step(2 * MINUTE);
    expect(replicasOf(inside, 'web')).toBe(size);
    expect(told(inside, 'web')).toContain(
      `SuccessfulRescale: New size: ${size}; reason: All metrics below target`,
    );
    expect(
      (store.list('pods', 'default') as Pod[]).filter(({ metadata }) => metadata.labels?.app === 'web'),
    ).toHaveLength(size);
    inside.stop();
  });

  test('keeps to its bounds, and is off at zero', () => {
    const inside = world('calm');
    deploy(inside, 'many', 9, { cpu: '10m' });
    autoscale(inside, 'many', cpu(50));
    deploy(inside, 'few', 1, { cpu: '10m' });
    autoscale(inside, 'few', { ...cpu(50), minReplicas: 3 });
    deploy(inside, 'none', 0, { cpu: '10m' });
    autoscale(inside, 'none', {});
    inside.machinery.clock.step(16_000);
    expect([replicasOf(inside, 'many'), replicasOf(inside, 'few')]).toEqual([6, 3]);
    expect(told(inside, 'many')).toEqual([
      'SuccessfulRescale: New size: 6; reason: Current number of replicas above Spec.MaxReplicas',
    ]);
    expect(told(inside, 'few')).toEqual([
      'SuccessfulRescale: New size: 3; reason: Current number of replicas below Spec.MinReplicas',
    ]);
    expect(condition(inside, 'many', 'AbleToScale')).toEqual(['True', 'SucceededRescale']);
    expect(condition(inside, 'none', 'ScalingActive')).toEqual(['False', 'ScalingDisabled']);
    inside.stop();
  });

  test('says why it cannot work', () => {
    const inside = world('calm');
    deploy(inside, 'bare', 1);
    autoscale(inside, 'bare', cpu(50));
    autoscale(inside, 'gone', {});
    autoscale(inside, 'odd', {}, 'DaemonSet');
    inside.machinery.clock.step(90_000);
    expect(condition(inside, 'bare', 'ScalingActive')).toEqual(['False', 'FailedGetResourceMetric']);
    const pod = inside.machinery.store
      .list('pods', 'default')
      .find(({ metadata }) => metadata.labels?.app === 'bare')?.metadata.name;
    const why = `failed to get cpu utilization: missing request for cpu in container web of Pod ${pod}`;
    expect(told(inside, 'bare')).toContain(`FailedGetResourceMetric: ${why}`);
    expect(told(inside, 'bare')).toContain(
      `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${why}`,
    );
    expect(condition(inside, 'gone', 'AbleToScale')).toEqual(['False', 'FailedGetScale']);
    expect(told(inside, 'gone')).toEqual(['FailedGetScale: deployments.apps "gone" not found']);
    inside.stop();
  });

  test('and its rival both stand still', () => {
    const inside = world('calm');
    deploy(inside, 'web', 1, { cpu: '100m' });
    autoscale(inside, 'web', cpu(15));
    create(inside, KEY, 'other', {
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
    });
    inside.machinery.clock.step(2 * MINUTE);
    expect(replicasOf(inside, 'web')).toBe(1);
    expect(condition(inside, 'web', 'ScalingActive')).toEqual(['False', 'AmbiguousSelector']);
    inside.stop();
  });
});

test('what a pod counts agrees with what it uses, through every change of its share', () => {
  const inside = world('calm');
  const { clock } = inside.machinery;
  deploy(inside, 'web', 2, { cpu: '100m' });
  autoscale(inside, 'web', { ...cpu(15), maxReplicas: 8 });
  clock.step(MINUTE);
  const first = () =>
    inside.usage
      .pods()
      .filter(({ pod }) => pod.metadata.labels?.app === 'web')
      .flatMap(({ containers }) => containers)
      .sort((a, b) => a.startedMs - b.startedMs)[0];
  let before = first();
  for (let step = 0; step < 60; step += 1) {
    clock.step(15_000);
    const next = first();
    const counted = (next?.cpuSeconds ?? 0) - (before?.cpuSeconds ?? 0);
    const used = (((next?.cpu ?? 0) + (before?.cpu ?? 0)) / 2) * 15;
    expect(counted).toBeGreaterThan(0);
    expect(Math.abs(counted / used - 1)).toBeLessThan(0.5);
    before = next;
  }
  inside.stop();
});
