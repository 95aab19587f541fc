import { describe, expect, test } from 'vitest';
import { DemoClock } from '../base/clock.ts';
import { seededRandom } from '../base/random.ts';
import type { Container, ContainerStatus, NodeObject, Pod } from '../base/types.ts';
import { Store } from '../storage/store.ts';
import { capacityOf, NOTHING_CARRIED, nodeUsage } from './node-usage.ts';
import { type ContainerUsage, podUsage, sumOf } from './pod-usage.ts';
import { SAMPLE_EVERY_MS, Usage } from './usage.ts';
import { rateAt, totalOver, waveOf } from './wave.ts';

const START_MS = Date.parse('2026-11-22T12:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();

const node = (name: string, hasPressure = false): NodeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: iso(START_MS - 90 * 86_400_000) },
  spec: {},
  status: {
    capacity: { cpu: '8', memory: '32901088Ki', 'ephemeral-storage': '94371840Ki' },
    allocatable: {},
    conditions: [{ type: 'DiskPressure', status: hasPressure ? 'True' : 'False' }],
    addresses: [],
    nodeInfo: {},
  } as unknown as NodeObject['status'],
});

interface Wish {
  index: number;
  container?: Partial<Container>;
  startedMs?: number;
  status?: Partial<ContainerStatus>;
}

function pod({ index, container, startedMs = START_MS - 3_600_000, status }: Wish): Pod {
  const running = { name: 'app', state: { running: { startedAt: iso(startedMs) } }, lastState: {} };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `app-${index}`,
      namespace: 'shop',
      uid: `uid-${index}`,
      resourceVersion: '1',
      creationTimestamp: iso(startedMs),
      labels: { app: `app-${index % 5}`, tier: ['backend', 'database', 'system'][index % 3] as string },
    },
    spec: { nodeName: 'worker-1', containers: [{ name: 'app', image: 'shop/app:1', ...container }] },
    status: { phase: 'Running', containerStatuses: [{ ...running, ...status } as ContainerStatus] },
  };
}

/** Pods of all sizes, some with more than a node has. */
function pods(seed: number, count: number): Pod[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const cpu = `${random.below(900)}m`;
    const memory = `${random.below(3_000)}Mi`;
    const container =
      random.next() < 0.2 ? {} : { resources: { requests: { cpu, memory }, limits: { memory } } };
    return pod({ index, container, startedMs: START_MS - random.below(86_400_000) });
  });
}

const figures = (container: ContainerUsage) =>
  Object.entries(container).filter(([name]) => !['name', 'memoryLimit', 'cpuLimit'].includes(name));

describe('a wave', () => {
  test('is never negative, and its total is its rate summed up', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const wave = waveOf(seed, 'key', 2, { daily: 0.6, restless: 0.3 });
      let sum = 0;
      for (let at = START_MS; at < START_MS + 600_000; at += 250) {
        expect(rateAt(wave, at)).toBeGreaterThanOrEqual(0);
        sum += rateAt(wave, at + 125) * 0.25;
      }
      expect(totalOver(wave, START_MS, START_MS + 600_000) / sum).toBeCloseTo(1, 3);
    }
  });
});

describe('the use of any node and its pods', () => {
  const cases = Array.from({ length: 24 }, (_, index) => ({ seed: index * 7 + 1, count: (index * 5) % 60 }));

  test.each(cases)('keeps within bounds: seed $seed, $count pods', ({ seed, count }) => {
    const all = pods(seed, count);
    const worker = node('worker-1', seed % 2 === 0);
    const { cores, memoryBytes, diskBytes } = capacityOf(worker);
    for (let step = 0; step < 30; step += 1) {
      const atMs = START_MS + step * 2_911_000;
      const wanted = all.map((item) => podUsage(seed, item, atMs));
      const use = nodeUsage(seed, worker, wanted, NOTHING_CARRIED, atMs);
      for (const { containers } of use.pods)
        for (const container of containers)
          for (const [name, value] of figures(container)) expect(value, name).toBeGreaterThanOrEqual(0);
      for (const name of ['cpu', 'memory', 'cpuSeconds', 'received', 'sent', 'read', 'written'] as const) {
        const ofPods = use.pods.reduce((sum, item) => sum + sumOf(item, name), 0);
        expect(use[name], name).toBeGreaterThanOrEqual(ofPods);
      }
      expect(use.cpu).toBeLessThan(cores);
      expect(use.memory).toBeLessThan(memoryBytes);
      expect(use.diskUsed).toBeLessThan(diskBytes);
      expect(use.inodesUsed).toBeLessThanOrEqual(use.inodes);
    }
  });

  test('has no jumps, and counters only grow', () => {
    const [item] = pods(5, 1) as [Pod];
    const first = podUsage(5, item, START_MS).containers[0] as ContainerUsage;
    let before = first;
    for (let step = 1; step < 2_000; step += 1) {
      const next = podUsage(5, item, START_MS + step * 1_000).containers[0] as ContainerUsage;
      expect(Math.abs(next.cpu - before.cpu)).toBeLessThanOrEqual(first.cpu * 0.02);
      expect(Math.abs(next.memory - before.memory)).toBeLessThanOrEqual(first.memory * 0.02);
      expect(next.cpuSeconds).toBeGreaterThan(before.cpuSeconds);
      expect(next.received).toBeGreaterThan(before.received);
      before = next;
    }
  });

  test('is the same for the same seed, and another for another', () => {
    const [item] = pods(5, 1) as [Pod];
    expect(podUsage(1, item, START_MS)).toEqual(podUsage(1, item, START_MS));
    expect(podUsage(1, item, START_MS)).not.toEqual(podUsage(2, item, START_MS));
  });
});

describe('stories', () => {
  const container = { resources: { requests: { memory: '256Mi' }, limits: { memory: '512Mi' } } };
  const died = { exitCode: 137, reason: 'OOMKilled', startedAt: iso(START_MS - 7_200_000) };
  const lastState = { terminated: { ...died, finishedAt: iso(START_MS - 3_600_000) } };

  test('a container that was OOM-killed climbs to its limit again in the time it took before', () => {
    const leaking = pod({ index: 1, container, startedMs: START_MS, status: { lastState } });
    const at = (minutes: number) =>
      (podUsage(1, leaking, START_MS + minutes * 60_000).containers[0] as ContainerUsage).memory;
    expect(at(10)).toBeLessThan(at(30));
    expect(at(30)).toBeLessThan(at(59));
    expect(at(60)).toBeCloseTo(512 * 1024 * 1024 * 0.98, -3);
  });

  test('a container in back-off uses nothing, and has no entry', () => {
    const waiting = pod({ index: 1, status: { state: { waiting: { reason: 'CrashLoopBackOff' } } } });
    expect(podUsage(1, waiting, START_MS).containers).toEqual([]);
  });

  test('disk pressure is a nearly full disk', () => {
    const use = nodeUsage(1, node('worker-1', true), [], NOTHING_CARRIED, START_MS);
    expect(use.diskUsed / use.capacity.diskBytes).toBeGreaterThan(0.9);
  });
});

describe('the samples', () => {
  function world() {
    const clock = new DemoClock({ now: () => START_MS, setTimer: () => () => undefined }, () => undefined);
    clock.freeze();
    const store = new Store();
    store.create('nodes', node('worker-1'));
    return { clock, store, usage: new Usage({ store, clock }, 1) };
  }

  test('change each 15 s of the clock', () => {
    const { clock, usage } = world();
    const before = usage.node('worker-1')?.cpu;
    clock.step(SAMPLE_EVERY_MS - 1);
    expect(usage.node('worker-1')?.cpu).toBe(before);
    clock.step(1);
    expect(usage.node('worker-1')?.cpu).not.toBe(before);
  });

  test('the counters of a node do not fall when a pod goes', () => {
    const { clock, store, usage } = world();
    const stored = store.create('pods', pod({ index: 1 }));
    const before = usage.node('worker-1')?.cpuSeconds ?? 0;
    store.delete('pods', stored);
    expect(usage.node('worker-1')?.cpuSeconds).toBeCloseTo(before, 6);
    clock.step(SAMPLE_EVERY_MS);
    expect(usage.node('worker-1')?.cpuSeconds).toBeGreaterThan(before);
  });
});

describe('a shared load', () => {
  const limited = { resources: { requests: { cpu: '500m' }, limits: { cpu: '500m' } } };
  const one = pod({ index: 1, container: limited, startedMs: START_MS });
  const span = (fromMs: number, factor: number) => ({ fromMs, factor });
  const useAt = (spans: ReturnType<typeof span>[], seconds: number) =>
    podUsage(1, one, START_MS + seconds * 1_000, spans).containers[0] as ContainerUsage;
  const always = (factor: number) => [span(Number.NEGATIVE_INFINITY, factor)];

  test('half the share is half the use, of all but memory', () => {
    const [whole, half] = [useAt(always(1), 600), useAt(always(0.5), 600)];
    for (const name of ['cpu', 'cpuSeconds', 'received', 'sent', 'read', 'written'] as const)
      expect(half[name] / whole[name], name).toBeCloseTo(0.5, 6);
    expect(half.memory).toBe(whole.memory);
  });

  test('what was counted before a change of the share stays', () => {
    const changing = [...always(1), span(START_MS + 300_000, 0.25)];
    const before = useAt(always(1), 300);
    const after = useAt(changing, 600);
    expect(after.cpuSeconds - before.cpuSeconds).toBeCloseTo(
      (useAt(always(1), 600).cpuSeconds - before.cpuSeconds) / 4,
      6,
    );
  });

  test('a load beyond the limit lies flat against it and is throttled', () => {
    const calm = useAt(always(1), 600);
    expect([calm.throttled, calm.periods]).toEqual([0, 6_000]);
    const hard = useAt(always(20), 600);
    expect(hard.cpu).toBeLessThanOrEqual(0.5);
    expect(hard.cpu).toBeGreaterThan(0.45);
    expect(hard.cpuSeconds / 600).toBeGreaterThan(0.45);
    expect(hard.throttled).toBeGreaterThan(5_000);
    expect(hard.throttled).toBeLessThanOrEqual(hard.periods);
  });
});
