// Lane "e2e": Playwright against the built server. A missing browser is a failure, not a skip:
// a run that looked at no page must not look like a good one.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../setup/hand-over.mjs';
import { packageCommand } from './checks.ts';
import { ensureChromium } from './chromium.ts';
import { type Counts, countPlaywright, ONE_FAILED, sumCounts } from './counts.ts';
import { RESULTS, runAndTell } from './run-command.ts';

const TIMEOUT_MS = 40 * 60_000;

function readReport(file: string): Counts {
  try {
    return countPlaywright(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return ONE_FAILED; // it ended before it could write a report; its output was shown
  }
}

/** Runs one project of playwright.config.ts. */
export async function runPlaywright(
  project: string,
  grep: string | undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<Counts> {
  const browser = await ensureChromium();
  if ('problem' in browser) {
    say(`  FAILED  e2e-${project}: ${browser.problem}`);
    return ONE_FAILED;
  }
  const report = join(RESULTS, `e2e-${project}.json`);
  rmSync(report, { force: true });
  const result = await runAndTell({
    name: `e2e-${project}`,
    program: packageCommand('playwright'),
    args: ['test', `--project=${project}`, ...(grep === undefined ? [] : ['--grep', grep])],
    env: { ...env, CHROMIUM_PATH: browser.file, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    timeoutMs: TIMEOUT_MS,
  });
  const counts = readReport(report);
  return !result.ok && counts.failed === 0 ? sumCounts([counts, ONE_FAILED]) : counts;
}
