/**
 * Nodes with their pods, and the pods that have a node, indexed for the questions a scheduling cycle asks. Kept up from
 * the store's events; what changes costs the changed object only.
 */
import { isObject } from '../base/json.ts';
import type { NodeObject, Pod } from '../base/types.ts';
import { controllerOf } from '../controllers/framework/owners.ts';
import { matchesLabels, type Requirement } from '../storage/selectors.ts';
import type { Store, StoreEvent } from '../storage/store.ts';
import { labelOf, NodeInfo } from './node-info.ts';
import { type AffinityTerms, affinityTermsOf } from './terms.ts';

/** Has a node and is not done: it takes room there. */
export const placeOf = (pod: Pod | undefined): string | undefined =>
  pod && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed' && pod.spec.nodeName
    ? pod.spec.nodeName
    : undefined;

type Pods = Map<string, Pod>;

/** Adds to or takes from one of many groups; empty groups go. */
function regroup(groups: Map<string, Pods>, key: string, pod: Pod, isThere: boolean): void {
  const group = groups.get(key);
  if (isThere) {
    if (group) group.set(pod.metadata.uid, pod);
    else groups.set(key, new Map([[pod.metadata.uid, pod]]));
  } else if (group?.delete(pod.metadata.uid) && group.size === 0) groups.delete(key);
}

export class ClusterState {
  readonly store: Store;
  readonly #infos = new Map<string, NodeInfo>();
  #nodes: readonly NodeInfo[] | undefined;
  readonly #byController = new Map<string, Pods>();
  /** Placed pods that say beside whom they want to be, or beside whom not. */
  readonly #withAffinity = new Map<string, Pod>();
  /** Labels somebody has selected by → placed pods by namespace and value. */
  readonly #byLabel = new Map<string, Map<string, Pods>>();
  readonly stop: () => void;

  constructor(store: Store) {
    this.store = store;
    for (const node of store.list('nodes') as NodeObject[]) this.#infoOf(node.metadata.name).setNode(node);
    for (const pod of store.list('pods') as Pod[]) this.#put(pod);
    const stopNodes = store.subscribe('nodes', (event) => this.#nodeChanged(event));
    const stopPods = store.subscribe('pods', (event) =>
      this.#podChanged(
        event.previous as Pod | undefined,
        event.type === 'DELETED' ? undefined : event.object,
      ),
    );
    this.stop = () => {
      stopNodes();
      stopPods();
    };
  }

  /** Every node in the order of names. */
  nodes(): readonly NodeInfo[] {
    this.#nodes ??= [...this.#infos.values()]
      .filter(({ node }) => node !== undefined)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#nodes;
  }

  node(name: string): NodeInfo | undefined {
    const info = this.#infos.get(name);
    return info?.node ? info : undefined;
  }

  /** What pods without a node there would be counted to, node or not. */
  infoOf(name: string): NodeInfo | undefined {
    return this.#infos.get(name);
  }

  /** Placed pods of the same controller. */
  siblings(pod: Pod): Iterable<Pod> {
    const owner = controllerOf(pod);
    return (owner && this.#byController.get(owner.uid)?.values()) ?? [];
  }

  withAffinity(): Iterable<Pod> {
    return this.#withAffinity.values();
  }

  namespaceLabels(namespace: string): Record<string, string> | undefined {
    return this.store.get('namespaces', '', namespace)?.metadata.labels;
  }

  /** Placed pods of these namespaces (all, when undefined) that the selector takes. */
  *matching(namespaces: ReadonlySet<string> | undefined, requirements: Requirement[]): Iterable<Pod> {
    for (const namespace of namespaces ?? this.#namespaces())
      for (const pod of this.#candidates(namespace, requirements))
        if (matchesLabels(requirements, pod.metadata.labels)) yield pod;
  }

  #namespaces(): string[] {
    return this.store.list('namespaces').map(({ metadata }) => metadata.name);
  }

  #candidates(namespace: string, requirements: Requirement[]): Iterable<Pod> {
    const sure = requirements.find(({ operator, values }) => operator === 'in' && values.length === 1);
    if (!sure) return (this.store.list('pods', namespace) as Pod[]).filter((pod) => placeOf(pod));
    const groups = this.#groupsOf(sure.key);
    return groups.get(`${namespace}\0${sure.values[0]}`)?.values() ?? [];
  }

  #groupsOf(label: string): Map<string, Pods> {
    const known = this.#byLabel.get(label);
    if (known) return known;
    const groups = new Map<string, Pods>();
    this.#byLabel.set(label, groups);
    for (const { pods } of this.#infos.values())
      for (const pod of pods.values()) regroupByLabel(groups, label, pod, true);
    return groups;
  }

  #infoOf(name: string): NodeInfo {
    let info = this.#infos.get(name);
    if (!info) {
      info = new NodeInfo(name);
      this.#infos.set(name, info);
    }
    return info;
  }

  #nodeChanged({ type, object }: StoreEvent): void {
    const { name } = object.metadata;
    const info = this.#infoOf(name);
    if (type !== 'MODIFIED') this.#nodes = undefined;
    info.setNode(type === 'DELETED' ? undefined : (object as NodeObject));
    if (type === 'DELETED' && info.pods.size === 0) this.#infos.delete(name);
  }

  #podChanged(previous: Pod | undefined, current: unknown): void {
    const next = isObject(current) ? (current as Pod) : undefined;
    if (previous && placeOf(previous) && !this.#isSameEntry(previous, next)) this.#take(previous);
    if (next) this.#put(next);
  }

  /** Putting the new one over the old one does. */
  #isSameEntry(previous: Pod, next: Pod | undefined): boolean {
    return (
      next !== undefined &&
      placeOf(previous) === placeOf(next) &&
      previous.metadata.labels === next.metadata.labels &&
      previous.metadata.ownerReferences === next.metadata.ownerReferences
    );
  }

  #put(pod: Pod): void {
    const place = placeOf(pod);
    if (!place) return;
    this.#infoOf(place).add(pod);
    this.#index(pod, true);
  }

  #take(pod: Pod): void {
    const info = this.#infos.get(placeOf(pod) as string);
    info?.remove(pod);
    if (info && !info.node && info.pods.size === 0) this.#infos.delete(info.name);
    this.#index(pod, false);
  }

  #index(pod: Pod, isThere: boolean): void {
    const owner = controllerOf(pod);
    if (owner) regroup(this.#byController, owner.uid, pod, isThere);
    for (const [label, groups] of this.#byLabel) regroupByLabel(groups, label, pod, isThere);
    if (!isThere) this.#withAffinity.delete(pod.metadata.uid);
    else if (hasTerms(affinityTermsOf(pod))) this.#withAffinity.set(pod.metadata.uid, pod);
  }
}

function regroupByLabel(groups: Map<string, Pods>, label: string, pod: Pod, isThere: boolean): void {
  const value = labelOf(pod, label);
  if (value !== undefined) regroup(groups, `${pod.metadata.namespace ?? ''}\0${value}`, pod, isThere);
}

const hasTerms = (terms: AffinityTerms): boolean =>
  terms.affinity.length + terms.antiAffinity.length + terms.preferred.length > 0;
