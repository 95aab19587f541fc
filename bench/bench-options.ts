/** What a bench may be told; each takes what it knows. */
export interface BenchOptions {
  readonly pods: readonly number[];
  readonly runs: number;
  /** Path of kubectl; without it comparisons with it are left out. */
  readonly kubectl: string | undefined;
}
