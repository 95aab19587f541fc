import type { PodLike } from './words.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** One rule of a level. */
export interface Check {
  id: string;
  level: 'baseline' | 'restricted';
  /** The first minor version of Kubernetes whose policy has it; always, when not said. */
  since?: number;
  /** The check of the level below that this one stands for. */
  overrides?: string;
  /** What is forbidden; a check without one gives its own with each finding. */
  reason?: string;
  /** Why a pod is refused (the words in brackets), or nothing. */
  check: (pod: PodLike) => string | { reason: string; detail: string } | undefined;
}
