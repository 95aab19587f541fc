/** What a pod uses at an instant: a pure function of seed, pod and time. A container that does not run uses nothing. */
import type { ContainerStatus, Pod } from '../base/types.ts';
import { ALONE, type Span } from './load-sharing.ts';
import { type Profile, profileOf } from './profile.ts';
import { ceiled, rateAt, scaled, totalOver, type Wave } from './wave.ts';

export interface ContainerUsage {
  name: string;
  startedMs: number;
  /** Cores now, and core seconds since the container started. */
  cpu: number;
  cpuSeconds: number;
  /** Bytes of working set. */
  memory: number;
  memoryLimit: number;
  /** Cores; endless without a limit. */
  cpuLimit: number;
  /** Scheduling periods since the container started, and those in which the limit held it back. */
  periods: number;
  throttled: number;
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
function memoryAt(profile: Profile, life: number | undefined, startedMs: number, atMs: number): number {
  const age = atMs - startedMs;
  const warm = 0.2 + 0.8 * (1 - Math.exp(-age / WARM_UP_MS));
  const most = profile.memoryLimit * 0.98;
  const calm = Math.min(rateAt(profile.memory, atMs) * warm, most);
  if (life === undefined || !Number.isFinite(most)) return calm;
  return calm + (most - calm) * Math.min(1, age / life);
}

interface Run {
  profile: Profile;
  name: string;
  startedMs: number;
  life: number | undefined;
  spans: readonly Span[];
}

/** The part of a run that lies in each span, with what the span does to the pod. */
const parts = ({ spans, startedMs }: Run, atMs: number) =>
  spans.map(({ fromMs, factor }, index) => ({
    factor,
    fromMs: Math.max(fromMs, startedMs),
    toMs: Math.min(spans[index + 1]?.fromMs ?? atMs, atMs),
  }));

/** Ten periods a second; the nearer the use is to the limit, the more of them end early. */
const PERIODS_A_SECOND = 10;
const throttledShare = ({ level }: Wave, limit: number): number =>
  Number.isFinite(limit) ? Math.min(1, Math.max(0, (level / limit - 0.8) / 0.18)) : 0;

function containerUsage(run: Run, atMs: number): ContainerUsage {
  const { profile, name, startedMs, life } = run;
  const { cpuLimit, memoryLimit, disk, inodes, logs } = profile;
  const cpuIn = (factor: number) => ceiled(scaled(profile.cpu, factor), cpuLimit);
  const spent = parts(run, atMs).filter(({ fromMs, toMs }) => toMs > fromMs);
  const sum = (of: (part: (typeof spent)[number]) => number) =>
    spent.reduce((total, part) => total + of(part), 0);
  const total = (wave: Wave) =>
    sum(({ factor, fromMs, toMs }) => totalOver(scaled(wave, factor), fromMs, toMs));
  const isOn = atMs >= startedMs;
  const factor = run.spans.findLast(({ fromMs }) => fromMs <= atMs)?.factor ?? 1;
  const rate = (wave: Wave) => (isOn ? rateAt(scaled(wave, factor), atMs) : 0);
  const seconds = Math.max(0, atMs - startedMs) / 1_000;
  return {
    name,
    startedMs,
    cpu: isOn ? rateAt(cpuIn(factor), atMs) : 0,
    cpuSeconds: sum((part) => totalOver(cpuIn(part.factor), part.fromMs, part.toMs)),
    cpuLimit,
    periods: Number.isFinite(cpuLimit) ? seconds * PERIODS_A_SECOND : 0,
    throttled:
      PERIODS_A_SECOND *
      sum((part) => (throttledShare(cpuIn(part.factor), cpuLimit) * (part.toMs - part.fromMs)) / 1_000),
    memory: isOn ? memoryAt(profile, life, startedMs, atMs) : 0,
    memoryLimit,
    disk,
    inodes,
    logs,
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
export function podUsage(seed: number, pod: Pod, atMs: number, spans: readonly Span[] = ALONE): PodUsage {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const specs = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const containers = statuses.flatMap((status) => {
    const startedMs = startOf(status);
    const spec = specs.find(({ name }) => name === status.name);
    if (startedMs === undefined || !spec) return [];
    const profile = profileOf(seed, pod, spec);
    return [containerUsage({ profile, name: status.name, startedMs, life: lastLifeMs(status), spans }, atMs)];
  });
  return { pod, containers };
}

/** One figure summed over a pod's containers. */
export const sumOf = (
  { containers }: PodUsage,
  figure: Exclude<keyof ContainerUsage, 'name' | 'startedMs' | 'memoryLimit' | 'cpuLimit'>,
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
