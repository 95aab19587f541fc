import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A program of ours, started for a bench and ended with it. */
export interface Program {
  readonly pid: number;
  /** The line of output that `ready` was found in. */
  readonly match: RegExpExecArray;
  stop(): Promise<void>;
}

const READY_MS = 120_000;

/** Starts `node ARGS` and waits for a line of its output. Rejects when it ends or stays silent. */
export async function startNode(
  args: readonly string[],
  ready: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endWithUs = () => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const match = await firstMatch(child, ready);
  return {
    pid: child.pid ?? 0,
    match,
    async stop() {
      process.removeListener('exit', endWithUs);
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function firstMatch(child: ChildProcess, ready: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const errors: string[] = [];
    const fail = (why: string) =>
      reject(new Error(`${child.spawnargs.join(' ')} ${why}\n${errors.join('\n')}`));
    const limit = setTimeout(() => fail('was not ready in time'), READY_MS);
    child.once('exit', (code) => fail(`ended with ${code}`));
    if (child.stderr)
      createInterface({ input: child.stderr }).on(
        'line',
        (text) => void errors.splice(0, errors.length - 20, text),
      );
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (text) => {
      const match = ready.exec(text);
      if (match === null) return;
      clearTimeout(limit);
      resolve(match);
    });
  });
}

/** Megabytes, as Linux counts them: now, and the most so far. */
export function memoryOf(pid: number): { nowMb: number; peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024;
  return { nowMb: mb('VmRSS'), peakMb: mb('VmHWM') };
}

/** Seconds of processor time used so far. */
export function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
