/** A step of a series: where on the time axis, and its value; null is not known. */
export type PlotPoint = readonly [atMs: number, value: number | null];

export interface PlotArea {
  readonly fromMs: number;
  readonly toMs: number;
  /** Top of the value axis; its bottom is 0. */
  readonly most: number;
  /** Two neighbours further apart have a gap between them: it is never bridged. */
  readonly gapMs: number;
}

/** Paths in a square of 100 by 100, top left first. '' when there is nothing to draw. */
export interface Paths {
  readonly line: string;
  readonly area: string;
}

export function pathsOf(points: readonly PlotPoint[], area: PlotArea): Paths {
  const runs = runsOf(points, area).map((run) => run.map((point) => placeOf(point, area)));
  const lineOf = (run: readonly (readonly [string, string])[]) =>
    run.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const areaOf = (run: readonly (readonly [string, string])[]) =>
    `${lineOf(run)}L${run.at(-1)?.[0]} 100L${run[0]?.[0]} 100Z`;
  return { line: runs.map(lineOf).join(''), area: runs.map(areaOf).join('') };
}

function runsOf(points: readonly PlotPoint[], { fromMs, toMs, gapMs }: PlotArea): [number, number][][] {
  const runs: [number, number][][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const [atMs, value] of points) {
    if (value === null || !Number.isFinite(value)) {
      lastMs = Number.NEGATIVE_INFINITY;
      continue;
    }
    if (atMs < fromMs || atMs > toMs) continue;
    if (atMs - lastMs > gapMs) runs.push([]);
    runs.at(-1)?.push([atMs, value]);
    lastMs = atMs;
  }
  // A single point is drawn as a short line: nothing else of it would be seen.
  return runs.map((run) => (run.length > 1 ? run : [...run, ...run]));
}

function placeOf([atMs, value]: readonly [number, number], area: PlotArea): readonly [string, string] {
  const x = ((atMs - area.fromMs) / (area.toMs - area.fromMs)) * 100;
  const y = 100 - (Math.min(Math.max(value, 0), area.most) / area.most) * 100;
  return [x.toFixed(2), y.toFixed(2)];
}

/** Three ticks of round figures from 0 to at least `highest`: 0, 50, 100. */
export function ticksOf(highest: number): readonly [number, number, number] {
  if (!Number.isFinite(highest) || highest <= 0) return [0, 0.5, 1];
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 2, 4, 5, 8, 10].find((one) => one * power >= highest) ?? 10;
  return [0, (step * power) / 2, step * power];
}
