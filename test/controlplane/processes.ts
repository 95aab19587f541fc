/**
 * Processes that outlive the command that started them. Each leaves a record (pid, program, start time), and
 * none is signalled unless /proc says that the pid is still that program's, started at that time: a pid that
 * the kernel gave to someone else is left alone.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessRecord {
  pid: number;
  /** Resolved path of the program. */
  exe: string;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  startTicks: string;
}

export interface ProcessFolders {
  pids: string;
  logs: string;
}

export function parseRecord(text: string): ProcessRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // a record cut short by a crash names nobody
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, exe, startTicks } = value as Record<string, unknown>;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 1) return undefined;
  if (typeof exe !== 'string' || typeof startTicks !== 'string') return undefined;
  return { pid, exe, startTicks };
}

/** Fields 3, 20 and 22 of /proc/PID/stat; the name in parentheses (field 2) may hold spaces and brackets. */
export function parseStat(text: string): { state: string; threads: number; startTicks: string } | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTicks = fields[19];
  return state && startTicks ? { state, threads: Number(fields[17]), startTicks } : undefined;
}

/** The record of a running process of this name, or undefined. */
export function runningProcess(folders: ProcessFolders, name: string): ProcessRecord | undefined {
  const text = readOrNothing(recordFile(folders, name));
  const record = text === undefined ? undefined : parseRecord(text);
  return record && isSame(record) ? record : undefined;
}

function isSame(record: ProcessRecord): boolean {
  const stat = parseStat(readOrNothing(`/proc/${record.pid}/stat`) ?? '');
  if (!stat || stat.startTicks !== record.startTicks) return false;
  // A killed program is a zombie as soon as its first thread has ended, but holds its ports until the last has.
  if (stat.state === 'Z') return stat.threads > 1;
  try {
    const exe = readlinkSync(`/proc/${record.pid}/exe`);
    return exe === record.exe || exe === `${record.exe} (deleted)`; // rebuilt meanwhile
  } catch (error) {
    // Of a process that is about to end the link is gone before its ports are; another user's cannot be read.
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Starts the program unless it runs already. Its output goes to logs/NAME.log. */
export async function startProcess(
  folders: ProcessFolders,
  name: string,
  program: string,
  args: readonly string[],
): Promise<ProcessRecord> {
  const present = runningProcess(folders, name);
  if (present) return present;
  const log = openSync(join(folders.logs, `${name}.log`), 'a', 0o600);
  try {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log] });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    const pid = child.pid;
    const stat = parseStat(readOrNothing(`/proc/${pid}/stat`) ?? '');
    if (pid === undefined || !stat)
      throw new Error(`${name} ended at once; see ${join(folders.logs, `${name}.log`)}`);
    const record = { pid, exe: realpathSync(program), startTicks: stat.startTicks };
    writeFileSync(recordFile(folders, name), JSON.stringify(record), { mode: 0o600 });
    return record;
  } finally {
    closeSync(log);
  }
}

/** Sends a signal if the process is still ours; false when it is not running. */
export function signalProcess(folders: ProcessFolders, name: string, signal: NodeJS.Signals): boolean {
  const record = runningProcess(folders, name);
  if (!record) return false;
  process.kill(record.pid, signal);
  return true;
}

/** SIGTERM, then SIGKILL after graceMs; resolves when the process is gone. */
export async function stopProcess(folders: ProcessFolders, name: string, graceMs: number): Promise<void> {
  if (signalProcess(folders, name, 'SIGTERM')) {
    signalProcess(folders, name, 'SIGCONT'); // one that was paused hears SIGTERM only when it goes on
    if (!(await gone(folders, name, graceMs))) await killProcess(folders, name);
  }
  rmSync(recordFile(folders, name), { force: true });
}

/** SIGKILL, and wait until it is gone. */
export async function killProcess(folders: ProcessFolders, name: string): Promise<boolean> {
  if (!signalProcess(folders, name, 'SIGKILL')) return false;
  if (!(await gone(folders, name, 10_000))) throw new Error(`${name} did not end within 10 s of SIGKILL`);
  return true;
}

async function gone(folders: ProcessFolders, name: string, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (runningProcess(folders, name)) {
    if (performance.now() > end) return false;
    await delay(20);
  }
  return true;
}

/** Resident memory in bytes, or undefined when it is not running. */
export function residentBytes(pid: number): number | undefined {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readOrNothing(`/proc/${pid}/status`) ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

export function logTail(folders: ProcessFolders, name: string, lines: number): string {
  const text = readOrNothing(join(folders.logs, `${name}.log`)) ?? '';
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

function recordFile(folders: ProcessFolders, name: string): string {
  return join(folders.pids, `${name}.json`);
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
