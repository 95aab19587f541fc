/** What a bench may be told; each takes what it knows. */
export interface BenchOptions {
  readonly pods: readonly number[];
  readonly runs: number;
  readonly tabs: number;
  /** How long churn is measured. */
  readonly seconds: number;
  /** Where chance begins: the same seed gives the same runs. */
  readonly seed: number;
  /** Path of kubectl; without it comparisons with it are left out. */
  readonly kubectl: string | undefined;
}
