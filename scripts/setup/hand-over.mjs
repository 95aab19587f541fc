// The first step of every command: install if needed, find the right Node, hand over to it.
// Nothing here needs a package or a Node newer than 18. Progress goes to stderr: stdout belongs to the command.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, whyInstall } from './installed.mjs';
import { withLock } from './lock.mjs';
import { FLOOR, findRuntime, runtimeEnvironment } from './runtime.mjs';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @param {string} line */
export const say = (line) => void process.stderr.write(`${line}\n`);

/** @param {string} what */
export const setupLock = (what) => join(ROOT, '.state', `${what}.lock`);

const ORPHAN_POLL_MS = 500;

/**
 * The command's own signals are handed on; the child decides how to end. npm hands a SIGTERM to the shell
 * between it and us, which dies and leaves us without one: then a changed parent is the signal.
 * @param {import('node:child_process').ChildProcess} child
 */
function relaySignals(child) {
  const relay = () => void child.kill('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, relay);
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    relay();
  }, ORPHAN_POLL_MS);
  watch.unref();
}

/** @param {string} runtimePath @param {string} script @param {string[]} args @returns {Promise<number>} */
function runScript(runtimePath, script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(runtimePath, ['--disable-warning=ExperimentalWarning', join(ROOT, script), ...args], {
      cwd: ROOT,
      env: runtimeEnvironment(ROOT, runtimePath),
      stdio: 'inherit',
    });
    relaySignals(child);
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (constants.signals[/** @type {NodeJS.Signals} */ (signal)] ?? 0)),
    );
  });
}

/**
 * Installs what package-lock.json says if it is not there, then runs a TypeScript file of this
 * repository on the right Node and ends with its exit code.
 * @param {string} script path from the root
 * @param {string[]} args
 */
export async function handOver(script, args) {
  try {
    let runtime = await findRuntime(ROOT);
    if (whyInstall(ROOT, runtime?.version) !== undefined) {
      await withLock(
        setupLock('install'),
        (pid) => say(`Waiting: process ${pid ?? '?'} is installing packages in this checkout.`),
        () => ensureInstalled(ROOT, say),
      );
      runtime = await findRuntime(ROOT);
    }
    if (runtime === undefined) {
      say(
        `No Node.js of at least ${FLOOR} was found, and none is brought along for ${process.platform}-${process.arch}. ` +
          `This is Node.js ${process.version}. Install Node.js 24 (https://nodejs.org) and try again.`,
      );
      process.exit(1);
    }
    process.exit(await runScript(runtime.path, script, args));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
