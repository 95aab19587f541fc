/**
 * Cases that a target fails today. They run all the same, and the run turns red as soon as one passes: then its
 * line is taken out. A line here is a debt, never a difference that is meant (those are in
 * docs/demo-differences.md).
 */
import type { TargetName } from './target.ts';

export const knownFailures: Partial<Record<TargetName, readonly string[]>> = {
  demo: [],
};
