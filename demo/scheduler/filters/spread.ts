/** Topology spread: no domain may be ahead of the emptiest one by more than maxSkew. */
import type { NodeObject, Pod } from '../../base/types.ts';
import { matchesLabels } from '../../storage/selectors.ts';
import type { ClusterState } from '../cluster-state.ts';
import { labelOf } from '../node-info.ts';
import { type FilterPlugin, type Refusal, refusal } from '../plugin.ts';
import { matchesNodeAffinity, type SpreadConstraint, spreadConstraintsOf, tolerates } from '../terms.ts';

const NOT_MET = "node(s) didn't match pod topology spread constraints";

/** Whether a node's pods count for a constraint of this pod. */
export function countsNode(constraint: SpreadConstraint, pod: Pod, node: NodeObject): boolean {
  if (constraint.honorsAffinity && !matchesNodeAffinity(pod, node)) return false;
  if (!constraint.honorsTaints) return true;
  return (node.spec.taints ?? []).every(
    (taint) => taint.effect === 'PreferNoSchedule' || tolerates(pod, taint),
  );
}

/** Matching pods by the value of the constraint's key. */
class Domains {
  readonly constraint: SpreadConstraint;
  readonly #counts = new Map<string, number>();
  #least: number | undefined;

  constructor(constraint: SpreadConstraint) {
    this.constraint = constraint;
  }

  add(node: NodeObject, count: number): void {
    const value = labelOf(node, this.constraint.topologyKey);
    if (value === undefined) return;
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
    this.#least = undefined;
  }

  of(value: string): number {
    return this.#counts.get(value) ?? 0;
  }

  /** Of too few domains the missing ones count as empty. */
  least(): number {
    if (this.#counts.size < this.constraint.minDomains) return 0;
    if (this.#least === undefined) {
      this.#least = Number.MAX_SAFE_INTEGER;
      for (const count of this.#counts.values()) if (count < this.#least) this.#least = count;
    }
    return this.#least;
  }
}

const selects = ({ selector }: SpreadConstraint, pod: Pod): boolean =>
  selector !== undefined && selector.length > 0 && matchesLabels(selector, pod.metadata.labels);

export const podTopologySpread: FilterPlugin = {
  name: 'PodTopologySpread',
  helpedBy: ['node-added', 'node-labels', 'node-taints', 'pod-gone', 'pod-placed'],
  prepare: (pod, cluster) => {
    const hard = spreadConstraintsOf(pod).filter(({ isHard }) => isHard);
    if (hard.length === 0) return undefined;
    const hasAllKeys = (node: NodeObject) =>
      hard.every(({ topologyKey }) => labelOf(node, topologyKey) !== undefined);
    const all = hard.map((constraint) => countDomains(constraint, pod, cluster, hasAllKeys));
    return {
      check: ({ node }): Refusal | undefined => {
        for (const domains of all) {
          const { topologyKey, maxSkew, selector } = domains.constraint;
          const value = labelOf(node, topologyKey);
          if (value === undefined) return refusal(`${NOT_MET} (missing required label)`);
          const own = selector && matchesLabels(selector, pod.metadata.labels) ? 1 : 0;
          if (domains.of(value) + own - domains.least() > maxSkew) return refusal(NOT_MET, true);
        }
        return undefined;
      },
      adjust: (other, node, sign) => {
        if (other.metadata.namespace !== pod.metadata.namespace || !hasAllKeys(node)) return;
        for (const domains of all)
          if (selects(domains.constraint, other) && countsNode(domains.constraint, pod, node))
            domains.add(node, sign);
      },
    };
  },
};

function countDomains(
  constraint: SpreadConstraint,
  pod: Pod,
  cluster: ClusterState,
  hasAllKeys: (node: NodeObject) => boolean,
): Domains {
  const domains = new Domains(constraint);
  const counted = new Map<string, NodeObject>();
  for (const { node, name } of cluster.nodes())
    if (node && hasAllKeys(node) && countsNode(constraint, pod, node)) {
      domains.add(node, 0);
      counted.set(name, node);
    }
  const { selector } = constraint;
  if (!selector || selector.length === 0) return domains;
  for (const other of cluster.matching(new Set([pod.metadata.namespace ?? '']), selector)) {
    const node = counted.get(other.spec.nodeName ?? '');
    // One on its way out leaves its place.
    if (node && other.metadata.deletionTimestamp === undefined) domains.add(node, 1);
  }
  return domains;
}
