/**
 * What one container would use while it runs, from its requests, its limits and what it is. Replicas of one workload
 * are alike and differ a little; requests are what a workload was sized by, so use keeps below them where nothing
 * else is known (loads.ts).
 */
import { object, text } from '../base/json.ts';
import { parseQuantity } from '../base/quantity.ts';
import { fnv32, seededRandom } from '../base/random.ts';
import type { Container, Pod } from '../base/types.ts';
import { loadOf } from './loads.ts';
import { type Liveliness, type Wave, waveOf } from './wave.ts';

export interface Profile {
  /** Cores. */
  cpu: Wave;
  /** Most cores it may take. */
  cpuLimit: number;
  /** Bytes of memory once warm. */
  memory: Wave;
  memoryLimit: number;
  /** Bytes a second. */
  received: Wave;
  sent: Wave;
  read: Wave;
  written: Wave;
  /** Bytes on the node's disk: what it wrote beside its image. */
  disk: number;
  inodes: number;
  logs: number;
}

const MI = 1024 * 1024;

/** `tier` labels the scenarios give; anything else is taken for a worker. */
const BY_TIER: Record<string, Liveliness> = {
  frontend: { daily: 0.4, restless: 0.2 },
  backend: { daily: 0.35, restless: 0.2 },
  edge: { daily: 0.4, restless: 0.15 },
  cache: { daily: 0.25, restless: 0.1 },
  database: { daily: 0.25, restless: 0.15 },
  monitoring: { daily: 0.05, restless: 0.2 },
  system: { daily: 0.05, restless: 0.15 },
};
const OTHER: Liveliness = { daily: 0.1, restless: 0.3 };

const amount = (quantities: unknown, name: string) => Number(parseQuantity(object(quantities)[name])) / 1_000;

/** What all pods of a workload share, so that they are alike. */
const workloadOf = (pod: Pod) =>
  text(pod.metadata.labels?.app) || text(pod.metadata.generateName) || pod.metadata.name;

export function profileOf(seed: number, pod: Pod, container: Container): Profile {
  const { requests, limits } = container.resources ?? {};
  const workload = seededRandom(
    seed ^ fnv32(`${pod.metadata.namespace}/${workloadOf(pod)}/${container.name}`),
  );
  const key = `${pod.metadata.uid}/${container.name}`;
  const own = seededRandom(seed ^ fnv32(key));
  const near = () => 0.92 + 0.16 * own.next();
  const known = loadOf(text(container.image));
  const tier = text(pod.metadata.labels?.tier);
  const life = known?.life ?? (Object.hasOwn(BY_TIER, tier) ? (BY_TIER[tier] as Liveliness) : OTHER);
  const cpuLimit = amount(limits, 'cpu') || Number.POSITIVE_INFINITY;
  const memoryLimit = amount(limits, 'memory') || Number.POSITIVE_INFINITY;
  const cpuSize = Math.min(amount(requests, 'cpu') || Math.min(0.02, cpuLimit), cpuLimit);
  const memorySize = Math.min(amount(requests, 'memory') || Math.min(48 * MI, memoryLimit), memoryLimit);
  // Drawn whether they are needed or not, so that what follows does not depend on it.
  const [cpuShare, memoryShare] = [0.3 + 0.25 * workload.next(), 0.55 + 0.3 * workload.next()];
  const cpu = cpuSize * (known?.cpu ?? cpuShare) * near();
  const memory =
    (known?.memory !== undefined && Number.isFinite(memoryLimit)
      ? memoryLimit * known.memory
      : memorySize * memoryShare) * near();
  const traffic = 4_000 + cpu * 1_500_000 * (0.5 + workload.next());
  const wave = (name: string, level: number, how = life) => waveOf(seed, `${key}/${name}`, level, how);
  return {
    cpu: wave('cpu', cpu),
    cpuLimit,
    memory: wave('memory', memory, { daily: life.daily / 10, restless: 0.04 }),
    memoryLimit,
    received: wave('received', traffic),
    sent: wave('sent', traffic * (0.6 + workload.next())),
    read: wave('read', traffic * (tier === 'database' ? 0.8 : 0.02)),
    written: wave('written', traffic * (tier === 'database' ? 0.5 : 0.05)),
    disk: Math.round((4 + 60 * own.next()) * MI),
    inodes: 40 + own.below(900),
    logs: Math.round((1 + 24 * own.next()) * MI),
  };
}
