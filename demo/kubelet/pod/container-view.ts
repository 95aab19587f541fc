/**
 * One container as its kubelet sees it: what was asked for, what its status says, what the kubelet remembers of it,
 * and what its pod lets it do. The state machine of container-stages.ts works on this and on nothing else. Pure.
 */
import type { Container, ContainerStatus, Pod } from '../../base/types.ts';
import type { BackOff } from './back-off.ts';
import type { Story } from './story.ts';

/** A sidecar is an init container that restarts always: it starts in its turn and runs beside the main ones. */
export type Role = 'init' | 'sidecar' | 'main' | 'ephemeral';
export type ProbeKind = 'startup' | 'liveness' | 'readiness';

export interface ProbeRun {
  /** The next one, counted in periods. */
  tick: number;
  last: boolean | undefined;
  /** How often in a row. */
  run: number;
}

/** What the kubelet keeps of a container beside its status. Gone with the pod, as a kubelet's is with its restart. */
export interface ContainerMemory {
  isPulling?: boolean;
  pulls?: BackOff;
  restarts?: BackOff;
  /** It was told to stop, and is killed when its grace is over. */
  kill?: { sinceMs: number; graceMs: number };
  /** When its startup probe succeeded. */
  startedMs?: number;
  probes?: Partial<Record<ProbeKind, ProbeRun>>;
}

export interface ContainerView {
  pod: Pod;
  spec: Container;
  role: Role;
  story: Story;
  status: ContainerStatus;
  memory: ContainerMemory;
  /** All that has to come before it is there. */
  mayStart: boolean;
  /** Its pod ends; sidecars are told with the others but stop in their turn. */
  mustStop: boolean;
  isTurnToStop: boolean;
}

export interface KubeletEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** Where in the spec it is about, as in `spec.containers{api}`. */
  fieldPath?: string;
}

/** What a stage needs to know beside the container. */
export interface Surroundings {
  nowMs: number;
  now: string;
  /** What ran before this instant is settled: its story is behind it. */
  epochMs: number;
  /** A number between two, of the world's chance. */
  between(least: number, most: number): number;
  hasImage(image: string): boolean;
  /** Why its environment cannot be made: a ConfigMap or a key that is missing. */
  configFault(view: ContainerView): string | undefined;
}

export interface Change {
  status: ContainerStatus;
  memory: ContainerMemory;
  events: KubeletEvent[];
}

const LISTS: Record<Role, string> = {
  init: 'initContainers',
  sidecar: 'initContainers',
  main: 'containers',
  ephemeral: 'ephemeralContainers',
};

export const fieldPathOf = (role: Role, name: string): string => `spec.${LISTS[role]}{${name}}`;

export const told = (
  view: ContainerView,
  type: KubeletEvent['type'],
  reason: string,
  message: string,
): KubeletEvent => ({ type, reason, message, fieldPath: fieldPathOf(view.role, view.spec.name) });

export const roleOfInit = (container: Container): Role =>
  container.restartPolicy === 'Always' ? 'sidecar' : 'init';

/** Whether a container that ended so is started again (podutil.ContainerShouldRestart, kubecontainer's rules). */
export function restartsAfter(pod: Pod, container: Container, role: Role, exitCode: number): boolean {
  if (role === 'sidecar') return true;
  if (role === 'ephemeral') return false;
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
  if (policy === 'Never') return false;
  return exitCode !== 0 || (role === 'main' && policy === 'Always');
}

/** It has ended, and its pod does not want it again. */
export function isOverForGood(pod: Pod, container: Container, role: Role, status: ContainerStatus): boolean {
  const { state, lastState } = status;
  const ended = state.terminated ?? (state.waiting ? lastState.terminated : undefined);
  return ended !== undefined && !restartsAfter(pod, container, role, ended.exitCode);
}

export const isInitialised = (role: Role, status: ContainerStatus): boolean =>
  role === 'sidecar' ? status.started === true : status.state.terminated?.exitCode === 0;

/** Undefined when it does not run, or not since a time that can be read. */
export function runningSinceMs({ state }: ContainerStatus): number | undefined {
  const ms = Date.parse(state.running?.startedAt ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

export function endedMs({ state, lastState }: ContainerStatus): number {
  const ms = Date.parse((state.terminated ?? lastState.terminated)?.finishedAt ?? '');
  return Number.isNaN(ms) ? 0 : ms;
}
