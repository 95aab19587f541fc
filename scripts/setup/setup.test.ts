import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { differences, whyInstall } from './installed.mjs';
import { isAlive, withLock } from './lock.mjs';
import { isRecentEnough, pathOutsidePackages } from './runtime.mjs';
import { noteUser, usersOf } from './users.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['v24.21.0', true],
  ['22.19.0', true],
  ['v22.18.9', false],
  ['v20.20.2', false],
  ['v100.0.0', true],
  ['', false],
  ['nonsense', false],
])('Node %s is recent enough: %s', (version, expected) => expect(isRecentEnough(version)).toBe(expected));

test('the folders npm puts on PATH are left out', () => {
  const own = join('/a', 'node_modules', '.bin');
  expect(pathOutsidePackages([own, '/usr/bin', '', '/b/bin'].join(delimiter))).toBe(
    ['/usr/bin', '/b/bin'].join(delimiter),
  );
});

describe('what is installed', () => {
  const machine = { platform: 'linux', arch: 'x64', libc: 'glibc' };
  const entry = (version: string, more: object = {}) => ({ version, integrity: `sha-${version}`, ...more });
  const lock = (packages: Record<string, object>) => ({ packages: { '': {}, ...packages } });
  test.each([
    ['agrees', { a: entry('1') }, { a: entry('1') }, []],
    ['misses one', { a: entry('1') }, {}, ['a is missing']],
    ['has another version', { a: entry('2') }, { a: entry('1') }, ['a is 1, wanted is 2']],
    ['has one too many', {}, { a: entry('1') }, ['a is not wanted']],
    ['may miss what is for another system', { a: entry('1', { optional: true, os: ['darwin'] }) }, {}, []],
    [
      'may miss what is for another libc',
      { a: entry('1', { optional: true, os: ['linux'], libc: ['musl'] }) },
      {},
      [],
    ],
    [
      'may not miss what is for this one',
      { a: entry('1', { optional: true, os: ['linux'], cpu: ['x64'] }) },
      {},
      ['a is missing'],
    ],
  ])('%s', (_, wanted, found, expected) => {
    expect(differences(lock(wanted), lock(found), machine)).toEqual(expected);
  });

  test('is compared once, then by the stamp, until lock, record or Node change', () => {
    const put = (path: string, text: string) => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    put('package-lock.json', JSON.stringify(lock({ 'node_modules/a': entry('1') })));
    expect(whyInstall(folder, 'v24.0.0')).toBe('nothing is installed yet');
    put('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': entry('1') } }));
    expect(whyInstall(folder, 'v24.0.0')).toBe('node_modules/a is missing');
    put('node_modules/a/package.json', '{}');
    expect(whyInstall(folder, 'v24.0.0')).toBeUndefined();
    const stamp = readFileSync(join(folder, 'node_modules/.strata-stamp'), 'utf8');
    expect(whyInstall(folder, 'v24.0.1')).toBeUndefined();
    expect(readFileSync(join(folder, 'node_modules/.strata-stamp'), 'utf8')).not.toBe(stamp);
    put('package-lock.json', JSON.stringify(lock({ 'node_modules/a': entry('2') })));
    expect(whyInstall(folder, 'v24.0.1')).toBe('node_modules/a is 1, wanted is 2');
  });
});

/** A process that is certainly over. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid ?? 0;
}

describe('the lock', () => {
  test('lets one in at a time and tells the waiting', async () => {
    const lock = join(folder, 'x.lock');
    const order: string[] = [];
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const first = withLock(
      lock,
      () => order.push('first waits'),
      async () => {
        order.push('first in');
        await gate;
        order.push('first out');
      },
    );
    const second = withLock(
      lock,
      (pid) => {
        order.push(`second waits for ${pid === process.pid}`);
        open();
      },
      async () => order.push('second in'),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(['first in', 'second waits for true', 'first out', 'second in']);
    expect(existsSync(lock)).toBe(false);
  });
  test('of a dead process is taken over', async () => {
    const lock = join(folder, 'x.lock');
    mkdirSync(lock);
    const pid = await endedPid();
    writeFileSync(join(lock, 'pid'), String(pid));
    expect(isAlive(pid)).toBe(false);
    expect(
      await withLock(
        lock,
        () => expect.unreachable(),
        async () => 'in',
      ),
    ).toBe('in');
  });
  test('is given back when the work fails', async () => {
    const lock = join(folder, 'x.lock');
    await expect(
      withLock(
        lock,
        () => undefined,
        async () => Promise.reject(new Error('no')),
      ),
    ).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });
});

describe('who runs from the checkout', () => {
  test('is known while they live', () => {
    const end = noteUser(folder, 'npm start', false);
    expect(usersOf(folder)).toEqual([]); // oneself does not count
    writeFileSync(
      join(folder, '.state/users/1.json'),
      JSON.stringify({ pid: process.ppid, what: 'npm start', isDev: false }),
    );
    writeFileSync(
      join(folder, '.state/users/2.json'),
      JSON.stringify({ pid: 2 ** 22 + 1, what: 'npm start', isDev: false }),
    );
    writeFileSync(join(folder, '.state/users/3.json'), '{');
    expect(usersOf(folder)).toEqual([{ pid: process.ppid, what: 'npm start', isDev: false }]);
    end();
  });
});
