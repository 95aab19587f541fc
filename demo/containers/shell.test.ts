import { describe, expect, test } from 'vitest';
import type { Pod } from '../base/types.ts';
import { buildMachine } from './machine.ts';
import type { Process } from './programs.ts';
import { runProgram } from './shell.ts';
import { Stdio } from './stdio.ts';

const container = {
  name: 'main',
  image: 'shop/cart:2',
  env: [
    { name: 'LEVEL', value: 'debug' },
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 's', key: 'p' } } },
  ],
  volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
};
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'cart-1',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-11-03T10:00:00Z',
  },
  spec: { containers: [container], volumes: [{ name: 'config', configMap: { name: 'app' } }] },
  status: { phase: 'Running' },
};

interface Options {
  hasTerminal?: boolean;
  input?: string;
}

async function run(argv: string[], { hasTerminal = false, input = '' }: Options = {}) {
  const seen = { out: '', err: '' };
  const io = new Stdio({
    hasTerminal,
    out: (text) => {
      seen.out += text;
    },
    err: (text) => {
      seen.err += text;
    },
  });
  const machine = buildMachine(pod, container, 0, (kind) =>
    kind === 'secrets' ? new Map([['p', 'hidden']]) : new Map([['app.yaml', 'level: info\n']]),
  );
  const process: Process = {
    machine,
    io,
    env: machine.env,
    cwd: '/app',
    now: () => 60_000,
    schedule: (_delayMs, then) => {
      const timer = setImmediate(then);
      return () => clearImmediate(timer);
    },
    signal: new AbortController().signal,
  };
  io.feed(input);
  io.end();
  const [name = '', ...args] = argv;
  return { code: await runProgram(process, name, args), ...seen };
}

const sh = (script: string) => run(['sh', '-c', script]);

describe('the shell', () => {
  test.each([
    ['echo a  "b  c" \'$LEVEL\' $LEVEL', 'a b  c $LEVEL debug\n', 0],
    ['false || echo else; true && echo then; false && echo no', 'else\nthen\n', 1],
    ['cd /etc/config && pwd && cat app.yaml', '/etc/config\nlevel: info\n', 0],
    ['X=1; export Y=2; echo $X$Y $X.z; unset Y; echo "<$Y>"', '12 1.z\n<>\n', 0],
    ['echo $PASSWORD; exit 3; echo never', 'hidden\n', 3],
    ['nosuch 2>/dev/null; echo $?', '127\n', 0],
    ['echo one # two\necho three', 'one\nthree\n', 0],
    ["sh -c 'exit 9'; echo $?", '9\n', 0],
    ['sleep 5 && echo rested', 'rested\n', 0],
  ])('%s', async (script, out, code) => {
    expect(await sh(script)).toEqual({ out, err: '', code });
  });

  test('words what is wrong, and where', async () => {
    expect(await sh('nosuch')).toEqual({ out: '', err: 'sh: nosuch: not found\n', code: 127 });
    expect(await sh('echo a >&2')).toEqual({ out: '', err: 'a\n', code: 0 });
    expect(await sh('ls | cat')).toEqual({ out: '', err: 'sh: syntax error: unexpected "|"\n', code: 2 });
    expect((await sh('echo "open')).code).toBe(2);
    expect((await sh('cat /nope /etc')).code).toBe(1);
  });

  test('reads commands from its input until that ends', async () => {
    expect(await run(['sh'], { input: 'echo a\ncd /tmp\npwd' })).toEqual({
      out: 'a\n/tmp\n',
      err: '',
      code: 0,
    });
  });

  test('with a terminal echoes, edits and prompts', async () => {
    const { out, code } = await run(['sh'], { hasTerminal: true, input: 'echo ax\u007fb\rexit 4\r' });
    expect(out).toContain('echo ax\b \bb\r\n');
    expect(out).toContain('/app # ab\r\n');
    expect(code).toBe(4);
  });

  test('takes names like __proto__ for what they are', async () => {
    expect((await sh('__proto__')).code).toBe(127);
    expect((await sh('constructor; cat /etc/config/__proto__')).code).toBe(1);
  });
});

test('a program that is not there is told apart from one that failed', async () => {
  expect((await run(['nosuch'])).code).toBeUndefined();
  expect((await run(['false'])).code).toBe(1);
  expect((await run(['cat'], { input: 'no line end' })).out).toBe('no line end');
});

test('what nobody reads is not kept without end', async () => {
  const { out } = await run(['cat'], { input: 'x\n'.repeat(3) });
  expect(out).toBe('x\nx\nx\n');
  const io = new Stdio({ hasTerminal: false, out: () => undefined, err: () => undefined });
  for (let turn = 0; turn < 64; turn += 1) io.feed(`${'y'.repeat(65_535)}\n`);
  io.end();
  let kept = 0;
  for (let line = await io.readLine(); line !== undefined; line = await io.readLine()) kept += line.length;
  expect(kept).toBeGreaterThan(1_000_000);
  expect(kept).toBeLessThan(1_300_000);
});
