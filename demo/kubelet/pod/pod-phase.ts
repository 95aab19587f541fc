/** A pod's phase is what its containers say (kubelet's getPhase). Pure. */
import type { Container, ContainerStatus, Pod, PodStatus } from '../../base/types.ts';
import { isOverForGood, type Role, roleOfInit } from './container-view.ts';

interface Counts {
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
  isRestarting: boolean;
  isPending: boolean;
  hasFailedForGood: boolean;
}

const statusOf = (statuses: ContainerStatus[] | undefined, { name }: Container) =>
  statuses?.find((status) => status.name === name);

function countInit(pod: Pod, status: PodStatus, counts: Counts, hasBegun: boolean): void {
  for (const container of pod.spec.initContainers ?? []) {
    const own = statusOf(status.initContainerStatuses, container);
    const role = roleOfInit(container);
    const hasEnded = own?.state.terminated ?? own?.lastState.terminated;
    if (role === 'sidecar') {
      if (own?.state.running) counts.running += 1;
      const isStarting = own?.state.running ? own.started !== true : !hasEnded;
      if (isStarting && !hasBegun) counts.isPending = true;
    } else if (own?.state.running || !own || !hasEnded) counts.isPending = true;
    else if (own.state.terminated?.exitCode !== 0 && isOverForGood(pod, container, role, own))
      counts.hasFailedForGood = true;
  }
}

function countMain(pod: Pod, status: PodStatus, counts: Counts): void {
  for (const container of pod.spec.containers) {
    const own = statusOf(status.containerStatuses, container);
    const ended = own?.state.terminated ?? own?.lastState.terminated;
    if (own?.state.running) counts.running += 1;
    else if (own && ended) {
      counts.stopped += 1;
      if (own.state.terminated?.exitCode === 0) counts.succeeded += 1;
      if (!isOverForGood(pod, container, 'main' satisfies Role, own)) counts.isRestarting = true;
    } else counts.waiting += 1;
  }
}

/** `isEnding`: the pod is on its way out, so nothing starts again. */
export function phaseOf(pod: Pod, status: PodStatus, isEnding: boolean): PodStatus['phase'] {
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return status.phase;
  const counts: Counts = {
    running: 0,
    waiting: 0,
    stopped: 0,
    succeeded: 0,
    isRestarting: false,
    isPending: false,
    hasFailedForGood: false,
  };
  countMain(pod, status, counts);
  countInit(pod, status, counts, counts.running + counts.stopped > 0);
  if (counts.hasFailedForGood) return 'Failed';
  if (counts.isPending || counts.waiting > 0) return 'Pending';
  if (counts.running > 0 || (counts.isRestarting && !isEnding)) return 'Running';
  return counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
}
