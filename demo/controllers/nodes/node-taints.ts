/**
 * The taints a node's conditions and its cordon ask for, as pkg/controller/nodelifecycle keeps them. NoSchedule follows
 * at once; NoExecute, which drives pods away, is put on by node-lifecycle.ts at its own pace.
 */
import { objects } from '../../base/json.ts';
import type { Condition, NodeObject } from '../../base/types.ts';

export interface Taint {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Condition, its status, the key of the taint. */
const BY_CONDITION: [type: string, status: Condition['status'], key: string][] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];

const KEPT = new Set([UNSCHEDULABLE, ...BY_CONDITION.map(([, , key]) => key)]);

export const taintsOf = ({ spec }: NodeObject): Taint[] => objects(spec?.taints) as unknown as Taint[];

export const readyOf = ({ status }: NodeObject): Condition | undefined =>
  (objects(status?.conditions) as unknown as Condition[]).find(({ type }) => type === 'Ready');

/** The taints with those of effect NoSchedule as they should be; undefined when they are so already. */
export function scheduleTaints(node: NodeObject, now: string): Taint[] | undefined {
  const conditions = objects(node.status?.conditions);
  const wanted = BY_CONDITION.filter(([type, status]) =>
    conditions.some((condition) => condition.type === type && condition.status === status),
  ).map(([, , key]) => key);
  if (node.spec?.unschedulable === true) wanted.push(UNSCHEDULABLE);
  const taints = taintsOf(node);
  const isOurs = ({ key, effect }: Taint) => effect === 'NoSchedule' && KEPT.has(key);
  const there = taints.filter(isOurs).map(({ key }) => key);
  if (there.length === wanted.length && wanted.every((key) => there.includes(key))) return undefined;
  const missing = wanted.filter((key) => !there.includes(key));
  return [
    ...taints.filter((taint) => !isOurs(taint) || wanted.includes(taint.key)),
    ...missing.map((key) => ({ key, effect: 'NoSchedule', timeAdded: now })),
  ];
}

/** The key of the NoExecute taint that a node's readiness asks for. */
export function executeKey(node: NodeObject): string | undefined {
  const status = readyOf(node)?.status;
  if (status === 'False') return NOT_READY;
  return status === 'Unknown' ? UNREACHABLE : undefined;
}

/** The taints with the NoExecute taint of readiness being `key`, or none; undefined when they are so already. */
export function executeTaints(node: NodeObject, key: string | undefined, now: string): Taint[] | undefined {
  const taints = taintsOf(node);
  const isOurs = (taint: Taint) =>
    taint.effect === 'NoExecute' && (taint.key === NOT_READY || taint.key === UNREACHABLE);
  const there = taints.filter(isOurs);
  if (key === undefined ? there.length === 0 : there.length === 1 && there[0]?.key === key) return undefined;
  const others = taints.filter((taint) => !isOurs(taint));
  return key === undefined ? others : [...others, { key, effect: 'NoExecute', timeAdded: now }];
}
