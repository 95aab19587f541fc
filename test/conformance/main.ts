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
import { startDemo } from '#demo/client.ts';
import { availability, startControlPlane } from '#test/controlplane/control-plane.ts';
import { type ConformanceArguments, parseArguments, UsageError, usage } from './arguments.ts';
import { compactEtcd, serveCompaction } from './compaction.ts';
import { knownFailures } from './known-failures.ts';
import { formatSummary, missingTitles } from './summary.ts';

interface Prepared {
  env: Record<string, string>;
  stop(): Promise<void>;
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function prepare(options: ConformanceArguments): Promise<Prepared> {
  if (options.target === 'real') return prepareReal();
  if (options.target === 'demo') return prepareDemo();
  const env = {
    CONFORMANCE_KUBECONFIG: options.kubeconfig ?? '',
    ...(options.context && { CONFORMANCE_CONTEXT: options.context }),
    ...(options.limited && { CONFORMANCE_LIMITED: options.limited }),
  };
  return { env, stop: async () => {} };
}

async function prepareReal(): Promise<Prepared> {
  const possible = availability();
  if (!possible.ok) throw new Error(`not run: ${possible.reason}`);
  // Without snapshots in its cache the API server sees at once what we make etcd forget; by default it would
  // notice at its own compaction, every five minutes.
  const apiserverFlags = ['--feature-gates=ListFromCacheSnapshot=false'];
  const plane = await startControlPlane({ nodes: 10, apiserverFlags, say });
  try {
    // A restarted API server has forgotten what came before it, as every long-lived one has.
    await plane.apiserver.kill();
    await plane.apiserver.start();
    const compactor = await serveCompaction(() => compactEtcd(plane.etcd));
    return {
      env: {
        CONFORMANCE_KUBECONFIG: plane.kubeconfig,
        CONFORMANCE_LIMITED: plane.kubeconfigs.bob,
        CONFORMANCE_COMPACT: compactor.url,
      },
      stop: async () => {
        compactor.close();
        await plane.stop();
      },
    };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function prepareDemo(): Promise<Prepared> {
  const log: string[] = [];
  const demo = await startDemo({ scenario: 'calm', onLog: (line) => void log.push(line) });
  const compactor = await serveCompaction(() => demo.control.compact());
  return {
    env: {
      CONFORMANCE_KUBECONFIG: demo.kubeconfigs.admin,
      CONFORMANCE_LIMITED: demo.kubeconfigs.developer,
      CONFORMANCE_COMPACT: compactor.url,
    },
    stop: async () => {
      compactor.close();
      if (!isAlive(demo.pid)) say(`the demo cluster ended during the run:\n${log.slice(-20).join('\n')}`);
      await demo.stop();
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

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

async function run(options: ConformanceArguments): Promise<number> {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());
  const prepared = await prepare(options);
  const folder = mkdtempSync(join(tmpdir(), 'strata-conformance-'));
  const report = resolve(options.report ?? join(folder, 'report.json'));
  try {
    const env = { ...prepared.env, CONFORMANCE_TARGET: options.target };
    const code = await runSuite(env, report, options.grep, abort.signal);
    const written: unknown = JSON.parse(readFileSync(report, 'utf8'));
    for (const line of formatSummary(written, options.target, options.grep)) say(line);
    const stale = missingTitles(written, knownFailures[options.target] ?? []);
    for (const title of stale) say(`known-failures.ts names a case that is not there: ${title}`);
    return stale.length > 0 ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await prepared.stop();
  }
}

try {
  process.exitCode = await run(parseArguments(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof UsageError;
  say(`conformance: ${error instanceof Error ? error.message : String(error)}`);
  if (isUsage) say(`\n${usage}`);
  process.exitCode = isUsage ? 2 : 1;
}
