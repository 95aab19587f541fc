import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../clock.ts';

/**
 * A small file that others rewrite while the console runs (rotated tokens and certificates). Its state is looked at
 * no more than once a second; it is read again when that changed, and every minute whatever it says (mounted
 * Secrets are swapped by links). When it cannot be read any more, the last content counts, as in client-go.
 */
export interface WatchedFile {
  /** `isUrgent` looks at once: the API server did not accept what the file said before. */
  read(isUrgent?: boolean): Promise<string>;
}

const LOOK_EVERY_MS = 1_000;
const READ_EVERY_MS = 60_000;
const MAX_BYTES = 1024 * 1024;

export function watchedFile(path: string, clock: Clock): WatchedFile {
  let content: string | null = null;
  let mark = '';
  let lookedMs = Number.NEGATIVE_INFINITY;
  let readMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<string> | null = null;

  async function look(): Promise<string> {
    const nowMs = clock.nowMs();
    try {
      const found = await stat(path);
      const next = `${found.dev}:${found.ino}:${found.size}:${found.mtimeMs}`;
      if (content === null || next !== mark || nowMs - readMs >= READ_EVERY_MS) {
        if (found.size > MAX_BYTES) throw Object.assign(new Error('file too large'), { code: 'EFBIG' });
        content = await readFile(path, 'utf8');
        mark = next;
        readMs = nowMs;
      }
      lookedMs = nowMs;
      return content;
    } catch (failure) {
      if (content === null) throw failure;
      lookedMs = nowMs;
      return content;
    }
  }

  return {
    async read(isUrgent = false) {
      if (!isUrgent && content !== null && clock.nowMs() - lookedMs < LOOK_EVERY_MS) return content;
      looking ??= look().finally(() => {
        looking = null;
      });
      return looking;
    },
  };
}
