/** One run of a container: from its start to its end, as the pod's status tells it. Pure. */
import type { Container, ContainerState, ContainerStatus, Pod } from '../base/types.ts';

export interface ContainerRun {
  /** Tells two runs of one container apart. */
  id: string;
  startMs: number;
  /** Undefined while it runs. */
  end: { atMs: number; exitCode: number; message: string; isKilled: boolean } | undefined;
}

export const containerStatus = (pod: Pod, container: string): ContainerStatus | undefined =>
  [
    ...(pod.status.containerStatuses ?? []),
    ...(pod.status.initContainerStatuses ?? []),
    ...(pod.status.ephemeralContainerStatuses ?? []),
  ].find((status) => status.name === container);

/** Of any role. */
export const containerSpec = ({ spec }: Pod, container: string): Container | undefined =>
  [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].find(
    ({ name }) => name === container,
  );

/** The present run (of a container that waits for its restart: the last one), or the one before it. */
export function containerRun(pod: Pod, container: string, isPrevious: boolean): ContainerRun | undefined {
  const status = containerStatus(pod, container);
  if (!status) return undefined;
  const { state, lastState } = status;
  if (!isPrevious && state.running) {
    const startMs = Date.parse(state.running.startedAt);
    return Number.isNaN(startMs) ? undefined : { id: status.containerID ?? '', startMs, end: undefined };
  }
  return endedRun(isPrevious ? lastState.terminated : (state.terminated ?? lastState.terminated));
}

function endedRun(ended: ContainerState['terminated']): ContainerRun | undefined {
  if (!ended) return undefined;
  const startMs = Date.parse(ended.startedAt);
  const atMs = Date.parse(ended.finishedAt);
  if (Number.isNaN(startMs) || Number.isNaN(atMs)) return undefined;
  const { exitCode, message = '', reason } = ended;
  const isKilled = reason === 'OOMKilled';
  return { id: ended.containerID ?? '', startMs, end: { atMs, exitCode, message, isKilled } };
}
