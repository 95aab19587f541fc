/** A deployment's status and conditions from its ReplicaSets, as deployment/progress.go and util count them. */
import type { Condition, Deployment, ReplicaSet } from '../../base/types.ts';
import { resolveFenceposts } from '../rounding.ts';

export interface StatusOutcome {
  status: Deployment['status'];
  /** When to look again: at the progress deadline. */
  againMs: number | undefined;
}

const sum = (sets: ReplicaSet[], pick: (set: ReplicaSet) => number | undefined) =>
  sets.reduce((total, set) => total + (pick(set) ?? 0), 0);

export function deploymentStatus(
  deployment: Deployment,
  sets: ReplicaSet[],
  newSet: ReplicaSet | undefined,
  nowMs: number,
  now: string,
): StatusOutcome {
  const desired = deployment.spec.replicas;
  const replicas = sum(sets, (set) => set.status.replicas);
  const availableReplicas = sum(sets, (set) => set.status.availableReplicas);
  const readyReplicas = sum(sets, (set) => set.status.readyReplicas);
  const updatedReplicas = newSet?.status.replicas ?? 0;
  const terminatingReplicas = sum(
    sets,
    (set) => (set.status as { terminatingReplicas?: number }).terminatingReplicas,
  );
  const wanted = Math.max(0, sum(sets, (set) => set.spec.replicas) - availableReplicas);
  const counts = {
    ...(replicas > 0 ? { replicas } : {}),
    ...(updatedReplicas > 0 ? { updatedReplicas } : {}),
    ...(readyReplicas > 0 ? { readyReplicas } : {}),
    ...(availableReplicas > 0 ? { availableReplicas } : {}),
    ...(wanted > 0 ? { unavailableReplicas: wanted } : {}),
    terminatingReplicas,
  };
  const isComplete = updatedReplicas === desired && replicas === desired && availableReplicas === desired;
  const before = deployment.status.conditions ?? [];
  const isProgress =
    updatedReplicas > (deployment.status.updatedReplicas ?? 0) ||
    replicas - updatedReplicas <
      (deployment.status.replicas ?? 0) - (deployment.status.updatedReplicas ?? 0) ||
    readyReplicas > (deployment.status.readyReplicas ?? 0) ||
    availableReplicas > (deployment.status.availableReplicas ?? 0);
  const progressing = nextProgressing(deployment, newSet, { isComplete, isProgress, nowMs, now });
  const next = [
    available(deployment, availableReplicas, now),
    ...(progressing ? [progressing] : []),
    ...failures(sets, now),
  ];
  const conditions = next.map((condition) => keepTimes(condition, before, isProgress));
  const status: Deployment['status'] = {
    observedGeneration: deployment.metadata.generation,
    ...counts,
    conditions,
  };
  return { status, againMs: untilDeadline(deployment, conditions, isComplete, nowMs) };
}

function available(deployment: Deployment, availableReplicas: number, now: string): Condition {
  const { replicas, strategy } = deployment.spec;
  const { rollingUpdate } = strategy;
  const unavailable =
    strategy.type === 'Recreate'
      ? 0
      : resolveFenceposts(rollingUpdate?.maxSurge, rollingUpdate?.maxUnavailable, replicas).unavailable;
  const times = { lastTransitionTime: now, lastUpdateTime: now };
  return availableReplicas >= replicas - unavailable
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
        ...times,
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
        ...times,
      };
}

interface Progress {
  isComplete: boolean;
  isProgress: boolean;
  nowMs: number;
  now: string;
}

function nextProgressing(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  { isComplete, isProgress, nowMs, now }: Progress,
): Condition | undefined {
  const before = deployment.status.conditions?.find((condition) => condition.type === 'Progressing');
  const set = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const say = (status: Condition['status'], reason: string, message: string): Condition => ({
    type: 'Progressing',
    status,
    reason,
    message,
    lastTransitionTime: now,
    lastUpdateTime: now,
  });
  if (deployment.spec.paused) return say('Unknown', 'DeploymentPaused', 'Deployment is paused');
  if (before?.reason === 'DeploymentPaused')
    return say('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  if (isComplete && newSet)
    return say('True', 'NewReplicaSetAvailable', `${set} has successfully progressed.`);
  if (!before) {
    const message = newSet ? `Created new replica set "${newSet.metadata.name}"` : `${set} is progressing.`;
    return say('True', 'NewReplicaSetCreated', message);
  }
  const isNamed = newSet === undefined || before.message?.includes(`"${newSet.metadata.name}"`) === true;
  // A finished rollout stays finished when its pods come and go.
  if (before.reason === 'NewReplicaSetAvailable' && newSet && isNamed) return before;
  if (isProgress || !isNamed) return say('True', 'ReplicaSetUpdated', `${set} is progressing.`);
  const deadlineMs = (deployment.spec.progressDeadlineSeconds ?? 600) * 1000;
  const isWorking = before.status !== 'False' && before.reason !== 'NewReplicaSetAvailable';
  const isLate = isWorking && nowMs - Date.parse(before.lastUpdateTime ?? now) >= deadlineMs;
  return isLate ? say('False', 'ProgressDeadlineExceeded', `${set} has timed out progressing.`) : before;
}

/** A ReplicaSet that cannot make its pods passes its reason up. */
function failures(sets: ReplicaSet[], now: string): Condition[] {
  const failure = [...sets]
    .reverse()
    .flatMap((set) => set.status.conditions ?? [])
    .find((condition) => condition.type === 'ReplicaFailure' && condition.status === 'True');
  return failure
    ? [
        {
          ...failure,
          lastTransitionTime: failure.lastTransitionTime ?? now,
          lastUpdateTime: failure.lastTransitionTime ?? now,
        },
      ]
    : [];
}

function keepTimes(condition: Condition, before: Condition[], isProgress: boolean): Condition {
  const old = before.find((item) => item.type === condition.type);
  if (!old) return condition;
  if (old.status === condition.status && old.reason === condition.reason) {
    const isTouched =
      condition.type === 'Progressing' && isProgress && condition.reason === 'ReplicaSetUpdated';
    return isTouched
      ? { ...condition, lastTransitionTime: old.lastTransitionTime }
      : { ...old, message: condition.message };
  }
  return old.status === condition.status
    ? { ...condition, lastTransitionTime: old.lastTransitionTime }
    : condition;
}

function untilDeadline(
  deployment: Deployment,
  conditions: Condition[],
  isComplete: boolean,
  nowMs: number,
): number | undefined {
  const progressing = conditions.find((condition) => condition.type === 'Progressing');
  if (
    isComplete ||
    deployment.spec.paused ||
    !progressing ||
    progressing.status === 'False' ||
    progressing.reason === 'NewReplicaSetAvailable'
  )
    return undefined;
  const deadlineMs = (deployment.spec.progressDeadlineSeconds ?? 600) * 1000;
  return Math.max(1_000, Date.parse(progressing.lastUpdateTime ?? '') + deadlineMs - nowMs + 1_000) || 1_000;
}
