/** Nodes that fall silent, come back, or never had a kubelet, in a whole world. */
import { describe, expect, test } from 'vitest';
import { systemContext } from '../../apiserver/rest/context.ts';
import { DemoClock } from '../../base/clock.ts';
import { at, type JsonObject, objects } from '../../base/json.ts';
import type { KubeObject, NodeObject, Pod } from '../../base/types.ts';
import { startWorld, type World } from '../../world.ts';

const START_MS = Date.parse('2026-11-22T10:00:00Z');
const SECOND = 1_000;

function world(): World {
  const still = { now: () => START_MS, setTimer: () => () => undefined };
  const fail = (error: unknown) => {
    throw error;
  };
  const clock = new DemoClock(still, fail, START_MS);
  clock.freeze();
  const size = { nodes: 3, pods: 10, churnPerSecond: 1 };
  return startWorld({ scenario: 'calm', size, seed: 1, clock, caCertificate: 'PEM' });
}

interface Made {
  resource: string;
  name: string;
  namespace?: string;
}

function create({ machinery, mutations }: World, { resource, name, namespace = '' }: Made, rest: JsonObject) {
  const type = machinery.kinds.builtIn(resource);
  return mutations.writer.create(type, namespace, { metadata: { name }, ...rest }, systemContext('test'));
}

const makeNode = (inside: World, name: string, rest: JsonObject = {}) =>
  create(inside, { resource: 'nodes', name }, rest);

function makePod(inside: World, name: string, nodeName: string, tolerations?: object[]): void {
  const spec = {
    nodeName,
    containers: [{ name: 'c', image: 'web:1' }],
    ...(tolerations ? { tolerations } : {}),
  };
  create(inside, { resource: 'pods', name, namespace: 'default' }, { spec });
}

const nodeOf = ({ machinery }: World, name: string) => machinery.store.get('nodes', '', name) as NodeObject;
const podOf = ({ machinery }: World, name: string) =>
  machinery.store.get('pods', 'default', name) as Pod | undefined;
const ready = (inside: World, name: string) => {
  const found = nodeOf(inside, name).status.conditions?.find(({ type }) => type === 'Ready');
  return found && [found.status, found.reason];
};
const taints = (inside: World, name: string) =>
  (nodeOf(inside, name).spec.taints ?? []).map(({ key, effect }) => `${key.split('/').at(-1)}:${effect}`);
const told = ({ machinery }: World, name: string) =>
  machinery.store
    .list('events')
    .filter((event) => at(event, 'involvedObject', 'name') === name)
    .map(({ reason, message }) => `${String(reason)}: ${String(message)}`);

function taintBy(inside: World, name: string, next: (taints: object[]) => object[]): void {
  const change = (current: KubeObject) => {
    const spec = current.spec as JsonObject;
    return { ...current, spec: { ...spec, taints: next(objects(spec.taints)) } };
  };
  const { machinery, mutations } = inside;
  mutations.writer.update(
    machinery.kinds.builtIn('nodes'),
    '',
    name,
    (current) => change(current as KubeObject),
    systemContext('test'),
  );
}

describe('a node that falls silent', () => {
  test('is not known, then emptied by what each pod tolerates, and is whole again when it is back', () => {
    const inside = world();
    const { clock, store } = inside.machinery;
    makePod(inside, 'patient', 'worker-c1');
    makePod(inside, 'hasty', 'worker-c1', [
      { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 },
    ]);
    makePod(inside, 'loyal', 'worker-c1', [{ operator: 'Exists' }]);
    clock.step(30 * SECOND);
    inside.silent.add('worker-c1');
    clock.step(48 * SECOND);
    expect(ready(inside, 'worker-c1')).toEqual(['True', 'KubeletReady']);
    clock.step(17 * SECOND);
    expect(ready(inside, 'worker-c1')).toEqual(['Unknown', 'NodeStatusUnknown']);
    expect(taints(inside, 'worker-c1')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute']);
    expect(told(inside, 'worker-c1')).toContain('NodeNotReady: Node worker-c1 status is now: NodeNotReady');
    const patient = podOf(inside, 'patient');
    expect(patient?.status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('False');
    expect(told(inside, 'patient')).toContain('NodeNotReady: Node is not ready');
    expect(inside.usage.nodes().map(({ node }) => node.metadata.name)).not.toContain('worker-c1');
    clock.step(25 * SECOND);
    const hasty = podOf(inside, 'hasty');
    expect(hasty?.metadata.deletionTimestamp).toBeDefined();
    expect(hasty?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'DeletionByTaintManager' }),
    );
    expect(told(inside, 'hasty')).toContain('TaintManagerEviction: Marking for deletion Pod default/hasty');
    expect(podOf(inside, 'patient')?.metadata.deletionTimestamp).toBeUndefined();
    inside.silent.delete('worker-c1');
    clock.step(30 * SECOND);
    expect(ready(inside, 'worker-c1')).toEqual(['True', 'KubeletReady']);
    expect(taints(inside, 'worker-c1')).toEqual([]);
    expect(told(inside, 'patient')).toContain(
      'TaintManagerEviction: Cancelling deletion of Pod default/patient',
    );
    clock.step(400 * SECOND);
    expect(podOf(inside, 'patient')?.metadata.deletionTimestamp).toBeUndefined();
    expect(podOf(inside, 'loyal')).toBeDefined();
    expect(podOf(inside, 'hasty')).toBeUndefined();
    expect(store.get('nodes', '', 'worker-c1')).toBeDefined();
    inside.stop();
  });

  test('shares its pace with its zone, and nobody is emptied when all are silent', () => {
    const inside = world();
    const { clock, store } = inside.machinery;
    for (const name of ['worker-c1', 'worker-c2']) inside.silent.add(name);
    const emptied = () =>
      ['worker-c1', 'worker-c2'].filter((name) => taints(inside, name).includes('unreachable:NoExecute'));
    let first = 0;
    while (emptied().length === 0 && first < 100) {
      clock.step(SECOND);
      first += 1;
    }
    expect(emptied()).toHaveLength(1);
    clock.step(4 * SECOND);
    expect(emptied()).toHaveLength(1);
    clock.step(20 * SECOND);
    expect(emptied()).toHaveLength(2);
    for (const { metadata } of store.list('nodes')) inside.silent.add(metadata.name);
    clock.step(120 * SECOND);
    expect(ready(inside, 'worker-a1')).toEqual(['Unknown', 'NodeStatusUnknown']);
    for (const { metadata } of store.list('nodes'))
      expect(taints(inside, metadata.name)).toEqual(['unreachable:NoSchedule']);
    inside.stop();
  });
});

describe('a node that a client makes', () => {
  test('has no kubelet: it is never heard of, and its pods do not start', () => {
    const inside = world();
    const { clock } = inside.machinery;
    makeNode(inside, 'fresh');
    makePod(inside, 'bound', 'fresh');
    clock.step(30 * SECOND);
    expect(told(inside, 'fresh')).toEqual([
      'RegisteredNode: Node fresh event: Registered Node fresh in Controller',
    ]);
    expect([ready(inside, 'fresh'), taints(inside, 'fresh')]).toEqual([undefined, []]);
    clock.step(40 * SECOND);
    expect(ready(inside, 'fresh')).toEqual(['Unknown', 'NodeStatusNeverUpdated']);
    expect(nodeOf(inside, 'fresh').status.conditions?.map(({ type }) => type)).toEqual([
      'Ready',
      'MemoryPressure',
      'DiskPressure',
      'PIDPressure',
    ]);
    expect(taints(inside, 'fresh')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute']);
    expect(podOf(inside, 'bound')?.status.phase).toBe('Pending');
    inside.stop();
  });

  test('stays ready while its status or lease is renewed', () => {
    const inside = world();
    const { clock, kinds } = inside.machinery;
    const status = (lastHeartbeatTime: string) => ({
      conditions: [{ type: 'Ready', status: 'True', reason: 'Own', message: '', lastHeartbeatTime }],
    });
    const iso = () => `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
    makeNode(inside, 'own', { status: status(iso()) });
    for (let turn = 0; turn < 4; turn += 1) {
      clock.step(40 * SECOND);
      expect(ready(inside, 'own')).toEqual(['True', 'Own']);
      inside.mutations.writer.update(
        kinds.builtIn('nodes'),
        '',
        'own',
        (current) => ({ ...current, status: status(iso()) }),
        systemContext('test', 'status'),
      );
    }
    clock.step(70 * SECOND);
    expect(ready(inside, 'own')).toEqual(['Unknown', 'NodeStatusUnknown']);
    inside.stop();
  });

  test('takes its pods with it when it is deleted', () => {
    const inside = world();
    const { machinery, mutations } = inside;
    makeNode(inside, 'fresh');
    makePod(inside, 'bound', 'fresh');
    mutations.deleter.delete(machinery.kinds.builtIn('nodes'), '', 'fresh', { isDryRun: false });
    machinery.clock.step(30 * SECOND);
    expect(podOf(inside, 'bound')).toBeDefined();
    machinery.clock.step(15 * SECOND);
    expect(podOf(inside, 'bound')).toBeUndefined();
    inside.stop();
  });
});

test('a NoExecute taint of anybody evicts, at once where nothing is tolerated', () => {
  const inside = world();
  const { clock } = inside.machinery;
  const maintenance = { key: 'maintenance', value: 'now', effect: 'NoExecute' };
  makePod(inside, 'stays', 'worker-a1', [{ key: 'maintenance', operator: 'Exists' }]);
  makePod(inside, 'goes', 'worker-a1');
  clock.step(10 * SECOND);
  taintBy(inside, 'worker-a1', (before) => [...before, maintenance]);
  clock.step(SECOND);
  expect(podOf(inside, 'goes')?.metadata.deletionTimestamp).toBeDefined();
  expect(podOf(inside, 'stays')?.metadata.deletionTimestamp).toBeUndefined();
  makePod(inside, 'late', 'worker-a1');
  clock.step(SECOND);
  expect(told(inside, 'late')).toContain('TaintManagerEviction: Marking for deletion Pod default/late');
  inside.stop();
});
