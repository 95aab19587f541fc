/**
 * How a case is written. A title is `topic: what holds`; it is what --grep, known-failures.ts and the summary go
 * by. A case is left out only for a named reason: the target cannot be asked (no limited user, no way to
 * compact), it would change what is not the suite's (own-namespaces.ts finds out when it tries), or
 * docs/demo-differences.md says, in a line of its own, that the demo differs there.
 */
import { type TestContext, test } from 'vitest';
import { knownFailures } from './known-failures.ts';
import { NotOurs } from './own-namespaces.ts';
import { target } from './target.ts';

/**
 * kubelet: what kwok, which stands in for kubelets on our real control plane, does not do. nodes: makes some. cluster:
 * the file prepares what belongs to the whole cluster, such as a definition of a custom kind.
 */
export type Need = 'limited' | 'compact' | 'kubelet' | 'nodes' | 'cluster';

export interface CaseOptions {
  needs?: Need;
  /** A heading of docs/demo-differences.md, word for word: left out on the demo. */
  demoDiffers?: string;
  timeoutMs?: number;
}

export type Conform = (title: string, run: () => Promise<void>, options?: CaseOptions) => void;

/** `needs` is that of every case of the file. */
export function topic(name: string, { needs }: Pick<CaseOptions, 'needs'> = {}): Conform {
  return (title, run, options = {}) => {
    const full = `${name}: ${title}`;
    const reason = reasonToLeaveOut({ needs }) ?? reasonToLeaveOut(options);
    const timeout = options.timeoutMs ?? 30_000;
    if (reason) test.skip(`${full} [left out: ${reason}]`, run);
    else if (knownFailures[target.name]?.includes(full)) test.fails(`${full} [known failure]`, run, timeout);
    else test(full, (context) => runUnlessNotOurs(context, run), timeout);
  };
}

/** summary.ts finds the reason in the report. */
async function runUnlessNotOurs({ task, skip }: TestContext, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof NotOurs)) throw error;
    Object.assign(task.meta, { leftOut: error.message });
    skip(error.message);
  }
}

function reasonToLeaveOut({ needs, demoDiffers }: CaseOptions): string | undefined {
  if (needs === 'limited' && !target.limited) return 'no --kubeconfig-limited';
  if (needs === 'compact' && !target.compact) return 'this cluster cannot be told to compact';
  if (needs === 'nodes' && target.name === 'other') return 'it makes nodes';
  if (needs === 'cluster' && target.name === 'other') return 'it prepares what belongs to the whole cluster';
  if (needs === 'kubelet' && !target.hasKubelets) return 'kwok is no kubelet';
  if (demoDiffers && target.name === 'demo') return `docs/demo-differences.md: ${demoDiffers}`;
  return undefined;
}
