/**
 * What containers have written by now: a pure function of the pod and the time, so nothing has to be kept and the
 * same lines come out again. Time is cut into seconds; the hash of pod, container and second says what was written in
 * it. Like a kubelet's rotated file, a log reaches back half an hour only.
 */
import { fnv32 } from '../base/random.ts';
import type { Pod } from '../base/types.ts';
import { type Draw, styleOf } from './log-styles.ts';
import { type ContainerRun, containerRun, containerSpec } from './run.ts';

const SLOT_MS = 1_000;
const KEPT_MS = 30 * 60_000;
const BURST_LINES = 25;

export interface LogLine {
  atMs: number;
  line: string;
}

const drawFor =
  (seed: string): Draw =>
  (key) => {
    // FNV's last bits say little of the last letters: mixed once more before they are a chance.
    let hash = fnv32(`${seed}/${key}`);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
  };

/** Events in one second: often none, mostly one, and every few minutes a burst. */
function eventCount(draw: Draw): number {
  if (draw('burst') > 0.996) return BURST_LINES;
  return draw('any') > 0.45 ? 1 : 0;
}

/** The lines of a run after one instant and up to another, oldest first. */
export function linesBetween(
  pod: Pod,
  container: string,
  run: ContainerRun,
  afterMs: number,
  untilMs: number,
): LogLine[] {
  const spec = containerSpec(pod, container);
  // A shell writes to who is attached to it, and of that nothing is kept.
  if (spec?.stdin) return [];
  const style = styleOf(spec?.image ?? '');
  const lastMs = Math.min(untilMs, run.end?.atMs ?? untilMs);
  const firstMs = Math.max(run.startMs - 1, afterMs, lastMs - KEPT_MS);
  const lines: LogLine[] = [];
  const add = (atMs: number, texts: string[]) => {
    for (const line of texts) if (atMs > firstMs && atMs <= lastMs) lines.push({ atMs, line });
  };
  add(run.startMs, style.start(container, run.startMs));
  for (let slot = Math.floor(firstMs / SLOT_MS); slot * SLOT_MS <= lastMs; slot += 1) {
    const seed = `${pod.metadata.uid}/${container}/${slot}`;
    const count = eventCount(drawFor(seed));
    for (let index = 0; index < count; index += 1) {
      const draw = drawFor(`${seed}/${index}`);
      const atMs = slot * SLOT_MS + Math.floor(((index + draw('at')) * SLOT_MS) / count);
      if (atMs >= run.startMs + SLOT_MS) add(atMs, style.event(atMs, draw));
    }
  }
  if (run.end && run.end.exitCode !== 0 && !run.end.isKilled)
    add(run.end.atMs, style.failure(run.end.message || `exit ${run.end.exitCode}`, run.end.atMs));
  return lines;
}

/** Everything that is kept of a run. */
export function keptLines(pod: Pod, container: string, run: ContainerRun, nowMs: number): LogLine[] {
  return linesBetween(pod, container, run, 0, nowMs);
}

/** Whether the run is over, or another one has taken its place. */
export function isOver(pod: Pod | undefined, container: string, run: ContainerRun): boolean {
  const now = pod && containerRun(pod, container, false);
  return !now || now.end !== undefined || now.startMs !== run.startMs;
}
