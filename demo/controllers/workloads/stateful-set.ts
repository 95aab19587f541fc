/**
 * StatefulSets (pkg/controller/statefulset): pods by ordinal, one after the other or all at once, highest first on the
 * way down and when they are updated. A rollout that is stuck on a pod that never gets ready stays stuck, as it does
 * in the real one: the pod has to be deleted by hand.
 */
import { ApiError } from '../../apiserver/meta/status.ts';
import type { Pod } from '../../base/types.ts';
import { claim } from '../framework/claims.ts';
import {
  type ControllerTools,
  createPod,
  deletePod,
  keyParts,
  writeStatus,
} from '../framework/controller.ts';
import { isPodReady, untilAvailableMs } from '../pod-facts.ts';
import { type ControllerRevision, type History, syncHistory, truncateHistory } from './revisions.ts';
import { hasStaleClaim, makeClaims, ownClaims } from './stateful-claims.ts';
import {
  isInRange,
  isMember,
  isOfCurrentRevision,
  ordinalOf,
  podName,
  REVISION_LABEL,
  type StatefulSet,
  startOrdinal,
  statefulPod,
} from './stateful-pod.ts';

const RESOURCE = 'statefulsets.apps';
const SOURCE = { component: 'statefulset-controller' };
const HASH_LABEL = 'controller.kubernetes.io/hash';
/** How soon a pod that waits for an old claim to go is tried again. */
const STALE_MS = 1_000;

interface Work {
  set: StatefulSet;
  history: History;
  current: ControllerRevision;
  /** Pods in the range by index, holes where one is missing. */
  replicas: (Pod | undefined)[];
  /** Pods out of the range, highest ordinal first. */
  condemned: Pod[];
  isMonotonic: boolean;
}

const revisionOf = (pod: Pod): string | undefined => pod.metadata.labels?.[REVISION_LABEL];
const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const isOver = (pod: Pod): boolean => pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded';

export class StatefulSetController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const set = this.#tools.machinery.store.get(RESOURCE, namespace, name) as StatefulSet | undefined;
    if (!set) return undefined;
    const { selector } = set.spec;
    claim(this.#tools, 'pods', { owner: set, selector, isWanted: (pod) => isMember(set, pod as Pod) });
    const history = syncHistory(this.#tools, set, HASH_LABEL);
    const before = set.status?.currentRevision;
    const current = history.all.find(({ metadata }) => metadata.name === before) ?? history.update;
    let againMs: number | undefined;
    try {
      if (set.metadata.deletionTimestamp === undefined) againMs = this.#step(set, history, current);
    } finally {
      this.#writeStatus(set, history, current);
    }
    const live = new Set([current.metadata.name, ...this.#pods(set).map(revisionOf)]);
    truncateHistory(this.#tools, set, history, ({ metadata }) => live.has(metadata.name));
    return againMs ?? this.#untilAvailable(set);
  }

  #pods(set: StatefulSet): Pod[] {
    return (this.#tools.owners.list('pods', set.metadata.uid) as Pod[]).sort(
      (a, b) => ordinalOf(a) - ordinalOf(b),
    );
  }

  #isAvailable(set: StatefulSet, pod: Pod): boolean {
    return untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, this.#tools.machinery.clock.now()) === 0;
  }

  #untilAvailable(set: StatefulSet): number | undefined {
    const nowMs = this.#tools.machinery.clock.now();
    const waits = this.#pods(set)
      .map((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, nowMs) ?? 0)
      .filter((wait) => wait > 0);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }

  /** As far towards what is wanted as the rules allow now; the rest follows when its effect is seen. */
  #step(set: StatefulSet, history: History, current: ControllerRevision): number | undefined {
    const pods = this.#pods(set);
    const replicas = Array.from({ length: set.spec.replicas }, (_, index) =>
      pods.find((pod) => ordinalOf(pod) === startOrdinal(set) + index),
    );
    const condemned = pods.filter((pod) => ordinalOf(pod) >= 0 && !isInRange(set, pod)).reverse();
    const isMonotonic = set.spec.podManagementPolicy !== 'Parallel';
    const work: Work = { set, history, current, replicas, condemned, isMonotonic };
    let againMs: number | undefined;
    for (const index of replicas.keys()) {
      const outcome = this.#replica(work, index);
      if (typeof outcome === 'number') againMs = outcome;
      if (outcome !== 'goes-on' && isMonotonic) return againMs;
    }
    for (const pod of condemned) ownClaims(this.#tools, set, pod);
    if (this.#isHeldByCondemned(work)) return againMs;
    this.#update(work);
    return againMs;
  }

  /** One wanted pod. A number: it waits, to be tried again after so many milliseconds. */
  #replica(work: Work, index: number): 'goes-on' | 'waits' | number {
    const { set, isMonotonic } = work;
    const ordinal = startOrdinal(set) + index;
    const pod = work.replicas[index];
    if (pod && isOver(pod)) {
      if (!isTerminating(pod)) this.#delete(set, pod);
      return 'waits';
    }
    if (!pod) {
      if (hasStaleClaim(this.#tools, set, ordinal)) return STALE_MS;
      this.#create(work, index);
      return isMonotonic ? 'waits' : 'goes-on';
    }
    if (pod.status.phase === 'Pending') makeClaims(this.#tools, set, ordinal, this.#teller(set));
    if (isMonotonic && (isTerminating(pod) || pod.status.phase !== 'Running' || !this.#isAvailable(set, pod)))
      return 'waits';
    if (ownClaims(this.#tools, set, pod)) this.#tellPod(set, 'Update', pod.metadata.name);
    return 'goes-on';
  }

  #create({ set, history, current }: Work, index: number): void {
    const ordinal = startOrdinal(set) + index;
    const name = podName(set, ordinal);
    const revision = isOfCurrentRevision(set, index) ? current : history.update;
    try {
      makeClaims(this.#tools, set, ordinal, this.#teller(set));
      const pod = createPod(this.#tools, set.metadata.namespace ?? '', statefulPod(set, ordinal, revision));
      ownClaims(this.#tools, set, pod as Pod);
      this.#tellPod(set, 'Create', name);
    } catch (error) {
      // A former pod that is not gone yet is no news.
      if (error instanceof ApiError && error.reason !== 'AlreadyExists')
        this.#teller(set)(
          'Warning',
          'FailedCreate',
          `Create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
        );
      throw error;
    }
  }

  /** Works the pods that are too many. Says whether the update has to wait for them. */
  #isHeldByCondemned({ set, replicas, condemned, isMonotonic }: Work): boolean {
    const isUnavailable = (pod: Pod) => isTerminating(pod) || !this.#isAvailable(set, pod);
    const all = [...replicas, ...[...condemned].reverse()].filter((pod) => pod !== undefined);
    const firstUnhealthy = all.find(isUnavailable);
    for (const pod of condemned) {
      if (isTerminating(pod)) {
        if (isMonotonic) return true;
        continue;
      }
      // One after the other: the others' health is waited for, its own is not.
      if (isMonotonic && !this.#isAvailable(set, pod) && pod !== firstUnhealthy) return true;
      this.#delete(set, pod);
      if (isMonotonic) return true;
    }
    return false;
  }

  /** The highest outdated pod goes, if everything above it is up to date and well. */
  #update({ set, history, replicas }: Work): void {
    const { updateStrategy } = set.spec;
    if (updateStrategy?.type === 'OnDelete') return;
    const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let index = replicas.length - 1; index >= partition; index -= 1) {
      const pod = replicas[index];
      if (!pod) return;
      if (revisionOf(pod) !== history.update.metadata.name && !isTerminating(pod)) {
        this.#delete(set, pod);
        return;
      }
      if (isTerminating(pod) || !this.#isAvailable(set, pod)) return;
    }
  }

  #delete(set: StatefulSet, pod: Pod): void {
    deletePod(this.#tools, pod);
    this.#tellPod(set, 'Delete', pod.metadata.name);
  }

  #teller(set: StatefulSet) {
    return (type: 'Normal' | 'Warning', reason: string, message: string) =>
      this.#tools.recorder.record(set, SOURCE, { type, reason, message });
  }

  #tellPod(set: StatefulSet, verb: 'Create' | 'Update' | 'Delete', name: string): void {
    const message = `${verb} Pod ${name} in StatefulSet ${set.metadata.name} successful`;
    this.#teller(set)('Normal', `Successful${verb}`, message);
  }

  #writeStatus(set: StatefulSet, history: History, current: ControllerRevision): void {
    const pods = this.#pods(set);
    const ready = pods.filter((pod) => pod.status.phase === 'Running' && isPodReady(pod));
    const at = (name: string) => pods.filter((pod) => !isTerminating(pod) && revisionOf(pod) === name).length;
    const update = history.update.metadata.name;
    const updatedReplicas = at(update);
    const { replicas, updateStrategy } = set.spec;
    const isDone =
      updateStrategy?.type !== 'OnDelete' &&
      [updatedReplicas, ready.length, pods.length].every((count) => count === replicas);
    const currentReplicas = isDone ? updatedReplicas : at(current.metadata.name);
    writeStatus(this.#tools, RESOURCE, set, {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
      ...(currentReplicas > 0 ? { currentReplicas } : {}),
      ...(updatedReplicas > 0 ? { updatedReplicas } : {}),
      availableReplicas: ready.filter((pod) => this.#isAvailable(set, pod)).length,
      currentRevision: isDone ? update : current.metadata.name,
      updateRevision: update,
      collisionCount: history.collisionCount,
    });
  }
}
