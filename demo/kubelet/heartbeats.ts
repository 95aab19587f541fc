/**
 * Signs of life: every node renews its Lease each 10 s and its status every 5 min. Node rows change no more often than
 * with real kubelets.
 */
import { isoTime, type Machinery, systemContext } from '../apiserver/rest/context.ts';
import type { Mutations } from '../apiserver/rest/mutations.ts';
import { type JsonObject, object } from '../base/json.ts';
import type { Condition, KubeObject, NodeObject, Pod } from '../base/types.ts';
import type { EventRecorder } from '../controllers/framework/recorder.ts';

const LEASE_EVERY_MS = 10_000;
const STATUS_EVERY_MS = 300_000;

export class Heartbeats {
  readonly #machinery: Machinery;
  readonly #mutations: Mutations;
  readonly #silent: ReadonlySet<string>;
  readonly #recorder: EventRecorder;
  #isStopped = false;

  constructor(
    machinery: Machinery,
    mutations: Mutations,
    silent: ReadonlySet<string>,
    recorder: EventRecorder,
  ) {
    this.#machinery = machinery;
    this.#recorder = recorder;
    this.#mutations = mutations;
    this.#silent = silent;
    for (const [index, node] of machinery.store.list('nodes').entries()) {
      const { name } = node.metadata;
      this.#repeat(LEASE_EVERY_MS, 1_000 + ((index * 1_400) % LEASE_EVERY_MS), () => this.#renew(name));
      this.#repeat(STATUS_EVERY_MS, 60_000 + ((index * 35_000) % STATUS_EVERY_MS), () => this.#beat(name));
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  #repeat(everyMs: number, firstMs: number, run: () => void): void {
    this.#machinery.clock.schedule(firstMs, () => {
      if (this.#isStopped) return;
      run();
      this.#repeat(everyMs, everyMs, run);
    });
  }

  #renew(name: string): void {
    const { store, kinds, clock } = this.#machinery;
    if (this.#silent.has(name)) return;
    if (!store.get('leases.coordination.k8s.io', 'kube-node-lease', name) || !store.get('nodes', '', name))
      return;
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z');
    const next = (lease: JsonObject) => ({ ...lease, spec: { ...object(lease.spec), renewTime } });
    this.#mutations.writer.update(
      kinds.builtIn('leases.coordination.k8s.io'),
      'kube-node-lease',
      name,
      next,
      systemContext('kubelet'),
      { isTrusted: true },
    );
    const node = store.get('nodes', '', name) as NodeObject;
    if (node.status?.conditions?.some(({ status }) => status === 'Unknown')) this.#recover(node);
  }

  /** A kubelet that is heard of again says how it is, and how its pods are. */
  #recover(node: KubeObject): void {
    const { name } = node.metadata;
    const { store, clock } = this.#machinery;
    const now = isoTime(clock.now());
    this.#writeConditions('nodes', '', name, (condition) =>
      condition.status === 'Unknown' ? healthy(condition, now) : condition,
    );
    const message = `Node ${name} status is now: NodeReady`;
    this.#recorder.record(
      node,
      { component: 'kubelet', host: name },
      { type: 'Normal', reason: 'NodeReady', message },
    );
    for (const pod of store.list('pods') as Pod[]) {
      const { namespace = '', name: podName, deletionTimestamp } = pod.metadata;
      const hasReady = pod.status.conditions?.some(
        ({ type, status }) => type === 'ContainersReady' && status === 'True',
      );
      if (pod.spec.nodeName !== name || !hasReady || deletionTimestamp !== undefined) continue;
      this.#writeConditions('pods', namespace, podName, (condition) =>
        condition.type === 'Ready' ? { ...condition, status: 'True', lastTransitionTime: now } : condition,
      );
    }
  }

  #writeConditions(
    resource: string,
    namespace: string,
    name: string,
    next: (condition: Condition) => Condition,
  ): void {
    const transform = (current: JsonObject) => {
      const status = object(current.status);
      return { ...current, status: { ...status, conditions: (status.conditions as Condition[]).map(next) } };
    };
    this.#mutations.writer.update(
      this.#machinery.kinds.builtIn(resource),
      namespace,
      name,
      transform,
      systemContext('kubelet', 'status'),
      { isTrusted: true },
    );
  }

  #beat(name: string): void {
    const { store, kinds, clock } = this.#machinery;
    const node = store.get('nodes', '', name) as NodeObject | undefined;
    if (!node || this.#silent.has(name)) return;
    const now = isoTime(clock.now());
    const next = (current: NodeObject) => ({
      ...current,
      status: {
        ...current.status,
        conditions: (current.status?.conditions ?? []).map((condition) => ({
          ...condition,
          lastHeartbeatTime: now,
        })),
      },
    });
    this.#mutations.writer.update(
      kinds.builtIn('nodes'),
      '',
      name,
      (current) => next(current as NodeObject),
      systemContext('kubelet', 'status'),
      { isTrusted: true },
    );
  }
}

const HEALTHY: Record<string, [reason: string, message: string]> = {
  MemoryPressure: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  DiskPressure: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  PIDPressure: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  Ready: ['KubeletReady', 'kubelet is posting ready status'],
};

function healthy(condition: Condition, now: string): Condition {
  const [reason, message] = HEALTHY[condition.type] ?? ['', ''];
  const status = condition.type === 'Ready' ? 'True' : 'False';
  return { ...condition, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now };
}
