// Lanes "conformance" and "real": the one suite of test/conformance against the demo or a real control plane, and the
// session of kubectl against both.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from './counts.ts';
import { readCountsFile } from './counts-file.ts';
import { RESULTS, runAndTell } from './run-command.ts';

/** The first real run compiles a control plane. */
const TIMEOUT_MS = 40 * 60_000;

/** Runs the suite as `npm run conformance` does; it starts and stops its target itself. */
export function runConformance(target: 'demo' | 'real'): Promise<Counts> {
  return runCounted(`conformance-${target}`, [
    join('test', 'conformance', 'main.ts'),
    ...(target === 'real' ? ['--real'] : []),
  ]);
}

/** Plays plain kubectl against the demo and a real control plane; it starts and stops both itself. */
export function runTranscript(): Promise<Counts> {
  return runCounted('transcript', [join('test', 'transcript', 'main.ts')]);
}

/** Its counts come from the file it writes; when it ended before that, its exit code counts as one test. */
async function runCounted(name: string, args: readonly string[]): Promise<Counts> {
  const countsFile = join(RESULTS, `${name}-counts.json`);
  rmSync(countsFile, { force: true });
  const result = await runAndTell({
    name,
    program: process.execPath,
    args,
    env: { STRATA_COUNTS_FILE: countsFile },
    timeoutMs: TIMEOUT_MS,
  });
  return readCountsFile(countsFile, result.ok);
}
