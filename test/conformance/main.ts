/**
 * `npm run conformance --`: one suite, run against the demo cluster, a real control plane or any other API
 * server. This process prepares the target, hands it to vitest through the environment (see target.ts), and
 * ends it again whatever happens.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type ConformanceArguments, parseArguments, UsageError, usage } from './arguments.ts';
import { knownFailures } from './known-failures.ts';
import { prepare, say, type TargetOptions } from './prepare.ts';
import { formatSummary, formatTable, leftOutTitles, missingTitles } from './summary.ts';

/** Runs the suite in a process of its own; gives its exit code. */
function runSuite(
  env: Record<string, string>,
  report: string,
  grep: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const args = [
    'run',
    '--config',
    join(import.meta.dirname, 'vitest.config.ts'),
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
    // `npm test` sums the counts of every lane.
    ...(process.env.STRATA_COUNTS_FILE ? ['--reporter=./scripts/lanes/counts-reporter.ts'] : []),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, ...args, ...(grep ? ['-t', escapeRegExp(grep)] : [])], {
      env: { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }), ...env },
      stdio: 'inherit',
    });
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

interface Outcome {
  exitCode: number;
  report?: unknown;
}

/** Against one target: prepared, run, told of, and put away again whatever happens. */
async function runOn(options: TargetOptions, signal: AbortSignal): Promise<Outcome> {
  const { target, grep } = options;
  const folder = mkdtempSync(join(tmpdir(), 'strata-conformance-'));
  const file = resolve(options.report ?? join(folder, 'report.json'));
  const prepared = await prepare(options, folder);
  try {
    const env = { ...prepared.env, CONFORMANCE_TARGET: target };
    const exitCode = await runSuite(env, file, grep, signal);
    if (signal.aborted) return { exitCode: 130 };
    const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (target === 'other') for (const line of leftOutTitles(report, grep)) say(line);
    for (const line of formatSummary(report, target, grep)) say(line);
    const stale = missingTitles(report, knownFailures[target] ?? []);
    for (const title of stale) say(`known-failures.ts names a case that is not there: ${title}`);
    return { exitCode: stale.length > 0 ? 1 : exitCode, report };
  } finally {
    await prepared.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(options: ConformanceArguments): Promise<number> {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());
  const { target } = options;
  if (target !== 'both') return (await runOn({ ...options, target }, abort.signal)).exitCode;
  const demo = await runOn({ ...options, target: 'demo' }, abort.signal);
  if (abort.signal.aborted) return demo.exitCode;
  const real = await runOn({ ...options, target: 'real' }, abort.signal);
  const table = formatTable({ demo: demo.report, real: real.report }, options.grep);
  process.stdout.write(`${table.join('\n')}\n`);
  return demo.exitCode || real.exitCode;
}

try {
  process.exitCode = await run(parseArguments(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof UsageError;
  say(`conformance: ${error instanceof Error ? error.message : String(error)}`);
  if (isUsage) say(`\n${usage}`);
  process.exitCode = isUsage ? 2 : 1;
}
