// Starts the built console as a process of its own, as `npm start` does, and stops it as an operator would.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ConsoleOptions {
  readonly kubeconfig: string;
  /** more words for `node server/main.ts` */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where sessions are kept; it stays when the console stops. Default: a fresh folder, removed at the end. */
  readonly stateDir?: string;
  /** Default: any free port. */
  readonly port?: number;
}

export interface RunningConsole {
  /** with the launch token: opening it logs in */
  readonly url: string;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  /** the last lines of its log */
  log(): string;
  /** the text of /metrics */
  metrics(): Promise<string>;
  /** Ends it by SIGTERM and resolves with its exit code; throws when it does not end in time. */
  stop(): Promise<number>;
}

const READY = /^Strata Console is ready: (http\S+)$/;
const READY_MS = 45_000;
const STOP_MS = 20_000;
const LOG_LINES = 400;

/** Resolves with the link of the ready line; rejects when it ends or stays silent. */
function readyUrl(child: ChildProcess, log: () => string): Promise<URL> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`The console ${why}.\n${log()}`));
    const limit = setTimeout(() => fail(`was not ready within ${READY_MS / 1000} s`), READY_MS);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => fail(`ended before it was ready (${signal ?? `code ${code}`})`));
    if (child.stdout === null) return fail('has no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = READY.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(limit);
      resolve(new URL(url));
    });
  });
}

function stopper(child: ChildProcess, forget: () => void, log: () => string): () => Promise<number> {
  const endWithUs = () => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      process.removeListener('exit', endWithUs);
      resolve(code ?? (signal === 'SIGTERM' ? 143 : 137));
    });
  });
  return async () => {
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, STOP_MS);
    child.kill('SIGTERM');
    const code = await ended;
    clearTimeout(limit);
    forget();
    if (isLate) throw new Error(`The console did not end within ${STOP_MS / 1000} s of SIGTERM.\n${log()}`);
    return code;
  };
}

export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'strata-e2e-'));
  const forget = () =>
    options.stateDir === undefined ? rmSync(stateDir, { recursive: true, force: true }) : undefined;
  const port = String(options.port ?? 0);
  const words = ['--kubeconfig', options.kubeconfig, '--port', port, '--state-dir', stateDir, '--no-open'];
  const child = spawn(process.execPath, [join('server', 'main.ts'), ...words, ...(options.args ?? [])], {
    env: { ...process.env, ...options.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > LOG_LINES) lines.shift();
  });
  const log = () => lines.join('\n');
  const stop = stopper(child, forget, log);
  const url = await readyUrl(child, log).catch(async (error: unknown) => {
    if (child.exitCode === null && child.signalCode === null) await stop();
    throw error;
  });
  return {
    url: url.href,
    origin: url.origin,
    port: Number(url.port),
    pid: child.pid ?? 0,
    log,
    stop,
    metrics: async () => {
      const answer = await fetch(new URL('/metrics', url));
      if (!answer.ok) throw new Error(`/metrics answered ${answer.status}`);
      return answer.text();
    },
  };
}
