/** Pod affinity and anti-affinity, and what placed pods say against the new one. */
import type { NodeObject, Pod } from '../../base/types.ts';
import { matchesLabels } from '../../storage/selectors.ts';
import type { ClusterState } from '../cluster-state.ts';
import { labelOf } from '../node-info.ts';
import { type FilterPlugin, type Refusal, refusal } from '../plugin.ts';
import { type AffinityTerm, affinityTermsOf, takesPod } from '../terms.ts';

/** How often a term was met, by topology key and value. */
class Tally {
  readonly #counts = new Map<string, number>();
  readonly #keys = new Set<string>();

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  add(node: NodeObject, topologyKey: string, count: number): void {
    const value = labelOf(node, topologyKey);
    if (value === undefined) return;
    const pair = `${topologyKey}\0${value}`;
    this.#keys.add(topologyKey);
    const next = (this.#counts.get(pair) ?? 0) + count;
    if (next === 0) this.#counts.delete(pair);
    else this.#counts.set(pair, next);
  }

  has(topologyKey: string, value: string): boolean {
    return (this.#counts.get(`${topologyKey}\0${value}`) ?? 0) > 0;
  }

  /** Whether a node lies where something was counted, by any key. */
  covers(node: NodeObject): boolean {
    for (const key of this.#keys) {
      const value = labelOf(node, key);
      if (value !== undefined && this.has(key, value)) return true;
    }
    return false;
  }
}

/** Placed pods a term of the new pod takes. */
export function* takenBy(term: AffinityTerm, cluster: ClusterState): Iterable<Pod> {
  const { selector, namespaceSelector, namespaces } = term;
  if (!selector) return;
  const where = new Set(namespaces);
  if (namespaceSelector)
    for (const { metadata } of cluster.store.list('namespaces'))
      if (matchesLabels(namespaceSelector, metadata.labels)) where.add(metadata.name);
  yield* cluster.matching(where, selector);
}

class Rules {
  readonly #pod: Pod;
  readonly #cluster: ClusterState;
  readonly #wanted: AffinityTerm[];
  readonly #unwanted: AffinityTerm[];
  readonly #near = new Tally();
  readonly #far = new Tally();
  /** Where placed pods do not want the new one. */
  readonly #against = new Tally();

  constructor(pod: Pod, cluster: ClusterState) {
    this.#pod = pod;
    this.#cluster = cluster;
    const { affinity, antiAffinity } = affinityTermsOf(pod);
    this.#wanted = affinity;
    this.#unwanted = antiAffinity;
    // A pod counts as near only when it meets all terms at once; those of the first are enough to look at.
    const [first] = affinity;
    if (first) for (const other of takenBy(first, cluster)) this.#count(other, 1, 'near');
    const seen = new Set<Pod>();
    for (const term of antiAffinity)
      for (const other of takenBy(term, cluster))
        if (!seen.has(other)) {
          seen.add(other);
          this.#count(other, 1, 'far');
        }
    for (const other of cluster.withAffinity()) this.#count(other, 1, 'against');
  }

  get isIdle(): boolean {
    return this.#wanted.length === 0 && this.#unwanted.length === 0 && this.#against.isEmpty;
  }

  adjust(other: Pod, node: NodeObject, sign: 1 | -1): void {
    for (const which of ['near', 'far', 'against'] as const) this.#countOn(other, node, sign, which);
  }

  check(node: NodeObject): Refusal | undefined {
    if (!this.#isNear(node)) return refusal("node(s) didn't match pod affinity rules");
    const isUnwanted = this.#unwanted.some(({ topologyKey }) => {
      const value = labelOf(node, topologyKey);
      return value !== undefined && this.#far.has(topologyKey, value);
    });
    if (isUnwanted) return refusal("node(s) didn't match pod anti-affinity rules", true);
    return this.#against.covers(node)
      ? refusal("node(s) didn't satisfy existing pods anti-affinity rules", true)
      : undefined;
  }

  #isNear(node: NodeObject): boolean {
    const values = this.#wanted.map(({ topologyKey }) => labelOf(node, topologyKey));
    if (values.includes(undefined)) return false;
    if (this.#wanted.every(({ topologyKey }, index) => this.#near.has(topologyKey, values[index] ?? '')))
      return true;
    // The first of those that want to be together goes anywhere.
    return this.#near.isEmpty && this.#takesAll(this.#wanted, this.#pod);
  }

  #count(other: Pod, sign: 1 | -1, which: 'near' | 'far' | 'against'): void {
    const node = this.#cluster.node(other.spec.nodeName ?? '')?.node;
    if (node) this.#countOn(other, node, sign, which);
  }

  #countOn(other: Pod, node: NodeObject, sign: 1 | -1, which: 'near' | 'far' | 'against'): void {
    if (which === 'near') {
      if (this.#takesAll(this.#wanted, other))
        for (const { topologyKey } of this.#wanted) this.#near.add(node, topologyKey, sign);
      return;
    }
    const [terms, target, tally] =
      which === 'far'
        ? [this.#unwanted, other, this.#far]
        : [affinityTermsOf(other).antiAffinity, this.#pod, this.#against];
    for (const term of terms) if (this.#takes(term, target)) tally.add(node, term.topologyKey, sign);
  }

  #takesAll(terms: AffinityTerm[], pod: Pod): boolean {
    return terms.length > 0 && terms.every((term) => this.#takes(term, pod));
  }

  #takes(term: AffinityTerm, pod: Pod): boolean {
    return takesPod(term, pod, this.#cluster.namespaceLabels(pod.metadata.namespace ?? ''));
  }
}

export const interPodAffinity: FilterPlugin = {
  name: 'InterPodAffinity',
  helpedBy: ['node-added', 'node-labels', 'pod-gone', 'pod-placed'],
  prepare: (pod, cluster) => {
    const rules = new Rules(pod, cluster);
    return rules.isIdle
      ? undefined
      : {
          check: ({ node }) => rules.check(node),
          adjust: (other, node, sign) => rules.adjust(other, node, sign),
        };
  },
};
