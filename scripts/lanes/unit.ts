// Lane "unit": unit and property tests in Vitest.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageCommand } from './checks.ts';
import type { Counts } from './counts.ts';
import { readCountsFile } from './counts-file.ts';
import { RESULTS, runAndTell } from './run-command.ts';

const TIMEOUT_MS = 15 * 60_000;

export async function runUnit(grep: string | undefined): Promise<Counts> {
  const countsFile = join(RESULTS, 'unit-counts.json');
  rmSync(countsFile, { force: true });
  const result = await runAndTell({
    name: 'unit',
    program: packageCommand('vitest'),
    args: [
      'run',
      '--reporter=default',
      '--reporter=./scripts/lanes/counts-reporter.ts',
      ...(grep === undefined ? [] : ['--testNamePattern', grep]),
    ],
    env: { STRATA_COUNTS_FILE: countsFile },
    timeoutMs: TIMEOUT_MS,
  });
  return readCountsFile(countsFile, result.ok);
}
