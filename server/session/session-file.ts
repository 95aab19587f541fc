import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Session } from './sessions.ts';

/**
 * Sessions on disk, so that a restart logs nobody out: a 0600 file with the hashing key and the hashed sessions. Ids
 * are not in it: who reads the file cannot open a session with it. Written whole to a new file and renamed.
 */
export interface SessionFile {
  readonly secret: Uint8Array;
  readonly restored: readonly Session[];
  /** Set when an existing file was not used: why. */
  readonly problem?: string;
  /** Writes soon; while one write runs, only the newest of the waiting ones is kept. */
  keep(sessions: readonly Session[]): void;
  /** Resolves when nothing is left to write. Rejects never: failures go to onError. */
  settled(): Promise<void>;
}

const VERSION = 1;
const MAX_FILE_BYTES = 262_144;

/** A file that is missing, foreign or readable by others gives a new key and no sessions. */
export async function openSessionFile(path: string, onError: (error: Error) => void): Promise<SessionFile> {
  const read = await readState(path);
  const state = 'problem' in read ? { secret: new Uint8Array(randomBytes(32)), sessions: [] } : read;
  let waiting: readonly Session[] | null = null;
  let running: Promise<void> | null = null;
  const writeAll = async () => {
    while (waiting !== null) {
      const sessions = waiting;
      waiting = null;
      try {
        await writeState(path, { secret: state.secret, sessions });
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)));
      }
    }
    running = null;
  };
  return {
    secret: state.secret,
    restored: state.sessions,
    ...('problem' in read && read.problem !== '' ? { problem: read.problem } : {}),
    keep(sessions) {
      waiting = sessions;
      running ??= writeAll();
    },
    settled: async () => {
      await running;
    },
  };
}

interface State {
  readonly secret: Uint8Array;
  readonly sessions: readonly Session[];
}

async function readState(path: string): Promise<State | { readonly problem: string }> {
  try {
    const about = await stat(path);
    if (about.size > MAX_FILE_BYTES) return { problem: 'it is too large' };
    if (process.platform !== 'win32' && (about.mode & 0o077) !== 0)
      return { problem: 'others may read or write it' };
    return stateOf(JSON.parse(await readFile(path, 'utf8'))) ?? { problem: 'it is not a session file' };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { problem: '' };
    return { problem: error instanceof SyntaxError ? 'it is not JSON' : String(error) };
  }
}

function stateOf(json: unknown): State | null {
  if (typeof json !== 'object' || json === null) return null;
  if (!('version' in json) || json.version !== VERSION) return null;
  if (!('key' in json) || typeof json.key !== 'string') return null;
  if (!('sessions' in json) || !Array.isArray(json.sessions)) return null;
  const secret = new Uint8Array(Buffer.from(json.key, 'base64'));
  return secret.length === 32 ? { secret, sessions: json.sessions.filter(isSession) } : null;
}

function isSession(value: unknown): value is Session {
  if (typeof value !== 'object' || value === null) return false;
  const { key, createdMs, seenMs } = value as Record<string, unknown>;
  return (
    typeof key === 'string' &&
    /^[0-9a-f]{64}$/.test(key) &&
    Number.isFinite(createdMs) &&
    Number.isFinite(seenMs)
  );
}

async function writeState(path: string, state: State): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const text = {
    version: VERSION,
    key: Buffer.from(state.secret).toString('base64'),
    sessions: state.sessions,
  };
  try {
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(text)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(fresh, 0o600);
    await rename(fresh, path);
  } catch (error) {
    await unlink(fresh).catch(() => undefined);
    throw error;
  }
}
