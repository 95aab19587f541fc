// One at a time: a lock folder with the holder's process id. Two `npm start` or `npm test` at once
// must not install or build into the same folders; the second waits and says for whom.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BEAT_MS = 5_000;
const SILENT_MS = 120_000;
const POLL_MS = 250;

/** @param {number} pid */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** @param {string} folder @returns {{ pid: number | undefined, silentMs: number } | undefined} undefined: nobody holds it */
function holderOf(folder) {
  try {
    const silentMs = Date.now() - statSync(folder).mtimeMs;
    let pid;
    try {
      pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    } catch {
      pid = undefined; // made this instant, its id not written yet
    }
    return { pid, silentMs };
  } catch {
    return undefined;
  }
}

/** @param {string} folder */
function tryTake(folder) {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return true;
}

/**
 * Puts a dead holder's lock aside. The rename makes one of several waiters win; if a new holder slipped
 * in between the look and the rename, its lock is put back.
 * @param {string} folder @param {number | undefined} deadPid
 */
function clearDead(folder, deadPid) {
  const aside = `${folder}.${process.pid}.dead`;
  try {
    renameSync(folder, aside);
  } catch {
    return;
  }
  const moved = holderOf(aside);
  if (moved?.pid !== undefined && moved.pid !== deadPid && isAlive(moved.pid)) renameSync(aside, folder);
  else rmSync(aside, { recursive: true, force: true });
}

/**
 * Runs `work` while holding the lock; waits for another holder first.
 * A holder is gone when its process is, or when it gave no sign for two minutes.
 * @template T
 * @param {string} folder the lock's place
 * @param {(holder: number | undefined) => void} onWait called once when somebody else holds it
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, onWait, work) {
  let told = false;
  while (!tryTake(folder)) {
    const holder = holderOf(folder);
    if (holder === undefined) continue;
    const isGone = holder.pid === undefined ? holder.silentMs > 10_000 : !isAlive(holder.pid);
    if (isGone || holder.silentMs > SILENT_MS) {
      clearDead(folder, holder.pid);
      continue;
    }
    if (!told) onWait(holder.pid);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const beat = setInterval(() => utimesSync(folder, new Date(), new Date()), BEAT_MS);
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.removeListener('exit', release);
    release();
  }
}
