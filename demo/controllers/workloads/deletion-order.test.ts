import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod } from '../../base/types.ts';
import { inDeletionOrder } from './deletion-order.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');

interface Facts {
  name: string;
  node?: string;
  phase?: string;
  readyForS?: number;
  cost?: string;
  restarts?: number;
  ageS?: number;
}

const ago = (seconds: number): string => new Date(NOW_MS - seconds * 1_000).toISOString();

const pod = ({
  name,
  node = 'n',
  phase = 'Running',
  readyForS,
  cost,
  restarts = 0,
  ageS = 3_600,
}: Facts): Pod =>
  ({
    metadata: {
      name,
      uid: name,
      creationTimestamp: ago(ageS),
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { nodeName: node, containers: [] },
    status: {
      phase,
      containerStatuses: [{ restartCount: restarts }],
      conditions:
        readyForS === undefined
          ? []
          : [{ type: 'Ready', status: 'True', lastTransitionTime: ago(readyForS) }],
    },
  }) as unknown as Pod;

const ready: Omit<Facts, 'name'> = { readyForS: 3_000 };

test.each<[string, Omit<Facts, 'name'>, Omit<Facts, 'name'>]>([
  ['one without a node', { node: '', phase: 'Pending' }, { phase: 'Pending' }],
  ['a pending one', { phase: 'Pending' }, { phase: 'Running' }],
  ['one that is not ready', {}, ready],
  ['one of lower cost', { ...ready, cost: '-1' }, ready],
  ['one ready for a shorter time', { readyForS: 2 }, ready],
  ['one with more restarts', { ...ready, restarts: 3 }, ready],
  ['a younger one', { ...ready, ageS: 3_001 }, { ...ready, ageS: 90_000 }],
  ['one that is not ready, whatever it costs', { cost: '100' }, { ...ready, cost: '-100' }],
])('%s goes first', (_words, first, second) => {
  const [one, other] = [pod({ ...first, name: 'b' }), pod({ ...second, name: 'a' })];
  expect(inDeletionOrder([other, one], [], NOW_MS)[0]).toBe(one);
});

test('one beside its relatives goes before one that stands alone', () => {
  const [alone, first, second] = ['alone', 'x', 'x'].map((node, index) =>
    pod({ ...ready, name: `${index}`, node }),
  );
  const all = [alone, first, second] as Pod[];
  expect(inDeletionOrder(all, all, NOW_MS).at(-1)).toBe(alone);
});

test('a cost that is no whole number counts as none', () => {
  const [odd, plain] = [pod({ ...ready, name: 'a', cost: '-1e9' }), pod({ ...ready, name: 'b', cost: '-1' })];
  expect(inDeletionOrder([odd, plain], [], NOW_MS)[0]).toBe(plain);
});

test('every pod is ranked once, and no rule is broken by a later one', () => {
  const facts = fc.record({
    node: fc.constantFrom('', 'n1', 'n2'),
    phase: fc.constantFrom('Pending', 'Running'),
    readyForS: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
    cost: fc.constantFrom('-3', '0', '7'),
    restarts: fc.nat(3),
    ageS: fc.integer({ min: 1, max: 5_000 }),
  });
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 12 }), (all) => {
      const pods = all.map((each, index) => pod({ ...each, name: `p${index}` } as Facts));
      const order = inDeletionOrder(pods, pods, NOW_MS);
      expect(new Set(order).size).toBe(pods.length);
      const isPlaced = order.map(({ spec }) => spec.nodeName !== '');
      expect(isPlaced.lastIndexOf(false)).toBeLessThan(
        isPlaced.includes(true) ? isPlaced.indexOf(true) : order.length,
      );
    }),
    { seed: 7 },
  );
});
