/**
 * How the load of an autoscaled workload falls to its pods. A workload that an HorizontalPodAutoscaler scales has a
 * load of its own, as large as its pods together used when the autoscaler was first seen, and its ready pods share it:
 * twice the pods means half the use of each. Pods of other workloads use what they use.
 *
 * What a pod has counted must stay counted, so every change of the share begins a new span, on the next sample.
 */
import { at, text } from '../base/json.ts';
import type { KubeObject, OwnerReference, Pod } from '../base/types.ts';
import type { Store, StoreEvent } from '../storage/store.ts';

/** From an instant on, a pod takes this many times what it would take by itself. */
export interface Span {
  fromMs: number;
  factor: number;
}

export const ALONE: readonly Span[] = [{ fromMs: Number.NEGATIVE_INFINITY, factor: 1 }];

const AUTOSCALERS = 'horizontalpodautoscalers.autoscaling';
const MOST_SPANS = 512;

interface Shared {
  /** Pods that carried the load when it was first seen; 0 until there were some. */
  carriers: number;
  ready: Set<string>;
  spans: Span[];
}

const isReady = ({ status, metadata }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');

export class LoadSharing {
  readonly #store: Store;
  /** When figures are taken next. */
  readonly #nextSampleMs: () => number;
  /** namespace/kind/name of the workload. */
  readonly #shared = new Map<string, Shared>();

  constructor(store: Store, nextSampleMs: () => number) {
    this.#store = store;
    this.#nextSampleMs = nextSampleMs;
    for (const autoscaler of store.list(AUTOSCALERS)) this.#follow(autoscaler);
    store.subscribe(AUTOSCALERS, ({ type, object }) => {
      if (type === 'DELETED') this.#leave(targetOf(object));
      else this.#follow(object);
    });
    store.subscribe('pods', (event) => this.#onPod(event));
  }

  /** Spans of the pod's share, oldest first. */
  spansOf(pod: Pod): readonly Span[] {
    return this.#shared.get(this.#keyOf(pod) ?? '')?.spans ?? ALONE;
  }

  /** The followed workload a pod belongs to. */
  #keyOf(pod: Pod): string | undefined {
    const owner = this.#shared.size > 0 ? controllerOf(pod) : undefined;
    if (!owner) return undefined;
    const namespace = pod.metadata.namespace ?? '';
    const own = `${namespace}/${owner.kind}/${owner.name}`;
    if (owner.kind !== 'ReplicaSet' || this.#shared.has(own)) return this.#shared.has(own) ? own : undefined;
    const set = this.#store.get('replicasets.apps', namespace, owner.name);
    const top = set && controllerOf(set);
    const key = `${namespace}/${top?.kind}/${top?.name}`;
    return this.#shared.has(key) ? key : undefined;
  }

  #follow(autoscaler: KubeObject): void {
    const key = targetOf(autoscaler);
    if (this.#shared.has(key)) return;
    const shared: Shared = { carriers: 0, ready: new Set(), spans: ALONE.map((span) => ({ ...span })) };
    this.#shared.set(key, shared);
    for (const pod of this.#store.list('pods', autoscaler.metadata.namespace) as Pod[])
      if (isReady(pod) && this.#keyOf(pod) === key) shared.ready.add(pod.metadata.uid);
    this.#spread(key, shared);
  }

  /** Without an autoscaler the share stays what it was; it is forgotten with the last pod. */
  #leave(key: string): void {
    if (this.#shared.get(key)?.ready.size === 0) this.#shared.delete(key);
  }

  #onPod({ type, object }: StoreEvent): void {
    const pod = object as Pod;
    const key = this.#keyOf(pod);
    const shared = this.#shared.get(key ?? '');
    if (key === undefined || !shared) return;
    const { uid } = pod.metadata;
    const counts = type !== 'DELETED' && isReady(pod);
    if (counts === shared.ready.has(uid)) return;
    if (counts) shared.ready.add(uid);
    else shared.ready.delete(uid);
    this.#spread(key, shared);
  }

  #spread(key: string, shared: Shared): void {
    const count = shared.ready.size;
    if (shared.carriers === 0 && count > 0) shared.carriers = Math.max(count, this.#wanted(key));
    // Where nobody is ready, nobody is asked.
    const factor = count === 0 ? 1 : shared.carriers / count;
    const { spans } = shared;
    const last = spans.at(-1) as Span;
    const fromMs = this.#nextSampleMs();
    if (last.factor === factor) return;
    if (last.fromMs === fromMs) last.factor = factor;
    else spans.push({ fromMs, factor });
    if (spans.length > MOST_SPANS) forgetOldest(spans);
  }

  #wanted(key: string): number {
    const [namespace = '', kind = '', name = ''] = key.split('/');
    const resource = `${kind.toLowerCase()}s.apps`;
    return Number(at(this.#store.get(resource, namespace, name), 'spec', 'replicas')) || 0;
  }
}

/** Two spans become one, at the larger share: a counter must not fall. */
function forgetOldest(spans: Span[]): void {
  const [oldest, next] = spans as [Span, Span];
  spans.splice(0, 2, { fromMs: oldest.fromMs, factor: Math.max(oldest.factor, next.factor) });
}

const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

function targetOf({ metadata, spec }: KubeObject): string {
  const reference = at(spec, 'scaleTargetRef');
  return `${metadata.namespace ?? ''}/${text(at(reference, 'kind'))}/${text(at(reference, 'name'))}`;
}
