/** The scheduler over a store without controllers or kubelets: what it binds, whom it sends away, when it tries again. */
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { KindRegistry } from '../apiserver/meta/kinds.ts';
import { isoTime, systemContext } from '../apiserver/rest/context.ts';
import { Mutations } from '../apiserver/rest/mutations.ts';
import { Schemas } from '../apiserver/schema/schemas.ts';
import { DemoClock } from '../base/clock.ts';
import { at, type JsonObject, object, objects, text } from '../base/json.ts';
import { seededRandom } from '../base/random.ts';
import type { KubeObject, NodeObject, Pod } from '../base/types.ts';
import { readResourceFacts, readSchemaFacts } from '../facts/facts.ts';
import { Store, type StoreEvent } from '../storage/store.ts';
import { ClusterState, placeOf } from './cluster-state.ts';
import { hostPortsOf } from './filters/resources.ts';
import { NodeInfo, requestsOf } from './node-info.ts';
import { Scheduler } from './scheduler.ts';

const START_MS = Date.parse('2026-11-22T10:00:00Z');
const ZONE = 'topology.kubernetes.io/zone';
const kinds = new KindRegistry(readResourceFacts());
const schemas = new Schemas(readSchemaFacts());

class World {
  readonly clock: DemoClock;
  readonly store = new Store();
  readonly mutations: Mutations;
  readonly scheduler: Scheduler;

  constructor() {
    const still = { now: () => START_MS, setTimer: () => () => undefined };
    const fail = (error: unknown) => {
      throw error;
    };
    this.clock = new DemoClock(still, fail, START_MS);
    this.clock.freeze();
    const { clock, store } = this;
    const machinery = { store, clock, kinds, schemas, caCertificate: '', random: seededRandom(1) };
    this.mutations = new Mutations(machinery);
    this.put('namespaces', '', { metadata: { name: 'ns' } });
    this.scheduler = new Scheduler(machinery, this.mutations);
  }

  /** Past admission: what stands in the store is what counts here. */
  put(resource: string, namespace: string, body: JsonObject): KubeObject {
    const type = kinds.builtIn(resource);
    const { metadata, ...rest } = body;
    const full = {
      uid: `uid-${this.store.revision}`,
      resourceVersion: '',
      creationTimestamp: isoTime(this.clock.now()),
      ...(namespace ? { namespace } : {}),
      ...object(metadata),
    };
    const whole = { apiVersion: type.apiVersion, kind: type.kind, ...rest, metadata: full };
    return this.store.create(resource, whole as unknown as KubeObject);
  }

  node(name: string, spec: JsonObject = {}, allocatable: JsonObject = {}): void {
    const labels = { 'kubernetes.io/hostname': name, [ZONE]: `z${name.length % 2}` };
    const status = { allocatable: { cpu: '2', memory: '4Gi', pods: '10', ...allocatable } };
    this.put('nodes', '', { metadata: { name, labels }, spec, status });
  }

  pod(name: string, cpu: string, spec: JsonObject = {}, labels: JsonObject = {}): void {
    const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu } } }];
    const status = { phase: 'Pending' };
    this.put('pods', 'ns', { metadata: { name, labels }, spec: { containers, ...spec }, status });
  }

  get(name: string): Pod | undefined {
    return this.store.get('pods', 'ns', name) as Pod | undefined;
  }

  place(name: string): string | undefined {
    return this.get(name)?.spec.nodeName;
  }

  remove(resource: string, namespace: string, name: string): void {
    const found = this.store.get(resource, namespace, name);
    if (found) this.store.delete(resource, found);
  }

  cordon(name: string, unschedulable: boolean): void {
    const next = (node: KubeObject) => ({ ...node, spec: { ...object(node.spec), unschedulable } });
    const context = systemContext('test');
    this.mutations.writer.update(kinds.builtIn('nodes'), '', name, next, context, { isTrusted: true });
  }

  said(name: string, reason: string): JsonObject[] {
    return this.store
      .list('events', 'ns')
      .filter((event) => event.reason === reason && at(event, 'involvedObject', 'name') === name);
  }

  condition(name: string): string {
    const conditions = objects(this.get(name)?.status.conditions);
    return text(conditions.find(({ type }) => type === 'PodScheduled')?.message);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
  return () => world.scheduler.stop();
});

test('the more important go first, then the older', () => {
  world.node('one');
  world.pod('low', '2');
  world.pod('high', '2', { priority: 5 });
  world.clock.step(100);
  expect([world.place('low'), world.place('high')]).toEqual([undefined, 'one']);
});

test('one write binds: node, condition and no promise any more', () => {
  world.node('one');
  const seen: StoreEvent[] = [];
  world.store.subscribe('pods', (event) => void seen.push(event));
  world.pod('p', '1');
  world.clock.step(100);
  expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED']);
  expect(world.get('p')?.status.conditions).toEqual([
    {
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: '2026-11-22T10:00:00Z',
    },
  ]);
});

test('pods of another scheduler, gated ones and those with a node are left alone', () => {
  world.node('one');
  world.pod('foreign', '1', { schedulerName: 'other' });
  world.pod('gated', '1', { schedulingGates: [{ name: 'g' }] });
  world.pod('set', '1', { nodeName: 'elsewhere' });
  const { revision } = world.store;
  world.clock.step(600_000);
  expect(world.store.revision).toBe(revision);
});

test('a refused pod is tried again when something helps, after its back-off, and its event becomes a series', () => {
  world.node('one');
  world.pod('p', '3');
  world.clock.step(100);
  expect(world.said('p', 'FailedScheduling')).toHaveLength(1);
  world.pod('other', '1');
  world.clock.step(60_000);
  // A pod that came is no help to one that wants room.
  expect(world.said('p', 'FailedScheduling')).toHaveLength(1);
  world.node('two');
  world.clock.step(3_000);
  // Tried again under the version that has the condition: another event, and the words have changed.
  expect(world.said('p', 'FailedScheduling').map(({ message }) => text(message).slice(0, 40))).toEqual(
    expect.arrayContaining([
      '0/1 nodes are available: 1 Insufficient ',
      '0/2 nodes are available: 2 Insufficient ',
    ]),
  );
  world.clock.step(300_000);
  world.clock.step(300_000);
  const counts = world.said('p', 'FailedScheduling').map(({ series }) => object(series).count);
  expect(counts).toContain(2);
  world.node('large', {}, { cpu: '8' });
  world.clock.step(20_000);
  expect(world.place('p')).toBe('large');
});

test('back-off doubles from a second to ten', () => {
  world.node('one');
  world.pod('p', '3');
  world.clock.step(100);
  const tries: number[] = [];
  let last = world.clock.now();
  world.store.subscribe('pods', () => {
    tries.push(Math.round((world.clock.now() - last) / 1000));
    last = world.clock.now();
  });
  for (let index = 0; index < 600; index += 1) {
    // Each new node changes the words, so each try is a write.
    world.node(`n${String(index).padStart(3, '0')}`);
    world.clock.step(100);
  }
  expect(tries.slice(0, 6)).toEqual([1, 2, 4, 8, 10, 10]);
});

test('no node at all', () => {
  world.pod('p', '1');
  world.clock.step(100);
  expect(world.condition('p')).toBe('no nodes available to schedule pods');
  world.node('one');
  world.clock.step(2_000);
  expect(world.place('p')).toBe('one');
});

test('victims are the least that have to go, and the place is kept for who sent them away', () => {
  world.node('one');
  world.pod('keep', '500m', { nodeName: 'one', priority: 1 });
  world.pod('go', '1', { nodeName: 'one', terminationGracePeriodSeconds: 30 });
  world.clock.step(100);
  world.pod('strong', '1500m', { priority: 10 });
  world.clock.step(100);
  expect(world.get('keep')?.metadata.deletionTimestamp).toBeUndefined();
  expect(world.get('go')?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 });
  expect(object(world.get('strong')?.status).nominatedNodeName).toBe('one');
  expect(world.condition('strong')).toBe('0/1 nodes are available: 1 Insufficient cpu.');
  expect(world.said('go', 'Preempted')).toMatchObject([
    { message: `Preempted by pod ${world.get('strong')?.metadata.uid} on node one` },
  ]);
  // One that matters less does not slip into the place.
  world.remove('pods', 'ns', 'go');
  world.pod('sly', '1');
  world.clock.step(5_000);
  expect([world.place('sly'), world.place('strong')]).toEqual([undefined, 'one']);
  expect(object(world.get('strong')?.status)).not.toHaveProperty('nominatedNodeName');
});

test('nobody is sent away where that is of no use', () => {
  world.node('one', { unschedulable: true });
  world.pod('there', '2', { nodeName: 'one' });
  world.pod('strong', '1', { priority: 10 });
  world.clock.step(100);
  expect(world.condition('strong')).toBe(
    '0/1 nodes are available: 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  );
});

test('a claim that waits for its consumer is told the node, and the pod is bound when it is', () => {
  world.node('one');
  const spec = { storageClassName: 'wait', resources: { requests: { storage: '1Gi' } } };
  world.put('storageclasses.storage.k8s.io', '', {
    metadata: { name: 'wait' },
    provisioner: 'csi',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  world.put('persistentvolumeclaims', 'ns', { metadata: { name: 'c' }, spec, status: { phase: 'Pending' } });
  world.pod('p', '1', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] });
  world.clock.step(100);
  const claim = world.store.get('persistentvolumeclaims', 'ns', 'c') as KubeObject;
  expect(claim.metadata.annotations).toMatchObject({ 'volume.kubernetes.io/selected-node': 'one' });
  expect([world.place('p'), world.condition('p')]).toEqual([undefined, '']);
  world.put('persistentvolumes', '', { metadata: { name: 'pv' }, spec: {}, status: { phase: 'Bound' } });
  world.store.update('persistentvolumeclaims', claim, {
    ...claim,
    spec: { ...spec, volumeName: 'pv' },
    status: { phase: 'Bound' },
  });
  world.clock.step(2_000);
  expect(world.place('p')).toBe('one');
});

test('pods of one controller lie apart', () => {
  for (const name of ['a', 'b', 'c']) world.node(name);
  const ownerReferences = [
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true },
  ];
  for (const index of [1, 2, 3]) {
    const containers = [{ name: 'c', image: 'i' }];
    const metadata = { name: `r-${index}`, ownerReferences };
    world.put('pods', 'ns', { metadata, spec: { containers }, status: { phase: 'Pending' } });
    world.clock.step(100);
  }
  expect(new Set([1, 2, 3].map((index) => world.place(`r-${index}`))).size).toBe(3);
});

type Step = (world: World, index: number) => void;

const podStep: fc.Arbitrary<Step> = fc
  .record({
    cpu: fc.constantFrom('100m', '700m', '1500m'),
    app: fc.constantFrom('x', 'y'),
    priority: fc.constantFrom(0, 0, 0, 5),
    hostPort: fc.constantFrom(0, 0, 80),
    isTolerant: fc.boolean(),
    rule: fc.constantFrom('none', 'none', 'apart', 'spread'),
  })
  .map(
    ({ cpu, app, priority, hostPort, isTolerant, rule }): Step =>
      (into, index) => {
        const labelSelector = { matchLabels: { app } };
        const ports = hostPort > 0 ? [{ containerPort: 1, hostPort }] : [];
        const spread = { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector };
        const term = { topologyKey: 'kubernetes.io/hostname', labelSelector };
        const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [term] };
        into.pod(
          `p${index}`,
          cpu,
          {
            priority,
            containers: [{ name: 'c', image: 'i', ports, resources: { requests: { cpu } } }],
            ...(isTolerant ? { tolerations: [{ operator: 'Exists' }] } : {}),
            ...(rule === 'apart' ? { affinity: { podAntiAffinity } } : {}),
            ...(rule === 'spread' ? { topologySpreadConstraints: [spread] } : {}),
          },
          { app },
        );
      },
  );

const otherStep: fc.Arbitrary<Step> = fc.oneof(
  fc.nat(30).map(
    (pod): Step =>
      (into) =>
        into.remove('pods', 'ns', `p${pod}`),
  ),
  fc.nat(4).map(
    (node): Step =>
      (into) =>
        into.remove('nodes', '', 'n'.repeat(node + 1)),
  ),
  fc.tuple(fc.nat(4), fc.boolean()).map(
    ([node, isTainted]): Step =>
      (into) => {
        const name = 'n'.repeat(node + 1);
        const taints = isTainted ? [{ key: 'k', effect: 'NoSchedule' }] : [];
        if (!into.store.get('nodes', '', name)) into.node(name, { taints });
      },
  ),
  fc.tuple(fc.nat(4), fc.boolean()).map(
    ([node, isOn]): Step =>
      (into) => {
        const name = 'n'.repeat(node + 1);
        if (into.store.get('nodes', '', name)) into.cordon(name, isOn);
      },
  ),
  fc.constantFrom(30, 1_500, 12_000).map(
    (ms): Step =>
      (into) =>
        into.clock.step(ms),
  ),
);

/** Plain checks, written without the filters, of a pod that has just been bound. */
function faultsOf(store: Store, pod: Pod): string[] {
  const node = store.get('nodes', '', pod.spec.nodeName ?? '') as NodeObject | undefined;
  if (!node) return ['no such node'];
  const all = (store.list('pods') as Pod[]).filter((other) => placeOf(other));
  const here = all.filter((other) => other.spec.nodeName === node.metadata.name);
  const others = here.filter((other) => other.metadata.uid !== pod.metadata.uid);
  const faults: string[] = [];
  const cpu = here.reduce((sum, other) => sum + (requestsOf(other).amounts.get('cpu') ?? 0), 0);
  if (cpu > 2_000) faults.push(`cpu ${cpu}`);
  const isTolerant = objects(pod.spec.tolerations).length > 0;
  if (node.spec.unschedulable && !isTolerant) faults.push('cordoned');
  if ((node.spec.taints ?? []).length > 0 && !isTolerant) faults.push('tainted');
  const usesPort = (of: Pod) => hostPortsOf(of).length > 0;
  if (usesPort(pod) && others.some(usesPort)) faults.push('port');
  const app = pod.metadata.labels?.app;
  const isAlike = (other: Pod) => other.metadata.labels?.app === app;
  if (others.some((other) => isAlike(other) && (other.spec.affinity || pod.spec.affinity)))
    faults.push('not apart');
  if (pod.spec.topologySpreadConstraints && skewAt(store, all.filter(isAlike), node) > 1)
    faults.push('skewed');
  return faults;
}

function skewAt(store: Store, pods: Pod[], node: NodeObject): number {
  const zoneOf = (of: KubeObject | undefined) => of?.metadata.labels?.[ZONE] ?? '';
  const counts = new Map((store.list('nodes') as NodeObject[]).map((each) => [zoneOf(each), 0]));
  for (const { spec, metadata } of pods) {
    const zone = zoneOf(store.get('nodes', '', spec.nodeName ?? ''));
    if (zone && !metadata.deletionTimestamp) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return (counts.get(zoneOf(node)) ?? 0) - Math.min(...counts.values());
}

/** Node by node: what is asked for, and by whom. */
const sums = (infos: Iterable<NodeInfo>) =>
  [...infos].map((info) => ({
    name: info.name,
    pods: [...info.pods.keys()].sort(),
    requested: [...info.requested].sort(),
    weights: [info.weightCpu, info.weightMemory],
  }));

function recount(store: Store): NodeInfo[] {
  const infos = (store.list('nodes') as NodeObject[]).map(({ metadata }) => new NodeInfo(metadata.name));
  for (const pod of store.list('pods') as Pod[]) infos.find(({ name }) => name === placeOf(pod))?.add(pod);
  return infos;
}

test('whatever happens, a bound pod breaks no filter, and the sums are those of a plain recount', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 2, arbitrary: podStep }, otherStep), { maxLength: 60 }),
      (steps) => {
        const tried = new World();
        const state = new ClusterState(tried.store);
        const faults: string[] = [];
        tried.store.subscribe('pods', ({ object: now, previous }) => {
          const pod = now as Pod;
          if (pod.spec.nodeName && previous && !(previous as Pod).spec.nodeName)
            faults.push(...faultsOf(tried.store, pod).map((fault) => `${pod.metadata.name}: ${fault}`));
        });
        for (const name of ['n', 'nn', 'nnn']) tried.node(name);
        steps.forEach((step, index) => void step(tried, index));
        tried.clock.step(15_000);
        expect(faults).toEqual([]);
        expect(sums(state.nodes())).toEqual(sums(recount(tried.store)));
        state.stop();
        tried.scheduler.stop();
      },
    ),
    { seed: 7, numRuns: 150 },
  );
});
