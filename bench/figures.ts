/** What a bench found out: one JSON line each, with its goal and whether it was met. */
export interface Figure {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  /** '×', 'ms', 's', 'MB', 'B', '%', '' for counts. */
  readonly unit: string;
  /** At most this; null: told without a goal. */
  readonly goal: number | null;
}

export const isMet = ({ value, goal }: Figure): boolean => goal === null || value <= goal;

export function line(figure: Figure): string {
  return JSON.stringify({
    ...figure,
    value: rounded(figure.value),
    met: figure.goal === null ? null : isMet(figure),
  });
}

const rounded = (value: number) => Number(value.toPrecision(4));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** share: 0.95 for p95. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
