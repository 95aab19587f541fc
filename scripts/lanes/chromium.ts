// A Chromium for the end-to-end tests: the one named, one on PATH, Playwright's own, else Debian's package.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';
import { say } from '../setup/hand-over.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export interface Places {
  readonly named: string | undefined;
  readonly path: string;
  readonly playwrightsOwn: string;
  readonly isProgram: (file: string) => boolean;
}

/** The first Chromium there is. A named one that is not a program is an error: silently taking another would mislead. */
export function findChromium(places: Places): { file: string } | { problem: string } {
  if (places.named)
    return places.isProgram(places.named)
      ? { file: places.named }
      : { problem: `CHROMIUM_PATH is ${places.named}, which is not a program` };
  const folders = places.path.split(delimiter).filter((folder) => folder !== '');
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const file = [...candidates, places.playwrightsOwn].find(places.isProgram);
  return file === undefined ? { problem: 'no Chromium was found' } : { file };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const here = (): Places => ({
  named: process.env.CHROMIUM_PATH,
  path: process.env.PATH ?? '',
  playwrightsOwn: chromium.executablePath(),
  isProgram,
});

function run(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn(program, args, { stdio: ['ignore', 2, 2], env });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}

/** As root on Debian: installs its package. */
async function installChromium(): Promise<boolean> {
  const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
  if (!isDebian || process.getuid?.() !== 0) return false;
  say('  …       no Chromium here: installing the package chromium (about a minute)');
  const install = ['install', '-y', '-q', '--no-install-recommends', 'chromium'];
  return (await run('apt-get', ['update', '-q'])) && (await run('apt-get', install));
}

/** The Chromium that is already here; undefined: none, or the one named is no program. */
export function chromiumHere(): string | undefined {
  const found = findChromium(here());
  return 'file' in found ? found.file : undefined;
}

/** The Chromium to use, installed if need be; or what is missing and what to do. */
export async function ensureChromium(): Promise<{ file: string } | { problem: string }> {
  const found = findChromium(here());
  if ('file' in found || process.env.CHROMIUM_PATH) return found;
  if (await installChromium()) return findChromium(here());
  return {
    problem:
      'no Chromium was found. Set CHROMIUM_PATH to a Chromium or Chrome, put one on PATH, run ' +
      '`npx playwright install chromium`, or on Debian `apt-get install chromium`',
  };
}
