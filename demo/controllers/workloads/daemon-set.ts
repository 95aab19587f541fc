/** DaemonSets: one pod on every node that fits, replaced within the update's bounds when the template changes. */
import { ApiError } from '../../apiserver/meta/status.ts';
import type { NodeObject, Pod } from '../../base/types.ts';
import { claim } from '../framework/claims.ts';
import {
  type ControllerTools,
  createPod,
  deletePod,
  keyFor,
  keyParts,
  writeStatus,
} from '../framework/controller.ts';
import { isPodReady, untilAvailableMs } from '../pod-facts.ts';
import { resolvePercent } from '../rounding.ts';
import {
  byAge,
  type DaemonFacts,
  type DaemonNode,
  type DaemonPlan,
  nodePlan,
  updatePlan,
} from './daemon-plan.ts';
import { type DaemonSet, daemonPod, HASH_LABEL, isUpdated, placementOn, targetNode } from './daemon-pod.ts';
import { syncHistory, truncateHistory } from './revisions.ts';

const RESOURCE = 'daemonsets.apps';
const SOURCE = { component: 'daemonset-controller' };
/** Pods made or deleted in one go. */
const BURST = 250;
const FIRST_BACK_OFF_MS = 1_000;
const MOST_BACK_OFF_MS = 15 * 60_000;

interface BackOff {
  delayMs: number;
  sinceMs: number;
}

interface Work {
  set: DaemonSet;
  hash: string;
}

const isOver = (pod: Pod): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
const isLeaving = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

export class DaemonSetController {
  readonly #tools: ControllerTools;
  /** Back-off of failed pods, by set and node. */
  readonly #failures = new Map<string, Map<string, BackOff>>();

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const set = this.#tools.machinery.store.get(RESOURCE, namespace, name) as DaemonSet | undefined;
    if (!set) this.#failures.delete(key);
    if (!set || set.metadata.deletionTimestamp !== undefined) return undefined;
    claim(this.#tools, 'pods', { owner: set, selector: set.spec.selector });
    const history = syncHistory(this.#tools, set, HASH_LABEL);
    const work: Work = { set, hash: history.update.metadata.labels?.[HASH_LABEL] ?? '' };
    let againMs: number | undefined;
    try {
      againMs = this.#sweep(work);
      this.#carryOut(work, nodePlan(this.#facts(work)));
      if (set.spec.updateStrategy?.type !== 'OnDelete') this.#carryOut(work, updatePlan(this.#facts(work)));
    } finally {
      this.#writeStatus(work, history.collisionCount);
    }
    const live = new Set(this.#pods(set).map((pod) => pod.metadata.labels?.[HASH_LABEL]));
    truncateHistory(this.#tools, set, history, ({ metadata }) => live.has(metadata.labels?.[HASH_LABEL]));
    const waits = [againMs, this.#untilAvailable(set)].filter((wait) => wait !== undefined);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }

  #pods(set: DaemonSet): Pod[] {
    return this.#tools.owners.list('pods', set.metadata.uid) as Pod[];
  }

  #isAvailable(set: DaemonSet, pod: Pod): boolean {
    return untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, this.#tools.machinery.clock.now()) === 0;
  }

  #untilAvailable(set: DaemonSet): number | undefined {
    const nowMs = this.#tools.machinery.clock.now();
    const waits = this.#pods(set)
      .map((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, nowMs) ?? 0)
      .filter((wait) => wait > 0);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }

  /** Every node with its pods, and nodes that are gone while pods are still meant for them. */
  #nodes(set: DaemonSet): DaemonNode[] {
    const byNode = new Map<string, Pod[]>();
    for (const pod of this.#pods(set)) {
      const node = targetNode(pod);
      if (node === undefined || (isOver(pod) && isLeaving(pod))) continue;
      const pods = byNode.get(node);
      if (pods) pods.push(pod);
      else byNode.set(node, [pod]);
    }
    const nodes = (this.#tools.machinery.store.list('nodes') as NodeObject[]).map((node): DaemonNode => {
      const { name } = node.metadata;
      const pods = byNode.get(name) ?? [];
      byNode.delete(name);
      return { name, ...placementOn(set.spec.template, node), pods };
    });
    // Pods that ran on a node that is gone are the garbage collector's; those never placed are ours.
    const lost = [...byNode].map(
      ([name, pods]): DaemonNode => ({
        name,
        shouldRun: false,
        shouldStay: false,
        pods: pods.filter((pod) => !pod.spec.nodeName),
      }),
    );
    return [...nodes, ...lost];
  }

  #facts({ set, hash }: Work): DaemonFacts {
    const nodes = this.#nodes(set);
    const desired = nodes.filter(({ shouldRun }) => shouldRun).length;
    const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
    const isRolling = type !== 'OnDelete';
    const maxSurge = isRolling ? resolvePercent(rollingUpdate?.maxSurge ?? 0, desired, true) : 0;
    const maxUnavailable = isRolling ? resolvePercent(rollingUpdate?.maxUnavailable ?? 0, desired, true) : 0;
    return {
      nodes,
      maxSurge,
      maxUnavailable: maxSurge === 0 ? Math.max(1, maxUnavailable) : maxUnavailable,
      isUpdated: (pod) => isUpdated(set, pod, hash),
      isAvailable: (pod) => this.#isAvailable(set, pod),
    };
  }

  /** Ended pods go, failed ones with a growing back-off. Returns when to look again. */
  #sweep({ set }: Work): number | undefined {
    let againMs: number | undefined;
    for (const { name: node, shouldStay, pods } of this.#nodes(set)) {
      for (const pod of pods) {
        if (!shouldStay || isLeaving(pod) || !isOver(pod)) continue;
        const { namespace, name } = pod.metadata;
        const isFailed = pod.status.phase === 'Failed';
        const leftMs = isFailed ? this.#backOff(set, node) : 0;
        if (leftMs > 0) {
          againMs = Math.min(againMs ?? leftMs, leftMs);
          continue;
        }
        const about = `daemon pod ${namespace}/${name} on node ${node}, will try to`;
        if (isFailed) this.#tell(set, 'Warning', 'FailedDaemonPod', `Found failed ${about} kill it`);
        else this.#tell(set, 'Normal', 'SucceededDaemonPod', `Found succeeded ${about} delete it`);
        this.#delete(set, pod);
      }
    }
    return againMs;
  }

  /** What is left of a node's back-off; 0 counts as the next failure. */
  #backOff(set: DaemonSet, node: string): number {
    const nowMs = this.#tools.machinery.clock.now();
    const key = keyFor(set);
    const nodes = this.#failures.get(key) ?? new Map<string, BackOff>();
    this.#failures.set(key, nodes);
    const entry = nodes.get(node);
    const leftMs = entry ? entry.sinceMs + entry.delayMs - nowMs : 0;
    if (leftMs > 0) return leftMs;
    const isForgotten = !entry || nowMs - entry.sinceMs > 2 * MOST_BACK_OFF_MS;
    const delayMs = isForgotten ? FIRST_BACK_OFF_MS : Math.min(MOST_BACK_OFF_MS, entry.delayMs * 2);
    nodes.set(node, { delayMs, sinceMs: nowMs });
    return 0;
  }

  #carryOut({ set, hash }: Work, plan: DaemonPlan): void {
    for (const node of plan.create.slice(0, BURST)) this.#create(set, node, hash);
    for (const pod of plan.delete.slice(0, BURST)) this.#delete(set, pod);
  }

  #create(set: DaemonSet, node: string, hash: string): void {
    try {
      const pod = createPod(this.#tools, set.metadata.namespace ?? '', daemonPod(set, node, hash));
      this.#tell(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      if (error instanceof ApiError)
        this.#tell(set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      throw error;
    }
  }

  #delete(set: DaemonSet, pod: Pod): void {
    deletePod(this.#tools, pod);
    this.#tell(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }

  #tell(set: DaemonSet, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#tools.recorder.record(set, SOURCE, { type, reason, message });
  }

  #writeStatus({ set, hash }: Work, collisionCount: number): void {
    const nodes = this.#nodes(set);
    const wanted = nodes.filter(({ shouldRun }) => shouldRun);
    /** The one that counts on each node. */
    const first = wanted.flatMap(({ pods }) => [...pods].sort(byAge).slice(0, 1));
    const numberAvailable = first.filter((pod) => this.#isAvailable(set, pod)).length;
    const updatedNumberScheduled = first.filter((pod) => isUpdated(set, pod, hash)).length;
    const numberUnavailable = wanted.length - numberAvailable;
    const isOnNode = ({ name }: DaemonNode) =>
      this.#tools.machinery.store.get('nodes', '', name) !== undefined;
    writeStatus(this.#tools, RESOURCE, set, {
      currentNumberScheduled: first.length,
      numberMisscheduled: nodes.filter((node) => !node.shouldRun && node.pods.length > 0 && isOnNode(node))
        .length,
      desiredNumberScheduled: wanted.length,
      numberReady: first.filter(isPodReady).length,
      observedGeneration: set.metadata.generation,
      ...(updatedNumberScheduled > 0 ? { updatedNumberScheduled } : {}),
      ...(numberAvailable > 0 ? { numberAvailable } : {}),
      ...(numberUnavailable > 0 ? { numberUnavailable } : {}),
      ...(collisionCount > 0 ? { collisionCount } : {}),
    });
  }
}
