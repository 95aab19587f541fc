/**
 * What a DaemonSet has to make and delete next (pkg/controller/daemon), as pure functions: first what belongs on the
 * nodes, then the rolling update within maxUnavailable or maxSurge.
 */
import type { Pod } from '../../base/types.ts';
import { isPodReady } from '../pod-facts.ts';

export interface DaemonNode {
  name: string;
  shouldRun: boolean;
  shouldStay: boolean;
  /** Those of the set, ended ones that are being deleted left out. */
  pods: Pod[];
}

export interface DaemonFacts {
  /** In the order of their names; nodes that are gone but have pods included, with neither right. */
  nodes: DaemonNode[];
  maxSurge: number;
  maxUnavailable: number;
  isUpdated(pod: Pod): boolean;
  isAvailable(pod: Pod): boolean;
}

export interface DaemonPlan {
  /** Names of nodes to make a pod for. */
  create: string[];
  delete: Pod[];
}

const isLeft = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const isFailed = (pod: Pod): boolean => pod.status?.phase === 'Failed';
const isSucceeded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded';

/** Scheduled ones first, then older ones. */
export function byAge(a: Pod, b: Pod): number {
  const rank = (pod: Pod) => (pod.spec.nodeName ? 0 : 1);
  const bornMs = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp);
  return rank(a) - rank(b) || bornMs(a) - bornMs(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
}

/** What has to be there, without the update. Ended pods are the caller's: it deletes them with a back-off. */
export function nodePlan({ maxSurge, ...facts }: DaemonFacts): DaemonPlan {
  const plan: DaemonPlan = { create: [], delete: [] };
  for (const node of facts.nodes) {
    const staying = node.pods.filter((pod) => !isLeft(pod));
    const running = staying.filter((pod) => !isFailed(pod) && !isSucceeded(pod)).sort(byAge);
    if (!node.shouldStay) plan.delete.push(...staying);
    else if (node.shouldRun && node.pods.length === 0) plan.create.push(node.name);
    else if (maxSurge === 0) plan.delete.push(...running.slice(1));
    else if (running.length > 0) plan.delete.push(...surplusOfSurge(running, facts));
    // While surging a node is not left without a pod that stays.
    else if (node.shouldRun) plan.create.push(node.name);
  }
  return plan;
}

/** Two may stand side by side: the oldest of the old template while it is ready and the oldest of the new is not. */
function surplusOfSurge(running: Pod[], { isUpdated, isAvailable }: Omit<DaemonFacts, 'maxSurge'>): Pod[] {
  if (running.length === 1) return [];
  const fresh = running.find(isUpdated);
  const old = running.find((pod) => !isUpdated(pod));
  const surplus = running.filter((pod) => pod !== fresh && pod !== old);
  if (fresh && old && (!isPodReady(old) || isAvailable(fresh))) surplus.push(old);
  return surplus;
}

interface Pair {
  node: DaemonNode;
  fresh: Pod | undefined;
  old: Pod | undefined;
  /** More than one of a kind: the node plan cleans up first. */
  isCrowded: boolean;
}

function pairOf(node: DaemonNode, isUpdated: (pod: Pod) => boolean): Pair {
  const staying = node.pods.filter((pod) => !isLeft(pod));
  const fresh = staying.filter(isUpdated);
  const old = staying.filter((pod) => !isUpdated(pod));
  return { node, fresh: fresh[0], old: old[0], isCrowded: fresh.length > 1 || old.length > 1 };
}

/** The next step of a rolling update. */
export function updatePlan(facts: DaemonFacts): DaemonPlan {
  const pairs = facts.nodes
    .filter((node) => node.shouldRun || node.pods.length > 0)
    .map((node) => pairOf(node, facts.isUpdated));
  return facts.maxSurge === 0 ? replacePlan(facts, pairs) : surgePlan(facts, pairs);
}

/** Without surge: outdated pods that are not available go at once, available ones as far as is allowed. */
function replacePlan({ maxUnavailable, isAvailable }: DaemonFacts, pairs: Pair[]): DaemonPlan {
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const { fresh, old, isCrowded } of pairs) {
    const isUnsettled = isCrowded || (fresh === undefined) === (old === undefined);
    if (isUnsettled) unavailable += 1;
    else if (fresh) unavailable += isAvailable(fresh) ? 0 : 1;
    else if (old && isAvailable(old)) candidates.push(old);
    else if (old) {
      broken.push(old);
      unavailable += 1;
    }
  }
  return {
    create: [],
    delete: [...broken, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))],
  };
}

/** With surge: a new pod comes beside an old one, which goes once the new one is available. */
function surgePlan({ maxSurge, isAvailable }: DaemonFacts, pairs: Pair[]): DaemonPlan {
  const plan: DaemonPlan = { create: [], delete: [] };
  const candidates: string[] = [];
  const misplaced: Pod[] = [];
  let surging = 0;
  let available = 0;
  for (const { node, fresh, old, isCrowded } of pairs) {
    if (isCrowded) {
      surging += 1;
      continue;
    }
    const standing = old ?? fresh;
    if (standing && isAvailable(standing)) available += 1;
    if (!old) continue;
    if (fresh) {
      if (isAvailable(fresh)) plan.delete.push(old);
      else surging += 1;
    } else if (!isAvailable(old)) {
      if (node.shouldRun) plan.create.push(node.name);
      else plan.delete.push(old);
    } else if (node.shouldRun) candidates.push(node.name);
    else misplaced.push(old);
  }
  // What no longer belongs on its node goes only when enough others are available.
  const desired = pairs.filter(({ node }) => node.shouldRun).length;
  plan.delete.push(...misplaced.slice(0, Math.max(0, available - desired)));
  plan.create.push(...candidates.slice(0, Math.max(0, maxSurge - surging)));
  return plan;
}
