import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import {
  type Behavior,
  type Decision,
  freshMemory,
  normalize,
  rescaled,
  type ScalingMemory,
  type ScalingRules,
  type Wish,
} from './normalize.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

const rules = (rest: Partial<ScalingRules>, stabilizationMs = 0): ScalingRules => ({
  stabilizationMs,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodMs: 15 * SECOND }],
  ...rest,
});

const behavior = (up: Partial<ScalingRules>, down: Partial<ScalingRules>): Behavior => ({
  up: rules(up),
  down: rules(down, 300 * SECOND),
});

const ask = (rest: Partial<Wish>): Wish => ({
  current: 4,
  desired: 4,
  least: 1,
  most: 10,
  nowMs: 0,
  ...rest,
});

const NOTHING: ScalingMemory = { recommendations: [], ups: [], downs: [] };

const shown = ({ replicas, ableToScale, limited }: Decision) => [
  replicas,
  ableToScale.reason,
  limited.isLimited,
  limited.reason,
];

describe('without behavior', () => {
  test.each<[Partial<Wish>, unknown[]]>([
    [{ desired: 6 }, [6, 'ReadyForNewScale', false, 'DesiredWithinRange']],
    [{ desired: 40 }, [8, 'ReadyForNewScale', true, 'ScaleUpLimit']],
    [{ desired: 40, most: 8 }, [8, 'ReadyForNewScale', true, 'TooManyReplicas']],
    [{ desired: 3, current: 1, most: 3 }, [3, 'ReadyForNewScale', false, 'DesiredWithinRange']],
    [{ desired: 9, current: 1, most: 20 }, [4, 'ReadyForNewScale', true, 'ScaleUpLimit']],
    [{ desired: 0 }, [1, 'ReadyForNewScale', true, 'TooFewReplicas']],
    [{ desired: 2, least: 3 }, [3, 'ReadyForNewScale', true, 'TooFewReplicas']],
  ])('%j', (wish, expected) => {
    expect(shown(normalize(ask(wish), NOTHING))).toEqual(expected);
  });

  test('it is scaled down to the highest wish of the last five minutes', () => {
    let memory = freshMemory(6, 0);
    const at = (minutes: number, desired: number) => {
      const decision = normalize(ask({ current: 6, desired, nowMs: minutes * MINUTE }), memory);
      memory = decision.memory;
      return shown(decision).slice(0, 2);
    };
    expect(at(1, 2)).toEqual([6, 'ScaleDownStabilized']);
    expect(at(4, 5)).toEqual([6, 'ScaleDownStabilized']);
    expect(at(6, 2)).toEqual([5, 'ScaleDownStabilized']);
    expect(at(9.5, 2)).toEqual([2, 'ReadyForNewScale']);
  });
});

describe('with behavior', () => {
  const pods = (value: number, periodMs: number) => ({
    policies: [{ type: 'Pods' as const, value, periodMs }],
  });

  test('policies bound what is added and taken in their time', () => {
    const slow = behavior(pods(2, MINUTE), { ...pods(1, MINUTE), stabilizationMs: 0 });
    const up = normalize(ask({ desired: 9, behavior: slow }), NOTHING);
    expect(shown(up)).toEqual([6, 'ReadyForNewScale', true, 'ScaleUpLimit']);
    const after = rescaled(up.memory, 4, 6, 0);
    const again = ask({ current: 6, desired: 9, behavior: slow, nowMs: 30 * SECOND });
    expect(shown(normalize(again, after))).toEqual([6, 'ReadyForNewScale', true, 'ScaleUpLimit']);
    expect(normalize({ ...again, nowMs: MINUTE }, after).replicas).toBe(8);
    const down = normalize(ask({ desired: 1, behavior: slow }), NOTHING);
    expect(shown(down)).toEqual([3, 'ReadyForNewScale', true, 'ScaleDownLimit']);
  });

  test('the largest, the smallest or no policy is taken', () => {
    const both: ScalingRules['policies'] = [
      { type: 'Pods', value: 1, periodMs: MINUTE },
      { type: 'Percent', value: 75, periodMs: MINUTE },
    ];
    const size = (selectPolicy: ScalingRules['selectPolicy'], desired: number) => {
      const way = { policies: both, selectPolicy, stabilizationMs: 0 };
      return normalize(ask({ desired, behavior: behavior(way, way) }), NOTHING).replicas;
    };
    expect([size('Max', 10), size('Min', 10), size('Disabled', 10)]).toEqual([7, 5, 4]);
    expect([size('Max', 1), size('Min', 1), size('Disabled', 1)]).toEqual([1, 3, 4]);
  });

  test('both windows hold: the lowest wish on the way up, the highest on the way down', () => {
    const calm = behavior({ stabilizationMs: MINUTE }, {});
    const memory = { ...NOTHING, recommendations: [{ atMs: 30 * SECOND, count: 5 }] };
    const up = normalize(ask({ desired: 8, behavior: calm, nowMs: MINUTE }), memory);
    expect(shown(up)).toEqual([5, 'ScaleUpStabilized', false, 'DesiredWithinRange']);
    const down = normalize(ask({ current: 8, desired: 2, behavior: calm, nowMs: MINUTE }), memory);
    expect(shown(down)).toEqual([5, 'ScaleDownStabilized', false, 'DesiredWithinRange']);
  });
});

test('any course of wishes stays within its bounds, and settles where the wish does', () => {
  const random = seededRandom(3);
  for (let turn = 0; turn < 200; turn += 1) {
    const least = 1 + random.below(4);
    const most = least + random.below(20);
    const hasBehavior = random.next() < 0.5;
    const own = behavior({ policies: [{ type: 'Pods', value: 1, periodMs: 15_000 }] }, {});
    let current = least + random.below(most - least + 1);
    let memory = freshMemory(current, 0);
    let desired = 0;
    for (let step = 1; step <= 120; step += 1) {
      if (step < 40) desired = random.below(30);
      const nowMs = step * 15_000;
      const wish = ask({ current, desired, least, most, nowMs, ...(hasBehavior ? { behavior: own } : {}) });
      const decision = normalize(wish, memory);
      expect(decision.replicas).toBeGreaterThanOrEqual(least);
      expect(decision.replicas).toBeLessThanOrEqual(most);
      memory = decision.memory;
      if (decision.replicas !== current) memory = rescaled(memory, current, decision.replicas, nowMs);
      current = decision.replicas;
    }
    expect(current).toBe(Math.min(most, Math.max(least, desired)));
    expect(memory.recommendations.length).toBeLessThan(245);
  }
});
