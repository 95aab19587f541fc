/**
 * The deployment controller's arithmetic as pure functions (k8s.io/kubernetes/pkg/controller/deployment): how many
 * replicas each ReplicaSet should ask for next. A step never exceeds desired + surge and never goes below
 * desired - unavailable available pods.
 */
import { resolveFenceposts } from '../rounding.ts';

export interface SetFacts {
  name: string;
  /** What it asks for. */
  replicas: number;
  available: number;
  /** desired + surge when it was last sized, from its annotation; for proportional scaling. */
  maxReplicas: number;
  /** Whether it was last sized for the present wish. */
  isSized: boolean;
  createdMs: number;
}

export interface RolloutFacts {
  desired: number;
  /** Pods of all its sets, as its status counts them. */
  total: number;
  maxSurge: number | string | undefined;
  maxUnavailable: number | string | undefined;
  isRolling: boolean;
  newSet: SetFacts | undefined;
  /** Oldest first. */
  oldSets: SetFacts[];
}

const sum = (sets: SetFacts[], pick: (set: SetFacts) => number) =>
  sets.reduce((total, set) => total + pick(set), 0);
const all = (facts: RolloutFacts) => (facts.newSet ? [...facts.oldSets, facts.newSet] : facts.oldSets);

/** The new ReplicaSet's next size in a rolling update: up to the surge, never beyond what is wanted. */
export function nextNewReplicas(facts: RolloutFacts): number {
  const current = facts.newSet?.replicas ?? 0;
  if (!facts.isRolling) return facts.desired;
  if (current >= facts.desired) return facts.desired;
  const { surge } = resolveFenceposts(facts.maxSurge, facts.maxUnavailable, facts.desired);
  const room = facts.desired + surge - sum(all(facts), (set) => set.replicas);
  return current + Math.max(0, Math.min(room, facts.desired - current));
}

/** The old ReplicaSets' next sizes by name: unhealthy pods go first, then healthy ones as far as availability allows. */
export function nextOldReplicas(facts: RolloutFacts): Map<string, number> {
  const sizes = new Map(facts.oldSets.map((set) => [set.name, set.replicas]));
  if (sum(facts.oldSets, (set) => set.replicas) === 0) return sizes;
  const { unavailable } = resolveFenceposts(facts.maxSurge, facts.maxUnavailable, facts.desired);
  const minAvailable = facts.desired - unavailable;
  const newUnavailable = (facts.newSet?.replicas ?? 0) - (facts.newSet?.available ?? 0);
  let room = sum(all(facts), (set) => set.replicas) - minAvailable - newUnavailable;
  if (room <= 0) return sizes;
  for (const set of facts.oldSets) {
    const unhealthy = Math.min(room, set.replicas - set.available);
    if (unhealthy <= 0) continue;
    sizes.set(set.name, set.replicas - unhealthy);
    room -= unhealthy;
  }
  let spare = sum(all(facts), (set) => set.available) - minAvailable;
  for (const set of facts.oldSets) {
    const size = sizes.get(set.name) as number;
    const gone = Math.max(0, Math.min(spare, size));
    sizes.set(set.name, size - gone);
    spare -= gone;
  }
  return sizes;
}

/**
 * Sizes after the wanted number changed in the middle of a rollout, of the sets that are to be touched: every live
 * ReplicaSet is scaled in proportion, the rest goes to the largest. With one live set it takes all; beside a whole new
 * set the old ones go. Recreate knows no proportions.
 */
export function proportionalReplicas(facts: RolloutFacts): Map<string, number> {
  const live = all(facts).filter((set) => set.replicas > 0);
  if (live.length <= 1) {
    const newest = [...facts.oldSets].sort((a, b) => b.createdMs - a.createdMs)[0];
    const target = live[0] ?? facts.newSet ?? newest;
    return new Map(target ? [[target.name, facts.desired]] : []);
  }
  const { newSet } = facts;
  const isSaturated =
    newSet?.isSized && newSet.replicas === facts.desired && newSet.available === facts.desired;
  if (isSaturated) return new Map(live.filter((set) => set !== newSet).map((set) => [set.name, 0]));
  return facts.isRolling ? shares(facts, live) : new Map();
}

function shares(facts: RolloutFacts, live: SetFacts[]): Map<string, number> {
  const { surge } = resolveFenceposts(facts.maxSurge, facts.maxUnavailable, facts.desired);
  const allowed = facts.desired > 0 ? facts.desired + surge : 0;
  const toAdd = allowed - sum(live, (set) => set.replicas);
  // Growing: larger first, then newer. Shrinking: larger first, then older.
  const ordered = [...live].sort(
    (a, b) => b.replicas - a.replicas || (toAdd > 0 ? b.createdMs - a.createdMs : a.createdMs - b.createdMs),
  );
  const sizes = new Map<string, number>();
  let added = 0;
  for (const set of ordered) {
    const share = fraction(facts, set, toAdd, added);
    sizes.set(set.name, set.replicas + share);
    added += share;
  }
  const [first] = ordered;
  if (first) sizes.set(first.name, Math.max(0, (sizes.get(first.name) as number) + toAdd - added));
  return sizes;
}

/** One set's share of a change, rounded, bounded by what is left to hand out. */
function fraction(facts: RolloutFacts, set: SetFacts, toAdd: number, added: number): number {
  const left = toAdd - added;
  if (left === 0) return 0;
  const share = exactShare(facts, set);
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
}

function exactShare(facts: RolloutFacts, set: SetFacts): number {
  if (facts.desired === 0) return -set.replicas;
  const before = set.maxReplicas || facts.total;
  if (before === 0) return 0;
  const { surge } = resolveFenceposts(facts.maxSurge, facts.maxUnavailable, facts.desired);
  return Math.round((set.replicas * (facts.desired + surge)) / before) - set.replicas;
}
