/** The parts of a pod's status, as a kubelet writes them. Pure: instants come as ISO texts. */
import { fnv32 } from '../base/random.ts';
import type { Condition, Container, ContainerState, ContainerStatus, Pod, PodStatus } from '../base/types.ts';

export const imageId = (image: string): string => {
  const digest = [image, `${image}-b`, `${image}-c`, `${image}-d`]
    .map((part) => fnv32(part).toString(16).padStart(8, '0'))
    .join('');
  return `${image.replace(/:[^/:]*$/, '')}@sha256:${digest}${digest}`;
};

export const containerId = (uid: string, name: string, restart: number): string => {
  const digest = [0, 1, 2, 3, 4, 5, 6, 7].map((part) =>
    fnv32(`${uid}/${name}/${restart}/${part}`).toString(16).padStart(8, '0'),
  );
  return `containerd://${digest.join('')}`;
};

/** What containerd says of an image that is not there. */
export const pullError = (image: string): string =>
  `rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/${image}": failed to resolve reference "docker.io/${image}": docker.io/${image}: not found`;

export const pullBackOff = (image: string): string =>
  `Back-off pulling image "${image}": ErrImagePull: ${pullError(image)}`;

export function waitingStatus(container: Container, reason: string, message?: string): ContainerStatus {
  return {
    name: container.name,
    image: container.image,
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason, ...(message ? { message } : {}) } },
    lastState: {},
  };
}

/** The status of a container that has just started for the `restart`th time. */
export function runningStatus(
  pod: Pod,
  container: Container,
  at: string,
  restart: number,
  lastState: ContainerState,
): ContainerStatus {
  return {
    name: container.name,
    image: container.image,
    imageID: imageId(container.image),
    containerID: containerId(pod.metadata.uid, container.name, restart),
    ready: false,
    started: true,
    restartCount: restart,
    state: { running: { startedAt: at } },
    lastState,
  };
}

const unready = (names: string[]) => ({
  reason: 'ContainersNotReady',
  message: `containers with unready status: [${names.join(' ')}]`,
});

/** Replaces one condition; its transition time moves only when its status does. */
export function withCondition(conditions: Condition[], next: Condition, now: string): Condition[] {
  const before = conditions.find((condition) => condition.type === next.type);
  const isSame = before?.status === next.status;
  const full: Condition = {
    lastProbeTime: null,
    ...next,
    lastTransitionTime: isSame ? (before?.lastTransitionTime ?? now) : now,
  };
  return before
    ? conditions.map((condition) => (condition === before ? full : condition))
    : [...conditions, full];
}

/** Ready, ContainersReady and the rest, worked out from the containers' statuses. */
export function refreshConditions(status: PodStatus, now: string, isDone = false): PodStatus {
  const names = (status.containerStatuses ?? [])
    .filter((container) => !container.ready)
    .map((container) => container.name);
  const isReady = names.length === 0 && (status.containerStatuses ?? []).length > 0;
  const hasStarted = (status.containerStatuses ?? []).some(
    (container) => container.state.running || container.state.terminated || container.restartCount > 0,
  );
  const state: Partial<Condition> = isDone
    ? { status: 'False', reason: 'PodCompleted' }
    : isReady
      ? { status: 'True' }
      : { status: 'False', ...unready(names) };
  let conditions = status.conditions ?? [];
  const set = (type: string, condition: Partial<Condition>) => {
    conditions = withCondition(conditions, { type, status: 'False', ...condition }, now);
  };
  set('PodReadyToStartContainers', { status: hasStarted && !isDone ? 'True' : 'False' });
  set('Initialized', { status: 'True', ...(isDone ? { reason: 'PodCompleted' } : {}) });
  set('Ready', state);
  set('ContainersReady', state);
  set('PodScheduled', { status: 'True' });
  return { ...status, conditions };
}

/** What the kubelet writes when it takes a pod: everything waits. */
export function acceptedStatus(pod: Pod, hostIp: string, now: string): PodStatus {
  return refreshConditions(
    {
      ...pod.status,
      phase: 'Pending',
      hostIP: hostIp,
      hostIPs: [{ ip: hostIp }],
      startTime: now,
      containerStatuses: pod.spec.containers.map((container) =>
        waitingStatus(container, 'ContainerCreating'),
      ),
    },
    now,
  );
}

export const isReady = (pod: Pod): boolean =>
  (pod.status.conditions ?? []).some(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );
