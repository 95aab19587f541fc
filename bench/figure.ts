/** A measured figure, its goal, and whether it was met: one JSON line each, so that a script can read them. */
export interface Figure {
  name: string;
  value: number;
  /** '×' of a ratio, '' of a count. */
  unit: string;
  /** Absent: told without a goal. */
  goal?: { atMost: number } | { atLeast: number };
  /** A count or a size, which no busy machine changes: its goal holds for a quick run too. */
  isSteady?: true;
}

export const isMet = ({ value, goal }: Figure): boolean =>
  goal === undefined || ('atMost' in goal ? value <= goal.atMost : value >= goal.atLeast);

export const figureLine = (figure: Figure): string =>
  JSON.stringify({ ...figure, ...(figure.goal && { isMet: isMet(figure) }) });

export const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** share: 0.95 for p95. NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
