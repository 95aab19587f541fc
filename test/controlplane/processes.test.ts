import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ProcessFolders,
  parseRecord,
  parseStat,
  runningProcess,
  signalProcess,
  startProcess,
  stopProcess,
} from './processes.ts';

let dir: string;
let folders: ProcessFolders;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'processes-test-'));
  folders = { pids: join(dir, 'pids'), logs: join(dir, 'logs') };
  mkdirSync(folders.pids);
  mkdirSync(folders.logs);
});

afterEach(async () => {
  await stopProcess(folders, 'idle', 1000);
  rmSync(dir, { recursive: true });
});

const startIdle = () =>
  startProcess(folders, 'idle', process.execPath, ['-e', 'setInterval(() => {}, 1000)']);

/** Our own child is a zombie for a moment, until Node has asked for its exit code. */
const expectGone = (pid: number) => expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);

describe('records', () => {
  test('a record needs a pid above 1, a program and a start time', () => {
    expect(parseRecord('{"pid":7,"exe":"/bin/x","startTicks":"5"}')).toEqual({
      pid: 7,
      exe: '/bin/x',
      startTicks: '5',
    });
    for (const text of [
      '',
      '{',
      'null',
      '7',
      '{"pid":1,"exe":"/x","startTicks":"5"}',
      '{"pid":-1,"exe":"/x","startTicks":"5"}',
    ]) {
      expect(parseRecord(text)).toBeUndefined();
    }
  });

  test('a program name with brackets and spaces does not shift the fields of stat', () => {
    const tail = 'S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20';
    expect(parseStat(`12 (evil) R 9) ${tail}`)).toEqual({ state: 'S', threads: 17, startTicks: '4711' });
    expect(parseStat('')).toBeUndefined();
  });
});

describe('processes', () => {
  test('starting twice gives the same process; stopping ends it and removes its record', async () => {
    const first = await startIdle();
    expect(await startIdle()).toEqual(first);
    await stopProcess(folders, 'idle', 5000);
    expect(runningProcess(folders, 'idle')).toBeUndefined();
    await expectGone(first.pid);
    expect(() => readFileSync(join(folders.pids, 'idle.json'))).toThrow('ENOENT');
  });

  test('a paused process can be stopped', async () => {
    const { pid } = await startIdle();
    expect(signalProcess(folders, 'idle', 'SIGSTOP')).toBe(true);
    await stopProcess(folders, 'idle', 5000);
    await expectGone(pid);
  });

  test.each([
    ['another program', { exe: '/bin/other' }],
    ['another start time', { startTicks: '1' }],
  ])('a pid that now belongs to %s is left alone', async (_, change) => {
    const record = await startIdle();
    const file = join(folders.pids, 'idle.json');
    writeFileSync(file, JSON.stringify({ ...record, ...change }));
    expect(signalProcess(folders, 'idle', 'SIGKILL')).toBe(false);
    expect(process.kill(record.pid, 0)).toBe(true);
    writeFileSync(file, JSON.stringify(record));
  });

  test('a program that is missing is an error', async () => {
    await expect(startProcess(folders, 'gone', join(dir, 'no-such-program'), [])).rejects.toThrow('ENOENT');
  });
});
