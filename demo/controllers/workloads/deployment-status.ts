/** A deployment's status and conditions from its ReplicaSets, as deployment/sync.go and progress.go work them out. */
import type { Condition, Deployment, ReplicaSet } from '../../base/types.ts';
import { conditionOf, withCondition, withoutCondition } from '../framework/conditions.ts';
import { maxUnavailable } from '../rounding.ts';

type Status = Deployment['status'];

export interface StatusFacts {
  deployment: Deployment;
  sets: ReplicaSet[];
  newSet: ReplicaSet | undefined;
  nowMs: number;
  now: string;
  /** Whether a rollout is being worked: while paused or being scaled, no progress is looked for. */
  isRollout: boolean;
}

const sum = (sets: ReplicaSet[], pick: (set: ReplicaSet) => number | undefined) =>
  sets.reduce((total, set) => total + (pick(set) ?? 0), 0);

/** The largest number means: no deadline. */
export const hasDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds < 2_147_483_647;

const deadlineMs = ({ spec }: Deployment): number => (spec.progressDeadlineSeconds ?? 600) * 1_000;

/** Everything wanted is there, new and available, and the controller has seen the last change. */
export function isComplete({ metadata, spec }: Deployment, status: Status): boolean {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status;
  return (
    [updatedReplicas, replicas, availableReplicas].every((count) => count === spec.replicas) &&
    observedGeneration >= (metadata.generation ?? 0)
  );
}

function counts({ deployment, sets, newSet }: StatusFacts): Status {
  const availableReplicas = sum(sets, (set) => set.status.availableReplicas);
  const readyReplicas = sum(sets, (set) => set.status.readyReplicas);
  const replicas = sum(sets, (set) => set.status.replicas);
  const updatedReplicas = newSet?.status.replicas ?? 0;
  const unavailableReplicas = Math.max(0, sum(sets, (set) => set.spec.replicas) - availableReplicas);
  const { collisionCount } = deployment.status;
  return {
    observedGeneration: deployment.metadata.generation,
    ...(replicas > 0 ? { replicas } : {}),
    ...(updatedReplicas > 0 ? { updatedReplicas } : {}),
    ...(readyReplicas > 0 ? { readyReplicas } : {}),
    ...(availableReplicas > 0 ? { availableReplicas } : {}),
    ...(unavailableReplicas > 0 ? { unavailableReplicas } : {}),
    terminatingReplicas: sum(sets, (set) => set.status.terminatingReplicas),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
}

/** A condition of a deployment carries two times. */
export const deploymentCondition = (
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
  now: string,
): Condition => ({ type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message });

function available({ deployment, now }: StatusFacts, status: Status): Condition {
  const { replicas, strategy } = deployment.spec;
  const isEnough = (status.availableReplicas ?? 0) >= replicas - maxUnavailable(strategy, replicas);
  return isEnough
    ? deploymentCondition(
        'Available',
        'True',
        'MinimumReplicasAvailable',
        'Deployment has minimum availability.',
        now,
      )
    : deploymentCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        now,
      );
}

const isProgress = (before: Status, after: Status): boolean => {
  const oldOnes = (status: Status) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldOnes(after) < oldOnes(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
};

/** The list with what is to be said of the rollout's progress. */
function withProgress(facts: StatusFacts, status: Status, conditions: Condition[]): Condition[] {
  const { deployment, newSet, now, nowMs } = facts;
  if (!hasDeadline(deployment)) return withoutCondition(conditions, 'Progressing');
  const before = conditionOf(conditions, 'Progressing');
  // A finished rollout stays finished when its pods come and go.
  if ((status.replicas ?? 0) === (status.updatedReplicas ?? 0) && before?.reason === 'NewReplicaSetAvailable')
    return conditions;
  const about = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const say = (value: Condition['status'], reason: string, words: string) =>
    deploymentCondition('Progressing', value, reason, `${about} ${words}`, now);
  if (isComplete(deployment, status))
    return withCondition(conditions, say('True', 'NewReplicaSetAvailable', 'has successfully progressed.'));
  if (isProgress(deployment.status, status)) {
    const next = say('True', 'ReplicaSetUpdated', 'is progressing.');
    // Every progress renews the time of the update, even when nothing else is new.
    if (before?.status === 'True') next.lastTransitionTime = before.lastTransitionTime ?? now;
    return [...withoutCondition(conditions, 'Progressing'), next];
  }
  const isLate =
    before !== undefined &&
    before.reason !== 'NewReplicaSetAvailable' &&
    (before.reason === 'ProgressDeadlineExceeded' ||
      Date.parse(before.lastUpdateTime ?? now) + deadlineMs(deployment) < nowMs);
  return isLate
    ? withCondition(conditions, say('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'))
    : conditions;
}

/** A ReplicaSet that cannot make its pods passes its reason up, the new one's first. */
function withFailure({ sets, newSet, now }: StatusFacts, conditions: Condition[]): Condition[] {
  const failureOf = (set: ReplicaSet | undefined) => conditionOf(set?.status.conditions, 'ReplicaFailure');
  const failure = failureOf(newSet) ?? sets.map(failureOf).find((condition) => condition !== undefined);
  if (!failure) return withoutCondition(conditions, 'ReplicaFailure');
  const since = failure.lastTransitionTime ?? now;
  const { reason = '', message = '', status } = failure;
  return withCondition(conditions, deploymentCondition('ReplicaFailure', status, reason, message, since));
}

export function deploymentStatus(facts: StatusFacts): Status {
  const status = counts(facts);
  let conditions = withCondition(facts.deployment.status.conditions ?? [], available(facts, status));
  if (facts.isRollout) conditions = withFailure(facts, withProgress(facts, status, conditions));
  return { ...status, conditions };
}

/** Milliseconds until a rollout that does not get on is late, from its last sign of progress. */
export function untilLateMs(deployment: Deployment, status: Status, nowMs: number): number | undefined {
  const progressing = conditionOf(status.conditions, 'Progressing');
  const isWatched = hasDeadline(deployment) && !deployment.spec.paused && !isComplete(deployment, status);
  const isOpen =
    progressing !== undefined &&
    progressing.reason !== 'ProgressDeadlineExceeded' &&
    progressing.reason !== 'NewReplicaSetAvailable';
  if (!isWatched || !isOpen) return undefined;
  const leftMs = Date.parse(progressing.lastUpdateTime ?? '') + deadlineMs(deployment) - nowMs;
  // A second more, so that the deadline has surely passed.
  return Math.max(0, leftMs || 0) + 1_000;
}
