/** A Job's shape, and what the job controller reads off its pods and puts on them. Pure. */
import { type JsonObject, objects } from '../../base/json.ts';
import type { Condition, KubeObject, LabelSelector, Pod, PodTemplate } from '../../base/types.ts';
import { isActive } from '../pod-facts.ts';
import { podFromTemplate } from '../workloads/pod-template.ts';
import { judgeFailure, type PodFailurePolicy } from './pod-failure-policy.ts';

export const TRACKED = 'batch.kubernetes.io/job-tracking';
const INDEX = 'batch.kubernetes.io/job-completion-index';
const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count';
/** generateName is cut to this by the API server. */
const LONGEST_PREFIX = 58;

export interface SuccessRule {
  succeededIndexes?: string;
  succeededCount?: number;
}

export interface Job extends KubeObject {
  spec: {
    parallelism?: number;
    completions?: number;
    completionMode?: string;
    backoffLimit?: number;
    backoffLimitPerIndex?: number;
    maxFailedIndexes?: number;
    activeDeadlineSeconds?: number;
    ttlSecondsAfterFinished?: number;
    suspend?: boolean;
    podReplacementPolicy?: string;
    podFailurePolicy?: PodFailurePolicy;
    successPolicy?: { rules: SuccessRule[] };
    managedBy?: string;
    selector?: LabelSelector;
    template: PodTemplate;
  };
  status?: {
    startTime?: string;
    completionTime?: string;
    conditions?: Condition[];
    active?: number;
    ready?: number;
    terminating?: number;
    succeeded?: number;
    failed?: number;
    completedIndexes?: string;
    failedIndexes?: string;
  };
}

const isTrue = (job: KubeObject, ...types: string[]): boolean =>
  objects((job.status as JsonObject | undefined)?.conditions).some(
    ({ type, status }) => types.includes(String(type)) && status === 'True',
  );

export const isJobFinished = (job: KubeObject): boolean => isTrue(job, 'Complete', 'Failed');
export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed';
export const isPerIndex = (job: Job): boolean =>
  isIndexed(job) && job.spec.backoffLimitPerIndex !== undefined;

/** Pods are replaced only once they have failed, not already while they end. */
export const replacesOnlyFailed = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;

export const isTracked = ({ metadata }: KubeObject): boolean =>
  metadata.finalizers?.includes(TRACKED) === true;

/** The pod's completion index; undefined when it has none that can be read. */
export function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

export const isPodFailed = (pod: Pod, job: Job): boolean =>
  pod.status?.phase === 'Failed' ||
  (!replacesOnlyFailed(job) &&
    pod.metadata.deletionTimestamp !== undefined &&
    pod.status?.phase !== 'Succeeded');

const countIn = (pod: Pod, annotation: string): number => {
  const text = pod.metadata.annotations?.[annotation] ?? '';
  return /^\d+$/.test(text) && Number(text) <= 2_147_483_647 ? Number(text) : 0;
};

/** Failures of an index before this pod: those that count, and all. */
export const failuresBefore = (pod: Pod): number => countIn(pod, FAILURES);
export const allFailuresBefore = (pod: Pod): number => countIn(pod, FAILURES) + countIn(pod, IGNORED);

/** Whether this failed pod was the last try of its index. */
export function isIndexLost(job: Job, pod: Pod): boolean {
  if (!isPodFailed(pod, job)) return false;
  const verdict = judgeFailure(job.spec.podFailurePolicy, pod);
  if (verdict.action === 'FailIndex') return true;
  return verdict.counts && failuresBefore(pod) >= (job.spec.backoffLimitPerIndex ?? 0);
}

/** When a pod ended: by its containers, by its readiness, by its deletion; else when it was made. */
export function finishedMs(pod: Pod): number {
  const ends = (pod.status?.containerStatuses ?? []).map(({ state }) =>
    Date.parse(state?.terminated?.finishedAt ?? ''),
  );
  if (ends.length > 0 && ends.every((end) => !Number.isNaN(end))) return Math.max(...ends);
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'False');
  const unreadyMs = Date.parse(ready?.lastTransitionTime ?? '');
  if (!Number.isNaN(unreadyMs)) return unreadyMs;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  return deletionTimestamp === undefined
    ? Date.parse(creationTimestamp)
    : Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1_000;
}

/** A new pod of the job; with an index it carries it in its name, annotation, label and environment. */
export function jobPod(job: Job, index: number | undefined, replaced: Pod | undefined): JsonObject {
  const pod = podFromTemplate(job, job.spec.template) as { metadata: JsonObject; spec: JsonObject };
  const metadata = { ...pod.metadata, finalizers: [TRACKED] };
  if (index === undefined) return { metadata, spec: pod.spec };
  const { name } = job.metadata;
  const suffix = `-${index}-`;
  return {
    metadata: {
      ...metadata,
      generateName: `${name.slice(0, LONGEST_PREFIX - suffix.length)}${suffix}`,
      labels: { ...(metadata as JsonObject as { labels: JsonObject }).labels, [INDEX]: String(index) },
      annotations: {
        ...job.spec.template.metadata?.annotations,
        [INDEX]: String(index),
        ...(isPerIndex(job) ? failureCounts(job, replaced) : {}),
      },
    },
    spec: { ...withIndexVariable(pod.spec), hostname: `${name}-${index}` },
  };
}

function failureCounts(job: Job, replaced: Pod | undefined): Record<string, string> {
  if (!replaced) return { [FAILURES]: '0' };
  const { counts } = judgeFailure(job.spec.podFailurePolicy, replaced);
  const ignored = countIn(replaced, IGNORED) + (counts ? 0 : 1);
  return {
    [FAILURES]: String(failuresBefore(replaced) + (counts ? 1 : 0)),
    ...(ignored > 0 ? { [IGNORED]: String(ignored) } : {}),
  };
}

function withIndexVariable(spec: JsonObject): JsonObject {
  const variable = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } },
  };
  const told = (containers: unknown) =>
    objects(containers).map((container) => {
      const env = objects(container.env);
      return env.some(({ name }) => name === variable.name)
        ? container
        : { ...container, env: [...env, variable] };
    });
  return {
    ...spec,
    containers: told(spec.containers),
    ...(spec.initContainers === undefined ? {} : { initContainers: told(spec.initContainers) }),
  };
}

/** Of active pods of one index all but the last in the order of giving up are surplus; so are those of no index. */
export function surplusOfIndexes(job: Job, inOrder: Pod[]): Pod[] {
  const kept = new Map<number, Pod>();
  for (const pod of inOrder) {
    const index = indexOf(pod);
    if (index !== undefined && index < (job.spec.completions ?? 0)) kept.set(index, pod);
  }
  const staying = new Set(kept.values());
  return inOrder.filter((pod) => isActive(pod) && !staying.has(pod));
}
