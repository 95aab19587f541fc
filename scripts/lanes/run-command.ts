// Runs one program of a lane: its whole output goes to a file under test-results/, a person sees a line.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT, say } from '../setup/hand-over.mjs';

export const RESULTS = join(ROOT, 'test-results');

export interface Command {
  /** for messages and the log's name: `types`, `unit` */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface CommandResult {
  readonly ok: boolean;
  /** how it ended, in words */
  readonly how: string;
  readonly ms: number;
  /** its whole output, from the root */
  readonly logFile: string;
}

const SIGN_OF_LIFE_MS = 30_000;
const TAIL_LINES = 60;

/** The last lines of a log, for a failure's message. */
export function tailOf(logFile: string, lines = TAIL_LINES): string {
  const all = readFileSync(join(ROOT, logFile), 'utf8').trimEnd().split('\n');
  const cut = all.length - lines;
  return [...(cut > 0 ? [`… (${cut} lines before, see ${logFile})`] : []), ...all.slice(-lines)].join('\n');
}

const seconds = (ms: number) => (ms < 9_950 ? (ms / 1000).toFixed(1) : String(Math.round(ms / 1000)));

/** `  ok      types 1.9 s` */
export function resultLine(ok: boolean, name: string, ms: number): string {
  return `  ${ok ? 'ok    ' : 'FAILED'}  ${name} ${seconds(ms)} s`;
}

function ended(code: number | null, signal: string | null, timedOut: boolean, timeoutMs: number): string {
  if (timedOut) return `did not end within ${Math.round(timeoutMs / 1000)} s`;
  return signal === null ? `code ${code}` : `signal ${signal}`;
}

/** Runs to the end and never throws for a failure of the program itself. Stdin is closed. */
export function runCommand(command: Command): Promise<CommandResult> {
  const logFile = relative(ROOT, join(RESULTS, `${command.name}.log`));
  mkdirSync(dirname(join(ROOT, logFile)), { recursive: true });
  const log = createWriteStream(join(ROOT, logFile));
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command.program, command.args, {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1', ...command.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, command.timeoutMs);
    const life = setInterval(
      () => say(`  …       ${command.name} (${seconds(performance.now() - began)} s so far)`),
      SIGN_OF_LIFE_MS,
    );
    const stop = () => void child.kill('SIGTERM');
    process.once('SIGTERM', stop);
    const finish = (ok: boolean, how: string) => {
      clearTimeout(limit);
      clearInterval(life);
      process.removeListener('SIGTERM', stop);
      log.end(() => resolve({ ok, how, ms: performance.now() - began, logFile }));
    };
    child.once('error', (error) => log.write(`${error.message}\n`, () => finish(false, error.message)));
    child.once('close', (code, signal) =>
      finish(code === 0 && !timedOut, ended(code, signal, timedOut, command.timeoutMs)),
    );
  });
}

/** Runs a program, tells how it ended, and shows the end of its output when it failed. */
export async function runAndTell(command: Command): Promise<CommandResult> {
  const result = await runCommand(command);
  say(resultLine(result.ok, command.name, result.ms));
  if (!result.ok)
    say(`${tailOf(result.logFile)}\n  ${command.name}: ${result.how}; all of it in ${result.logFile}`);
  return result;
}
