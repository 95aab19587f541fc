/** Jobs: pods until enough have succeeded or too many failed. */
import { isoTime } from '../../apiserver/rest/context.ts';
import { type JsonObject, objects } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import type { Condition, KubeObject, Pod, PodTemplate } from '../../base/types.ts';
import {
  type ControllerTools,
  createPod,
  deletePod,
  keyParts,
  writeStatus,
} from '../framework/controller.ts';
import { isActive, isPodReady } from '../pod-facts.ts';

const RESOURCE = 'jobs.batch';
const SOURCE = { component: 'job-controller' };

interface Job extends KubeObject {
  spec: {
    parallelism?: number;
    completions?: number;
    backoffLimit?: number;
    suspend?: boolean;
    template: PodTemplate;
    ttlSecondsAfterFinished?: number;
  };
  status: {
    startTime?: string;
    completionTime?: string;
    conditions?: Condition[];
    succeeded?: number;
    failed?: number;
  };
}

export const isJobFinished = (job: KubeObject): boolean =>
  objects((job.status as JsonObject | undefined)?.conditions).some(
    (condition) =>
      (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  );

export class JobController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const { store, clock } = this.#tools.machinery;
    const job = store.get(RESOURCE, namespace, name) as Job | undefined;
    if (!job || job.metadata.deletionTimestamp !== undefined) return undefined;
    if (isJobFinished(job)) return this.#expire(job);
    const pods = this.#tools.owners.list('pods', job.metadata.uid) as Pod[];
    const succeeded = pods.filter((pod) => pod.status.phase === 'Succeeded').length;
    const failed = pods.filter((pod) => pod.status.phase === 'Failed').length;
    const active = pods.filter(isActive);
    const now = isoTime(clock.now());
    const outcome = this.#outcome(job, succeeded, failed, now);
    if (outcome) for (const pod of active) deletePod(this.#tools, pod);
    else this.#start(job, active.length, succeeded);
    const left = (this.#tools.owners.list('pods', job.metadata.uid) as Pod[]).filter(isActive);
    writeStatus(this.#tools, RESOURCE, job, {
      ...this.#startOf(job, now),
      ...(left.length > 0 && !outcome ? { active: left.length } : {}),
      ready: left.filter(isPodReady).length,
      terminating: 0,
      ...(succeeded > 0 ? { succeeded } : {}),
      ...(failed > 0 ? { failed } : {}),
      uncountedTerminatedPods: {},
      ...outcome,
    });
    return undefined;
  }

  #startOf(job: Job, now: string): JsonObject {
    if (!job.spec.suspend) return { startTime: job.status?.startTime ?? now };
    const before = job.status?.conditions?.find((condition) => condition.type === 'Suspended');
    const times = before ? {} : { lastProbeTime: now, lastTransitionTime: now };
    const fresh = {
      type: 'Suspended',
      status: 'True',
      reason: 'JobSuspended',
      message: 'Job suspended',
      ...times,
    };
    return { conditions: [before ?? fresh] };
  }

  #outcome(job: Job, succeeded: number, failed: number, now: string): JsonObject | undefined {
    const condition = (type: string, reason: string, message: string): JsonObject => ({
      type,
      status: 'True',
      reason,
      message,
      lastProbeTime: now,
      lastTransitionTime: now,
    });
    if (succeeded >= (job.spec.completions ?? 1)) {
      const message = 'Reached expected number of succeeded pods';
      this.#tools.recorder.record(job, SOURCE, {
        type: 'Normal',
        reason: 'Completed',
        message: 'Job completed',
      });
      return {
        completionTime: now,
        conditions: [
          condition('SuccessCriteriaMet', 'CompletionsReached', message),
          condition('Complete', 'CompletionsReached', message),
        ],
      };
    }
    if (failed <= (job.spec.backoffLimit ?? 6)) return undefined;
    const message = 'Job has reached the specified backoff limit';
    this.#tools.recorder.record(job, SOURCE, { type: 'Warning', reason: 'BackoffLimitExceeded', message });
    return {
      conditions: [
        condition('FailureTarget', 'BackoffLimitExceeded', message),
        condition('Failed', 'BackoffLimitExceeded', message),
      ],
    };
  }

  #start(job: Job, active: number, succeeded: number): void {
    if (job.spec.suspend) return;
    const left = (job.spec.completions ?? 1) - succeeded;
    const wanted = Math.min(job.spec.parallelism ?? 1, left);
    const { name, namespace = '', uid } = job.metadata;
    const { template } = job.spec;
    const owner = controllerReference('batch/v1', 'Job', name, uid);
    for (let index = active; index < wanted; index += 1) {
      const pod = createPod(this.#tools, namespace, {
        metadata: {
          generateName: `${name}-`,
          labels: template.metadata?.labels ?? {},
          ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
          ownerReferences: [owner],
        },
        spec: template.spec as unknown as JsonObject,
      });
      this.#tools.recorder.record(job, SOURCE, {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `Created pod: ${pod.metadata.name}`,
      });
    }
  }

  #expire(job: Job): number | undefined {
    const ttl = job.spec.ttlSecondsAfterFinished;
    if (ttl === undefined) return undefined;
    const endMs = Date.parse(
      job.status.completionTime ?? job.status.conditions?.at(-1)?.lastTransitionTime ?? '',
    );
    const leftMs = endMs + ttl * 1000 - this.#tools.machinery.clock.now();
    if (leftMs > 0) return leftMs;
    const { machinery, mutations } = this.#tools;
    mutations.deleter.delete(
      machinery.kinds.builtIn(RESOURCE),
      job.metadata.namespace ?? '',
      job.metadata.name,
      { isDryRun: false, propagationPolicy: 'Background' },
    );
    return undefined;
  }
}
