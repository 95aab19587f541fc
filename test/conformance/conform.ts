/**
 * How a case is written. A title is `topic: what holds`; it is what --grep, known-failures.ts and the summary go
 * by. A case is left out only for a named reason: the target cannot be asked (no limited user, no way to
 * compact), or docs/demo-differences.md says, in a line of its own, that the demo differs there.
 */
import { test } from 'vitest';
import { knownFailures } from './known-failures.ts';
import { target } from './target.ts';

/** kubelet: what kwok, which stands in for kubelets on the real control plane, does not do. nodes: makes some. */
export type Need = 'limited' | 'compact' | 'kubelet' | 'nodes';

export interface CaseOptions {
  needs?: Need;
  /** A heading of docs/demo-differences.md, word for word: left out on the demo. */
  demoDiffers?: string;
  timeoutMs?: number;
}

export type Conform = (title: string, run: () => Promise<void>, options?: CaseOptions) => void;

export function topic(name: string): Conform {
  return (title, run, options = {}) => {
    const full = `${name}: ${title}`;
    const reason = reasonToLeaveOut(options);
    const timeout = options.timeoutMs ?? 30_000;
    if (reason) test.skip(`${full} [left out: ${reason}]`, run);
    else if (knownFailures[target.name]?.includes(full)) test.fails(`${full} [known failure]`, run, timeout);
    else test(full, run, timeout);
  };
}

function reasonToLeaveOut({ needs, demoDiffers }: CaseOptions): string | undefined {
  if (needs === 'limited' && !target.limited) return 'no --kubeconfig-limited';
  if (needs === 'compact' && !target.compact) return 'this cluster cannot be told to compact';
  if (needs === 'nodes' && target.name === 'other') return 'it makes nodes';
  if (needs === 'kubelet' && target.name === 'real') return 'kwok is no kubelet';
  if (demoDiffers && target.name === 'demo') return `docs/demo-differences.md: ${demoDiffers}`;
  return undefined;
}
