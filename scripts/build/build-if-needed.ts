// `next build`, when what it would build differs from what stands in `.next`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say, setupLock } from '../setup/hand-over.mjs';
import { withLock } from '../setup/lock.mjs';
import { usersOf } from '../setup/users.mjs';
import { BUILD_INPUTS, hashInputs } from './inputs.ts';

export type BuildOutcome = 'built' | 'fresh';

const stampOf = (root: string) => join(root, '.next', '.strata-build');
const SIGN_OF_LIFE_MS = 15_000;

/** Whether `.next` holds a whole build of `hash`. Next removes BUILD_ID when it begins, the stamp is written last. */
function isFresh(root: string, hash: string): boolean {
  const stamp = stampOf(root);
  if (!existsSync(join(root, '.next', 'BUILD_ID')) || !existsSync(stamp)) return false;
  return readFileSync(stamp, 'utf8') === hash;
}

function runNextBuild(root: string): Promise<void> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join('node_modules', 'next', 'dist', 'bin', 'next'), 'build'], {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    const life = setInterval(
      () => say(`still building (${Math.round((performance.now() - began) / 1000)} s)`),
      SIGN_OF_LIFE_MS,
    );
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(life);
      if (code === 0) resolve();
      else
        reject(
          new Error(`next build ended with code ${code}:\n${Buffer.concat(output).toString().trimEnd()}`),
        );
    });
  });
}

/** A build replaces the files that a running console loads on demand: refuse, and say whose they are. */
function refuseUnderUsers(root: string): void {
  const user = usersOf(root).find((one) => !one.isDev);
  if (user !== undefined)
    throw new Error(
      `The code has changed since the last build, and process ${user.pid} (${user.what}) still serves that build. ` +
        'Stop it first: a rebuild would take the files from under it.',
    );
}

/**
 * Builds unless `.next` is already the build of the present content. Waits for another build in this checkout.
 * `claim` is called under the same lock once the build stands, so that nobody rebuilds in between.
 */
export async function buildIfNeeded(root: string, claim?: () => void): Promise<BuildOutcome> {
  const wait = (pid: number | undefined) =>
    say(`Waiting: process ${pid ?? '?'} is building in this checkout.`);
  return withLock(setupLock('build'), wait, async () => {
    const hash = hashInputs(root, BUILD_INPUTS, process.version);
    const outcome = isFresh(root, hash) ? 'fresh' : 'built';
    if (outcome === 'built') {
      refuseUnderUsers(root);
      say('Building (next build). The first time takes about half a minute.');
      const began = performance.now();
      rmSync(stampOf(root), { force: true });
      // Types of removed routes left by a development server would fail the build.
      if (usersOf(root).length === 0) rmSync(join(root, '.next', 'dev'), { recursive: true, force: true });
      await runNextBuild(root);
      mkdirSync(join(root, '.next'), { recursive: true });
      writeFileSync(stampOf(root), hash);
      say(`Built in ${((performance.now() - began) / 1000).toFixed(0)} s.`);
    }
    claim?.();
    return outcome;
  });
}
