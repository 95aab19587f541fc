/** The order in which a ReplicaSet gives up its pods (kubecontroller.ActivePodsWithRanks). Pure. */
import type { Pod } from '../../base/types.ts';
import { isPodReady } from '../pod-facts.ts';

const COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASES: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/** A cost that is not a plain 32-bit number counts as none. */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[COST] ?? '';
  const cost = /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0;
  return Math.abs(cost) <= 2_147_483_647 ? cost : 0;
}

const restarts = (pod: Pod): number =>
  (pod.status?.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0);

const readySinceMs = (pod: Pod): number =>
  Date.parse(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');

/** Ages are told apart by powers of two of their nanoseconds only, so that pods of about one age go by chance. */
const ageClass = (sinceMs: number, nowMs: number): number =>
  nowMs <= sinceMs ? -1 : Math.floor(Math.log2((nowMs - sinceMs) * 1e6));

interface Ranked {
  pod: Pod;
  key: number[];
  /** When it became ready, 0 when it is not. */
  readyMs: number;
}

/** Where in the key the time of readiness stands. */
const READY_AGE = 5;

/** One number a rule, smaller first to go. */
function ranked(pod: Pod, neighbours: number, nowMs: number): Ranked {
  const isReady = isPodReady(pod);
  const readyMs = isReady ? readySinceMs(pod) : 0;
  const key = [
    pod.spec.nodeName ? 1 : 0,
    PHASES[pod.status?.phase] ?? 2,
    isReady ? 1 : 0,
    deletionCost(pod),
    -neighbours,
    isReady ? ageClass(readyMs, nowMs) : 0,
    -restarts(pod),
    ageClass(Date.parse(pod.metadata.creationTimestamp), nowMs),
  ];
  return { pod, key, readyMs };
}

function compare(a: Ranked, b: Ranked): number {
  for (const [index, value] of a.key.entries()) {
    const difference = value - (b.key[index] as number);
    if (difference !== 0) return difference;
    // Ready at other times, but for about as long: chance decides, and no later rule is asked.
    if (index === READY_AGE && a.readyMs !== b.readyMs) break;
  }
  return a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1;
}

/** Counts how many of the given pods run on each node. */
export function podsByNode(pods: readonly Pod[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { spec } of pods) counts.set(spec.nodeName ?? '', (counts.get(spec.nodeName ?? '') ?? 0) + 1);
  return counts;
}

/**
 * First to go first: not scheduled, pending, not ready, of lower deletion cost, with more relatives on its node, ready
 * for a shorter time, with more restarts, younger. `related` are all active pods of the owner's ReplicaSets.
 */
export function inDeletionOrder(pods: readonly Pod[], related: readonly Pod[], nowMs: number): Pod[] {
  const onNode = podsByNode(related);
  return pods
    .map((pod) => ranked(pod, onNode.get(pod.spec.nodeName ?? '') ?? 0, nowMs))
    .sort(compare)
    .map(({ pod }) => pod);
}
