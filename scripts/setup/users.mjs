// Who runs from this checkout right now. A running console loads chunks from `.next` and packages from
// node_modules on demand, so a rebuild or an install under it would pull its files away: both ask here first.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './lock.mjs';

/**
 * @typedef {object} User
 * @property {number} pid
 * @property {string} what in words, for a message: `npm start`, `npm test`
 * @property {boolean} isDev a development server keeps its files in `.next/dev` and survives a build
 */

/** @param {string} root */
const folderOf = (root) => join(root, '.state', 'users');

/**
 * Notes that this process runs from the checkout. The note ends with the process, or with the returned function.
 * @param {string} root @param {string} what @param {boolean} isDev
 * @returns {() => void}
 */
export function noteUser(root, what, isDev) {
  mkdirSync(folderOf(root), { recursive: true });
  const file = join(folderOf(root), `${process.pid}.json`);
  writeFileSync(file, JSON.stringify({ pid: process.pid, what, isDev }));
  const end = () => rmSync(file, { force: true });
  process.once('exit', end);
  return end;
}

/** @param {string} file @returns {User | undefined} */
function readUser(file) {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value?.pid !== 'number' || typeof value.what !== 'string') return undefined;
    return { pid: value.pid, what: value.what, isDev: value.isDev === true };
  } catch {
    return undefined; // half written by a process that is only starting: it has read nothing yet
  }
}

/**
 * The living users other than this process; notes of dead ones are removed.
 * @param {string} root
 * @returns {User[]}
 */
export function usersOf(root) {
  let names;
  try {
    names = readdirSync(folderOf(root));
  } catch {
    return []; // nobody was ever noted
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
