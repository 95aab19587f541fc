/** ReplicaSets and ReplicationControllers: as many pods as asked for, and what became of them. */
import { ApiError } from '../../apiserver/meta/status.ts';
import { isoTime } from '../../apiserver/rest/context.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Condition, KubeObject, LabelSelector, Pod, PodTemplate } from '../../base/types.ts';
import { claim } from '../framework/claims.ts';
import { conditionOf, withCondition, withoutCondition } from '../framework/conditions.ts';
import {
  type ControllerTools,
  createPod,
  deletePod,
  keyParts,
  writeStatus,
} from '../framework/controller.ts';
import { controllerOf } from '../framework/owners.ts';
import { isActive, isLeaving, isPodReady, untilAvailableMs } from '../pod-facts.ts';
import { inDeletionOrder } from './deletion-order.ts';
import { podFromTemplate } from './pod-template.ts';

const FIRST_RETRY_MS = 2_000;
const MOST_RETRY_MS = 300_000;
/** Pods made or deleted in one go. */
const BURST = 500;

/** What tells the two kinds apart. */
export interface ReplicaKind {
  resource: string;
  component: string;
  selectorOf(set: KubeObject): LabelSelector | undefined;
  /** Only ReplicaSets count their leaving pods. */
  countsLeaving: boolean;
}

export const REPLICA_SET: ReplicaKind = {
  resource: 'replicasets.apps',
  component: 'replicaset-controller',
  selectorOf: (set) => (set as Replicas).spec.selector as LabelSelector,
  countsLeaving: true,
};

export const REPLICATION_CONTROLLER: ReplicaKind = {
  resource: 'replicationcontrollers',
  component: 'replication-controller',
  selectorOf: (set) => ({ matchLabels: (set as Replicas).spec.selector as Record<string, string> }),
  countsLeaving: false,
};

interface Replicas extends KubeObject {
  spec: {
    replicas: number;
    minReadySeconds?: number;
    selector: LabelSelector | Record<string, string>;
    template?: PodTemplate;
  };
  status?: { conditions?: Condition[] };
}

export class ReplicaSetController {
  readonly #tools: ControllerTools;
  readonly #kind: ReplicaKind;
  /** Consecutive refusals of a pod by set, for the back-off. */
  readonly #refusals = new Map<string, number>();

  constructor(tools: ControllerTools, kind: ReplicaKind) {
    this.#tools = tools;
    this.#kind = kind;
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const { store, clock } = this.#tools.machinery;
    const set = store.get(this.#kind.resource, namespace, name) as Replicas | undefined;
    if (!set?.spec.template) {
      this.#refusals.delete(key);
      return undefined;
    }
    const selector = this.#kind.selectorOf(set);
    claim(this.#tools, 'pods', { owner: set, selector, isWanted: (pod) => isActive(pod as Pod) });
    const refused = set.metadata.deletionTimestamp === undefined ? this.#scale(set) : undefined;
    const all = this.#tools.owners.list('pods', set.metadata.uid) as Pod[];
    const pods = all.filter(isActive);
    const waits = pods.map((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, clock.now()));
    writeStatus(this.#tools, this.#kind.resource, set, {
      ...this.#counts(set, all, pods, waits),
      observedGeneration: set.metadata.generation,
      ...this.#conditions(set, refused),
    });
    return this.#again(key, waits, refused);
  }

  /** At the next pod's availability, or when to try again what was refused. */
  #again(key: string, waits: (number | undefined)[], refused: ApiError | undefined): number | undefined {
    const times = waits.filter((wait) => wait !== undefined && wait > 0) as number[];
    if (refused) {
      const refusals = this.#refusals.get(key) ?? 0;
      this.#refusals.set(key, refusals + 1);
      times.push(Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** refusals));
    } else {
      this.#refusals.delete(key);
    }
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Creates or deletes what is missing or too many. Returns the refusal that stopped it. */
  #scale(set: Replicas): ApiError | undefined {
    const pods = (this.#tools.owners.list('pods', set.metadata.uid) as Pod[]).filter(isActive);
    const difference = set.spec.replicas - pods.length;
    if (difference < 0) this.#shrink(set, pods, Math.min(BURST, -difference));
    for (let index = 0; index < Math.min(BURST, difference); index += 1) {
      const refused = this.#create(set);
      if (refused) return refused;
    }
    return undefined;
  }

  #shrink(set: Replicas, pods: Pod[], count: number): void {
    const ordered =
      count < pods.length
        ? inDeletionOrder(pods, this.#related(set), this.#tools.machinery.clock.now())
        : pods;
    for (const pod of ordered.slice(0, count)) {
      deletePod(this.#tools, pod);
      this.#tell(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    }
  }

  /** The active pods of all sets of the same owner. */
  #related(set: Replicas): Pod[] {
    const { owners } = this.#tools;
    const owner = controllerOf(set);
    const sets = owner ? owners.list(this.#kind.resource, owner.uid) : [set];
    return sets.flatMap(({ metadata }) => owners.list('pods', metadata.uid) as Pod[]).filter(isActive);
  }

  #create(set: Replicas): ApiError | undefined {
    try {
      const body = podFromTemplate(set, set.spec.template as PodTemplate);
      const pod = createPod(this.#tools, set.metadata.namespace ?? '', body);
      this.#tell(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#tell(set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      return error;
    }
  }

  #counts(set: Replicas, all: Pod[], pods: Pod[], waits: (number | undefined)[]): JsonObject {
    const wanted = Object.entries(set.spec.template?.metadata?.labels ?? {});
    const fullyLabeledReplicas = pods.filter(({ metadata }) =>
      wanted.every(([key, value]) => metadata.labels?.[key] === value),
    ).length;
    const readyReplicas = pods.filter(isPodReady).length;
    const availableReplicas = waits.filter((wait) => wait === 0).length;
    const leaving = all.filter(isLeaving).length;
    return {
      replicas: pods.length,
      ...(fullyLabeledReplicas > 0 ? { fullyLabeledReplicas } : {}),
      ...(readyReplicas > 0 ? { readyReplicas } : {}),
      ...(availableReplicas > 0 ? { availableReplicas } : {}),
      ...(this.#kind.countsLeaving ? { terminatingReplicas: leaving } : {}),
    };
  }

  #conditions(set: Replicas, refused: ApiError | undefined): { conditions?: Condition[] } {
    const before = set.status?.conditions ?? [];
    const now = isoTime(this.#tools.machinery.clock.now());
    // A refusal that lasts keeps its first words.
    const next = refused
      ? withCondition(before, {
          type: 'ReplicaFailure',
          status: 'True',
          reason: 'FailedCreate',
          message: refused.message,
          lastTransitionTime: now,
        })
      : conditionOf(before, 'ReplicaFailure')
        ? withoutCondition(before, 'ReplicaFailure')
        : before;
    return next.length > 0 ? { conditions: next } : {};
  }

  #tell(set: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#tools.recorder.record(set, { component: this.#kind.component }, { type, reason, message });
  }
}
