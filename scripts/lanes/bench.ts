// Lane "bench": the quick run of every bench, judged by counts and sizes. Each figure with a goal counts as one test.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup/hand-over.mjs';
import { type Counts, NO_COUNTS, ONE_FAILED, sumCounts } from './counts.ts';
import { runAndTell } from './run-command.ts';

const TIMEOUT_MS = 8 * 60_000;

export async function runBench(): Promise<Counts> {
  const { ok, logFile } = await runAndTell({
    name: 'bench',
    program: process.execPath,
    args: [join('bench', 'main.ts'), '--quick'],
    timeoutMs: TIMEOUT_MS,
  });
  const counts = countFigures(readFileSync(join(ROOT, logFile), 'utf8'));
  return ok || counts.failed > 0 ? counts : sumCounts([counts, ONE_FAILED]);
}

/** Figures are JSON, a line each; others have no goal, or are no figures. */
export function countFigures(log: string): Counts {
  const met = (isMet: boolean) => log.split('\n').filter((line) => line.endsWith(`"isMet":${isMet}}`)).length;
  return { ...NO_COUNTS, passed: met(true), failed: met(false) };
}
