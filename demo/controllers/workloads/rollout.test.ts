import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveFenceposts } from '../rounding.ts';
import {
  nextNewReplicas,
  nextOldReplicas,
  proportionalReplicas,
  type RolloutFacts,
  type SetFacts,
} from './rollout.ts';

// Surge is rounded up, unavailable down; both nothing would never move.
test.each([
  [10, '25%', '25%', 3, 2],
  [20, '25%', 0, 5, 0],
  [1, '25%', '25%', 1, 0],
  [3, '25%', '25%', 1, 0],
  [4, '25%', '25%', 1, 1],
  [0, '25%', '25%', 0, 1],
  [10, 0, 0, 0, 1],
  [10, '0%', '5%', 0, 1],
  [5, '100%', '100%', 5, 5],
  [3, 2, 9, 2, 3],
  [12, '30%', '30%', 4, 3],
])(
  'of %i with surge %s and unavailable %s: %i and %i',
  (desired, maxSurge, maxUnavailable, surge, unavailable) => {
    expect(resolveFenceposts(maxSurge, maxUnavailable, desired)).toEqual({ surge, unavailable });
  },
);

const set = (
  name: string,
  replicas: number,
  available = replicas,
  rest: Partial<SetFacts> = {},
): SetFacts => ({
  name,
  replicas,
  available,
  maxReplicas: 0,
  isSized: true,
  createdMs: name === 'new' ? 2 : 1,
  ...rest,
});

const facts = (
  desired: number,
  newSet: SetFacts | undefined,
  oldSets: SetFacts[],
  rest: Partial<RolloutFacts> = {},
): RolloutFacts => ({
  desired,
  total: 0,
  maxSurge: '25%',
  maxUnavailable: '25%',
  isRolling: true,
  newSet,
  oldSets,
  ...rest,
});

describe('one step', () => {
  test('the new set takes the surge', () => {
    expect(nextNewReplicas(facts(10, set('new', 0), [set('old', 10)]))).toBe(3);
  });
  test('old pods go as far as availability allows', () => {
    expect(nextOldReplicas(facts(10, set('new', 3, 0), [set('old', 10)]))).toEqual(new Map([['old', 8]]));
  });
  test('unhealthy old pods go first', () => {
    const oldSets = [set('older', 2, 2), set('old', 3, 0)];
    expect(nextOldReplicas(facts(4, set('new', 0, 0), oldSets))).toEqual(
      new Map([
        ['older', 2],
        ['old', 1],
      ]),
    );
  });
  test('with nothing unavailable allowed, a stuck new set keeps all old pods', () => {
    const stuck = facts(10, set('new', 3, 0), [set('old', 10)], { maxUnavailable: 0 });
    expect(nextNewReplicas(stuck)).toBe(3);
    expect(nextOldReplicas(stuck)).toEqual(new Map([['old', 10]]));
  });
});

describe('scaling in the middle of a rollout', () => {
  test('is shared in proportion, the rest to the largest', () => {
    const oldSets = [set('old', 8, 8, { maxReplicas: 13 })];
    const sizes = proportionalReplicas(facts(20, set('new', 5, 5, { maxReplicas: 13 }), oldSets));
    expect(sizes).toEqual(
      new Map([
        ['old', 15],
        ['new', 10],
      ]),
    );
  });
  test('one live set takes it all', () => {
    expect(proportionalReplicas(facts(7, set('new', 0), [set('old', 3)]))).toEqual(new Map([['old', 7]]));
  });
  test('beside a whole new set the old ones go', () => {
    expect(proportionalReplicas(facts(3, set('new', 3), [set('old', 2)]))).toEqual(new Map([['old', 0]]));
  });
});

const fence = fc.oneof(
  fc.nat(5),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);

test('a rollout never exceeds the surge, never undercuts the promise, and ends', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fence,
      fence,
      fc.nat(30),
      fc.infiniteStream(fc.nat(3)),
      (desired, maxSurge, maxUnavailable, unhealthy, luck) => {
        const { surge, unavailable } = resolveFenceposts(maxSurge, maxUnavailable, desired);
        let newSet = set('new', 0, 0);
        let old = set('old', desired, Math.max(0, desired - (unhealthy % desired)));
        const firstAvailable = old.available;
        for (let turn = 0; turn < 400 && (newSet.available < desired || old.replicas > 0); turn += 1) {
          const now = () => facts(desired, newSet, [old], { maxSurge, maxUnavailable });
          newSet = { ...newSet, replicas: nextNewReplicas(now()) };
          const size = nextOldReplicas(now()).get('old') as number;
          // Unhealthy pods are given up before healthy ones.
          old = { ...old, replicas: size, available: Math.min(old.available, size) };
          expect(newSet.replicas + old.replicas).toBeLessThanOrEqual(desired + surge);
          expect(newSet.available + old.available).toBeGreaterThanOrEqual(
            Math.min(desired - unavailable, firstAvailable),
          );
          newSet = {
            ...newSet,
            available: Math.min(newSet.replicas, newSet.available + (luck.next().value as number)),
          };
        }
        expect([newSet.available, old.replicas]).toEqual([desired, 0]);
      },
    ),
    { numRuns: 300, seed: 11 },
  );
});
