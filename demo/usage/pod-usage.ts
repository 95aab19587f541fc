/** What a pod uses at an instant: a pure function of seed, pod and time. A container that does not run uses nothing. */
import type { ContainerStatus, Pod } from '../base/types.ts';
import { type Profile, profileOf } from './profile.ts';
import { rateAt, totalOver, type Wave } from './wave.ts';

export interface ContainerUsage {
  name: string;
  startedMs: number;
  /** Cores now, and core seconds since the container started. */
  cpu: number;
  cpuSeconds: number;
  /** Bytes of working set. */
  memory: number;
  memoryLimit: number;
  /** Bytes. */
  disk: number;
  inodes: number;
  logs: number;
  /** Bytes a second, and bytes since the container started. */
  receivedRate: number;
  received: number;
  sentRate: number;
  sent: number;
  readRate: number;
  read: number;
  writtenRate: number;
  written: number;
}

export interface PodUsage {
  pod: Pod;
  containers: ContainerUsage[];
}

/** A process takes this long to fill its caches. */
const WARM_UP_MS = 40_000;
const startOf = (status: ContainerStatus | undefined): number | undefined => {
  const at = Date.parse(status?.state?.running?.startedAt ?? '');
  return Number.isNaN(at) ? undefined : at;
};

/** How long the container lived until it was OOM-killed, if that is how its last life ended. */
function lastLifeMs(status: ContainerStatus): number | undefined {
  const last = status.lastState?.terminated;
  if (last?.reason !== 'OOMKilled') return undefined;
  const lived = Date.parse(last.finishedAt) - Date.parse(last.startedAt);
  return lived > 0 ? lived : undefined;
}

/**
 * Working set in bytes: warms up from a fifth. One that was OOM-killed climbs towards its limit again, as fast as it
 * did the last time: a saw-tooth from kill to kill.
 */
function memoryAt(profile: Profile, status: ContainerStatus, startedMs: number, atMs: number): number {
  const age = atMs - startedMs;
  const warm = 0.2 + 0.8 * (1 - Math.exp(-age / WARM_UP_MS));
  const most = profile.memoryLimit * 0.98;
  const calm = Math.min(rateAt(profile.memory, atMs) * warm, most);
  const life = lastLifeMs(status);
  if (life === undefined || !Number.isFinite(most)) return calm;
  return calm + (most - calm) * Math.min(1, age / life);
}

function containerUsage(
  profile: Profile,
  status: ContainerStatus,
  startedMs: number,
  atMs: number,
): ContainerUsage {
  const total = (wave: Wave) => totalOver(wave, startedMs, atMs);
  const isOn = atMs >= startedMs;
  const rate = (wave: Wave) => (isOn ? rateAt(wave, atMs) : 0);
  return {
    name: status.name,
    startedMs,
    cpu: Math.min(rate(profile.cpu), profile.cpuLimit),
    cpuSeconds: total(profile.cpu),
    memory: isOn ? memoryAt(profile, status, startedMs, atMs) : 0,
    memoryLimit: profile.memoryLimit,
    disk: profile.disk,
    inodes: profile.inodes,
    logs: profile.logs,
    receivedRate: rate(profile.received),
    received: total(profile.received),
    sentRate: rate(profile.sent),
    sent: total(profile.sent),
    readRate: rate(profile.read),
    read: total(profile.read),
    writtenRate: rate(profile.written),
    written: total(profile.written),
  };
}

/** Containers that do not run (waiting, ended, between two crashes) are left out, as the kubelet leaves them out. */
export function podUsage(seed: number, pod: Pod, atMs: number): PodUsage {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const specs = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const containers = statuses.flatMap((status) => {
    const startedMs = startOf(status);
    const spec = specs.find(({ name }) => name === status.name);
    if (startedMs === undefined || !spec) return [];
    return [containerUsage(profileOf(seed, pod, spec), status, startedMs, atMs)];
  });
  return { pod, containers };
}

/** One figure summed over a pod's containers. */
export const sumOf = (
  { containers }: PodUsage,
  figure: Exclude<keyof ContainerUsage, 'name' | 'startedMs' | 'memoryLimit'>,
): number => containers.reduce((sum, container) => sum + container[figure], 0);

/** The same use, squeezed to what the node has: contention slows all pods of a node alike. */
export function squeezed(usage: PodUsage, cpuShare: number, memoryShare: number): PodUsage {
  if (cpuShare >= 1 && memoryShare >= 1) return usage;
  const containers = usage.containers.map((container) => ({
    ...container,
    cpu: container.cpu * Math.min(1, cpuShare),
    memory: container.memory * Math.min(1, memoryShare),
  }));
  return { ...usage, containers };
}
