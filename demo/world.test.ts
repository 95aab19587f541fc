/** A world is a pure function of scenario, seed and clock; and the scenarios do what they promise. */
import { expect, test } from 'vitest';
import { DemoClock } from './base/clock.ts';
import { at } from './base/json.ts';
import type { NodeObject, Pod } from './base/types.ts';
import { startWorld, type World } from './world.ts';

const START_MS = Date.parse('2026-11-22T10:00:00Z');
const SIZE = { nodes: 12, pods: 250, churnPerSecond: 50 };

function world(scenario: string, seed = 1): World {
  const still = { now: () => START_MS, setTimer: () => () => undefined };
  const fail = (error: unknown) => {
    throw error;
  };
  const clock = new DemoClock(still, fail, START_MS);
  clock.freeze();
  return startWorld({ scenario, size: SIZE, seed, clock, caCertificate: 'PEM' });
}

function run(scenario: string, steps: number[], seed = 1): string {
  const { machinery, stop } = world(scenario, seed);
  for (const ms of steps) machinery.clock.step(ms);
  const { store } = machinery;
  const all = Object.keys(store.counts()).map((resource) => [resource, store.list(resource)]);
  stop();
  return JSON.stringify([store.revision, all]);
}

test.each([
  ['small', [30_000, 90_000]],
  ['busy', [60_000]],
  ['incident', [60_000, 120_000]],
  ['scale', [1_000, 2_000]],
])('%s happens the same again with the same seed', (scenario, steps) => {
  const once = run(scenario, steps);
  expect(run(scenario, steps) === once).toBe(true);
  expect(run(scenario, steps, 2) === once).toBe(false);
});

test('steps of another size lead to the same world', () => {
  expect(run('busy', [40_000]) === run('busy', [1_000, 4_000, 15_000, 20_000])).toBe(true);
});

test('an unknown scenario is refused with the names there are', () => {
  expect(() => world('nope')).toThrow(
    'there is no scenario nope; there are small, calm, odd, busy, incident, scale',
  );
});

test('scale is as large as it was asked for, settled, and changes as often', () => {
  const { machinery, stop } = world('scale');
  const { store, clock } = machinery;
  expect(store.counts()).toMatchObject({ nodes: 12, pods: 250, 'deployments.apps': 3 });
  const pods = store.list('pods') as Pod[];
  expect(new Set(pods.map(({ metadata }) => metadata.uid)).size).toBe(250);
  expect(new Set(pods.map(({ status }) => status.podIP)).size).toBe(250);
  clock.step(1_000);
  expect(store.counts()).toMatchObject({ pods: 250 });
  let changes = 0;
  store.subscribe('pods', () => {
    changes += 1;
  });
  clock.step(10_000);
  expect(changes).toBe(500);
  stop();
});

const podsOf = ({ machinery }: World, namespace: string, app: string) =>
  (machinery.store.list('pods', namespace) as Pod[]).filter(({ metadata }) => metadata.labels?.app === app);

test('the incident: a bad config crashes, a node is lost and its pods are evicted, and it comes back', () => {
  const incident = world('incident');
  const { store, clock } = incident.machinery;
  const ready = () =>
    (store.get('nodes', '', 'worker-c1') as NodeObject).status?.conditions?.find(
      ({ type }) => type === 'Ready',
    );
  clock.step(110_000);
  const last = podsOf(incident, 'payments', 'payments-api').map((pod) =>
    at(pod.status.containerStatuses?.[0], 'lastState', 'terminated', 'message'),
  );
  expect(last).toContain('config: PSP_URL: unsupported protocol scheme "htps"');
  expect(ready()?.status).toBe('True');
  clock.step(80_000);
  expect(ready()).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown' });
  const onLost = () => (store.list('pods') as Pod[]).filter(({ spec }) => spec.nodeName === 'worker-c1');
  expect(onLost().some(({ metadata }) => metadata.deletionTimestamp !== undefined)).toBe(false);
  clock.step(330_000);
  const leaving = onLost().filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  expect(leaving.length).toBeGreaterThan(5);
  expect(leaving.some(({ metadata }) => metadata.labels?.app === 'cilium')).toBe(false);
  clock.step(15 * 60_000);
  expect(ready()).toMatchObject({ status: 'True', reason: 'KubeletReady' });
  expect(onLost().some(({ metadata }) => metadata.deletionTimestamp !== undefined)).toBe(false);
  expect((store.get('nodes', '', 'worker-c1') as NodeObject).spec.taints).toBeUndefined();
  incident.stop();
});
