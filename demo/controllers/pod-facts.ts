/** What controllers read off pods. */
import type { Pod } from '../base/types.ts';

export const isActive = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  pod.status?.phase !== 'Succeeded' &&
  pod.status?.phase !== 'Failed';

const readyCondition = (pod: Pod) => pod.status?.conditions?.find((condition) => condition.type === 'Ready');

export const isPodReady = (pod: Pod): boolean => readyCondition(pod)?.status === 'True';

/** Milliseconds until a ready pod has been so for minReadySeconds; 0 when it has, undefined when it is not ready. */
export function untilAvailableMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  const ready = readyCondition(pod);
  if (ready?.status !== 'True') return undefined;
  return Math.max(0, Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000 - nowMs) || 0;
}

/** The order in which pods are given up, first to go first (kubecontroller.ActivePodsWithRanks, simplified). */
export function byDispensability(a: Pod, b: Pod): number {
  const rank = (pod: Pod) => [
    pod.spec.nodeName ? 1 : 0,
    pod.status?.phase === 'Running' ? 1 : 0,
    isPodReady(pod) ? 1 : 0,
    -Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) * -1,
    -(pod.status?.containerStatuses ?? []).reduce(
      (most, container) => Math.max(most, container.restartCount),
      0,
    ),
    -Date.parse(pod.metadata.creationTimestamp),
  ];
  const left = rank(a);
  const right = rank(b);
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
