/**
 * Whom to send away for a pod that matters more: the fewest and least important pods of one node, as the real scheduler
 * chooses them. Nothing is written here.
 */
import { at, isObject, number, object, text } from '../base/json.ts';
import type { Condition, KubeObject, LabelSelector, Pod } from '../base/types.ts';
import { matchesLabels, type Requirement, selectorRequirements } from '../storage/selectors.ts';
import type { Attempt, Outcome } from './attempt.ts';
import type { ClusterState } from './cluster-state.ts';
import { fitError, Histogram } from './fit-error.ts';
import { type NodeInfo, priorityOf } from './node-info.ts';
import type { Refusal } from './plugin.ts';

export interface Victims {
  node: string;
  /** The most important first. */
  pods: Pod[];
  /** How many of them a disruption budget would keep. */
  violations: number;
}

const UNHELPFUL = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';
/** So many candidates are enough: a tenth of the nodes, at least a hundred. */
const FEW_CANDIDATES = 100;

export const PREEMPTED = 'PreemptionByScheduler';

const startOf = (pod: Pod): number => Date.parse(pod.status.startTime ?? '') || Number.MAX_SAFE_INTEGER;

/** The higher priority first, then the older. */
const byImportance = (a: Pod, b: Pod): number => priorityOf(b) - priorityOf(a) || startOf(a) - startOf(b);

const isBeingPreempted = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined &&
  (pod.status.conditions ?? []).some(
    ({ type, status, reason }: Condition) =>
      type === 'DisruptionTarget' && status === 'True' && reason === PREEMPTED,
  );

/** Why a pod may not send others away now. */
function whyNot(pod: Pod, outcome: Outcome, cluster: ClusterState): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const promised = text(object(pod.status).nominatedNodeName);
  const refused = outcome.refused.get(promised);
  if (!promised || (refused && !refused.isResolvable)) return undefined;
  for (const other of cluster.node(promised)?.pods.values() ?? [])
    if (priorityOf(other) < priorityOf(pod) && isBeingPreempted(other))
      return 'not eligible due to a terminating pod on the nominated node.';
  return undefined;
}

interface Budget {
  namespace: string;
  selector: Requirement[];
  allowed: number;
  disrupted: object;
}

function readBudget(budget: KubeObject): Budget[] {
  const selector = selectorRequirements(at(budget, 'spec', 'selector') as LabelSelector | undefined);
  if (!selector || selector.length === 0) return [];
  const disrupted = at(budget, 'status', 'disruptedPods');
  return [
    {
      namespace: budget.metadata.namespace ?? '',
      selector,
      allowed: number(at(budget, 'status', 'disruptionsAllowed')),
      disrupted: isObject(disrupted) ? disrupted : {},
    },
  ];
}

/** Those a budget would keep, were all of them to go in this order; and the others. */
function splitByBudgets(pods: Pod[], budgets: readonly Budget[]): [kept: Pod[], free: Pod[]] {
  const left = budgets.map(({ allowed }) => allowed);
  const isKept = ({ metadata }: Pod) =>
    budgets.some((budget, index) => {
      if (budget.namespace !== metadata.namespace || !matchesLabels(budget.selector, metadata.labels))
        return false;
      if (Object.hasOwn(budget.disrupted, metadata.name)) return false;
      left[index] = (left[index] ?? 0) - 1;
      return (left[index] ?? 0) < 0;
    });
  const kept: Pod[] = [];
  const free: Pod[] = [];
  for (const pod of pods) (isKept(pod) ? kept : free).push(pod);
  return [kept, free];
}

/** The least set of this node's pods that has to go, or why that would not help. */
function victimsOn(attempt: Attempt, info: NodeInfo, budgets: readonly Budget[]): Victims | Refusal {
  const least = priorityOf(attempt.pod);
  const lesser = [...info.pods.values()].filter((pod) => priorityOf(pod) < least).sort(byImportance);
  if (lesser.length === 0) return { reasons: [NO_VICTIMS], isResolvable: false };
  const trial = info.copy();
  const gone = new Set(lesser);
  for (const pod of lesser) attempt.take(pod, trial);
  const refused = attempt.check(trial);
  let violations = 0;
  if (!refused) {
    const [kept, free] = splitByBudgets(lesser, budgets);
    for (const pod of [...kept, ...free]) {
      attempt.put(pod, trial);
      gone.delete(pod);
      if (!attempt.check(trial)) continue;
      attempt.take(pod, trial);
      gone.add(pod);
      if (kept.includes(pod)) violations += 1;
    }
  }
  // What was tried is undone: the next node is tried on the same counts.
  for (const pod of gone) attempt.put(pod, trial);
  return refused ?? { node: info.name, pods: [...gone].sort(byImportance), violations };
}

const SMALLEST_PRIORITY = 2 ** 31;

/** In this order the node with the least cost is taken; the first of equals. */
const COSTS: readonly ((victims: Victims) => number)[] = [
  ({ violations }) => violations,
  ({ pods: [first] }) => (first ? priorityOf(first) : 0),
  ({ pods }) => pods.reduce((sum, pod) => sum + priorityOf(pod) + SMALLEST_PRIORITY, 0),
  ({ pods }) => pods.length,
  ({ pods: [first, ...others] }) =>
    first
      ? -Math.min(
          startOf(first),
          ...others.filter((pod) => priorityOf(pod) === priorityOf(first)).map(startOf),
        )
      : 0,
];

export function cheapest(candidates: Victims[]): Victims | undefined {
  let left = candidates;
  for (const cost of COSTS) {
    const least = left.reduce((low, victims) => Math.min(low, cost(victims)), Number.POSITIVE_INFINITY);
    left = left.filter((victims) => cost(victims) === least);
  }
  return left[0];
}

/** Whom to send away, or the words about why nobody. */
export function findVictims(
  attempt: Attempt,
  outcome: Outcome,
  cluster: ClusterState,
): Victims | { why: string } {
  const { pod } = attempt;
  const not = whyNot(pod, outcome, cluster);
  if (not !== undefined) return { why: not };
  const nodes = cluster.nodes();
  const reasons = new Histogram();
  const budgets = cluster.store.list('poddisruptionbudgets.policy').flatMap(readBudget);
  const enough = Math.max(FEW_CANDIDATES, Math.floor(nodes.length / 10));
  const candidates: Victims[] = [];
  for (const info of nodes) {
    if (!outcome.refused.get(info.name)?.isResolvable) {
      reasons.add(UNHELPFUL);
      continue;
    }
    const found = victimsOn(attempt, info, budgets);
    if ('pods' in found) candidates.push(found);
    else for (const reason of found.reasons) reasons.add(reason);
    if (candidates.length >= enough) break;
  }
  return cheapest(candidates) ?? { why: fitError(nodes.length, reasons) };
}
