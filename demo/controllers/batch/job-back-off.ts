/** How long a job waits before it replaces failed pods: 10 s, doubled with every failure in a row, at most 10 min. Pure. */
import type { Pod } from '../../base/types.ts';
import { allFailuresBefore, finishedMs } from './job-pod.ts';

const FIRST_MS = 10_000;
const MOST_MS = 600_000;

/** Failures since the last success of a job. */
export interface FailureRun {
  failures: number;
  lastMs: number;
}

export function nextRun(before: FailureRun | undefined, succeeded: Pod[], failed: Pod[]): FailureRun {
  const run = before ?? { failures: 0, lastMs: 0 };
  const ends = failed.map(finishedMs);
  if (succeeded.length === 0)
    return failed.length === 0 ? run : { failures: run.failures + failed.length, lastMs: Math.max(...ends) };
  const successMs = Math.max(...succeeded.map(finishedMs));
  const later = ends.filter((end) => end > successMs);
  return { failures: later.length, lastMs: later.length > 0 ? Math.max(...later) : 0 };
}

export function leftMs({ failures, lastMs }: FailureRun, nowMs: number): number {
  if (failures === 0) return 0;
  const delayMs = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(30, failures - 1));
  return Math.max(0, lastMs + delayMs - nowMs);
}

/** The same for one index, by the failed pod that is to be replaced. */
export const leftOfIndexMs = (failed: Pod | undefined, nowMs: number): number =>
  failed === undefined
    ? 0
    : leftMs({ failures: allFailuresBefore(failed) + 1, lastMs: finishedMs(failed) }, nowMs);
