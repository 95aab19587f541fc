import type { PlotPoint } from '#components/chart/plot.ts';
import { formatBytes, formatCount, formatPlural } from '#lib/format/number.ts';
import { formatSpan } from '#lib/format/span.ts';
import { COURSE_STEP_MS, type CoursePoint } from '#lib/protocol/about-frame.ts';

/** The course of an hour as three series and what they say. Pure. */
const MIB = 1024 * 1024;
const GROUP_MS = 300_000;
const HOUR_MS = 3_600_000;
const SHORTEST_MS = 300_000;

/** The hour up to now; of a console that has just started, what there is of it, at least five minutes. */
export function courseAxis(nowMs: number, startedMs: number, timeOf: TimeOf) {
  const spanMs = Math.min(HOUR_MS, Math.max(SHORTEST_MS, nowMs - startedMs));
  const fromMs = nowMs - spanMs;
  const times = [0, 1, 2, 3, 4].map((quarter) => {
    const atMs = fromMs + (quarter * spanMs) / 4;
    return { atMs, words: timeOf(atMs).slice(0, 5) };
  });
  return { fromMs, toMs: nowMs, gapMs: COURSE_STEP_MS * 2.5, times };
}

export const delaySeries = (points: readonly CoursePoint[]): PlotPoint[] =>
  points.map(([atMs, , worstMs]) => [atMs, worstMs]);
export const memorySeries = (points: readonly CoursePoint[]): PlotPoint[] =>
  points.map(([atMs, , , bytes]) => [atMs, bytes / MIB]);
export const requestSeries = (points: readonly CoursePoint[]): PlotPoint[] =>
  points.map(([atMs, , , , requests]) => [atMs, requests / (COURSE_STEP_MS / 1_000)]);
export const refusedSeries = (points: readonly CoursePoint[]): PlotPoint[] =>
  points.map(([atMs, , , , , refused]) => [atMs, refused / (COURSE_STEP_MS / 1_000)]);

type TimeOf = (consoleMs: number) => string;
const NOTHING = 'Nothing was measured yet.';

export function delayWords(points: readonly CoursePoint[], slowMs: number, timeOf: TimeOf): string {
  const worst = highest(points, ([, , worstMs]) => worstMs);
  if (worst === null) return NOTHING;
  const slow = points.filter(([, , worstMs]) => worstMs > slowMs).length;
  const peak = `Worst ${formatSpan(worst[2])} at ${timeOf(worst[0])}`;
  if (slow === 0) return `${peak}: never slow.`;
  return `${peak}; slow in ${formatCount(slow)} of ${formatPlural(points.length, 'step')}.`;
}

export function memoryWords(points: readonly CoursePoint[], timeOf: TimeOf): string {
  const most = highest(points, ([, , , bytes]) => bytes);
  const first = points[0];
  const last = points.at(-1);
  if (most === null || first === undefined || last === undefined) return NOTHING;
  const change = last[3] - first[3];
  const verb = change < 0 ? 'Fell' : 'Grew';
  return `${verb} by ${formatBytes(Math.abs(change))} since ${timeOf(first[0])}; highest ${formatBytes(most[3])} at ${timeOf(most[0])}.`;
}

export function requestWords(points: readonly CoursePoint[], timeOf: TimeOf): string {
  const most = highest(points, ([, , , , requests]) => requests);
  if (most === null) return NOTHING;
  const refused = points.reduce((sum, point) => sum + point[5], 0);
  const peak = `At most ${formatPlural(most[4], 'request')} in 5 s, at ${timeOf(most[0])}`;
  return `${peak}; ${refused === 0 ? 'none' : formatCount(refused)} refused with 429.`;
}

function highest(points: readonly CoursePoint[], of: (point: CoursePoint) => number): CoursePoint | null {
  return points.reduce<CoursePoint | null>(
    (most, point) => (most === null || of(point) > of(most) ? point : most),
    null,
  );
}

/** Five minutes of the course: for those who read it as a table. */
export interface CourseRow {
  readonly fromMs: number;
  readonly worstMs: number;
  readonly bytes: number;
  readonly requests: number;
  readonly refused: number;
}

/** Newest first. */
export function courseRows(points: readonly CoursePoint[]): readonly CourseRow[] {
  const rows = new Map<number, CourseRow>();
  for (const [atMs, , worstMs, bytes, requests, refused] of points) {
    const group = Math.floor(atMs / GROUP_MS);
    const row = rows.get(group) ?? { fromMs: atMs, worstMs: 0, bytes: 0, requests: 0, refused: 0 };
    rows.set(group, {
      fromMs: row.fromMs,
      worstMs: Math.max(row.worstMs, worstMs),
      bytes: Math.max(row.bytes, bytes),
      requests: row.requests + requests,
      refused: row.refused + refused,
    });
  }
  return [...rows.values()].reverse();
}
