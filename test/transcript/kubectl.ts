/** Runs the real kubectl against one cluster, with a home of its own, and hands back what it printed. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Step } from './step.ts';

export interface Printed {
  /** stdout, then stderr: which of two pipes is read first is chance. */
  text: string;
  exitCode: number;
}

export interface Kubectl {
  program: string;
  /** Where manifests, the kubeconfig and kubectl's cache are. */
  folder: string;
}

/** Longer than any step waits for something; then it is killed and says so. */
const LIMIT_MS = 30_000;

/** Splits as a shell does, as far as the steps need it: blanks, '…' and "…". */
export function splitWords(line: string): string[] {
  const words = line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g);
  return [...words].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, one, two) => one ?? two));
}

type Live = Pick<Step, 'stdin' | 'editor' | 'meanwhile' | 'interruptedWhen' | 'typed'>;

export async function runKubectl(kubectl: Kubectl, line: string, live: Live = {}): Promise<Printed> {
  const words = splitWords(line);
  const atTerminal = ['script', '-qec', [kubectl.program, ...words].map(quote).join(' '), '/dev/null'];
  const [program = '', ...args] = live.typed ? atTerminal : [kubectl.program, ...words];
  const child = spawn(program, args, {
    cwd: kubectl.folder,
    env: environment(kubectl.folder, live.editor),
    stdio: 'pipe',
  });
  if (live.stdin !== undefined || !live.typed) child.stdin.end(live.stdin ?? '');
  return follow(child, live, (other) => runKubectl(kubectl, other));
}

/** Nothing of whoever runs the session: no kubeconfig, no proxy, no preferences of kubectl. */
function environment(folder: string, editor: string | undefined): NodeJS.ProcessEnv {
  const own = { HOME: folder, TMPDIR: folder, KUBECONFIG: `${folder}/kubeconfig`, TERM: 'dumb' };
  return {
    ...(own as unknown as NodeJS.ProcessEnv),
    PATH: process.env.PATH,
    ...(editor && { KUBE_EDITOR: editor }),
  };
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Reads to the end, doing on the way what the step says. */
async function follow(
  child: ChildProcessWithoutNullStreams,
  live: Live,
  runOther: (line: string) => Promise<Printed>,
): Promise<Printed> {
  const parts = { out: '', err: '' };
  let others: Promise<unknown> = Promise.resolve();
  const meanwhile = [...(live.meanwhile ?? [])];
  const typed = [...(live.typed ?? [])];
  let seen = 0;
  const look = (): void => {
    const all = parts.out + parts.err;
    while (meanwhile[0]?.when.test(all)) {
      const { kubectl } = meanwhile.shift() ?? { kubectl: '' };
      others = others.then(() => runOther(kubectl));
    }
    if (typed[0]?.when.test(all.slice(seen))) {
      seen = all.length;
      child.stdin.write(typed.shift()?.text ?? '');
    }
    if (live.interruptedWhen?.test(all) && meanwhile.length === 0) child.kill('SIGINT');
  };
  child.stdin.on('error', () => undefined); // it may end without reading what it is given
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    parts.out += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    parts.err += text;
    look();
  });
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, LIMIT_MS);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 0));
  });
  clearTimeout(late);
  await others;
  const text = `${parts.out}${parts.err}${isLate ? `(did not end within ${LIMIT_MS / 1000} s)\n` : ''}`;
  return { text: text.replaceAll('\r\n', '\n'), exitCode };
}
