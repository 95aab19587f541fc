/**
 * `npm run conformance --`: one suite, run against the demo cluster, a real control plane or any other API
 * server. This process prepares the target, hands it to vitest through the environment (see target.ts), and
 * ends it again whatever happens.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { availability, startControlPlane } from '#test/controlplane/control-plane.ts';
import { type ConformanceArguments, parseArguments, UsageError, usage } from './arguments.ts';
import { formatSummary } from './summary.ts';

interface Prepared {
  env: Record<string, string>;
  stop(): Promise<void>;
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function prepare(options: ConformanceArguments): Promise<Prepared> {
  if (options.target === 'real') return prepareReal();
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
  // A restarted API server has forgotten what came before it, as every long-lived one has.
  await plane.apiserver.kill();
  await plane.apiserver.start();
  const compactor = await serveCompaction(plane.etcd);
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
}

/** A POST here makes etcd forget every revision but the present one. */
async function serveCompaction(etcd: string): Promise<{ url: string; close(): void }> {
  const call = async (path: string, body: object): Promise<{ header?: { revision?: string } }> => {
    const answer = await fetch(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { header?: { revision?: string } };
  };
  const compact = async (): Promise<void> => {
    const { header } = await call('range', { key: Buffer.from('/').toString('base64') });
    await call('compaction', { revision: header?.revision, physical: true });
  };
  const server = createServer((_, response) => {
    compact().then(
      () => response.end('compacted'),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
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
      env: { ...process.env, ...env },
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
  const report = join(folder, 'report.json');
  try {
    const env = { ...prepared.env, CONFORMANCE_TARGET: options.target };
    const code = await runSuite(env, report, options.grep, abort.signal);
    for (const line of formatSummary(JSON.parse(readFileSync(report, 'utf8')), options.target)) say(line);
    return code;
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
