/** The command line of `npm run conformance --`. Pure. */

export const usage = `npm run conformance -- [OPTIONS]

  (nothing)                    against the demo cluster
  --real                       against a real control plane, built and started for it
  --kubeconfig FILE            against any cluster, as its administrator
  --context NAME               a context of that file other than the current one
  --kubeconfig-limited FILE    a user of the same cluster without rights, for the cases about access
  --grep TEXT                  only cases whose title holds this
  --report FILE                vitest's JSON report, kept there
The suite works in namespaces of its own, strata-conformance-…, and removes them.`;

export interface ConformanceArguments {
  target: 'demo' | 'real' | 'other';
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
  let isReal = false;
  for (let index = 0; index < args.length; index += 1) {
    const [word = '', ...inline] = (args[index] ?? '').split('=');
    const key = Object.hasOwn(keys, word) ? keys[word as keyof typeof keys] : undefined;
    if (word === '--real') {
      isReal = true;
    } else if (key) {
      const value = inline.length > 0 ? inline.join('=') : args[++index];
      if (!value) throw new UsageError(`${word} needs a value`);
      read[key] = value;
    } else {
      throw new UsageError(`unknown argument ${args[index]}`);
    }
  }
  if (isReal && read.kubeconfig) throw new UsageError('--real and --kubeconfig exclude each other');
  if (!read.kubeconfig && (read.context || read.limited))
    throw new UsageError('--context and --kubeconfig-limited need --kubeconfig');
  if (isReal) return { ...read, target: 'real' };
  return read.kubeconfig ? { ...read, target: 'other' } : read;
}
