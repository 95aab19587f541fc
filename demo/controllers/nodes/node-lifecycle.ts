/**
 * The node lifecycle of nodes whose kubelets are silent, as pkg/controller/nodelifecycle and tainteviction do it: 50 s
 * after the last sign of life the node is Unknown and tainted, its pods are not ready, and 300 s later those that do
 * not tolerate it are evicted. Nodes that are heard of are never touched, however slow this process is.
 */
import { isoTime, type Machinery } from '../../apiserver/rest/context.ts';
import type { Mutations } from '../../apiserver/rest/mutations.ts';
import type { Cancel } from '../../base/clock.ts';
import { at, text } from '../../base/json.ts';
import type { Condition, KubeObject, NodeObject, Pod } from '../../base/types.ts';
import { change, deletePod, writeStatus } from '../framework/controller.ts';
import type { EventRecorder } from '../framework/recorder.ts';

/** What a step here needs of the cluster. */
interface LifecycleTools {
  machinery: Machinery;
  mutations: Mutations;
  recorder: EventRecorder;
  /** Nodes whose kubelets are silent. */
  silent: ReadonlySet<string>;
}

const CHECK_EVERY_MS = 5_000;
const GRACE_MS = 50_000;
/** DefaultTolerationSeconds gives every pod this much. */
const TOLERATED_MS = 300_000;
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const STATUS_UNKNOWN = 'NodeStatusUnknown';

export class NodeLifecycle {
  readonly #tools: LifecycleTools;
  #cancel: Cancel;

  constructor(tools: LifecycleTools) {
    this.#tools = tools;
    this.#cancel = this.#again();
  }

  stop(): void {
    this.#cancel();
  }

  #again(): Cancel {
    return this.#tools.machinery.clock.schedule(CHECK_EVERY_MS, () => {
      this.#cancel = this.#again();
      for (const node of this.#tools.machinery.store.list('nodes') as NodeObject[]) this.#check(node);
    });
  }

  #check(node: NodeObject): void {
    const { name } = node.metadata;
    if (!this.#tools.silent.has(name)) {
      if (isTainted(node)) this.#untaint(node);
      return;
    }
    const { store, clock } = this.#tools.machinery;
    const lease = store.get('leases.coordination.k8s.io', 'kube-node-lease', name);
    const heardMs = Date.parse(text(at(lease, 'spec', 'renewTime')));
    // A lease that cannot be read is one that was never renewed.
    if (clock.now() - heardMs <= GRACE_MS) return;
    if (!isTainted(node)) this.#lose(node);
    else this.#evict(node);
  }

  #lose(node: NodeObject): void {
    const now = isoTime(this.#tools.machinery.clock.now());
    const { recorder } = this.#tools;
    const conditions = (node.status?.conditions ?? []).map((condition): Condition => unknown(condition, now));
    const marked = this.#writeStatus('nodes', node, { ...node.status, conditions });
    const taints = (effect: string) => ({ key: UNREACHABLE, effect, timeAdded: now });
    this.#change(marked, [...(node.spec.taints ?? []), taints('NoSchedule'), taints('NoExecute')]);
    recorder.record(
      node,
      { component: 'node-controller' },
      {
        type: 'Normal',
        reason: 'NodeNotReady',
        message: `Node ${node.metadata.name} status is now: NodeNotReady`,
      },
    );
    for (const pod of this.#pods(node)) this.#unready(pod, now);
  }

  #unready(pod: Pod, now: string): void {
    if (!pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) return;
    const conditions = pod.status.conditions.map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: now } : condition,
    );
    this.#writeStatus('pods', pod, { ...pod.status, conditions });
    const source = { component: 'node-controller' };
    this.#tools.recorder.record(pod, source, {
      type: 'Warning',
      reason: 'NodeNotReady',
      message: 'Node is not ready',
    });
  }

  #evict(node: NodeObject): void {
    const { clock } = this.#tools.machinery;
    const added = node.spec.taints?.find(({ key, effect }) => key === UNREACHABLE && effect === 'NoExecute');
    if (clock.now() - Date.parse(text(added?.timeAdded)) < TOLERATED_MS) return;
    for (const pod of this.#pods(node)) {
      if (pod.metadata.deletionTimestamp !== undefined || toleratesForEver(pod)) continue;
      const { namespace, name } = pod.metadata;
      this.#tools.recorder.record(
        pod,
        { component: 'taint-eviction-controller' },
        {
          type: 'Normal',
          reason: 'TaintManagerEviction',
          message: `Marking for deletion Pod ${namespace}/${name}`,
        },
      );
      // Its kubelet cannot confirm the end: the pod stays, on its way out, until the node is back.
      deletePod(this.#tools, pod);
    }
  }

  #untaint(node: NodeObject): void {
    this.#change(
      node,
      (node.spec.taints ?? []).filter(({ key }) => key !== UNREACHABLE),
    );
  }

  #pods(node: NodeObject): Pod[] {
    return (this.#tools.machinery.store.list('pods') as Pod[]).filter(
      (pod) => pod.spec.nodeName === node.metadata.name,
    );
  }

  #writeStatus(resource: string, object: KubeObject, status: object): KubeObject {
    return writeStatus(this.#tools, resource, object, { ...status });
  }

  #change(node: KubeObject, taints: object[]): void {
    change(this.#tools, 'nodes', node, (current) => {
      const { taints: _taints, ...spec } = (current as NodeObject).spec;
      return { ...current, spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) } };
    });
  }
}

const isTainted = (node: NodeObject): boolean =>
  node.spec.taints?.some(({ key }) => key === UNREACHABLE) === true;

const unknown = (condition: Condition, now: string): Condition => ({
  ...condition,
  status: 'Unknown',
  reason: STATUS_UNKNOWN,
  message: 'Kubelet stopped posting node status.',
  lastTransitionTime: now,
});

/** DaemonSets' pods, and whatever tolerates everything. */
const toleratesForEver = (pod: Pod): boolean =>
  (pod.spec.tolerations ?? []).some(
    (toleration) =>
      (!toleration.key || toleration.key === UNREACHABLE) &&
      (!toleration.effect || toleration.effect === 'NoExecute') &&
      (toleration as { tolerationSeconds?: number }).tolerationSeconds === undefined,
  );
