// Lane "unit": unit and property tests in Vitest.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageCommand } from './checks.ts';
import { type Counts, ONE_FAILED, readCounts, sumCounts } from './counts.ts';
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
  if (!existsSync(countsFile)) return ONE_FAILED; // it crashed before it could write them
  const counts = readCounts(JSON.parse(readFileSync(countsFile, 'utf8')));
  return !result.ok && counts.failed === 0 ? sumCounts([counts, ONE_FAILED]) : counts;
}
