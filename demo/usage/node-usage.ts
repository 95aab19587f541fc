/**
 * What a node uses at an instant: its own system on top of its pods. Never less than its pods together, never more
 * than it has.
 */
import { parseQuantity } from '../base/quantity.ts';
import { fnv32, seededRandom } from '../base/random.ts';
import type { NodeObject } from '../base/types.ts';
import { type PodUsage, squeezed, sumOf } from './pod-usage.ts';
import { rateAt, totalOver, type Wave, waveOf } from './wave.ts';

export interface NodeCapacity {
  cores: number;
  memoryBytes: number;
  diskBytes: number;
}

/** The counters of containers that are gone: a node's own counters never fall. */
export interface Carried {
  cpuSeconds: number;
  received: number;
  sent: number;
  read: number;
  written: number;
}

export const NOTHING_CARRIED: Carried = { cpuSeconds: 0, received: 0, sent: 0, read: 0, written: 0 };

export interface NodeUsage extends Carried {
  node: NodeObject;
  capacity: NodeCapacity;
  pods: PodUsage[];
  bootMs: number;
  cpu: number;
  systemCpu: number;
  systemMemory: number;
  memory: number;
  receivedRate: number;
  sentRate: number;
  diskUsed: number;
  imagesUsed: number;
  inodes: number;
  inodesUsed: number;
}

const CALM = { daily: 0.05, restless: 0.25 };
const GI = 1024 ** 3;
/** Pods never get the last of a node: this share stays with its system. */
const POD_SHARE = 0.9;
const SYSTEM_MOST = 0.08;
const BYTES_AN_INODE = 16_384;

const amount = (node: NodeObject, name: string, otherwise: number) =>
  Number(parseQuantity(node.status?.capacity?.[name])) / 1_000 || otherwise;

export const capacityOf = (node: NodeObject): NodeCapacity => ({
  cores: amount(node, 'cpu', 4),
  memoryBytes: amount(node, 'memory', 8 * GI),
  diskBytes: amount(node, 'ephemeral-storage', 60 * GI),
});

export const hasDiskPressure = (node: NodeObject): boolean =>
  (node.status?.conditions ?? []).some(({ type, status }) => type === 'DiskPressure' && status === 'True');

/** Squeezes pods that together want more than the node has. */
function fitted(pods: PodUsage[], { cores, memoryBytes }: NodeCapacity): PodUsage[] {
  const wanted = (figure: 'cpu' | 'memory') => pods.reduce((sum, pod) => sum + sumOf(pod, figure), 0);
  const share = (most: number, all: number) => (all > most ? most / all : 1);
  const cpu = share(cores * POD_SHARE, wanted('cpu'));
  const memory = share(memoryBytes * POD_SHARE, wanted('memory'));
  return pods.map((pod) => squeezed(pod, cpu, memory));
}

interface Disk {
  diskUsed: number;
  imagesUsed: number;
  inodesUsed: number;
}

function diskOf(
  seed: number,
  node: NodeObject,
  { diskBytes }: NodeCapacity,
  pods: PodUsage[],
  atMs: number,
): Disk {
  const random = seededRandom(seed ^ fnv32(`${node.metadata.name}/disk`));
  const share = hasDiskPressure(node) ? 0.915 : 0.34 + 0.2 * random.next();
  const wave = waveOf(seed, `${node.metadata.name}/disk`, share, { daily: 0.004, restless: 0.004 });
  const own = diskBytes * rateAt(wave, atMs);
  const ofPods = pods.reduce((sum, pod) => sum + sumOf(pod, 'disk') + sumOf(pod, 'logs'), 0);
  const diskUsed = Math.min(Math.max(own, ofPods), diskBytes * 0.97);
  const filled = diskUsed / diskBytes;
  const inodes = Math.floor(diskBytes / BYTES_AN_INODE);
  return {
    diskUsed,
    imagesUsed: Math.max(0, diskUsed * 0.62 - ofPods),
    inodesUsed: Math.min(inodes, Math.floor(inodes * filled * (0.3 + 0.1 * random.next()))),
  };
}

export function nodeUsage(
  seed: number,
  node: NodeObject,
  wanted: PodUsage[],
  carried: Carried,
  atMs: number,
): NodeUsage {
  const capacity = capacityOf(node);
  const pods = fitted(wanted, capacity);
  const { name } = node.metadata;
  const bootMs = Date.parse(node.metadata.creationTimestamp) || 0;
  const wave = (key: string, level: number): Wave => waveOf(seed, `${name}/${key}`, level, CALM);
  const cpuWave = wave('system-cpu', capacity.cores * 0.03);
  const [inWave, outWave] = [wave('received', 60_000), wave('sent', 45_000)];
  const [readWave, writtenWave] = [wave('read', 20_000), wave('written', 180_000)];
  const systemCpu = Math.min(rateAt(cpuWave, atMs), capacity.cores * SYSTEM_MOST);
  const systemMemory = Math.min(
    rateAt(wave('system-memory', capacity.memoryBytes * 0.04), atMs),
    capacity.memoryBytes * SYSTEM_MOST,
  );
  const all = (figure: Parameters<typeof sumOf>[1]) => pods.reduce((sum, pod) => sum + sumOf(pod, figure), 0);
  const counter = (figure: keyof Carried, own: Wave) =>
    carried[figure] + all(figure) + totalOver(own, bootMs, atMs);
  return {
    node,
    capacity,
    pods,
    bootMs,
    systemCpu,
    systemMemory,
    cpu: systemCpu + all('cpu'),
    memory: systemMemory + all('memory'),
    receivedRate: rateAt(inWave, atMs) + all('receivedRate'),
    sentRate: rateAt(outWave, atMs) + all('sentRate'),
    cpuSeconds: counter('cpuSeconds', cpuWave),
    received: counter('received', inWave),
    sent: counter('sent', outWave),
    read: counter('read', readWave),
    written: counter('written', writtenWave),
    inodes: Math.floor(capacity.diskBytes / BYTES_AN_INODE),
    ...diskOf(seed, node, capacity, pods, atMs),
  };
}
