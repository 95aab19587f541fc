/**
 * A pod as the sum of its containers: who may start, who has to stop, and what that makes of the pod's status. Pure.
 *
 * Init containers run one after the other; a sidecar lets the next one start once it has started; then the main ones
 * start together. When the pod leaves, or its main containers are done for good, all are told to stop, the sidecars
 * last, the latest of them first.
 */
import type { Container, ContainerStatus, Pod, PodStatus } from '../../base/types.ts';
import { backOffAfter } from './back-off.ts';
import {
  type ContainerMemory,
  type ContainerView,
  isInitialised,
  isOverForGood,
  type Role,
  roleOfInit,
  runningSinceMs,
} from './container-view.ts';
import { phaseOf } from './pod-phase.ts';
import { refreshConditions, waitingStatus } from './pod-status.ts';
import type { Story } from './story.ts';

export type StoryOf = (pod: Pod, container: Container, role: Role) => Story;

export const isLeaving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;
export const isOver = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed';

/** What a kubelet that comes to a pod late takes from its status. */
export function recalled(status: ContainerStatus): ContainerMemory {
  const last = Date.parse(status.lastState.terminated?.startedAt ?? '');
  const restarts = backOffAfter(status.restartCount, runningSinceMs(status) ?? last);
  return restarts && !Number.isNaN(restarts.atMs) ? { restarts } : {};
}

const INERT = new Set<Story['kind']>(['runs', 'slow-stop']);
const hasExecProbe = ({ livenessProbe, readinessProbe }: Container) =>
  livenessProbe?.exec !== undefined || readinessProbe?.exec !== undefined;

/** Seen at a glance, for the tens of thousands of pods of which nothing is to be told: all run, and go on running. */
export function isAtRest(pod: Pod, storyOf: StoryOf): boolean {
  const { spec, status } = pod;
  if (status.phase !== 'Running' || isLeaving(pod) || spec.initContainers || spec.ephemeralContainers)
    return false;
  return spec.containers.every((container, index) => {
    const own = status.containerStatuses?.[index];
    return (
      own?.name === container.name &&
      own.ready &&
      own.state.running !== undefined &&
      own.image === container.image &&
      !hasExecProbe(container) &&
      INERT.has(storyOf(pod, container, 'main').kind)
    );
  });
}

interface Member {
  spec: Container;
  role: Role;
  status: ContainerStatus;
}

const firstStatus = (pod: Pod, container: Container): ContainerStatus =>
  waitingStatus(
    container,
    (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating',
  );

function members(pod: Pod): Member[] {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec;
  const of = (
    list: readonly Container[],
    statuses: ContainerStatus[] | undefined,
    roleOf: (container: Container) => Role,
  ) =>
    list.map((spec): Member => {
      const found = statuses?.find(({ name }) => name === spec.name);
      return { spec, role: roleOf(spec), status: found ?? firstStatus(pod, spec) };
    });
  return [
    ...of(initContainers, pod.status.initContainerStatuses, roleOfInit),
    ...of(containers, pod.status.containerStatuses, () => 'main'),
    ...of(ephemeralContainers, pod.status.ephemeralContainerStatuses, () => 'ephemeral'),
  ];
}

const hasRun = ({ status: { state, lastState } }: Member) =>
  state.running !== undefined || state.terminated !== undefined || lastState.terminated !== undefined;

/** All containers of a pod that has its sandbox. */
export function viewsOf(
  pod: Pod,
  memoryOf: (status: ContainerStatus) => ContainerMemory,
  storyOf: StoryOf,
): ContainerView[] {
  const all = members(pod);
  const main = all.filter(({ role }) => role === 'main');
  const hasBegun = main.some(hasRun);
  const isDone = ({ spec, role, status }: Member) => isOverForGood(pod, spec, role, status);
  const hasFailed = all.some(
    (each) => each.role === 'init' && each.status.state.terminated?.exitCode !== 0 && isDone(each),
  );
  const mustStop = isLeaving(pod) || isOver(pod) || hasFailed || main.every(isDone);
  const inits = all.filter(({ role }) => role === 'init' || role === 'sidecar');
  const pending = inits.findIndex(({ role, status }) => !isInitialised(role, status));
  const hasTurn = ({ role }: Member, index: number) => {
    if (role === 'ephemeral') return true;
    if (role === 'main') return hasBegun || pending < 0;
    if (hasBegun) return role === 'sidecar';
    return pending < 0 || index <= pending;
  };
  const isMainRunning = main.some(({ status }) => status.state.running);
  const lastSidecar = all.findLast(({ role, status }) => role === 'sidecar' && status.state.running);
  return all.map((member, index) => ({
    ...member,
    pod,
    story: storyOf(pod, member.spec, member.role),
    memory: memoryOf(member.status),
    mayStart: !mustStop && hasTurn(member, index),
    mustStop,
    isTurnToStop: !mustStop || member.role !== 'sidecar' || (!isMainRunning && member === lastSidecar),
  }));
}

/** What a kubelet writes when it takes a pod: everything waits. */
export function acceptedStatus(pod: Pod, hostIp: string, now: string): PodStatus {
  return composed(
    pod,
    { ...pod.status, phase: 'Pending', hostIP: hostIp, hostIPs: [{ ip: hostIp }], startTime: now },
    members(pod),
    now,
  );
}

/** The pod's status as its containers make it. */
export function composed(pod: Pod, before: PodStatus, all: readonly Member[], now: string): PodStatus {
  const of = (...roles: Role[]) => all.filter(({ role }) => roles.includes(role)).map(({ status }) => status);
  const [inits, ephemeral] = [of('init', 'sidecar'), of('ephemeral')];
  const status: PodStatus = {
    ...before,
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
    containerStatuses: of('main'),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
  };
  const isEnding = isLeaving(pod) && !all.some(({ status: each }) => each.state.running);
  return refreshConditions(pod, { ...status, phase: phaseOf(pod, status, isEnding) }, now);
}
