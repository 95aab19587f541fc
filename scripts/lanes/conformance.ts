// Lane "conformance": the one suite of test/conformance against an API server, here the demo cluster's.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Counts, ONE_FAILED, ONE_PASSED, readCounts, sumCounts } from './counts.ts';
import { RESULTS, runAndTell } from './run-command.ts';

const TIMEOUT_MS = 20 * 60_000;

/**
 * Runs the suite as `npm run conformance -- --kubeconfig FILE` does. It leaves its counts in STRATA_COUNTS_FILE;
 * when it ended before that, its exit code counts as one test.
 */
export async function runConformance(target: 'demo' | 'real', args: readonly string[]): Promise<Counts> {
  const name = `conformance-${target}`;
  const countsFile = join(RESULTS, `${name}-counts.json`);
  rmSync(countsFile, { force: true });
  const result = await runAndTell({
    name,
    program: process.execPath,
    args: [join('test', 'conformance', 'main.ts'), ...args],
    env: { STRATA_COUNTS_FILE: countsFile },
    timeoutMs: TIMEOUT_MS,
  });
  if (!existsSync(countsFile)) return result.ok ? ONE_PASSED : ONE_FAILED;
  const counts = readCounts(JSON.parse(readFileSync(countsFile, 'utf8')));
  return !result.ok && counts.failed === 0 ? sumCounts([counts, ONE_FAILED]) : counts;
}

export async function runDemoConformance(): Promise<Counts> {
  const { startDemo } = await import('#demo/client.ts');
  const demo = await startDemo({ scenario: 'small' });
  try {
    return await runConformance('demo', ['--kubeconfig', demo.kubeconfig]);
  } finally {
    await demo.stop();
  }
}
