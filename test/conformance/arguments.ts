/** The command line of `npm run conformance --`. Pure. */

export const usage = `npm run conformance -- [OPTIONS]

  (nothing)                    against the demo cluster
  --real                       against a real control plane, built and started for it
  --both                       against one after the other, with one table of both at the end
  --kubeconfig FILE            against any cluster, as its administrator
  --context NAME               a context of that file other than the current one
  --kubeconfig-limited FILE    a user of the same cluster without rights, for the cases about access
  --grep TEXT                  only cases whose title holds this
  --report FILE                vitest's JSON report, kept there
The suite works in namespaces of its own, strata-conformance-…, and removes them. With --kubeconfig it changes nothing
outside them: cases that must are left out, and named at the end.`;

export interface ConformanceArguments {
  target: 'demo' | 'real' | 'other' | 'both';
  kubeconfig?: string;
  limited?: string;
  context?: string;
  grep?: string;
  report?: string;
}

export class UsageError extends Error {}

const keys = {
  '--kubeconfig': 'kubeconfig',
  '--kubeconfig-limited': 'limited',
  '--context': 'context',
  '--grep': 'grep',
  '--report': 'report',
} as const;

/** Throws UsageError. */
export function parseArguments(args: readonly string[]): ConformanceArguments {
  const read: ConformanceArguments = { target: 'demo' };
  const targets = new Set<'real' | 'both'>();
  for (let index = 0; index < args.length; index += 1) {
    const [word = '', ...inline] = (args[index] ?? '').split('=');
    const key = Object.hasOwn(keys, word) ? keys[word as keyof typeof keys] : undefined;
    if (word === '--real' || word === '--both') {
      targets.add(word === '--real' ? 'real' : 'both');
    } else if (key) {
      const value = inline.length > 0 ? inline.join('=') : args[++index];
      if (!value) throw new UsageError(`${word} needs a value`);
      read[key] = value;
    } else {
      throw new UsageError(`unknown argument ${args[index]}`);
    }
  }
  if (targets.size + (read.kubeconfig ? 1 : 0) > 1)
    throw new UsageError('--real, --both and --kubeconfig exclude each other');
  if (targets.has('both') && read.report) throw new UsageError('--report is of one target');
  if (!read.kubeconfig && (read.context || read.limited))
    throw new UsageError('--context and --kubeconfig-limited need --kubeconfig');
  const [target = read.kubeconfig ? 'other' : 'demo'] = targets;
  return { ...read, target };
}
