/**
 * How many replicas one resource metric asks for, as pkg/controller/podautoscaler's replica calculator works it out:
 * the use of measured pods against the target, with pods that are missing or not ready taken into account so that
 * they never turn the direction.
 *
 * Pure: pods, samples and the time go in. Amounts are whole thousandths (millicores, thousandths of bytes).
 */

/** How much of the target's ratio may be off before anything is done. */
export const TOLERANCE = 0.1;
/** A pod this young is believed only while it is ready. */
const CPU_INITIALIZATION_MS = 300_000;
/** A pod that turned unready this soon after its start was never ready. */
const FIRST_READINESS_MS = 30_000;

export interface ScaledPod {
  name: string;
  /** On its way out, or failed: it counts for nothing. */
  isLeaving: boolean;
  isPending: boolean;
  startedMs?: number;
  ready?: { isFalse: boolean; sinceMs: number };
  /** What its containers ask for of the resource, or why that cannot be said. */
  request: number | { missing: string };
}

export interface Sample {
  value: number;
  takenMs: number;
  windowMs: number;
}

export type MetricTarget = { averageUtilization: number } | { averageValue: number };

export interface MetricAsk {
  resource: string;
  target: MetricTarget;
  currentReplicas: number;
  tolerance: { up: number; down: number };
  nowMs: number;
}

export interface Proposal {
  replicas: number;
  /** Percent of the requests; only against a utilization. */
  utilization?: number;
  averageValue: number;
}

/** Says why no count can be worked out, in the real controller's words. */
export class MetricError extends Error {}

interface Groups {
  readyCount: number;
  unready: string[];
  missing: string[];
  ignored: string[];
}

function isUnready(pod: ScaledPod, sample: Sample, nowMs: number): boolean {
  if (!pod.ready || pod.startedMs === undefined) return true;
  if (pod.startedMs + CPU_INITIALIZATION_MS > nowMs)
    return pod.ready.isFalse || sample.takenMs < pod.ready.sinceMs + sample.windowMs;
  return pod.ready.isFalse && pod.startedMs + FIRST_READINESS_MS > pod.ready.sinceMs;
}

function grouped(pods: ScaledPod[], samples: ReadonlyMap<string, Sample>, ask: MetricAsk): Groups {
  const groups: Groups = { readyCount: 0, unready: [], missing: [], ignored: [] };
  for (const pod of pods) {
    const sample = samples.get(pod.name);
    if (pod.isLeaving) groups.ignored.push(pod.name);
    else if (pod.isPending) groups.unready.push(pod.name);
    else if (!sample) groups.missing.push(pod.name);
    else if (ask.resource === 'cpu' && isUnready(pod, sample, ask.nowMs)) groups.unready.push(pod.name);
    else groups.readyCount += 1;
  }
  return groups;
}

/** Request by pod. One pod without a request spoils a utilization, even when it is leaving. */
function requestsOf(pods: ScaledPod[], target: MetricTarget): Map<string, number> {
  if ('averageValue' in target) return new Map();
  return new Map(
    pods.map(({ name, request }) => {
      if (typeof request !== 'number') throw new MetricError(request.missing);
      return [name, request];
    }),
  );
}

interface Ratio {
  ratio: number;
  utilization?: number;
  averageValue: number;
}

function ratioOf(
  values: ReadonlyMap<string, number>,
  requests: Map<string, number>,
  target: MetricTarget,
): Ratio {
  const sum = (from: number[]) => from.reduce((total, value) => total + value, 0);
  if ('averageValue' in target) {
    const averageValue = Math.trunc(sum([...values.values()]) / values.size);
    return { averageValue, ratio: averageValue / target.averageValue };
  }
  const known = [...values].filter(([name]) => requests.has(name));
  const asked = sum(known.map(([name]) => requests.get(name) as number));
  if (asked === 0) throw new MetricError('no metrics returned matched known pods');
  const used = sum(known.map(([, value]) => value));
  const utilization = Math.trunc((used * 100) / asked);
  const averageValue = Math.trunc(used / known.length);
  return { averageValue, utilization, ratio: utilization / target.averageUtilization };
}

const isWithin = (ratio: number, { up, down }: MetricAsk['tolerance']) =>
  ratio >= 1 - down && ratio <= 1 + up;

/** What a pod without a sample is taken for: all of its share when less is wanted, nothing when more is. */
function assumed(name: string, ratio: number, requests: Map<string, number>, target: MetricTarget): number {
  if (ratio > 1) return 0;
  if ('averageValue' in target) return target.averageValue;
  return ((requests.get(name) ?? 0) * Math.max(100, target.averageUtilization)) / 100;
}

/**
 * The replicas the metric asks for. Throws MetricError when it cannot be said. `samples` are those of the selected
 * pods; pods without one are missing.
 */
export function proposeReplicas(
  pods: ScaledPod[],
  samples: ReadonlyMap<string, Sample>,
  ask: MetricAsk,
): Proposal {
  if (pods.length === 0)
    throw new MetricError('no pods returned by selector while calculating replica count');
  const { target, tolerance, currentReplicas } = ask;
  const { readyCount, unready, missing, ignored } = grouped(pods, samples, ask);
  const left = new Set([...unready, ...ignored]);
  const values = new Map(
    [...samples].filter(([name]) => !left.has(name)).map(([name, { value }]) => [name, value]),
  );
  if (values.size === 0)
    throw new MetricError('did not receive metrics for targeted pods (pods might be unready)');
  const requests = requestsOf(pods, target);
  const { ratio, ...shown } = ratioOf(values, requests, target);
  const propose = (replicas: number): Proposal => ({ replicas, ...shown });
  const counts = unready.length > 0 && ratio > 1;
  if (!counts && missing.length === 0)
    return propose(isWithin(ratio, tolerance) ? currentReplicas : Math.ceil(ratio * readyCount));
  if (ratio !== 1) for (const name of missing) values.set(name, assumed(name, ratio, requests, target));
  if (counts) for (const name of unready) values.set(name, 0);
  const { ratio: again } = ratioOf(values, requests, target);
  const turns = (ratio < 1 && again > 1) || (ratio > 1 && again < 1);
  if (isWithin(again, tolerance) || turns) return propose(currentReplicas);
  const replicas = Math.ceil(again * values.size);
  const turnsBack = (again < 1 && replicas > currentReplicas) || (again > 1 && replicas < currentReplicas);
  return propose(turnsBack ? currentReplicas : replicas);
}
