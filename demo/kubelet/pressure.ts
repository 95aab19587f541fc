/** A node under pressure: its condition, whom it evicts first, what it says, whom it refuses (pkg/kubelet/eviction). Pure. */
import { at } from '../base/json.ts';
import { parseQuantity } from '../base/quantity.ts';
import { fnv32 } from '../base/random.ts';
import type { Condition, Container, NodeObject, Pod } from '../base/types.ts';
import type { ContainerUsage, PodUsage } from '../usage/pod-usage.ts';

export type Pressure = 'MemoryPressure' | 'DiskPressure';

interface Words {
  resource: 'memory' | 'ephemeral-storage';
  set: [reason: string, message: string, event: string];
  clear: [reason: string, message: string, event: string];
}

export const PRESSURES: Record<Pressure, Words> = {
  MemoryPressure: {
    resource: 'memory',
    set: [
      'KubeletHasInsufficientMemory',
      'kubelet has insufficient memory available',
      'NodeHasInsufficientMemory',
    ],
    clear: [
      'KubeletHasSufficientMemory',
      'kubelet has sufficient memory available',
      'NodeHasSufficientMemory',
    ],
  },
  DiskPressure: {
    resource: 'ephemeral-storage',
    set: ['KubeletHasDiskPressure', 'kubelet has disk pressure', 'NodeHasDiskPressure'],
    clear: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure', 'NodeHasNoDiskPressure'],
  },
};

const SYSTEM_CRITICAL = 2_000_000_000;

/** A node's conditions with the pressure on or off. */
export function withPressure(
  conditions: readonly Condition[],
  type: Pressure,
  isOn: boolean,
  now: string,
): Condition[] {
  const [reason, message] = PRESSURES[type][isOn ? 'set' : 'clear'];
  const status = isOn ? 'True' : 'False';
  return conditions.map((condition) =>
    condition.type === type && condition.status !== status
      ? { ...condition, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now }
      : condition,
  );
}

export const hasPressure = (node: NodeObject | undefined, type: Pressure): boolean =>
  node?.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ??
  false;

const isCritical = ({ spec }: Pod) => (spec.priority ?? 0) >= SYSTEM_CRITICAL;
export const canBeEvicted = (pod: Pod): boolean =>
  !isCritical(pod) &&
  pod.metadata.deletionTimestamp === undefined &&
  pod.status.phase !== 'Succeeded' &&
  pod.status.phase !== 'Failed';

/** Why a node under these pressures refuses a new pod, if it does (the eviction manager's Admit). */
export function refusal(pod: Pod, pressures: readonly Pressure[]): string | undefined {
  if (pressures.length === 0 || isCritical(pod)) return undefined;
  if (pressures.every((type) => type === 'MemoryPressure')) {
    const isTolerated = pod.spec.tolerations?.some(
      ({ key, operator, effect }) =>
        (key === 'node.kubernetes.io/memory-pressure' || (!key && operator === 'Exists')) &&
        (!effect || effect === 'NoSchedule'),
    );
    if (pod.status.qosClass !== 'BestEffort' || isTolerated) return undefined;
  }
  return `The node had condition: [${pressures.join(' ')}]. `;
}

const usedBy = (type: Pressure, usage: ContainerUsage) =>
  type === 'MemoryPressure' ? usage.memory : usage.disk + usage.logs;

const requestOf = (type: Pressure, container: Container | undefined): unknown =>
  at(container, 'resources', 'requests', PRESSURES[type].resource);

const bytes = (quantity: unknown) => Number(parseQuantity(quantity)) / 1_000;

export const usedBytes = (type: Pressure, { containers }: PodUsage): number =>
  containers.reduce((sum, usage) => sum + usedBy(type, usage), 0);

function overRequest(type: Pressure, usage: PodUsage): number {
  const asked = usage.pod.spec.containers.reduce((sum, each) => sum + bytes(requestOf(type, each)), 0);
  return usedBytes(type, usage) - asked;
}

/** First to go first: over its requests, then the lower priority, then the most over its requests. */
export function ranked(type: Pressure, usages: readonly PodUsage[]): PodUsage[] {
  const rank = (usage: PodUsage) => {
    const over = overRequest(type, usage);
    return [over > 0 ? 0 : 1, usage.pod.spec.priority ?? 0, -over];
  };
  return usages
    .map((usage) => ({ usage, rank: rank(usage) }))
    .sort((a, b) => {
      const index = a.rank.findIndex((value, place) => value !== b.rank[place]);
      return index < 0 ? 0 : (a.rank[index] as number) - (b.rank[index] as number);
    })
    .map(({ usage }) => usage);
}

const kibibytes = (amount: number) => `${Math.max(1, Math.floor(amount / 1024))}Ki`;

function threshold(type: Pressure, node: NodeObject): string {
  // What is left is not measured anywhere: a little less than it should be, the same each time for a node.
  const share = 0.7 + (fnv32(`${node.metadata.name}/${type}`) % 25) / 100;
  if (type === 'MemoryPressure')
    return `Threshold quantity: 100Mi, available: ${kibibytes(share * 100 * 1024 ** 2)}. `;
  const least = bytes(node.status.capacity?.['ephemeral-storage']) / 10;
  return `Threshold quantity: ${Math.floor(least)}, available: ${kibibytes(share * least)}. `;
}

export function evictionMessage(type: Pressure, node: NodeObject, { pod, containers }: PodUsage): string {
  const { resource } = PRESSURES[type];
  const specs = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const over = containers.flatMap((usage) => {
    const request = requestOf(
      type,
      specs.find(({ name }) => name === usage.name),
    );
    const used = usedBy(type, usage);
    if (used <= bytes(request)) return [];
    return [
      `Container ${usage.name} was using ${kibibytes(used)}, request is ${String(request ?? 0)}, has larger consumption of ${resource}. `,
    ];
  });
  return `The node was low on resource: ${resource}. ${threshold(type, node)}${over.join('')}`;
}
