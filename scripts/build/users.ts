// Who is being served from `.next` right now. A running console loads chunks from there on demand, so a
// rebuild under it would pull its files away: builders ask here first.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../setup/lock.mjs';

export interface BuildUser {
  readonly pid: number;
  /** in words, for a message: `npm start`, `end-to-end tests` */
  readonly what: string;
  /** a development server keeps its files in `.next/dev` and survives a build */
  readonly isDev: boolean;
}

const folderOf = (root: string) => join(root, '.state', 'build-users');

/** Notes that this process uses the build. The note ends with the process, or with the returned function. */
export function noteBuildUser(root: string, what: string, isDev: boolean): () => void {
  mkdirSync(folderOf(root), { recursive: true });
  const file = join(folderOf(root), `${process.pid}.json`);
  writeFileSync(file, JSON.stringify({ pid: process.pid, what, isDev } satisfies BuildUser));
  const end = () => rmSync(file, { force: true });
  process.once('exit', end);
  return end;
}

function readUser(file: string): BuildUser | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, what, isDev } = value as Partial<BuildUser>;
    if (typeof pid !== 'number' || typeof what !== 'string') return undefined;
    return { pid, what, isDev: isDev === true };
  } catch {
    return undefined; // half written by a process that is only starting: it has not read the build yet
  }
}

/** The living users other than this process; notes of dead ones are removed. */
export function buildUsers(root: string): BuildUser[] {
  let names: string[];
  try {
    names = readdirSync(folderOf(root));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const file = join(folderOf(root), name);
    const user = readUser(file);
    if (user === undefined || user.pid === process.pid) return [];
    if (isAlive(user.pid)) return [user];
    rmSync(file, { force: true });
    return [];
  });
}
