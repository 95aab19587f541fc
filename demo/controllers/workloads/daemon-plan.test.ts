import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pod } from '../../base/types.ts';
import { type DaemonFacts, type DaemonNode, nodePlan, updatePlan } from './daemon-plan.ts';

interface Facts {
  isNew?: boolean;
  isAvailable?: boolean;
  isLeaving?: boolean;
}

let born = 0;

function pod({ isNew = false, isAvailable = true, isLeaving = false }: Facts = {}): Pod {
  born += 1;
  return {
    metadata: {
      name: `pod-${born}`,
      labels: { revision: isNew ? 'new' : 'old' },
      creationTimestamp: new Date(born * 1_000).toISOString(),
      ...(isLeaving ? { deletionTimestamp: 'now' } : {}),
    },
    spec: { nodeName: 'n', containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: isAvailable ? 'True' : 'False' }] },
  } as unknown as Pod;
}

const node = (name: string, pods: Pod[], rest: Partial<DaemonNode> = {}): DaemonNode => ({
  name,
  shouldRun: true,
  shouldStay: true,
  pods,
  ...rest,
});

const facts = (nodes: DaemonNode[], maxSurge = 0, maxUnavailable = 1): DaemonFacts => ({
  nodes,
  maxSurge,
  maxUnavailable,
  isUpdated: ({ metadata }) => metadata.labels?.revision === 'new',
  isAvailable: ({ status }) => status.conditions?.[0]?.status === 'True',
});

describe('what belongs on a node', () => {
  test('an empty one gets a pod, one that is not meant loses its own', () => {
    const stray = pod();
    const nodes = [node('a', []), node('b', [stray], { shouldRun: false, shouldStay: false })];
    expect(nodePlan(facts(nodes))).toEqual({ create: ['a'], delete: [stray] });
  });
  test('a tainted one keeps what it has and gets nothing new', () => {
    const nodes = [node('a', [pod()], { shouldRun: false }), node('b', [], { shouldRun: false })];
    expect(nodePlan(facts(nodes))).toEqual({ create: [], delete: [] });
  });
  test('the oldest of several stays', () => {
    const [first, second] = [pod(), pod()];
    expect(nodePlan(facts([node('a', [second, first])])).delete).toEqual([second]);
  });
  test('while surging the old one goes when the new one is available', () => {
    const [old, fresh] = [pod(), pod({ isNew: true })];
    expect(nodePlan(facts([node('a', [old, fresh])], 1, 0)).delete).toEqual([old]);
    const late = pod({ isNew: true, isAvailable: false });
    expect(nodePlan(facts([node('a', [old, late])], 1, 0)).delete).toEqual([]);
  });
  test('while surging a leaving pod does not count', () => {
    expect(nodePlan(facts([node('a', [pod({ isLeaving: true })])], 1, 0)).create).toEqual(['a']);
    expect(nodePlan(facts([node('a', [pod({ isLeaving: true })])])).create).toEqual([]);
  });
});

describe('a step of an update', () => {
  test('broken old pods go whatever the bound', () => {
    const broken = pod({ isAvailable: false });
    expect(updatePlan(facts([node('a', [broken]), node('b', [pod()])])).delete).toEqual([broken]);
  });
  test('a node that is no longer meant gives up its pod only when enough others are available', () => {
    const misplaced = pod();
    const nodes = (others: Pod[]) => [node('a', others), node('b', [misplaced], { shouldRun: false })];
    expect(updatePlan(facts(nodes([pod({ isNew: true, isAvailable: false })]), 1, 0)).delete).toEqual([]);
    expect(updatePlan(facts(nodes([pod({ isNew: true })]), 1, 0)).delete).toEqual([misplaced]);
  });
});

test('an update keeps its bounds on every node and ends', () => {
  const shape = fc.record({
    surge: fc.boolean(),
    amount: fc.integer({ min: 1, max: 4 }),
    size: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(shape, fc.infiniteStream(fc.boolean()), ({ surge, amount, size }, luck) => {
      const nodes = Array.from({ length: size }, (_, index) => node(`n${index}`, [pod()]));
      const [maxSurge, maxUnavailable] = surge ? [amount, 0] : [0, amount];
      const isOld = ({ metadata }: Pod) => metadata.labels?.revision === 'old';
      for (
        let turn = 0;
        turn < 400 && nodes.some(({ pods }) => pods.length !== 1 || pods.some(isOld));
        turn += 1
      ) {
        for (const plan of [nodePlan, updatePlan]) {
          const { create, delete: gone } = plan(facts(nodes, maxSurge, maxUnavailable));
          for (const each of nodes) {
            each.pods = each.pods.filter((item) => !gone.includes(item));
            if (create.includes(each.name)) each.pods.push(pod({ isNew: true, isAvailable: false }));
          }
        }
        const available = nodes.filter(({ pods }) => pods.some(facts([]).isAvailable)).length;
        expect(available).toBeGreaterThanOrEqual(size - maxUnavailable);
        expect(nodes.filter(({ pods }) => pods.length > 1).length).toBeLessThanOrEqual(maxSurge);
        for (const each of nodes)
          each.pods = each.pods.map((item) =>
            facts([]).isUpdated(item) && luck.next().value ? pod({ isNew: true }) : item,
          );
      }
      expect(nodes.every(({ pods }) => pods.length === 1 && !pods.some(isOld))).toBe(true);
    }),
    { numRuns: 100, seed: 3 },
  );
});
