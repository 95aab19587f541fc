// Is what is installed what package-lock.json says? npm keeps its own record of what it put on disk in
// node_modules/.package-lock.json (written last, so an interrupted install has none); the stamp beside it
// says "this record is what this lock gives on this machine", so the second start compares two hashes.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRuntime, pathOutsidePackages } from './runtime.mjs';
import { usersOf } from './users.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Entry
 * @typedef {{ packages?: Record<string, Entry> }} Lock
 * @typedef {{ platform: string, arch: string, libc: string | undefined }} Machine
 */

/** @param {Entry} entry @param {Machine} machine whether npm would install an optional package here */
function isMeantFor(entry, machine) {
  if (entry.os === undefined || !entry.os.includes(machine.platform)) return false;
  if (entry.cpu !== undefined && !entry.cpu.includes(machine.arch)) return false;
  return entry.libc === undefined || machine.libc === undefined || entry.libc.includes(machine.libc);
}

/**
 * @param {Lock} wanted package-lock.json
 * @param {Lock} found node_modules/.package-lock.json
 * @param {Machine} machine
 * @returns {string[]} what differs, a line each; empty when they agree
 */
export function differences(wanted, found, machine) {
  const lines = [];
  const have = found.packages ?? {};
  const want = wanted.packages ?? {};
  for (const [path, entry] of Object.entries(want)) {
    if (path === '') continue;
    const there = have[path];
    if (there === undefined) {
      if (!entry.optional || isMeantFor(entry, machine)) lines.push(`${path} is missing`);
    } else if (there.version !== entry.version || there.integrity !== entry.integrity) {
      lines.push(`${path} is ${there.version}, wanted is ${entry.version}`);
    }
  }
  for (const path of Object.keys(have)) if (want[path] === undefined) lines.push(`${path} is not wanted`);
  return lines;
}

function thisMachine() {
  let libc;
  if (process.platform === 'linux') {
    const report = /** @type {any} */ (process.report?.getReport());
    if (report?.header) libc = report.header.glibcVersionRuntime ? 'glibc' : 'musl';
  }
  return { platform: process.platform, arch: process.arch, libc };
}

/** @param {string} file */
const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** @param {string} root */
const places = (root) => ({
  lock: join(root, 'package-lock.json'),
  record: join(root, 'node_modules', '.package-lock.json'),
  stamp: join(root, 'node_modules', '.strata-stamp'),
});

/** @param {string} root @param {string | undefined} nodeVersion */
function stampText(root, nodeVersion) {
  const { lock, record } = places(root);
  return [hashOf(lock), hashOf(record), process.platform, process.arch, nodeVersion ?? 'none'].join('\n');
}

/**
 * @param {string} root @param {string | undefined} nodeVersion
 * @returns {string | undefined} why an install is needed; undefined when it is not
 */
export function whyInstall(root, nodeVersion) {
  const { lock, record, stamp } = places(root);
  if (!existsSync(record)) return 'nothing is installed yet';
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === stampText(root, nodeVersion)) return undefined;
  const wanted = JSON.parse(readFileSync(lock, 'utf8'));
  const found = JSON.parse(readFileSync(record, 'utf8'));
  const lines = differences(wanted, found, thisMachine());
  for (const path of Object.keys(found.packages ?? {}))
    if (!existsSync(join(root, path, 'package.json'))) lines.push(`${path} is missing`);
  if (lines.length === 0) {
    writeFileSync(stamp, stampText(root, nodeVersion));
    return undefined;
  }
  return lines.length === 1 ? lines[0] : `${lines[0]}, and ${lines.length - 1} more`;
}

/** Runs `npm ci`, its words on stderr, a sign of life every ten seconds. @param {string} root @param {(line: string) => void} say */
function runNpmCi(root, say) {
  const path = pathOutsidePackages(process.env.PATH ?? '');
  const env = { ...process.env, PATH: path };
  const began = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(
      'npm',
      ['ci', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'],
      {
        cwd: root,
        env,
        stdio: ['ignore', 2, 2],
        shell: process.platform === 'win32',
      },
    );
    const life = setInterval(
      () => say(`still installing (${Math.round((Date.now() - began) / 1000)} s)`),
      10_000,
    );
    child.once('error', (error) => {
      clearInterval(life);
      reject(
        new Error(`npm could not be started (${error.message}). Install Node.js with npm, then try again.`),
      );
    });
    child.once('exit', (code) => {
      clearInterval(life);
      if (code === 0) resolve(Math.round((Date.now() - began) / 1000));
      else
        reject(
          new Error(
            `npm ci ended with code ${code}. Its message is above. Usual reasons: no network or registry, a full disk, ` +
              'or a package-lock.json that does not match package.json (then: npm install, and commit the lock).',
          ),
        );
    });
  });
}

/**
 * Makes node_modules what package-lock.json says. Call it under the setup lock.
 * @param {string} root @param {(line: string) => void} say progress, a line at a time
 */
export async function ensureInstalled(root, say) {
  const why = whyInstall(root, (await findRuntime(root))?.version);
  if (why === undefined) return;
  const user = usersOf(root)[0];
  if (user !== undefined)
    throw new Error(
      `Packages must be installed (${why}), and process ${user.pid} (${user.what}) runs on those that are there. ` +
        'Stop it first: an install would take the files from under it.',
    );
  say(`Installing packages (npm ci): ${why}. The first time takes about a minute.`);
  const seconds = await runNpmCi(root, say);
  writeFileSync(places(root).stamp, stampText(root, (await findRuntime(root))?.version));
  say(`Installed in ${seconds} s.`);
}
