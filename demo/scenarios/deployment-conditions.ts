/** The conditions a deployment of a scenario has come to. */
import type { Condition } from '../base/types.ts';
import type { RevisionSpec, WorkloadSpec } from './scenario.ts';
import type { Seeder } from './seeder.ts';

/** What a ReplicaSet of it has. */
export interface Counts {
  pods: number;
  ready: number;
}

type Say = (
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
  age: string,
) => Condition;

const saying =
  (seeder: Seeder): Say =>
  (type, status, reason, message, age) => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: seeder.ago(age),
    lastUpdateTime: seeder.ago(age),
  });

function progressing(say: Say, spec: WorkloadSpec, last: RevisionSpec, isDone: boolean): Condition {
  const set = `ReplicaSet "${spec.name}-${last.hash}"`;
  if (spec.isPaused)
    return say('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', last.age);
  if (spec.stuckFor) {
    const message = `${set} has timed out progressing.`;
    return say('Progressing', 'False', 'ProgressDeadlineExceeded', message, spec.stuckFor);
  }
  return isDone
    ? say('Progressing', 'True', 'NewReplicaSetAvailable', `${set} has successfully progressed.`, last.age)
    : say('Progressing', 'True', 'ReplicaSetUpdated', `${set} is progressing.`, last.age);
}

function available(say: Say, spec: WorkloadSpec, last: RevisionSpec, ready: number): Condition {
  return ready >= Math.ceil(spec.replicas * 0.75)
    ? say('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', spec.age)
    : say(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        last.age,
      );
}

export function settledConditions(
  seeder: Seeder,
  spec: WorkloadSpec,
  last: RevisionSpec,
  counts: Counts[],
): Condition[] {
  const say = saying(seeder);
  const ready = counts.reduce((sum, count) => sum + count.ready, 0);
  const failure = spec.replicaFailure
    ? [say('ReplicaFailure', 'True', 'FailedCreate', spec.replicaFailure, last.age)]
    : [];
  return [available(say, spec, last, ready), progressing(say, spec, last, counts.length === 1), ...failure];
}
