import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The program as `npm start` runs it, as far as it comes without a build: how it ends when it cannot start. */
let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'strata-main-'));
  await writeFile(join(dir, 'malformed'), 'contexts: [\n  CANARY');
  await writeFile(join(dir, 'empty'), '');
});
afterAll(() => rm(dir, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Ended> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const words = ['--disable-warning=ExperimentalWarning', main, ...args, '--log-level', 'error'];
  return new Promise((resolve) => {
    const env = { ...process.env, KUBECONFIG: '', HOME: dir, NODE_ENV: 'production' as const };
    execFile(process.execPath, words, { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('node server/main.ts', () => {
  it('explains itself', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--kubeconfig FILE');
  });

  it.each([
    [['--port', 'x'], /--port takes a number/],
    [['--host', '0.0.0.0'], /not a loopback address/],
    [['--wat'], /unknown word/],
  ])('ends with 2 for %j', async (args, words) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });

  it.each(['missing', 'malformed', 'empty'])(
    'ends with 1 and one clear line for a %s kubeconfig',
    async (name) => {
      const { code, stdout, stderr } = await run('--kubeconfig', join(dir, name));
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(/^Strata Console could not start: /);
      expect(stderr).toContain(join(dir, name));
      expect(stderr).not.toContain('CANARY');
    },
  );
});
