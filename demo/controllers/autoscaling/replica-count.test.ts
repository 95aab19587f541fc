import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { type MetricAsk, proposeReplicas, type Sample, type ScaledPod } from './replica-count.ts';

const NOW_MS = 1_000_000_000;
const HOUR_MS = 3_600_000;

const pod = (name: string, rest: Partial<ScaledPod> = {}): ScaledPod => ({
  name,
  isLeaving: false,
  isPending: false,
  startedMs: NOW_MS - HOUR_MS,
  ready: { isFalse: false, sinceMs: NOW_MS - HOUR_MS },
  request: 100,
  ...rest,
});

const sample = (value: number): Sample => ({ value, takenMs: NOW_MS - 5_000, windowMs: 15_000 });

interface Wish {
  uses: (number | undefined)[];
  pods?: Partial<ScaledPod>[];
  target?: number;
  currentReplicas?: number;
  resource?: string;
}

function propose({ uses, pods = [], target = 50, currentReplicas = uses.length, resource = 'cpu' }: Wish) {
  const all = uses.map((_, index) => pod(`p${index}`, pods[index]));
  const samples = new Map(
    uses.flatMap((value, index) =>
      value === undefined ? [] : [[`p${index}`, sample(value)] as [string, Sample]],
    ),
  );
  const ask: MetricAsk = {
    resource,
    target: { averageUtilization: target },
    currentReplicas,
    tolerance: { up: 0.1, down: 0.1 },
    nowMs: NOW_MS,
  };
  return proposeReplicas(all, samples, ask);
}

const unready = { startedMs: NOW_MS - 60_000, ready: { isFalse: true, sinceMs: NOW_MS - 60_000 } };

describe('a utilization target', () => {
  test.each<[what: string, wish: Wish, replicas: number]>([
    ['above it, more', { uses: [80, 80] }, 4],
    ['far above it, many', { uses: [400, 400] }, 16],
    ['below it, fewer', { uses: [10, 10, 10, 10] }, 1],
    ['a tenth above it, nothing', { uses: [55, 55] }, 2],
    ['a tenth below it, nothing', { uses: [45, 45] }, 2],
    ['just over the tenth, more', { uses: [56, 56] }, 3],
    ['idle, nobody', { uses: [0, 0, 0] }, 0],
    ['missing pods hold back a scale-up', { uses: [90, undefined], target: 50 }, 2],
    ['missing pods count in full when scaling down', { uses: [10, 10, 10, undefined], target: 50 }, 3],
    ['unready pods use nothing when scaling up', { uses: [90, 90, 90, 50], pods: [{}, {}, {}, unready] }, 6],
    ['unready pods are left out when scaling down', { uses: [10, 10, 200], pods: [{}, {}, unready] }, 1],
    ['pending pods are unready', { uses: [120, undefined], pods: [{}, { isPending: true }] }, 3],
    ['leaving pods count for nothing', { uses: [50, 500], pods: [{}, { isLeaving: true }] }, 2],
  ])('%s', (_what, wish, replicas) => {
    expect(propose(wish).replicas).toBe(replicas);
  });

  test('says what it saw', () => {
    expect(propose({ uses: [80, 60] })).toEqual({ replicas: 3, utilization: 70, averageValue: 70 });
  });

  test('a young pod is believed a window after it got ready', () => {
    const ready = { isFalse: false, sinceMs: NOW_MS - 10_000 };
    expect(() => propose({ uses: [90], pods: [{ startedMs: NOW_MS - 60_000, ready }] })).toThrow(
      'did not receive metrics for targeted pods (pods might be unready)',
    );
    const settled = { isFalse: false, sinceMs: NOW_MS - 30_000 };
    expect(propose({ uses: [90], pods: [{ startedMs: NOW_MS - 60_000, ready: settled }] }).replicas).toBe(2);
    const memory = { uses: [90], pods: [{ startedMs: NOW_MS - 60_000, ready }], resource: 'memory' };
    expect(propose(memory).replicas).toBe(2);
  });

  test('cannot be worked out without pods, samples or requests', () => {
    expect(() => propose({ uses: [] })).toThrow(
      'no pods returned by selector while calculating replica count',
    );
    expect(() => propose({ uses: [undefined] })).toThrow('did not receive metrics for targeted pods');
    const missing = 'missing request for cpu in container c of Pod p1';
    expect(() => propose({ uses: [1, 1], pods: [{}, { request: { missing } }] })).toThrow(missing);
  });
});

test('an average value needs no requests', () => {
  const pods = [pod('a', { request: { missing: 'none' } }), pod('b', { request: { missing: 'none' } })];
  const samples = new Map([
    ['a', sample(300)],
    ['b', sample(501)],
  ]);
  const ask = { resource: 'memory', currentReplicas: 2, tolerance: { up: 0.1, down: 0.1 }, nowMs: NOW_MS };
  expect(proposeReplicas(pods, samples, { ...ask, target: { averageValue: 200 } })).toEqual({
    replicas: 4,
    averageValue: 400,
  });
});

test('whatever the pods do, the count follows the use: never up when below, never down when above', () => {
  const random = seededRandom(7);
  for (let turn = 0; turn < 3_000; turn += 1) {
    const count = 1 + random.below(20);
    const use = 1 + random.below(200);
    const uses = Array.from({ length: count }, (_, index) =>
      index > 0 && random.next() < 0.2 ? undefined : use,
    );
    const pods = uses.map((_, index) => (index > 0 && random.next() < 0.2 ? unready : {}));
    const target = 1 + random.below(150);
    const { replicas } = propose({ uses, pods, target });
    if (use < target * 0.9) expect(replicas, `${use} of ${target}`).toBeLessThanOrEqual(count);
    if (use > target * 1.1) expect(replicas, `${use} of ${target}`).toBeGreaterThanOrEqual(count);
    const isWhole = uses.every((value) => value !== undefined) && pods.every((item) => item !== unready);
    const change = Math.abs(Math.trunc(use) / target - 1);
    if (isWhole && change > 0.11) expect(replicas).toBe(Math.ceil((use / target) * count - 1e-9));
    if (isWhole && change < 0.09) expect(replicas).toBe(count);
  }
});
