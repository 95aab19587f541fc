/** Conditions as the workload controllers keep them: one a type, moved to the end when it says something new. */
import type { Condition } from '../../base/types.ts';

export const conditionOf = (
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined => conditions?.find((condition) => condition.type === type);

export const withoutCondition = (conditions: readonly Condition[], type: string): Condition[] =>
  conditions.filter((condition) => condition.type !== type);

/**
 * The list with a condition set. Same status and reason: nothing changes, not even the words. Same status: the time of
 * the transition stays.
 */
export function withCondition(conditions: readonly Condition[], next: Condition): Condition[] {
  const before = conditionOf(conditions, next.type);
  if (before?.status === next.status && before.reason === next.reason) return [...conditions];
  const since = before?.status === next.status ? before.lastTransitionTime : undefined;
  return [
    ...withoutCondition(conditions, next.type),
    since === undefined ? next : { ...next, lastTransitionTime: since },
  ];
}
