/**
 * Which of the nodes that will do is best: the real scheduler's scores that matter for how pods come to lie, each from
 * 0 to 100 and weighed. Equal nodes are told apart by name, so the same world chooses the same node.
 */
import type { Pod } from '../base/types.ts';
import type { ClusterState } from './cluster-state.ts';
import { takenBy } from './filters/pod-affinity.ts';
import { countsNode } from './filters/spread.ts';
import { labelOf, type NodeInfo, requestsOf } from './node-info.ts';
import {
  type AffinityTerm,
  affinityTermsOf,
  preferredNodeWeight,
  type SpreadConstraint,
  spreadConstraintsOf,
  takesPod,
  tolerates,
} from './terms.ts';

export interface ScorePlugin {
  /** The real plugin's name. */
  name: string;
  weight: number;
  /** A score a node, in the order of the nodes; undefined when all are alike to it. */
  score(pod: Pod, nodes: readonly NodeInfo[], cluster: ClusterState): number[] | undefined;
}

/** To 0…100 by the highest; `isReversed` gives the highest the least. */
function normalized(scores: number[], isReversed = false): number[] | undefined {
  const most = scores.reduce((high, score) => Math.max(high, score), 0);
  if (most === 0) return undefined;
  return scores.map((score) => {
    const share = Math.floor((score * 100) / most);
    return isReversed ? 100 - share : share;
  });
}

const taintToleration: ScorePlugin = {
  name: 'TaintToleration',
  weight: 3,
  score: (pod, nodes) =>
    normalized(
      nodes.map(
        ({ node }) =>
          (node?.spec.taints ?? []).filter(
            (taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod, taint),
          ).length,
      ),
      true,
    ),
};

const nodeAffinity: ScorePlugin = {
  name: 'NodeAffinity',
  weight: 2,
  score: (pod, nodes) => normalized(nodes.map(({ node }) => (node ? preferredNodeWeight(pod, node) : 0))),
};

/** The shares of cpu and memory that would be asked for, with this pod there. */
function sharesWith(pod: Pod, info: NodeInfo): number[] {
  const { weightCpu, weightMemory } = requestsOf(pod);
  const used = { cpu: info.weightCpu + weightCpu, memory: info.weightMemory + weightMemory };
  return (['cpu', 'memory'] as const).map((name) => {
    const most = info.allocatable.get(name) ?? 0;
    return most === 0 ? 1 : Math.min(1, used[name] / most);
  });
}

const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  score: (pod, nodes) =>
    nodes.map((info) => {
      const [cpu = 0, memory = 0] = sharesWith(pod, info);
      return Math.floor((Math.floor(100 * (1 - cpu)) + Math.floor(100 * (1 - memory))) / 2);
    }),
};

const balanced: ScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  score: (pod, nodes) =>
    nodes.map((info) => {
      const [cpu = 0, memory = 0] = sharesWith(pod, info);
      return Math.floor(100 * (1 - Math.abs(cpu - memory) / 2));
    }),
};

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';

/** What the real scheduler wishes for pods of one controller that say nothing themselves. */
const DEFAULT_SPREAD: readonly Pick<SpreadConstraint, 'topologyKey' | 'maxSkew'>[] = [
  { topologyKey: HOST, maxSkew: 3 },
  { topologyKey: ZONE, maxSkew: 5 },
];

/** Adds what every domain of one key weighs to the nodes in it. */
function addSpread(
  sums: number[],
  nodes: readonly NodeInfo[],
  { topologyKey, maxSkew }: Pick<SpreadConstraint, 'topologyKey' | 'maxSkew'>,
  pods: Iterable<Pod>,
  cluster: ClusterState,
): void {
  const values = nodes.map(({ node }) => node && labelOf(node, topologyKey));
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const node = pod.metadata.deletionTimestamp ? undefined : cluster.node(pod.spec.nodeName ?? '')?.node;
    const value = node && labelOf(node, topologyKey);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  // Fewer domains weigh less each, so that zones are not drowned by hosts.
  const weight = Math.log(new Set(values).size + 2);
  values.forEach((value, index) => {
    if (value !== undefined)
      sums[index] = (sums[index] ?? 0) + (counts.get(value) ?? 0) * weight + maxSkew - 1;
  });
}

function spreadSums(pod: Pod, nodes: readonly NodeInfo[], cluster: ClusterState): number[] | undefined {
  const sums = nodes.map(() => 0);
  const own = spreadConstraintsOf(pod);
  if (own.length === 0) {
    const siblings = [...cluster.siblings(pod)];
    if (siblings.length === 0) return undefined;
    for (const constraint of DEFAULT_SPREAD) addSpread(sums, nodes, constraint, siblings, cluster);
    return sums;
  }
  const soft = own.filter(({ isHard }) => !isHard);
  if (soft.length === 0) return undefined;
  const where = new Set([pod.metadata.namespace ?? '']);
  for (const constraint of soft) {
    const { selector } = constraint;
    const others = selector?.length ? [...cluster.matching(where, selector)] : [];
    const counted = others.filter((other) => {
      const node = cluster.node(other.spec.nodeName ?? '')?.node;
      return node && countsNode(constraint, pod, node);
    });
    addSpread(sums, nodes, constraint, counted, cluster);
  }
  return sums;
}

const topologySpread: ScorePlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  score: (pod, nodes, cluster) => {
    const sums = spreadSums(pod, nodes, cluster)?.map(Math.round);
    if (!sums) return undefined;
    const most = sums.reduce((high, sum) => Math.max(high, sum), 0);
    const least = sums.reduce((low, sum) => Math.min(low, sum), Number.POSITIVE_INFINITY);
    return most === 0 ? undefined : sums.map((sum) => Math.floor((100 * (most + least - sum)) / most));
  },
};

/** What the wishes of the pod, and those of placed pods about it, weigh by topology key and value. */
function affinityWeights(pod: Pod, cluster: ClusterState): Map<string, Map<string, number>> {
  const byKey = new Map<string, Map<string, number>>();
  const add = (term: AffinityTerm, placed: Pod, weight: number) => {
    const node = cluster.node(placed.spec.nodeName ?? '')?.node;
    const value = node && labelOf(node, term.topologyKey);
    if (value === undefined) return;
    const weights = byKey.get(term.topologyKey) ?? new Map<string, number>();
    byKey.set(term.topologyKey, weights.set(value, (weights.get(value) ?? 0) + weight));
  };
  for (const term of affinityTermsOf(pod).preferred)
    for (const other of takenBy(term, cluster)) add(term, other, term.weight);
  const labels = cluster.namespaceLabels(pod.metadata.namespace ?? '');
  for (const other of cluster.withAffinity()) {
    const { affinity, preferred } = affinityTermsOf(other);
    for (const term of affinity) if (takesPod(term, pod, labels)) add(term, other, 1);
    for (const term of preferred) if (takesPod(term, pod, labels)) add(term, other, term.weight);
  }
  return byKey;
}

const interPodAffinity: ScorePlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  score: (pod, nodes, cluster) => {
    const byKey = affinityWeights(pod, cluster);
    if (byKey.size === 0) return undefined;
    const sums = nodes.map(({ node }) => {
      let sum = 0;
      for (const [key, weights] of byKey) sum += weights.get((node && labelOf(node, key)) ?? '') ?? 0;
      return sum;
    });
    const most = sums.reduce((high, sum) => Math.max(high, sum), Number.NEGATIVE_INFINITY);
    const least = sums.reduce((low, sum) => Math.min(low, sum), Number.POSITIVE_INFINITY);
    return most === least ? undefined : sums.map((sum) => Math.floor((100 * (sum - least)) / (most - least)));
  },
};

export const SCORES: readonly ScorePlugin[] = [
  taintToleration,
  nodeAffinity,
  leastAllocated,
  balanced,
  topologySpread,
  interPodAffinity,
];

/** The best of at least one node. */
export function best(pod: Pod, nodes: readonly NodeInfo[], cluster: ClusterState): NodeInfo {
  const totals = nodes.map(() => 0);
  for (const { weight, score } of SCORES)
    score(pod, nodes, cluster)?.forEach((value, index) => {
      totals[index] = (totals[index] ?? 0) + weight * value;
    });
  let winner = 0;
  nodes.forEach(({ name }, index) => {
    const difference = (totals[index] ?? 0) - (totals[winner] ?? 0);
    if (difference > 0 || (difference === 0 && name < (nodes[winner] as NodeInfo).name)) winner = index;
  });
  return nodes[winner] as NodeInfo;
}
