/**
 * Pods leave nodes with NoExecute taints they do not tolerate, each after the time its own tolerations give it, as
 * pkg/controller/tainteviction has it. Any such taint evicts, whoever put it on.
 */
import { isoTime, type Machinery } from '../../apiserver/rest/context.ts';
import type { Mutations } from '../../apiserver/rest/mutations.ts';
import type { Cancel } from '../../base/clock.ts';
import { equal, objects, text } from '../../base/json.ts';
import type { Condition, KubeObject, NodeObject, Pod } from '../../base/types.ts';
import type { StoreEvent } from '../../storage/store.ts';
import { deletePod, writeStatus } from '../framework/controller.ts';
import type { EventRecorder } from '../framework/recorder.ts';
import { type Taint, taintsOf } from './node-taints.ts';

interface EvictionTools {
  machinery: Machinery;
  mutations: Mutations;
  recorder: EventRecorder;
}

const SOURCE = { component: 'taint-eviction-controller' };

const executing = (node: NodeObject): Taint[] =>
  taintsOf(node).filter(({ effect }) => effect === 'NoExecute');

/**
 * How long a pod may stay beside these NoExecute taints: Infinity for ever, 0 when one of them is not tolerated at
 * all, else the shortest time its tolerations of them name.
 */
export function toleratedMs(pod: Pod, taints: readonly Taint[]): number {
  const tolerations = objects(pod.spec.tolerations);
  let least = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const matching = tolerations.find(
      ({ key, effect, operator, value }) =>
        (!effect || effect === taint.effect) &&
        (!key || key === taint.key) &&
        (operator === 'Exists' || ((!operator || operator === 'Equal') && text(value) === text(taint.value))),
    );
    if (!matching) return 0;
    const { tolerationSeconds } = matching;
    if (typeof tolerationSeconds === 'number')
      least = Math.min(least, Math.max(0, tolerationSeconds) * 1_000);
  }
  return least;
}

interface Waiting {
  sinceMs: number;
  dueMs: number;
  cancel: Cancel;
}

export class TaintEviction {
  readonly #tools: EvictionTools;
  /** Nodes with NoExecute taints. */
  readonly #tainted = new Map<string, Taint[]>();
  /** Pods by uid. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #unsubscribe: (() => void)[];

  constructor(tools: EvictionTools) {
    this.#tools = tools;
    const { store } = tools.machinery;
    for (const node of store.list('nodes') as NodeObject[]) this.#onTaints(node, executing(node));
    this.#unsubscribe = [
      store.subscribe('nodes', ({ type, object }) => {
        const node = object as NodeObject;
        this.#onTaints(node, type === 'DELETED' ? [] : executing(node));
      }),
      store.subscribe('pods', (event) => this.#onPod(event)),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const { cancel } of this.#waiting.values()) cancel();
  }

  #onTaints({ metadata: { name } }: NodeObject, taints: Taint[]): void {
    if (equal(this.#tainted.get(name) ?? [], taints)) return;
    if (taints.length > 0) this.#tainted.set(name, taints);
    else this.#tainted.delete(name);
    for (const pod of this.#tools.machinery.store.list('pods') as Pod[])
      if (pod.spec.nodeName === name) this.#place(pod, taints);
  }

  #onPod({ type, object, previous }: StoreEvent): void {
    const pod = object as Pod;
    const { uid, deletionTimestamp } = pod.metadata;
    if (type === 'DELETED' || deletionTimestamp !== undefined) this.#forget(uid);
    const taints = this.#tainted.get(pod.spec.nodeName ?? '');
    // A pod's spec is the same object until it changes.
    if (taints && (previous as Pod | undefined)?.spec !== pod.spec) this.#place(pod, taints);
  }

  #forget(uid: string): boolean {
    this.#waiting.get(uid)?.cancel();
    return this.#waiting.delete(uid);
  }

  #place(pod: Pod, taints: Taint[]): void {
    const { uid, namespace = '', name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined) return;
    const { clock } = this.#tools.machinery;
    const stayMs = taints.length === 0 ? Number.POSITIVE_INFINITY : toleratedMs(pod, taints);
    if (stayMs === Number.POSITIVE_INFINITY) {
      if (this.#forget(uid)) this.#tell(pod, `Cancelling deletion of Pod ${namespace}/${name}`);
      return;
    }
    const before = this.#waiting.get(uid);
    const sinceMs = before?.sinceMs ?? clock.now();
    const dueMs = sinceMs + stayMs;
    if (before?.dueMs === dueMs) return;
    before?.cancel();
    const cancel = clock.schedule(Math.max(0, dueMs - clock.now()), () => this.#evict(namespace, name, uid));
    this.#waiting.set(uid, { sinceMs, dueMs, cancel });
  }

  #evict(namespace: string, name: string, uid: string): void {
    this.#waiting.delete(uid);
    const { store, clock } = this.#tools.machinery;
    const pod = store.get('pods', namespace, name) as Pod | undefined;
    if (pod?.metadata.uid !== uid || pod.metadata.deletionTimestamp !== undefined) return;
    this.#tell(pod, `Marking for deletion Pod ${namespace}/${name}`);
    const condition: Condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: isoTime(clock.now()),
    };
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
    const status = { ...pod.status, conditions: [...others, condition] };
    deletePod(this.#tools, writeStatus(this.#tools, 'pods', pod, status));
  }

  #tell(pod: KubeObject, message: string): void {
    this.#tools.recorder.record(pod, SOURCE, { type: 'Normal', reason: 'TaintManagerEviction', message });
  }
}
