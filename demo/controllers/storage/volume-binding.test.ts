/** Claims and volumes in a whole world, on a clock that the test moves. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemContext } from '../../apiserver/rest/context.ts';
import { DemoClock } from '../../base/clock.ts';
import { at, type JsonObject } from '../../base/json.ts';
import { startWorld, type World } from '../../world.ts';

const START_MS = Date.parse('2026-11-22T10:00:20Z');
const NAMESPACE = 'ci';

let world: World;

beforeEach(() => {
  const still = { now: () => START_MS, setTimer: () => () => undefined };
  const fail = (error: unknown) => {
    throw error;
  };
  const clock = new DemoClock(still, fail, START_MS);
  clock.freeze();
  const size = { nodes: 1, pods: 1, churnPerSecond: 0 };
  world = startWorld({ scenario: 'small', size, seed: 1, clock, caCertificate: 'PEM' });
});
afterEach(() => world.stop());

function create(resource: string, namespace: string, body: JsonObject): void {
  const { machinery, mutations } = world;
  mutations.writer.create(machinery.kinds.builtIn(resource), namespace, body, systemContext('test'));
}

const makeClaim = (name: string, storageClassName: string, storage = '5Gi') =>
  create('persistentvolumeclaims', NAMESPACE, {
    metadata: { name },
    spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });
const claim = (name: string) => world.machinery.store.get('persistentvolumeclaims', NAMESPACE, name);
const phase = (name: string) => at(claim(name), 'status', 'phase');
const pass = () => world.machinery.clock.step(5_000);
const eventsOf = (name: string) =>
  world.machinery.store
    .list('events', NAMESPACE)
    .filter((event) => at(event, 'involvedObject', 'name') === name)
    .map(({ reason, count }) => [reason, count]);

test('a claim of a class that exists is bound to a new volume, which goes with it', () => {
  const { store, kinds } = world.machinery;
  const before = store.list('persistentvolumes').length;
  makeClaim('data', 'fast-ssd');
  pass();
  expect(phase('data')).toBe('Bound');
  const volume = store.get('persistentvolumes', '', String(at(claim('data'), 'spec', 'volumeName')));
  expect(at(volume, 'spec', 'claimRef', 'uid')).toBe(claim('data')?.metadata.uid);
  expect(at(volume, 'status', 'phase')).toBe('Bound');
  expect(eventsOf('data')).toEqual([['ProvisioningSucceeded', 1]]);
  const type = kinds.builtIn('persistentvolumeclaims');
  world.mutations.deleter.delete(type, NAMESPACE, 'data', { isDryRun: false });
  pass();
  expect(store.list('persistentvolumes')).toHaveLength(before);
});

test('the smallest free volume that fits is taken', () => {
  for (const [name, storage] of [
    ['big', '50Gi'],
    ['fits', '10Gi'],
    ['little', '1Gi'],
  ] as const)
    create('persistentvolumes', '', {
      metadata: { name },
      spec: {
        capacity: { storage },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'by-hand',
        hostPath: { path: '/data' },
      },
    });
  makeClaim('data', 'by-hand');
  pass();
  expect(at(claim('data'), 'spec', 'volumeName')).toBe('fits');
  expect(at(world.machinery.store.get('persistentvolumes', '', 'big'), 'status', 'phase')).toBe('Available');
});

test("the scenario's claim stays pending, with its event as it was, and a class releases it", () => {
  const before = eventsOf('runner-scratch');
  const bound = JSON.stringify(world.machinery.store.list('persistentvolumes'));
  pass();
  expect(phase('runner-scratch')).toBe('Pending');
  expect(eventsOf('runner-scratch')).toEqual(before);
  expect(JSON.stringify(world.machinery.store.list('persistentvolumes'))).toBe(bound);
  create('storageclasses.storage.k8s.io', '', {
    metadata: { name: 'shared-nfs' },
    provisioner: 'nfs.example',
  });
  pass();
  expect(phase('runner-scratch')).toBe('Bound');
});
