/** What a job's podFailurePolicy says of a failed pod: the first rule that matches speaks. Pure. */
import type { ContainerStatus, Pod } from '../../base/types.ts';

export type FailureAction = 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';

interface ExitCodes {
  containerName?: string | null;
  operator: string;
  values: number[];
}

interface FailureRule {
  action: FailureAction;
  onExitCodes?: ExitCodes;
  onPodConditions?: { type: string; status: string }[];
}

export interface PodFailurePolicy {
  rules: FailureRule[];
}

export interface FailureVerdict {
  action?: FailureAction;
  /** Whether it counts towards the back-off limits. */
  counts: boolean;
  /** The words with which the whole job fails. */
  jobFails?: string;
}

type Terminated = NonNullable<ContainerStatus['state']['terminated']>;

function exitOf(pod: Pod, { containerName, operator, values }: ExitCodes): [string, Terminated] | undefined {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  for (const { name, state } of statuses) {
    const terminated = state?.terminated;
    if (!terminated || terminated.exitCode === 0) continue;
    if (containerName && containerName !== name) continue;
    const isIn = values.includes(terminated.exitCode);
    if ((operator === 'In' && isIn) || (operator === 'NotIn' && !isIn)) return [name, terminated];
  }
  return undefined;
}

/** What matched, in the words of the failure message, or undefined. */
function matchOf(pod: Pod, { onExitCodes, onPodConditions = [] }: FailureRule): string | undefined {
  const where = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (onExitCodes) {
    const exit = exitOf(pod, onExitCodes);
    return exit && `Container ${exit[0]} for pod ${where} failed with exit code ${exit[1].exitCode}`;
  }
  const found = pod.status?.conditions?.find(({ type, status }) =>
    onPodConditions.some((pattern) => pattern.type === type && pattern.status === status),
  );
  return found && `Pod ${where} has condition ${found.type}`;
}

/** Without a policy, and when no rule matches, a failure counts. */
export function judgeFailure(policy: PodFailurePolicy | undefined, pod: Pod): FailureVerdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const match = matchOf(pod, rule);
    if (match === undefined) continue;
    const { action } = rule;
    if (action === 'Ignore') return { action, counts: false };
    if (action === 'FailJob')
      return { action, counts: true, jobFails: `${match} matching ${action} rule at index ${index}` };
    return { action, counts: true };
  }
  return { counts: true };
}
