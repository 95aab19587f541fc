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

/** Since when the node says its disk is short; undefined when it does not. */
function pressureSince(node: NodeObject): number | undefined {
  const found = (node.status?.conditions ?? []).find(
    ({ type, status }) => type === 'DiskPressure' && status === 'True',
  );
  return (
    found && (Date.parse(found.lastTransitionTime ?? '') || Date.parse(node.metadata.creationTimestamp) || 0)
  );
}

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

/** A disk under pressure was as full as this when the pressure began, and goes on filling. */
const PRESSURE_SHARE = 0.848;
const FILLING_BYTES_AN_HOUR = 1.2 * GI;
const FULLEST = 0.97;

/** Bytes of the node's own, pods aside. */
function diskWave(seed: number, node: NodeObject, { diskBytes }: NodeCapacity, atMs: number): number {
  const random = seededRandom(seed ^ fnv32(`${node.metadata.name}/disk`));
  const since = pressureSince(node);
  if (since !== undefined) {
    const hours = Math.max(0, atMs - since) / 3_600_000;
    return Math.min(FULLEST * diskBytes, PRESSURE_SHARE * diskBytes + hours * FILLING_BYTES_AN_HOUR);
  }
  const wave = waveOf(seed, `${node.metadata.name}/disk`, 0.42 + 0.15 * random.next(), {
    daily: 0.004,
    restless: 0.004,
  });
  return diskBytes * rateAt(wave, atMs);
}

function diskOf(
  seed: number,
  node: NodeObject,
  capacity: NodeCapacity,
  pods: PodUsage[],
  atMs: number,
): Disk {
  const random = seededRandom(seed ^ fnv32(`${node.metadata.name}/inodes`));
  const { diskBytes } = capacity;
  const ofPods = pods.reduce((sum, pod) => sum + sumOf(pod, 'disk') + sumOf(pod, 'logs'), 0);
  const diskUsed = Math.min(Math.max(diskWave(seed, node, capacity, atMs), ofPods), diskBytes * FULLEST);
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
