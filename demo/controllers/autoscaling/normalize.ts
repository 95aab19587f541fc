/**
 * From what the metrics ask for to what is done: the stabilization windows, the rate policies of `behavior`, and the
 * bounds, in that order, with the conditions AbleToScale and ScalingLimited in the real controller's words.
 *
 * Pure: the memory of recommendations and rescales goes in and comes out.
 */

export interface ScalingPolicy {
  type: 'Pods' | 'Percent';
  value: number;
  periodMs: number;
}

export interface ScalingRules {
  stabilizationMs: number;
  selectPolicy: 'Max' | 'Min' | 'Disabled';
  policies: ScalingPolicy[];
}

export interface Behavior {
  up: ScalingRules;
  down: ScalingRules;
}

interface Stamped {
  atMs: number;
  count: number;
}

/** What an autoscaler remembers between two looks; forgotten when the controller starts anew. */
export interface ScalingMemory {
  recommendations: Stamped[];
  ups: Stamped[];
  downs: Stamped[];
}

export interface Wish {
  current: number;
  desired: number;
  least: number;
  most: number;
  /** Without one, the classic rules hold: at most doubled (or 4) at once, down after the window. */
  behavior?: Behavior;
  nowMs: number;
}

interface Said {
  reason: string;
  message: string;
}

export interface Decision {
  replicas: number;
  ableToScale: Said;
  limited: Said & { isLimited: boolean };
  memory: ScalingMemory;
}

export const DOWNSCALE_WINDOW_MS = 300_000;
const LONGEST_MS = 3_600_000;

const READY: Said = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const HELD_DOWN: Said = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};
const HELD_UP: Said = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const WITHIN: Said = {
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
};
const TOO_FEW: Said = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};
const TOO_MANY: Said = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const TOO_FAST_UP: Said = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const TOO_FAST_DOWN: Said = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};

/** The first look at a target remembers the size it had. */
export const freshMemory = (current: number, nowMs: number): ScalingMemory => ({
  recommendations: [{ atMs: nowMs, count: current }],
  ups: [],
  downs: [],
});

const younger = (stamps: Stamped[], windowMs: number, nowMs: number) =>
  stamps.filter(({ atMs }) => atMs > nowMs - windowMs);

/** Remembers a rescale that was done. */
export function rescaled(memory: ScalingMemory, from: number, to: number, nowMs: number): ScalingMemory {
  const added = { atMs: nowMs, count: Math.abs(to - from) };
  const kept = (stamps: Stamped[]) => younger(stamps, LONGEST_MS, nowMs);
  return to > from
    ? { ...memory, ups: [...kept(memory.ups), added] }
    : { ...memory, downs: [...kept(memory.downs), added] };
}

function stabilized({ current, desired, behavior, nowMs }: Wish, { recommendations }: ScalingMemory): number {
  const counts = (windowMs: number) => younger(recommendations, windowMs, nowMs).map(({ count }) => count);
  if (!behavior) {
    const held = recommendations.filter(({ atMs }) => atMs >= nowMs - DOWNSCALE_WINDOW_MS);
    return Math.max(desired, ...held.map(({ count }) => count));
  }
  const lowest = Math.min(desired, ...counts(behavior.up.stabilizationMs));
  const highest = Math.max(desired, ...counts(behavior.down.stabilizationMs));
  return Math.min(Math.max(current, lowest), highest);
}

/** How far the policies let the count go in one direction. */
function policyBound(wish: Wish, memory: ScalingMemory, way: 'up' | 'down', rules: ScalingRules): number {
  const { current, nowMs } = wish;
  if (rules.selectPolicy === 'Disabled') return current;
  const changed = (stamps: Stamped[], windowMs: number) =>
    younger(stamps, windowMs, nowMs).reduce((sum, { count }) => sum + count, 0);
  const bounds = rules.policies.map(({ type, value, periodMs }) => {
    const before = current - changed(memory.ups, periodMs) + changed(memory.downs, periodMs);
    if (type === 'Pods') return way === 'up' ? before + value : before - value;
    // Rounded away from standing still: a small percentage must be able to move a small count.
    return way === 'up' ? Math.ceil(before * (1 + value / 100)) : Math.trunc(before * (1 - value / 100));
  });
  const isWide = (rules.selectPolicy === 'Max') === (way === 'up');
  return isWide ? Math.max(...bounds) : Math.min(...bounds);
}

type Bounded = [replicas: number, said: Said];

function byPolicies(wish: Wish, desired: number, memory: ScalingMemory, { up, down }: Behavior): Bounded {
  const { current, least, most } = wish;
  if (desired > current) {
    const bound = Math.max(current, policyBound(wish, memory, 'up', up));
    const [limit, said]: Bounded = most > bound ? [bound, TOO_FAST_UP] : [most, TOO_MANY];
    if (desired > limit) return [limit, said];
  } else if (desired < current) {
    const bound = Math.min(current, policyBound(wish, memory, 'down', down));
    const [limit, said]: Bounded = least < bound ? [bound, TOO_FAST_DOWN] : [least, TOO_FEW];
    if (desired < limit) return [limit, said];
  }
  return [desired, WITHIN];
}

function byClassicRules({ current, least, most }: Wish, desired: number): Bounded {
  const bound = Math.max(2 * current, 4);
  const [limit, said]: Bounded = most > bound ? [bound, TOO_FAST_UP] : [most, TOO_MANY];
  if (desired < least) return [least, TOO_FEW];
  return desired > limit ? [limit, said] : [desired, WITHIN];
}

/** What is done about a wish. The memory it returns holds the wish as the newest recommendation. */
export function normalize(wish: Wish, memory: ScalingMemory): Decision {
  const { desired, current, behavior, nowMs } = wish;
  const wanted = stabilized(wish, memory);
  const [replicas, said] = behavior
    ? byPolicies(wish, wanted, memory, behavior)
    : byClassicRules(wish, wanted);
  const held = behavior && desired >= current ? HELD_UP : HELD_DOWN;
  const recommendations = [
    ...younger(memory.recommendations, LONGEST_MS, nowMs),
    { atMs: nowMs, count: desired },
  ];
  return {
    replicas,
    ableToScale: wanted === desired ? READY : held,
    limited: { ...said, isLimited: replicas !== wanted },
    memory: { ...memory, recommendations },
  };
}
