/** The kubelet's /stats/summary: its document of a node and its pods. */
import type { JsonObject } from '../base/json.ts';
import type { NodeUsage } from './node-usage.ts';
import { type ContainerUsage, type PodUsage, sumOf } from './pod-usage.ts';

const NANO = 1e9;
const whole = (value: number) => Math.max(0, Math.round(value));
const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const cpuStats = (time: string, cores: number, seconds: number): JsonObject => ({
  time,
  usageNanoCores: whole(cores * NANO),
  usageCoreNanoSeconds: whole(seconds * NANO),
});

function memoryStats(time: string, used: number, limit: number): JsonObject {
  return {
    time,
    ...(Number.isFinite(limit) ? { availableBytes: whole(limit - used) } : {}),
    usageBytes: whole(used * 1.15),
    workingSetBytes: whole(used),
    rssBytes: whole(used * 0.82),
    pageFaults: whole(used / 4_096),
    majorPageFaults: 0,
  };
}

interface Filled {
  capacity: number;
  used: number;
  inodes: number;
  inodesUsed: number;
}

/** `own` is what the entry itself uses of a file system that others fill too. */
function fsStats(
  time: string,
  { capacity, used, inodes, inodesUsed }: Filled,
  own: number,
  ownInodes: number,
) {
  return {
    time,
    availableBytes: whole(capacity - used),
    capacityBytes: whole(capacity),
    usedBytes: whole(own),
    inodesFree: whole(inodes - inodesUsed),
    inodes,
    inodesUsed: whole(ownInodes),
  };
}

function networkStats(time: string, received: number, sent: number): JsonObject {
  const counters = { rxBytes: whole(received), rxErrors: 0, txBytes: whole(sent), txErrors: 0 };
  return { time, name: 'eth0', ...counters, interfaces: [{ name: 'eth0', ...counters }] };
}

const containerStats = (container: ContainerUsage, time: string, disk: Filled): JsonObject => ({
  name: container.name,
  startTime: iso(container.startedMs),
  cpu: cpuStats(time, container.cpu, container.cpuSeconds),
  memory: memoryStats(time, container.memory, container.memoryLimit),
  rootfs: fsStats(time, disk, container.disk, container.inodes),
  logs: fsStats(time, disk, container.logs, 1),
  swap: { time, swapAvailableBytes: 0, swapUsageBytes: 0 },
});

function podStats(usage: PodUsage, time: string, disk: Filled): JsonObject {
  const { pod, containers } = usage;
  const { name, namespace, uid } = pod.metadata;
  const limit = containers.reduce((sum, { memoryLimit }) => sum + memoryLimit, 0);
  const isHost = pod.spec.hostNetwork === true;
  return {
    podRef: { name, namespace, uid },
    startTime: pod.status?.startTime ?? time,
    containers: containers.map((container) => containerStats(container, time, disk)),
    cpu: cpuStats(time, sumOf(usage, 'cpu'), sumOf(usage, 'cpuSeconds')),
    memory: memoryStats(time, sumOf(usage, 'memory'), limit),
    ...(isHost ? {} : { network: networkStats(time, sumOf(usage, 'received'), sumOf(usage, 'sent')) }),
    'ephemeral-storage': fsStats(
      time,
      disk,
      sumOf(usage, 'disk') + sumOf(usage, 'logs'),
      sumOf(usage, 'inodes') + containers.length,
    ),
    process_stats: { process_count: containers.length * 3 },
    swap: { time, swapAvailableBytes: 0, swapUsageBytes: 0 },
  };
}

/** Pods without a running container have no entry. */
export function statsSummary(usage: NodeUsage, atMs: number): JsonObject {
  const time = iso(atMs);
  const { node, capacity, diskUsed, imagesUsed, inodes, inodesUsed, pods } = usage;
  const disk: Filled = { capacity: capacity.diskBytes, used: diskUsed, inodes, inodesUsed };
  const systemSeconds = usage.cpuSeconds - pods.reduce((sum, pod) => sum + sumOf(pod, 'cpuSeconds'), 0);
  const system = (name: string, share: number) => ({
    name,
    startTime: iso(usage.bootMs),
    cpu: cpuStats(time, usage.systemCpu * share, systemSeconds * share),
    memory: memoryStats(time, usage.systemMemory * share, Number.POSITIVE_INFINITY),
  });
  const images = fsStats(time, disk, imagesUsed, inodesUsed * 0.7);
  return {
    node: {
      nodeName: node.metadata.name,
      systemContainers: [system('kubelet', 0.45), system('runtime', 0.35)],
      startTime: iso(usage.bootMs),
      cpu: cpuStats(time, usage.cpu, usage.cpuSeconds),
      memory: memoryStats(time, usage.memory, capacity.memoryBytes),
      network: networkStats(time, usage.received, usage.sent),
      fs: fsStats(time, disk, diskUsed, inodesUsed),
      runtime: { imageFs: images, containerFs: images },
      rlimit: { time, maxpid: 4_194_304, curproc: 180 + pods.length * 4 },
      swap: { time, swapAvailableBytes: 0, swapUsageBytes: 0 },
    },
    pods: pods.filter(({ containers }) => containers.length > 0).map((pod) => podStats(pod, time, disk)),
  };
}
