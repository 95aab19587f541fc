/** The parts of a pod's status, as a kubelet writes them (pkg/kubelet/status/generate.go). Pure: instants are ISO texts. */
import { fnv32 } from '../../base/random.ts';
import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodStatus,
} from '../../base/types.ts';
import { isInitialised, roleOfInit } from './container-view.ts';

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

export interface Ending {
  exitCode: number;
  reason: string;
  message?: string;
}

export function endedStatus(status: ContainerStatus, ending: Ending, now: string): ContainerStatus {
  const { exitCode, reason, message } = ending;
  return {
    ...status,
    ready: false,
    // An ephemeral container is never said to have started.
    ...(status.started === undefined ? {} : { started: false }),
    state: {
      terminated: {
        exitCode,
        reason,
        ...(message ? { message } : {}),
        startedAt: status.state.running?.startedAt ?? now,
        finishedAt: now,
        ...(status.containerID ? { containerID: status.containerID } : {}),
      },
    },
  };
}

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

/** Conditions a kubelet owns, in its order; all others are kept before them. */
const OWN = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

type Said = Pick<Condition, 'status'> & Partial<Condition>;

const not = (reason: string, message?: string): Said => ({
  status: 'False',
  reason,
  ...(message ? { message } : {}),
});
const YES: Said = { status: 'True' };

function namesOf(words: string, names: string[]): string[] {
  return names.length > 0 ? [`containers with ${words} status: [${names.join(' ')}]`] : [];
}

function containersReady(pod: Pod, status: PodStatus): Said {
  if (status.phase === 'Failed') return not('PodFailed');
  const sidecars = (pod.spec.initContainers ?? []).filter((each) => roleOfInit(each) === 'sidecar');
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const [unknown, unready]: [string[], string[]] = [[], []];
  for (const { name } of [...sidecars, ...pod.spec.containers]) {
    const own = all.find((each) => each.name === name);
    if (!own) unknown.push(name);
    else if (!own.ready) unready.push(name);
  }
  if (status.phase === 'Succeeded' && unknown.length === 0) return not('PodCompleted');
  const words = [...namesOf('unknown', unknown), ...namesOf('unready', unready)].join(', ');
  return words ? not('ContainersNotReady', words) : YES;
}

function initialised(pod: Pod, status: PodStatus): Said {
  const containers = pod.spec.initContainers ?? [];
  const statusFor = (name: string) => status.initContainerStatuses?.find((each) => each.name === name);
  const unknown = containers.filter(({ name }) => !statusFor(name)).map(({ name }) => name);
  if (status.phase === 'Succeeded' && unknown.length === 0) return { ...YES, reason: 'PodCompleted' };
  const hasMainStarted = status.containerStatuses?.some(
    ({ state, lastState }) => state.running || state.terminated || lastState.terminated,
  );
  if (hasMainStarted) return YES;
  const incomplete = containers
    .filter((container) => {
      const own = statusFor(container.name);
      return own && !isInitialised(roleOfInit(container), own);
    })
    .map(({ name }) => name);
  const words = [...namesOf('unknown', unknown), ...namesOf('incomplete', incomplete)].join(', ');
  return words ? not('ContainersNotInitialized', words) : YES;
}

function ready(pod: Pod, conditions: readonly Condition[], containers: Said): Said {
  const gates = pod.spec.readinessGates;
  if (containers.status !== 'True' || !Array.isArray(gates)) return containers;
  const words = gates.flatMap(({ conditionType }: { conditionType?: string }) => {
    const found = conditions.find(({ type }) => type === conditionType);
    if (!found) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return found.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`];
  });
  return words.length > 0 ? not('ReadinessGatesNotReady', words.join(', ')) : YES;
}

/** The kubelet's conditions, worked out from phase and containers. A transition time moves only with its status. */
export function refreshConditions(pod: Pod, status: PodStatus, now: string): PodStatus {
  const before = status.conditions ?? [];
  const others = before.filter(({ type }) => !OWN.includes(type));
  const isOver = status.phase === 'Succeeded' || status.phase === 'Failed';
  const containers = containersReady(pod, status);
  const said: Said[] = [
    status.podIP && !isOver ? YES : { status: 'False' },
    initialised(pod, status),
    ready(pod, others, containers),
    containers,
    YES,
  ];
  const own = OWN.map((type, index): Condition => {
    const next = said[index] as Said;
    const last = before.find((condition) => condition.type === type);
    const lastTransitionTime = last?.status === next.status ? (last.lastTransitionTime ?? now) : now;
    return { type, lastProbeTime: null, ...next, lastTransitionTime };
  });
  return { ...status, conditions: [...others, ...own] };
}
