import type { CoursePoint, DelayFigures } from '#lib/protocol/about-frame.ts';
import type { UpstreamTotals } from './upstream-counts.ts';

/** What one step found. Requests are totals since the start. */
export interface Step {
  readonly atMs: number;
  readonly delay: { readonly p99Ms: number; readonly worstMs: number };
  readonly residentBytes: number;
  readonly ticks: number;
  readonly requests: ReadonlyMap<string, UpstreamTotals>;
}

/** The newest steps, and what lies between them. Pure but for what it keeps. */
export interface Course {
  add(step: Step): void;
  points(cluster: string, afterMs: number): readonly CoursePoint[];
  delay(): DelayFigures | null;
  ticksPerSecond(): number;
  /** Over the last minute, or what there is of it; 0 before there were two steps. */
  requestsPerSecond(cluster: string): number;
  /** 429s of the last ten minutes, or what there is of them. */
  refusedLately(cluster: string): number;
}

const MINUTE_MS = 60_000;
const LATELY_MS = 600_000;

export function createCourse(mostSteps: number): Course {
  // One more than is told: each point is a difference to the step before, the first one to the start.
  const steps: Step[] = [];
  let isWhole = true;
  const newest = (): Step | undefined => steps.at(-1);
  return {
    add(step) {
      // A point is known by its instant on the wire, which is whole.
      steps.push({ ...step, atMs: Math.round(step.atMs) });
      if (steps.length <= mostSteps + 1) return;
      steps.shift();
      isWhole = false;
    },
    points(cluster, afterMs) {
      const points: CoursePoint[] = [];
      for (let at = isWhole ? 0 : 1; at < steps.length; at++) {
        const step = steps[at];
        if (step !== undefined && step.atMs > afterMs) points.push(pointOf(step, steps[at - 1], cluster));
      }
      return points;
    },
    delay() {
      const last = newest();
      if (last === undefined) return null;
      const worst = steps.reduce((one, other) => (other.delay.worstMs > one.delay.worstMs ? other : one));
      return { p99Ms: last.delay.p99Ms, worstMs: worst.delay.worstMs, worstAtMs: worst.atMs };
    },
    ticksPerSecond: () => rate(steps.at(-2), newest(), ({ ticks }) => ticks),
    requestsPerSecond(cluster) {
      const last = newest();
      const first = steps.find(({ atMs }) => last !== undefined && last.atMs - atMs <= MINUTE_MS);
      return rate(first, last, (step) => step.requests.get(cluster)?.total ?? 0);
    },
    refusedLately(cluster) {
      const refused = (step: Step | undefined) => step?.requests.get(cluster)?.refused ?? 0;
      const last = newest();
      const before = steps.findLast(({ atMs }) => last !== undefined && last.atMs - atMs > LATELY_MS);
      return refused(last) - refused(before ?? (isWhole ? undefined : steps[0]));
    },
  };
}

function pointOf(step: Step, before: Step | undefined, cluster: string): CoursePoint {
  const now = step.requests.get(cluster);
  const then = before?.requests.get(cluster);
  return [
    step.atMs,
    step.delay.p99Ms,
    step.delay.worstMs,
    step.residentBytes,
    (now?.total ?? 0) - (then?.total ?? 0),
    (now?.refused ?? 0) - (then?.refused ?? 0),
  ];
}

function rate(first: Step | undefined, last: Step | undefined, count: (step: Step) => number): number {
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
  return ((count(last) - count(first)) * 1_000) / (last.atMs - first.atMs);
}
