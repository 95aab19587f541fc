/**
 * What a job's pods mean for it (job_controller.go, syncJob), as pure functions: how many have succeeded and failed
 * with those not counted yet, which indexes are done or lost, and whether the job has come to its end.
 *
 * A pod with the tracking finalizer is not counted yet; one without was, or never was ours to count.
 */
import type { Condition, Pod } from '../../base/types.ts';
import { conditionOf } from '../framework/conditions.ts';
import { isActive, isLeaving, isPodReady } from '../pod-facts.ts';
import {
  countIndexes,
  countShared,
  hasIndex,
  type IndexSet,
  indexSetOf,
  mergeIndexes,
  parseIndexes,
} from './index-set.ts';
import {
  allFailuresBefore,
  finishedMs,
  indexOf,
  isIndexed,
  isIndexLost,
  isPerIndex,
  isPodFailed,
  isTracked,
  type Job,
  type SuccessRule,
} from './job-pod.ts';
import { judgeFailure } from './pod-failure-policy.ts';

export interface JobState {
  pods: Pod[];
  active: Pod[];
  ready: number;
  terminating: number;
  newSucceeded: Pod[];
  newFailed: Pod[];
  succeeded: number;
  failed: number;
  succeededIndexes: IndexSet;
  /** Only with a back-off limit per index. */
  failedIndexes: IndexSet | undefined;
  /** The last failed pod of indexes that wait for a new one: it stays until that one carries its count on. */
  kept: Map<number, Pod>;
  /** SuccessCriteriaMet or FailureTarget, when the end has come. */
  end: Condition | undefined;
}

export const jobCondition = (type: string, reason: string, message: string, now: string): Condition => ({
  type,
  status: 'True',
  lastProbeTime: now,
  lastTransitionTime: now,
  reason,
  message,
});

export const completedCondition = (now: string): Condition =>
  jobCondition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods', now);

/** Not counted yet and, in an indexed job, of an index that is asked for. */
function isToCount(job: Job, pod: Pod): boolean {
  if (!isTracked(pod)) return false;
  const index = indexOf(pod);
  return !isIndexed(job) || (index !== undefined && index < (job.spec.completions ?? 0));
}

export function jobState(job: Job, pods: Pod[], nowMs: number, now: string): JobState {
  const open = pods.filter((pod) => isToCount(job, pod));
  const newSucceeded = open.filter((pod) => pod.status?.phase === 'Succeeded');
  const newFailed = open.filter((pod) => isPodFailed(pod, job));
  const active = pods.filter(isActive);
  const completions = job.spec.completions ?? 0;
  const done = parseIndexes(job.status?.completedIndexes, completions);
  const succeededIndexes = mergeIndexes(done, indexSetOf(indexesOf(newSucceeded)));
  const counted = newFailed.filter((pod) => judgeFailure(job.spec.podFailurePolicy, pod).counts).length;
  const state: JobState = {
    pods,
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isLeaving).length,
    newSucceeded,
    newFailed,
    succeeded: isIndexed(job)
      ? countIndexes(succeededIndexes)
      : (job.status?.succeeded ?? 0) + newSucceeded.length,
    failed: (job.status?.failed ?? 0) + counted,
    succeededIndexes,
    failedIndexes: isPerIndex(job) ? lostIndexes(job, open) : undefined,
    kept: new Map(),
    end: undefined,
  };
  if (isPerIndex(job)) state.kept = keptPods(state);
  state.end = endOf(job, state, nowMs, now);
  return state;
}

const indexesOf = (pods: Pod[]): number[] => pods.map(indexOf).filter((index) => index !== undefined);

function lostIndexes(job: Job, open: Pod[]): IndexSet {
  const before = parseIndexes(job.status?.failedIndexes, job.spec.completions ?? 0);
  const lost = open.filter((pod) => isIndexLost(job, pod));
  return mergeIndexes(before, indexSetOf(indexesOf(lost)));
}

function keptPods({ newFailed, active, succeededIndexes, failedIndexes = [] }: JobState): Map<number, Pod> {
  const running = new Set(indexesOf(active));
  const kept = new Map<number, Pod>();
  for (const pod of newFailed) {
    const index = indexOf(pod) as number;
    if (hasIndex(succeededIndexes, index) || hasIndex(failedIndexes, index) || running.has(index)) continue;
    const other = kept.get(index);
    const isLater =
      !other || (allFailuresBefore(other) <= allFailuresBefore(pod) && finishedMs(pod) >= finishedMs(other));
    if (isLater) kept.set(index, pod);
  }
  return kept;
}

/** What was decided before stands; then failures by policy, limit and deadline; then success by policy. */
function endOf(job: Job, state: JobState, nowMs: number, now: string): Condition | undefined {
  for (const type of ['SuccessCriteriaMet', 'FailureTarget']) {
    const before = conditionOf(job.status?.conditions, type);
    if (before?.status === 'True') return before;
  }
  const failure = failureOf(job, state, nowMs);
  if (failure) return jobCondition('FailureTarget', ...failure, now);
  const rule = isIndexed(job) ? metRule(job, state.succeededIndexes) : -1;
  return rule < 0
    ? undefined
    : jobCondition('SuccessCriteriaMet', 'SuccessPolicy', `Matched rules at index ${rule}`, now);
}

function failureOf(job: Job, state: JobState, nowMs: number): [reason: string, message: string] | undefined {
  for (const pod of state.pods) {
    const message = isPodFailed(pod, job) ? judgeFailure(job.spec.podFailurePolicy, pod).jobFails : undefined;
    if (message !== undefined) return ['PodFailurePolicy', message];
  }
  const { backoffLimit = 6, activeDeadlineSeconds, maxFailedIndexes, completions = 0 } = job.spec;
  if (state.failed > backoffLimit || restartsExceed(job, state.pods, backoffLimit))
    return ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'];
  const startedMs = Date.parse(job.status?.startTime ?? '');
  const isLate =
    activeDeadlineSeconds !== undefined &&
    !job.spec.suspend &&
    nowMs - startedMs >= activeDeadlineSeconds * 1_000;
  if (isLate) return ['DeadlineExceeded', 'Job was active longer than specified deadline'];
  const lost = state.failedIndexes ? countIndexes(state.failedIndexes) : 0;
  if (maxFailedIndexes !== undefined && lost > maxFailedIndexes)
    return ['MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes'];
  if (lost > 0 && lost + countIndexes(state.succeededIndexes) >= completions)
    return ['FailedIndexes', 'Job has failed indexes'];
  return undefined;
}

/** With restartPolicy OnFailure the restarts of living pods count. */
function restartsExceed(job: Job, pods: Pod[], limit: number): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** The first rule of the success policy that is met, or -1. */
function metRule(job: Job, succeeded: IndexSet): number {
  if (succeeded.length === 0) return -1;
  const isMet = ({ succeededIndexes, succeededCount }: SuccessRule) => {
    if (succeededIndexes === undefined)
      return succeededCount !== undefined && countIndexes(succeeded) >= succeededCount;
    const wanted = parseIndexes(succeededIndexes, job.spec.completions ?? 0);
    const shared = countShared(wanted, succeeded);
    const isAll = shared === countIndexes(wanted);
    return wanted.length > 0 && (isAll || (succeededCount !== undefined && shared >= succeededCount));
  };
  return (job.spec.successPolicy?.rules ?? []).findIndex(isMet);
}

/** How many pods should run now. */
export function wantedActive({ spec }: Job, { succeeded, active }: JobState): number {
  const { completions, parallelism = 1 } = spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

/** Enough have succeeded and nothing runs any more. */
export const isComplete = ({ spec }: Job, succeeded: number, active: number): boolean =>
  active === 0 && (spec.completions === undefined ? succeeded > 0 : succeeded >= spec.completions);
