/** The scheduler: filters nodes as the real one's plugins do, well enough to say why none fits, and picks the emptiest. */
import { isoTime, type Machinery, systemContext } from '../apiserver/rest/context.ts';
import type { Mutations } from '../apiserver/rest/mutations.ts';
import { at, type JsonObject, objects, text } from '../base/json.ts';
import { parseQuantity } from '../base/quantity.ts';
import type { KubeObject, NodeObject, Pod } from '../base/types.ts';
import type { EventRecorder } from '../controllers/framework/recorder.ts';
import { WorkQueue } from '../controllers/framework/work-queue.ts';
import { withCondition } from '../kubelet/pod-status.ts';
import { NodeSums, type Requests, requestsOf } from './node-sums.ts';

const SOURCE = { component: 'default-scheduler' };
const RETRY_MS = 60_000;

const allocatables = new WeakMap<NodeObject, Requests>();

function allocatable(node: NodeObject): Requests {
  const known = allocatables.get(node);
  if (known) return known;
  const { cpu, memory, pods } = node.status?.allocatable ?? {};
  const most = { cpu: parseQuantity(cpu), memory: parseQuantity(memory), pods: parseQuantity(pods) };
  allocatables.set(node, most);
  return most;
}

interface Verdict {
  reasons: string[];
  /** Would an empty node of this kind do? Then preemption is at least thinkable. */
  isPreemptable: boolean;
}

function tolerates(pod: Pod, taint: { key: string; value?: string; effect: string }): boolean {
  return (pod.spec.tolerations ?? []).some((toleration) => {
    if (toleration.effect && toleration.effect !== taint.effect) return false;
    if (toleration.operator === 'Exists') return !toleration.key || toleration.key === taint.key;
    return toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
  });
}

function matchesExpression(labels: Record<string, string>, expression: JsonObject): boolean {
  const value = labels[text(expression.key)];
  const values = (expression.values as string[] | undefined) ?? [];
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

function matchesAffinity(pod: Pod, node: NodeObject): boolean {
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value))
    return false;
  const terms = objects(
    at(
      pod.spec,
      'affinity',
      'nodeAffinity',
      'requiredDuringSchedulingIgnoredDuringExecution',
      'nodeSelectorTerms',
    ),
  );
  return (
    terms.length === 0 ||
    terms.some((term) =>
      objects(term.matchExpressions).every((expression) => matchesExpression(labels, expression)),
    )
  );
}

/** Why a pod cannot go to a node; no reason means it can. The first failing filter speaks, as in the real one. */
export function judge(pod: Pod, node: NodeObject, used: Requests): Verdict {
  if (
    node.spec.unschedulable &&
    !tolerates(pod, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })
  ) {
    return { reasons: ['node(s) were unschedulable'], isPreemptable: false };
  }
  const hard = (node.spec.taints ?? []).filter((taint) => taint.effect !== 'PreferNoSchedule');
  if (hard.some((taint) => !tolerates(pod, taint)))
    return { reasons: ['node(s) had untolerated taint(s)'], isPreemptable: false };
  if (!matchesAffinity(pod, node))
    return { reasons: ["node(s) didn't match Pod's node affinity/selector"], isPreemptable: false };
  const wanted = requestsOf(pod);
  const most = allocatable(node);
  const reasons: string[] = [];
  if (used.pods + 1000n > most.pods) reasons.push('Too many pods');
  for (const name of ['cpu', 'memory'] as const)
    if (wanted[name] > 0n && used[name] + wanted[name] > most[name]) reasons.push(`Insufficient ${name}`);
  return { reasons, isPreemptable: wanted.cpu <= most.cpu && wanted.memory <= most.memory };
}

/** The scheduler's sentence from what every node said. */
export function unschedulableMessage(verdicts: Verdict[]): string {
  const count = (words: string[]) => {
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return [...counts]
      .map(([word, number]) => `${number} ${word}`)
      .sort()
      .join(', ');
  };
  const head = `0/${verdicts.length} nodes are available:`;
  const preemption = verdicts.map(({ isPreemptable }) =>
    isPreemptable
      ? 'No preemption victims found for incoming pod'
      : 'Preemption is not helpful for scheduling',
  );
  return `${head} ${count(verdicts.flatMap(({ reasons }) => reasons))}. no new claims to deallocate, preemption: ${head} ${count(preemption)}.`;
}

export class Scheduler {
  readonly #machinery: Machinery;
  readonly #mutations: Mutations;
  readonly #recorder: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #usage: NodeSums;
  /** Keys of pods without a node. */
  readonly #unplaced = new Set<string>();
  readonly #unsubscribe: () => void;

  constructor(machinery: Machinery, mutations: Mutations, recorder: EventRecorder) {
    this.#machinery = machinery;
    this.#mutations = mutations;
    this.#recorder = recorder;
    this.#queue = new WorkQueue('scheduler', machinery.clock, (key) => this.#schedule(key));
    this.#usage = new NodeSums(machinery.store);
    this.#unsubscribe = machinery.store.subscribe(undefined, (event) => {
      if (event.resource === 'pods') {
        this.#note(event.object as Pod, event.type === 'DELETED');
        if (event.type === 'DELETED') this.#retryAll();
        else this.#enqueue(event.object as Pod, 20 + machinery.random.below(60), event.type === 'ADDED');
      }
      if (
        event.resource === 'nodes' &&
        event.type !== 'DELETED' &&
        event.object.spec !== event.previous?.spec
      )
        this.#retryAll();
    });
    for (const pod of machinery.store.list('pods') as Pod[]) this.#enqueue(pod, RETRY_MS, true);
  }

  stop(): void {
    this.#unsubscribe();
    this.#usage.stop();
    this.#queue.stop();
  }

  #enqueue(pod: Pod, delayMs: number, isNew: boolean): void {
    const isOurs = pod.spec.schedulerName === undefined || pod.spec.schedulerName === 'default-scheduler';
    if (isNew && isOurs && !pod.spec.nodeName && pod.metadata.deletionTimestamp === undefined)
      this.#queue.add(keyOfPod(pod), delayMs);
  }

  #note(pod: Pod, isGone: boolean): void {
    if (isGone || pod.spec.nodeName) this.#unplaced.delete(keyOfPod(pod));
    else this.#unplaced.add(keyOfPod(pod));
  }

  #retryAll(): void {
    for (const key of [...this.#unplaced].sort()) {
      const [namespace = '', name = ''] = key.split('/');
      const pod = this.#machinery.store.get('pods', namespace, name);
      if (pod) this.#enqueue(pod as Pod, 1_000, true);
    }
  }

  #schedule(key: string): number | undefined {
    const { store } = this.#machinery;
    const [namespace = '', name = ''] = key.split('/');
    const pod = store.get('pods', namespace, name) as Pod | undefined;
    if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined) return undefined;
    const claim = this.#unboundClaim(pod);
    const nodes = store.list('nodes') as NodeObject[];
    if (claim)
      return this.#refuse(
        pod,
        `0/${nodes.length} nodes are available: ${claim}. no new claims to deallocate, preemption: 0/${nodes.length} nodes are available: ${nodes.length} Preemption is not helpful for scheduling.`,
      );
    const verdicts = nodes.map((node) => ({
      node,
      ...judge(pod, node, this.#usage.of(node.metadata.name)),
    }));
    const fitting = verdicts.filter(({ reasons }) => reasons.length === 0).map(({ node }) => node);
    if (fitting.length === 0)
      return this.#refuse(
        pod,
        nodes.length === 0 ? 'no nodes available to schedule pods' : unschedulableMessage(verdicts),
      );
    this.#bind(pod, this.#best(pod, fitting));
    return undefined;
  }

  /** Fewest siblings first, then the least requested. */
  #best(pod: Pod, nodes: NodeObject[]): NodeObject {
    const owner = pod.metadata.ownerReferences?.[0]?.uid;
    const siblings = new Map<string, number>();
    for (const other of this.#machinery.store.list('pods', pod.metadata.namespace) as Pod[]) {
      const isSibling =
        owner !== undefined && other.metadata.ownerReferences?.[0]?.uid === owner && other.spec.nodeName;
      if (isSibling)
        siblings.set(other.spec.nodeName as string, (siblings.get(other.spec.nodeName as string) ?? 0) + 1);
    }
    const share = (node: NodeObject) => {
      const own = this.#usage.of(node.metadata.name);
      const most = allocatable(node);
      return Number(own.cpu) / Number(most.cpu || 1n) + Number(own.memory) / Number(most.memory || 1n);
    };
    const scored = nodes.map((node) => {
      const { name } = node.metadata;
      return { node, name, count: siblings.get(name) ?? 0, share: share(node) };
    });
    return scored.reduce((best, other) => {
      const order = other.count - best.count || other.share - best.share;
      return order < 0 || (order === 0 && other.name < best.name) ? other : best;
    }).node;
  }

  #unboundClaim(pod: Pod): string | undefined {
    for (const volume of pod.spec.volumes ?? []) {
      const name = text(at(volume, 'persistentVolumeClaim', 'claimName'));
      if (!name) continue;
      const claim = this.#machinery.store.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name);
      if (!claim) return `persistentvolumeclaim "${name}" not found`;
      if (at(claim, 'status', 'phase') !== 'Bound') return 'pod has unbound immediate PersistentVolumeClaims';
    }
    return undefined;
  }

  #refuse(pod: Pod, message: string): number {
    const now = isoTime(this.#machinery.clock.now());
    const condition = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message };
    this.#update(pod, 'status', (current) => ({
      ...current,
      status: {
        ...current.status,
        conditions: withCondition(current.status.conditions ?? [], condition, now),
      },
    }));
    this.#recorder.record(pod, SOURCE, { type: 'Warning', reason: 'FailedScheduling', message });
    return RETRY_MS;
  }

  #bind(pod: Pod, node: NodeObject): void {
    const now = isoTime(this.#machinery.clock.now());
    const bound = this.#update(pod, '', (current) => ({
      ...current,
      spec: { ...current.spec, nodeName: node.metadata.name },
    }));
    this.#update(bound, 'status', (current) => ({
      ...current,
      status: {
        ...current.status,
        conditions: withCondition(
          (current.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'),
          { type: 'PodScheduled', status: 'True' },
          now,
        ),
      },
    }));
    const { namespace, name } = pod.metadata;
    this.#recorder.record(pod, SOURCE, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${namespace}/${name} to ${node.metadata.name}`,
    });
  }

  #update(pod: KubeObject, subresource: string, next: (current: Pod) => JsonObject): Pod {
    const type = this.#machinery.kinds.builtIn('pods');
    const { namespace = '', name } = pod.metadata;
    return this.#mutations.writer.update(
      type,
      namespace,
      name,
      (current) => next(current as Pod),
      systemContext('kube-scheduler', subresource),
      { isTrusted: true },
    ) as Pod;
  }
}

const keyOfPod = (pod: KubeObject) => `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
