/**
 * Where a line of kubectl's output may differ between the demo and the real control plane of the tests. Each entry
 * must still occur, and `because` is a passage of docs/demo-differences.md, word for word.
 */

export interface Difference {
  /** Titles of steps; all without it. */
  step?: RegExp;
  /** Lines that only one side prints. */
  demo?: RegExp;
  real?: RegExp;
  because: string;
}

export const differences: readonly Difference[] = [];
