/** ReplicaSets: as many pods as asked for, and what became of them. */
import { ApiError } from '../../apiserver/meta/status.ts';
import { isoTime } from '../../apiserver/rest/context.ts';
import type { JsonObject } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import type { Condition, Pod, ReplicaSet } from '../../base/types.ts';
import {
  type ControllerTools,
  createPod,
  deletePod,
  keyParts,
  writeStatus,
} from '../framework/controller.ts';
import { byDispensability, isActive, isPodReady, untilAvailableMs } from '../pod-facts.ts';
import { claimPods } from './pod-claims.ts';

const RESOURCE = 'replicasets.apps';
const SOURCE = { component: 'replicaset-controller' };
const FIRST_RETRY_MS = 2_000;
const MOST_RETRY_MS = 300_000;

export class ReplicaSetController {
  readonly #tools: ControllerTools;
  /** Consecutive refusals of a pod by ReplicaSet, for the back-off. */
  readonly #refusals = new Map<string, number>();

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const { store, clock } = this.#tools.machinery;
    const set = store.get(RESOURCE, namespace, name) as ReplicaSet | undefined;
    if (!set) {
      this.#refusals.delete(key);
      return undefined;
    }
    let refused: ApiError | undefined;
    if (set.metadata.deletionTimestamp === undefined) {
      claimPods(this.#tools, set);
      refused = this.#scale(set);
    }
    const pods = this.#pods(set);
    const nowMs = clock.now();
    const minReadySeconds = set.spec.minReadySeconds ?? 0;
    const waits = pods.map((pod) => untilAvailableMs(pod, minReadySeconds, nowMs));
    writeStatus(this.#tools, RESOURCE, set, this.#status(set, pods, waits, refused));
    const next = waits.filter((wait) => wait !== undefined && wait > 0) as number[];
    const retryMs = refused ? this.#backOff(key) : undefined;
    if (!refused) this.#refusals.delete(key);
    const again = [...next, ...(retryMs === undefined ? [] : [retryMs])];
    return again.length > 0 ? Math.min(...again) : undefined;
  }

  #pods(set: ReplicaSet): Pod[] {
    return (this.#tools.owners.list('pods', set.metadata.uid) as Pod[]).filter(isActive);
  }

  #backOff(key: string): number {
    const refusals = this.#refusals.get(key) ?? 0;
    this.#refusals.set(key, refusals + 1);
    return Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** refusals);
  }

  /** Creates or deletes what is missing or too many. Returns the refusal that stopped it. */
  #scale(set: ReplicaSet): ApiError | undefined {
    const pods = this.#pods(set);
    const difference = set.spec.replicas - pods.length;
    const { recorder } = this.#tools;
    if (difference < 0) {
      for (const pod of pods.sort(byDispensability).slice(0, -difference)) {
        deletePod(this.#tools, pod);
        recorder.record(set, SOURCE, {
          type: 'Normal',
          reason: 'SuccessfulDelete',
          message: `Deleted pod: ${pod.metadata.name}`,
        });
      }
      return undefined;
    }
    for (let index = 0; index < difference; index += 1) {
      try {
        const pod = createPod(this.#tools, set.metadata.namespace ?? '', podFrom(set));
        recorder.record(set, SOURCE, {
          type: 'Normal',
          reason: 'SuccessfulCreate',
          message: `Created pod: ${pod.metadata.name}`,
        });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        recorder.record(set, SOURCE, {
          type: 'Warning',
          reason: 'FailedCreate',
          message: `Error creating: ${error.message}`,
        });
        return error;
      }
    }
    return undefined;
  }

  #status(
    set: ReplicaSet,
    pods: Pod[],
    waits: (number | undefined)[],
    refused: ApiError | undefined,
  ): JsonObject {
    const readyReplicas = pods.filter(isPodReady).length;
    const availableReplicas = waits.filter((wait) => wait === 0).length;
    const conditions = this.#conditions(set, refused);
    return {
      replicas: pods.length,
      ...(pods.length > 0 ? { fullyLabeledReplicas: pods.length } : {}),
      ...(readyReplicas > 0 ? { readyReplicas } : {}),
      ...(availableReplicas > 0 ? { availableReplicas } : {}),
      terminatingReplicas: this.#tools.owners
        .list('pods', set.metadata.uid)
        .filter((pod) => pod.metadata.deletionTimestamp !== undefined).length,
      observedGeneration: set.metadata.generation,
      ...(conditions.length > 0 ? { conditions } : {}),
    };
  }

  #conditions(set: ReplicaSet, refused: ApiError | undefined): Condition[] {
    const before = set.status.conditions ?? [];
    const others = before.filter((condition) => condition.type !== 'ReplicaFailure');
    if (!refused) return others;
    // A refusal that lasts keeps its first words: the real controller compares status and reason only.
    const old = before.find((condition) => condition.type === 'ReplicaFailure');
    if (old) return before;
    const now = isoTime(this.#tools.machinery.clock.now());
    return [
      ...others,
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: refused.message,
        lastTransitionTime: now,
      },
    ];
  }
}

function podFrom(set: ReplicaSet): JsonObject {
  const { name, uid } = set.metadata;
  const { template } = set.spec;
  const owner = controllerReference('apps/v1', 'ReplicaSet', name, uid);
  return {
    metadata: {
      generateName: `${name}-`,
      labels: template.metadata?.labels,
      ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
      ownerReferences: [owner],
    },
    spec: template.spec as unknown as JsonObject,
  };
}
