// Lanes "conformance" and "real": the one suite of test/conformance against the demo or a real control plane.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from './counts.ts';
import { readCountsFile } from './counts-file.ts';
import { RESULTS, runAndTell } from './run-command.ts';

/** The first real run compiles a control plane. */
const TIMEOUT_MS = 40 * 60_000;

/**
 * Runs the suite as `npm run conformance` does; it starts and stops its target itself. Its counts come from
 * counts-reporter.ts; when it ended before that, its exit code counts as one test.
 */
export async function runConformance(target: 'demo' | 'real'): Promise<Counts> {
  const name = `conformance-${target}`;
  const countsFile = join(RESULTS, `${name}-counts.json`);
  rmSync(countsFile, { force: true });
  const result = await runAndTell({
    name,
    program: process.execPath,
    args: [join('test', 'conformance', 'main.ts'), ...(target === 'real' ? ['--real'] : [])],
    env: { STRATA_COUNTS_FILE: countsFile },
    timeoutMs: TIMEOUT_MS,
  });
  return readCountsFile(countsFile, result.ok);
}
