/**
 * The node lifecycle, as pkg/controller/nodelifecycle does it: a node that is not heard of for 50 s (60 s when it never
 * said how it is) is Unknown, what its conditions mean is told by taints, and a node that is not ready gets the NoExecute
 * taint that drives its pods away, one node in ten seconds a zone.
 *
 * A node whose kubelet runs is never held for lost, however slow this process is. A node that a client makes has no
 * kubelet, unless it says, as for kwok, that it may be faked.
 */
import { isoTime, type Machinery } from '../../apiserver/rest/context.ts';
import type { Mutations } from '../../apiserver/rest/mutations.ts';
import type { Cancel } from '../../base/clock.ts';
import { at, objects, text } from '../../base/json.ts';
import type { Condition, KubeObject, NodeObject, Pod } from '../../base/types.ts';
import type { StoreEvent } from '../../storage/store.ts';
import { change, writeStatus } from '../framework/controller.ts';
import type { EventRecorder } from '../framework/recorder.ts';
import { executeKey, executeTaints, readyOf, scheduleTaints, type Taint } from './node-taints.ts';
import { zonePaces } from './zone-pace.ts';

/** What a step here needs of the cluster. */
interface LifecycleTools {
  machinery: Machinery;
  mutations: Mutations;
  recorder: EventRecorder;
  /** Nodes whose kubelets are silent; those that have none are added here. */
  silent: Set<string>;
}

/** When a node was last heard of, and by what that was known. */
interface Heard {
  atMs: number;
  beat: string;
  renewed: string;
  hadStatus: boolean;
}

const CHECK_EVERY_MS = 5_000;
const GRACE_MS = 50_000;
const STARTUP_GRACE_MS = 60_000;
const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];
const SOURCE = { component: 'node-controller' };
const FAKED = 'kwok.x-k8s.io/node';

export class NodeLifecycle {
  readonly #tools: LifecycleTools;
  readonly #heard = new Map<string, Heard>();
  /** Nodes that came with the world, or may be faked: they have kubelets. */
  readonly #kept = new Set<string>();
  /** When the next node of a zone may be emptied. */
  readonly #nextMs = new Map<string, number>();
  readonly #unsubscribe: () => void;
  #cancel: Cancel;

  constructor(tools: LifecycleTools) {
    this.#tools = tools;
    const { store, clock } = tools.machinery;
    for (const { metadata } of store.list('nodes')) this.#kept.add(metadata.name);
    this.#unsubscribe = store.subscribe('nodes', (event) => {
      this.#onNode(event);
      if (event.type !== 'DELETED') clock.schedule(0, () => this.#sync(event.object.metadata.name));
    });
    this.#cancel = this.#again();
  }

  stop(): void {
    this.#unsubscribe();
    this.#cancel();
  }

  #again(): Cancel {
    return this.#tools.machinery.clock.schedule(CHECK_EVERY_MS, () => {
      this.#cancel = this.#again();
      const nodes = this.#tools.machinery.store.list('nodes') as NodeObject[];
      for (const node of nodes) this.#check(node);
      this.#paceEvictions();
    });
  }

  #onNode({ type, object: node }: StoreEvent): void {
    const { name, annotations } = node.metadata;
    if (type === 'MODIFIED') return;
    if (type === 'DELETED') {
      this.#heard.delete(name);
      this.#tell(node, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
      return;
    }
    if (annotations?.[FAKED] !== undefined) this.#kept.add(name);
    if (!this.#kept.has(name)) this.#tools.silent.add(name);
    this.#tell(node, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
  }

  /** Keeps the taints of effect NoSchedule in step, and takes off what a ready node no longer needs. */
  #sync(name: string): void {
    const node = this.#node(name);
    if (!node) return;
    const now = this.#now();
    const taints = scheduleTaints(node, now);
    const next = taints ? this.#taint(node, taints) : node;
    const isReady = executeKey(next) === undefined;
    const calmed = isReady ? executeTaints(next, undefined, now) : undefined;
    if (calmed) this.#taint(next, calmed);
  }

  #check(node: NodeObject): void {
    const { name } = node.metadata;
    if (!this.#tools.silent.has(name)) {
      this.#heard.delete(name);
      return;
    }
    const { clock } = this.#tools.machinery;
    const heard = this.#hear(node);
    const graceMs = readyOf(node) ? GRACE_MS : STARTUP_GRACE_MS;
    if (clock.now() > heard.atMs + graceMs) this.#lose(node);
  }

  /** Notes a new heartbeat, whether it is the node's own status or its lease. */
  #hear(node: NodeObject): Heard {
    const { store, clock } = this.#tools.machinery;
    const { name, creationTimestamp } = node.metadata;
    const lease = store.get('leases.coordination.k8s.io', 'kube-node-lease', name);
    const renewed = text(at(lease, 'spec', 'renewTime'));
    const ready = readyOf(node);
    const beat = text(ready?.lastHeartbeatTime);
    const before = this.#heard.get(name);
    const hadStatus = ready !== undefined;
    if (before && before.beat === beat && before.renewed === renewed && before.hadStatus === hadStatus)
      return before;
    // At the first look a lease tells by itself when it was renewed, and a node without a word when it was made.
    const firstMs = Date.parse(renewed) || (hadStatus ? 0 : Date.parse(creationTimestamp)) || clock.now();
    const next = { atMs: before ? clock.now() : firstMs, beat, renewed, hadStatus };
    this.#heard.set(name, next);
    return next;
  }

  #lose(node: NodeObject): void {
    const before = readyOf(node)?.status;
    if (before === 'Unknown') return;
    const now = this.#now();
    const { name, creationTimestamp } = node.metadata;
    const conditions = objects(node.status?.conditions) as unknown as Condition[];
    const known = conditions.map((condition) =>
      REPORTED.includes(condition.type) ? unknown(condition, now) : condition,
    );
    const missing = REPORTED.filter((type) => !conditions.some((condition) => condition.type === type));
    const never = missing.map((type) => neverPosted(type, creationTimestamp, now));
    const status = { ...node.status, conditions: [...known, ...never] };
    writeStatus(this.#tools, 'nodes', node, status);
    this.#noteStatus(name);
    this.#sync(name);
    if (before !== 'True') return;
    this.#tell(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    for (const pod of this.#tools.machinery.store.list('pods') as Pod[])
      if (pod.spec.nodeName === name) this.#unready(pod, now);
  }

  /** Our own write is no sign of life. */
  #noteStatus(name: string): void {
    const node = this.#node(name);
    const heard = this.#heard.get(name);
    if (!node || !heard) return;
    const beat = text(readyOf(node)?.lastHeartbeatTime);
    this.#heard.set(name, { ...heard, beat, hadStatus: true });
  }

  #unready(pod: Pod, now: string): void {
    const conditions = pod.status?.conditions ?? [];
    if (!conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return;
    const next = conditions.map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: now } : condition,
    );
    writeStatus(this.#tools, 'pods', pod, { ...pod.status, conditions: next });
    const text = { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' } as const;
    this.#tools.recorder.record(pod, SOURCE, text);
  }

  /** Puts NoExecute taints on nodes that are not ready, as fast as their zones allow. */
  #paceEvictions(): void {
    const nodes = this.#tools.machinery.store.list('nodes') as NodeObject[];
    const waiting = nodes.filter((node) => executeKey(node) !== undefined);
    if (waiting.length === 0) return;
    const nowMs = this.#tools.machinery.clock.now();
    const paces = zonePaces(
      nodes.map((node) => ({ zone: zoneOf(node), isReady: readyOf(node)?.status === 'True' })),
    );
    // Nobody left: it is us who are cut off.
    const isAllLost = waiting.length === nodes.length;
    for (const node of waiting) {
      const zone = zoneOf(node);
      const pace = paces.get(zone);
      const key = isAllLost ? undefined : executeKey(node);
      const taints = executeTaints(node, key, this.#now());
      if (!taints) continue;
      if (key !== undefined && (pace === undefined || nowMs < (this.#nextMs.get(zone) ?? 0))) continue;
      if (key !== undefined && pace !== undefined) this.#nextMs.set(zone, nowMs + pace);
      this.#taint(node, taints);
    }
  }

  #taint(node: NodeObject, taints: Taint[]): NodeObject {
    return change(this.#tools, 'nodes', node, (current) => {
      const { taints: _taints, ...spec } = (current as NodeObject).spec;
      return { ...current, spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) } };
    }) as NodeObject;
  }

  #node(name: string): NodeObject | undefined {
    return this.#tools.machinery.store.get('nodes', '', name) as NodeObject | undefined;
  }

  #now(): string {
    return isoTime(this.#tools.machinery.clock.now());
  }

  #tell(node: KubeObject, reason: string, message: string): void {
    this.#tools.recorder.record(node, SOURCE, { type: 'Normal', reason, message });
  }
}

const zoneOf = ({ metadata: { labels } }: NodeObject): string =>
  `${labels?.['topology.kubernetes.io/region'] ?? ''}/${labels?.['topology.kubernetes.io/zone'] ?? ''}`;

const unknown = (condition: Condition, now: string): Condition =>
  condition.status === 'Unknown'
    ? condition
    : {
        ...condition,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: now,
      };

const neverPosted = (type: string, bornAt: string, now: string): Condition => ({
  type,
  status: 'Unknown',
  reason: 'NodeStatusNeverUpdated',
  message: 'Kubelet never posted node status.',
  lastHeartbeatTime: bornAt,
  lastTransitionTime: now,
});
