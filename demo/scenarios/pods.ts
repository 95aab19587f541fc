/** A scenario's pods in their settled form: scheduled, started, with the restarts and conditions their line tells of. */
import { isoTime } from '../apiserver/rest/context.ts';
import type { JsonObject } from '../base/json.ts';
import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  OwnerReference,
  Pod,
  PodSpec,
  PodStatus,
} from '../base/types.ts';
import { pullBackOff } from '../kubelet/pod/images.ts';
import {
  containerId,
  imageId,
  refreshConditions,
  runningStatus,
  waitingStatus,
} from '../kubelet/pod/pod-status.ts';
import { ageMs, type NodeSpec, type PodLine } from './scenario.ts';
import type { Seeder } from './seeder.ts';

export interface PodPlan {
  namespace: string;
  name: string;
  generateName?: string;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  spec: JsonObject;
  owner?: OwnerReference;
  age: string;
  line: PodLine;
  /** What a crashed container said last. */
  crash?: { exitCode: number; message: string };
}

const iso = isoTime;

export class PodPlanter {
  readonly #seeder: Seeder;
  readonly #nodes: NodeSpec[];
  readonly #used = new Map<string, number>();
  #turn = 0;

  constructor(seeder: Seeder, nodes: NodeSpec[]) {
    this.#seeder = seeder;
    this.#nodes = nodes;
  }

  plant(wanted: PodPlan): Pod {
    const { line } = wanted;
    const isPlaced = line.state !== 'unschedulable';
    const node = isPlaced ? this.#node(wanted) : undefined;
    // No pod is older than the node it runs on.
    const isOlder = node !== undefined && ageMs(wanted.age) > ageMs(node.age);
    const plan = isOlder ? { ...wanted, age: node.age } : wanted;
    const uid = this.#seeder.machinery.random.uid();
    const spec = { ...plan.spec, ...(node ? { nodeName: node.name } : {}) } as unknown as PodSpec;
    const metadata = {
      name: plan.name,
      uid,
      ...(plan.generateName ? { generateName: plan.generateName } : {}),
      labels: plan.labels,
      ...(plan.annotations ? { annotations: plan.annotations } : {}),
      ...(plan.owner ? { ownerReferences: [plan.owner] } : {}),
      ...this.#leaving(line),
    };
    const draft = { metadata, spec } as unknown as Pod;
    const status = node ? this.#status(plan, draft, node) : this.#unscheduled(plan.age);
    return this.#seeder.put({
      resource: 'pods',
      namespace: plan.namespace,
      age: plan.age,
      manager: plan.owner ? 'kube-controller-manager' : 'kubectl-run',
      statusManager: node ? 'kubelet' : 'kube-scheduler',
      object: { metadata, spec, status } as unknown as JsonObject,
    }) as Pod;
  }

  #node({ line, age }: PodPlan): NodeSpec {
    const found = this.#nodes.find((node) => node.name === line.node);
    if (found) return found;
    // In turn over the nodes that took pods when it came: before the cordon, before the pressure.
    const cameMs = ageMs(age);
    const isOpen = ({ cordonedFor, diskPressureFor }: NodeSpec) =>
      [cordonedFor, diskPressureFor].every((since) => since === undefined || ageMs(since) < cameMs);
    const open = this.#nodes.filter(isOpen);
    this.#turn += 1;
    return open[this.#turn % open.length] as NodeSpec;
  }

  #leaving(line: PodLine): JsonObject {
    if (line.state !== 'leaving') return {};
    return {
      deletionTimestamp: new Date(this.#seeder.nowMs + 12_000).toISOString().replace(/\.\d+Z/, 'Z'),
      deletionGracePeriodSeconds: 30,
    };
  }

  #address(node: NodeSpec): string {
    const index = this.#nodes.indexOf(node) + 1;
    const next = (this.#used.get(node.name) ?? 4) + 1;
    this.#used.set(node.name, next);
    return `10.244.${index}.${next}`;
  }

  #unscheduled(age: string): PodStatus {
    const at = this.#seeder.ago(age);
    const message =
      '0/6 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, 4 Insufficient memory. no new claims to deallocate, preemption: 0/6 nodes are available: 2 Preemption is not helpful for scheduling, 4 No preemption victims found for incoming pod.';
    const condition: Condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime: at,
    };
    return { phase: 'Pending', conditions: [condition] };
  }

  #status(plan: PodPlan, pod: Pod, node: NodeSpec): PodStatus {
    const bornMs = this.#seeder.nowMs - ageMs(plan.age);
    const born = iso(bornMs);
    const base: PodStatus = {
      phase: 'Running',
      hostIP: node.ip,
      hostIPs: [{ ip: node.ip }],
      startTime: born,
      conditions: [],
    };
    const { state } = plan.line;
    const statuses = pod.spec.containers.map((container) => this.#container(plan, pod, container, bornMs));
    const isWaiting = state === 'creating' || state === 'image-missing';
    const phase = state === 'completed' ? 'Succeeded' : isWaiting ? 'Pending' : 'Running';
    const address = isWaiting && state !== 'image-missing' ? undefined : this.#address(node);
    const full = {
      ...base,
      phase,
      containerStatuses: statuses,
      ...(address ? { podIP: address, podIPs: [{ ip: address }] } : {}),
    } as PodStatus;
    const at =
      state === 'ready' || state === undefined
        ? iso(Math.min(this.#startedMs(plan, bornMs) + 9_000, this.#seeder.nowMs))
        : born;
    return refreshConditions(pod, full, at);
  }

  #container(plan: PodPlan, pod: Pod, container: Container, bornMs: number): ContainerStatus {
    const { state, restarts = 0 } = plan.line;
    if (state === 'creating') return waitingStatus(container, 'ContainerCreating');
    if (state === 'image-missing')
      return waitingStatus(container, 'ImagePullBackOff', pullBackOff(container.image));
    if (state === 'crash') return this.#crashed(plan, pod, container.name, container.image);
    const started = this.#startedMs(plan, bornMs);
    if (state === 'completed') {
      const terminated = {
        exitCode: 0,
        reason: 'Completed',
        startedAt: iso(started),
        finishedAt: iso(started + 240_000),
        containerID: containerId(pod.metadata.uid, container.name, 0),
      };
      return { ...runningStatus(pod, container, iso(started), 0, {}), started: false, state: { terminated } };
    }
    const last = this.#lastState(plan, pod, container.name, started);
    return { ...runningStatus(pod, container, iso(started), restarts, last), ready: state !== 'starting' };
  }

  #startedMs(plan: PodPlan, bornMs: number): number {
    const restartedMs = plan.line.restarted ? this.#seeder.nowMs - ageMs(plan.line.restarted) : bornMs;
    return Math.min(restartedMs + 2_000, this.#seeder.nowMs);
  }

  #lastState(plan: PodPlan, pod: Pod, container: string, startedMs: number): ContainerState {
    if (!plan.line.restarts) return {};
    return {
      terminated: {
        exitCode: 137,
        reason: 'OOMKilled',
        startedAt: iso(startedMs - 2_000 - ageMs(plan.line.lived ?? '1d')),
        finishedAt: iso(startedMs - 2_000),
        containerID: containerId(pod.metadata.uid, container, plan.line.restarts - 1),
      },
    };
  }

  #crashed(plan: PodPlan, pod: Pod, name: string, image: string): ContainerStatus {
    const restarts = plan.line.restarts ?? 5;
    const endedMs = this.#seeder.nowMs - 95_000 - (restarts % 4) * 31_000;
    const terminated = {
      exitCode: plan.crash?.exitCode ?? 1,
      reason: 'Error',
      message: plan.crash?.message ?? 'exit 1',
      startedAt: iso(endedMs - 3_000),
      finishedAt: iso(endedMs),
      containerID: containerId(pod.metadata.uid, name, restarts),
    };
    const where = `${plan.name}_${plan.namespace}(${pod.metadata.uid})`;
    return {
      name,
      image,
      imageID: imageId(image),
      containerID: terminated.containerID,
      ready: false,
      started: false,
      restartCount: restarts,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 5m0s restarting failed container=${name} pod=${where}`,
        },
      },
      lastState: { terminated },
    };
  }
}
