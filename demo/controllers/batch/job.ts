/**
 * Jobs: pods until enough have succeeded or too many failed. Every pod carries a finalizer until it is counted: first
 * the status names the ended pods, then they are let go, then they are in the figures.
 */
import { ApiError } from '../../apiserver/meta/status.ts';
import { isoTime } from '../../apiserver/rest/context.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Condition, KubeObject, Pod } from '../../base/types.ts';
import { claim } from '../framework/claims.ts';
import { conditionOf } from '../framework/conditions.ts';
import {
  type ControllerTools,
  change,
  createPod,
  deletePod,
  keyFor,
  keyParts,
  writeStatus,
} from '../framework/controller.ts';
import { isActive, isLeaving, isPodReady } from '../pod-facts.ts';
import { inDeletionOrder } from '../workloads/deletion-order.ts';
import { firstMissing, formatIndexes, indexSetOf, mergeIndexes } from './index-set.ts';
import { type FailureRun, leftMs, leftOfIndexMs, nextRun } from './job-back-off.ts';
import {
  indexOf,
  isIndexed,
  isJobFinished,
  isPerIndex,
  isPodFailed,
  isTracked,
  type Job,
  jobPod,
  replacesOnlyFailed,
  surplusOfIndexes,
  TRACKED,
} from './job-pod.ts';
import {
  completedCondition,
  isComplete,
  type JobState,
  jobCondition,
  jobState,
  wantedActive,
} from './job-state.ts';
import { judgeFailure } from './pod-failure-policy.ts';

const RESOURCE = 'jobs.batch';
const SOURCE = { component: 'job-controller' };
/** Pods made or deleted in one go. */
const BURST = 500;

/** Lets a pod go that is counted, or that nobody will count. */
export function untrack(tools: ControllerTools, pod: KubeObject): void {
  change(tools, 'pods', pod, (current) => {
    const { finalizers = [], ...metadata } = current.metadata;
    const left = finalizers.filter((finalizer) => finalizer !== TRACKED);
    return { ...current, metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata };
  });
}

export class JobController {
  readonly #tools: ControllerTools;
  readonly #runs = new Map<string, FailureRun>();

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const job = this.#tools.machinery.store.get(RESOURCE, namespace, name) as Job | undefined;
    if (!job || isJobFinished(job)) {
      this.#runs.delete(key);
      return job && this.#expire(job);
    }
    if (job.spec.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller')
      return undefined;
    return this.#work(this.#started(job));
  }

  /** With the start written down in memory: it is stored with the rest of the status. */
  #started(job: Job): Job {
    if (job.status?.startTime !== undefined || job.spec.suspend) return job;
    return { ...job, status: { ...job.status, startTime: this.#now() } };
  }

  #now(): string {
    return isoTime(this.#tools.machinery.clock.now());
  }

  #state(job: Job): JobState {
    const { selector } = job.spec;
    const pods = claim(this.#tools, 'pods', { owner: job, selector }) as Pod[];
    return jobState(job, pods, this.#tools.machinery.clock.now(), this.#now());
  }

  #work(job: Job): number | undefined {
    const key = keyFor(job);
    const nowMs = this.#tools.machinery.clock.now();
    const state = this.#state(job);
    const run = nextRun(this.#runs.get(key), state.newSucceeded, state.newFailed);
    this.#runs.set(key, run);
    let againMs = this.#untilDeadline(job, nowMs);
    let conditions = job.status?.conditions ?? [];
    let { startTime } = job.status ?? {};
    let problem: unknown;
    if (state.end) {
      for (const pod of state.active) this.#delete(job, pod);
    } else {
      try {
        const waitMs =
          job.metadata.deletionTimestamp === undefined ? this.#manage(job, state, run) : undefined;
        if (waitMs !== undefined) againMs = Math.min(againMs ?? waitMs, waitMs);
      } catch (error) {
        problem = error;
      }
      const active = this.#pods(job).filter(isActive).length;
      if (isComplete(job, state.succeeded, active)) state.end = completedCondition(this.#now());
      else ({ conditions, startTime } = this.#suspension(job, conditions, startTime));
    }
    this.#count(withStart(job, conditions, startTime), state);
    if (problem !== undefined) throw problem;
    return againMs;
  }

  #pods(job: Job): Pod[] {
    return this.#tools.owners.list('pods', job.metadata.uid) as Pod[];
  }

  #untilDeadline({ spec, status }: Job, nowMs: number): number | undefined {
    if (spec.activeDeadlineSeconds === undefined || spec.suspend) return undefined;
    const leftMs = Date.parse(status?.startTime ?? '') + spec.activeDeadlineSeconds * 1_000 - nowMs;
    return leftMs > 0 ? leftMs : undefined;
  }

  /** Creates or deletes pods. Returns when failed ones may be replaced. */
  #manage(job: Job, state: JobState, run: FailureRun): number | undefined {
    const wanted = job.spec.suspend ? 0 : wantedActive(job, state);
    const surplus = this.#surplus(job, state.active, wanted);
    if (surplus.length > 0) {
      for (const pod of surplus.slice(0, BURST)) this.#delete(job, pod);
      return undefined;
    }
    const ending = replacesOnlyFailed(job) ? state.terminating : 0;
    const missing = Math.min(BURST, wanted - ending - state.active.length);
    if (missing <= 0) return undefined;
    const nowMs = this.#tools.machinery.clock.now();
    const waitMs = isPerIndex(job) ? 0 : leftMs(run, nowMs);
    if (waitMs > 0) return waitMs;
    if (!isIndexed(job)) {
      for (let made = 0; made < missing; made += 1) this.#create(job, undefined, undefined);
      return undefined;
    }
    const pending = this.#pendingIndexes(job, state, missing);
    const waits = pending.map((index) => leftOfIndexMs(state.kept.get(index), nowMs));
    const due = pending.filter((_index, place) => waits[place] === 0);
    for (const index of due) this.#create(job, index, state.kept.get(index));
    return due.length === 0 && waits.length > 0 ? Math.min(...waits) : undefined;
  }

  #surplus(job: Job, active: Pod[], wanted: number): Pod[] {
    const ordered = inDeletionOrder(active, [], this.#tools.machinery.clock.now());
    const doubled = isIndexed(job) ? surplusOfIndexes(job, ordered) : [];
    const others = ordered.filter((pod) => !doubled.includes(pod));
    return [...doubled, ...others.slice(0, Math.max(0, active.length - wanted - doubled.length))];
  }

  #pendingIndexes(job: Job, state: JobState, count: number): number[] {
    const isBusy = (pod: Pod) => isActive(pod) || (replacesOnlyFailed(job) && isLeaving(pod));
    const busy = state.pods
      .filter(isBusy)
      .map(indexOf)
      .filter((index) => index !== undefined);
    const taken = mergeIndexes(
      mergeIndexes(state.succeededIndexes, indexSetOf(busy)),
      state.failedIndexes ?? [],
    );
    return firstMissing(taken, count, job.spec.completions ?? 0);
  }

  #create(job: Job, index: number | undefined, replaced: Pod | undefined): void {
    try {
      const pod = createPod(this.#tools, job.metadata.namespace ?? '', jobPod(job, index, replaced));
      this.#tell(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      if (error instanceof ApiError)
        this.#tell(job, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      throw error;
    }
  }

  #delete(job: Job, pod: Pod): void {
    deletePod(this.#tools, pod);
    this.#tell(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }

  #suspension(
    job: Job,
    conditions: Condition[],
    startTime: string | undefined,
  ): { conditions: Condition[]; startTime: string | undefined } {
    const before = conditionOf(conditions, 'Suspended');
    const isSuspended = job.spec.suspend === true;
    if (isSuspended === (before?.status === 'True')) return { conditions, startTime };
    const word = isSuspended ? 'Suspended' : 'Resumed';
    const now = this.#now();
    const next = jobCondition('Suspended', `Job${word}`, `Job ${word.toLowerCase()}`, now);
    if (!isSuspended) next.status = 'False';
    this.#tell(job, 'Normal', word, next.message ?? '');
    return {
      conditions: before ? conditions.map((each) => (each === before ? next : each)) : [...conditions, next],
      startTime: isSuspended ? undefined : now,
    };
  }

  /** Writes the ended pods down, lets them go, counts them, and ends the job when nothing is left to wait for. */
  #count(job: Job, { end, kept, ...state }: JobState): void {
    const ended = this.#ended(job, end, kept);
    const succeeded = isIndexed(job) ? [] : ended.filter(({ status }) => status.phase === 'Succeeded');
    const failed = ended.filter((pod) => this.#isFailure(job, pod, end));
    const uids = (pods: Pod[]) => pods.map(({ metadata }) => metadata.uid);
    const conditions = withEnd(job.status?.conditions ?? [], end);
    const open = {
      ...(succeeded.length > 0 ? { succeeded: uids(succeeded) } : {}),
      ...(failed.length > 0 ? { failed: uids(failed) } : {}),
    };
    const before = { succeeded: job.status?.succeeded ?? 0, failed: job.status?.failed ?? 0 };
    if (isIndexed(job)) before.succeeded = state.succeeded;
    const written = this.#write(job, state, { ...before, conditions, uncountedTerminatedPods: open });
    for (const pod of ended) untrack(this.#tools, pod);
    const after = {
      succeeded: before.succeeded + succeeded.length,
      failed: before.failed + failed.length,
      uncountedTerminatedPods: {},
    };
    const { active, terminating } = this.#live(job);
    const isOver = end !== undefined && active + terminating === 0;
    const last = isOver ? this.#last(end) : undefined;
    this.#write(written, state, {
      ...after,
      conditions: last ? [...conditions, last] : conditions,
      ...(last?.type === 'Complete' ? { completionTime: last.lastTransitionTime } : {}),
    });
    if (last) this.#tellEnd(job, last, after.succeeded);
  }

  /** Tracked pods that have come to their end, or whose job has. */
  #ended(job: Job, end: Condition | undefined, kept: Map<number, Pod>): Pod[] {
    const waiting = new Set([...kept.values()].map(({ metadata }) => metadata.uid));
    const running = new Set(this.#pods(job).filter(isActive).map(indexOf));
    return this.#pods(job).filter((pod) => {
      if (!isTracked(pod)) return false;
      if (end || job.metadata.deletionTimestamp !== undefined || pod.status.phase === 'Succeeded')
        return true;
      // It carries its index's count of failures until its successor does.
      const isKept = waiting.has(pod.metadata.uid) && !running.has(indexOf(pod));
      return isPodFailed(pod, job) && !isKept;
    });
  }

  #isFailure(job: Job, pod: Pod, end: Condition | undefined): boolean {
    if (pod.status.phase === 'Succeeded') return false;
    const index = indexOf(pod);
    if (isIndexed(job) && (index === undefined || index >= (job.spec.completions ?? 0))) return false;
    const isCutOff = end !== undefined && end.type !== 'SuccessCriteriaMet';
    return (isPodFailed(pod, job) || isCutOff) && judgeFailure(job.spec.podFailurePolicy, pod).counts;
  }

  #live(job: Job): { active: number; ready: number; terminating: number } {
    const pods = this.#pods(job);
    const active = pods.filter(isActive);
    const ready = active.filter(isPodReady).length;
    return { active: active.length, ready, terminating: pods.filter(isLeaving).length };
  }

  #last(end: Condition): Condition {
    const type = end.type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed';
    return jobCondition(type, end.reason ?? '', end.message ?? '', this.#now());
  }

  #tellEnd(job: Job, { type, reason = '', message = '' }: Condition, succeeded: number): void {
    if (type === 'Failed') {
      this.#tell(job, 'Warning', reason, message);
      return;
    }
    const { completions } = job.spec;
    if (completions !== undefined && succeeded > completions) {
      const words = 'Too many succeeded pods running after completion count reached';
      this.#tell(job, 'Warning', 'TooManySucceededPods', words);
    }
    this.#tell(job, 'Normal', 'Completed', 'Job completed');
  }

  #write(
    job: Job,
    { succeededIndexes, failedIndexes }: Pick<JobState, 'succeededIndexes' | 'failedIndexes'>,
    counts: JsonObject,
  ): Job {
    const { active, ready, terminating } = this.#live(job);
    const { startTime } = job.status ?? {};
    const completedIndexes = formatIndexes(succeededIndexes);
    const { conditions, succeeded, failed, ...rest } = counts;
    return writeStatus(this.#tools, RESOURCE, this.#stored(job), {
      ...(Array.isArray(conditions) && conditions.length > 0 ? { conditions } : {}),
      ...(startTime === undefined ? {} : { startTime }),
      ...(active > 0 ? { active } : {}),
      ready,
      terminating,
      ...(succeeded ? { succeeded } : {}),
      ...(failed ? { failed } : {}),
      ...(isIndexed(job) && completedIndexes !== '' ? { completedIndexes } : {}),
      ...(failedIndexes ? { failedIndexes: formatIndexes(failedIndexes) } : {}),
      ...rest,
    }) as Job;
  }

  #stored(job: Job): Job {
    const { namespace = '', name } = job.metadata;
    return (this.#tools.machinery.store.get(RESOURCE, namespace, name) as Job | undefined) ?? job;
  }

  #tell(job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#tools.recorder.record(job, SOURCE, { type, reason, message });
  }

  /** The end of a finished job's time to live. */
  #expire(job: Job): number | undefined {
    const { ttlSecondsAfterFinished: ttl } = job.spec;
    if (ttl === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
    const end = job.status?.conditions?.find(
      ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
    );
    const { machinery, mutations } = this.#tools;
    const leftMs = Date.parse(end?.lastTransitionTime ?? '') + ttl * 1_000 - machinery.clock.now();
    if (leftMs > 0) return leftMs;
    const { namespace = '', name, uid } = job.metadata;
    const options = { isDryRun: false, propagationPolicy: 'Foreground' as const, uid };
    mutations.deleter.delete(machinery.kinds.builtIn(RESOURCE), namespace, name, options);
    return undefined;
  }
}

/** The interim condition, once. */
const withEnd = (conditions: Condition[], end: Condition | undefined): Condition[] =>
  end === undefined || conditionOf(conditions, end.type) ? conditions : [...conditions, end];

function withStart(job: Job, conditions: Condition[], startTime: string | undefined): Job {
  const { startTime: _before, ...status } = job.status ?? {};
  return { ...job, status: { ...status, conditions, ...(startTime === undefined ? {} : { startTime }) } };
}
