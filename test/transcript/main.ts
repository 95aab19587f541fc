/**
 * `npm run transcript --`: one session of plain kubectl against the demo cluster and a real control plane, compared
 * line by line. Fails for a difference that differences.ts does not list, and for a listed one that is gone.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { startDemo } from '#demo/client.ts';
import { availability, startControlPlane } from '#test/controlplane/control-plane.ts';
import { differences } from './differences.ts';
import { formatPage } from './page.ts';
import { findProblems } from './problems.ts';
import { type Played, playSession } from './session.ts';
import type { Chapter } from './step.ts';
import { chapters as all } from './steps/all.ts';

const usage = `npm run transcript -- [OPTIONS]

  --write          keep the page as docs/kubectl-transcript.md
  --only TEXT      only chapters whose title holds this; lists of differences are then not held to occur
  --timings        how long each step took`;

/** Pods of the demo start and end in seconds of its clock. */
const DEMO_SPEED = 5;

const root = resolve(import.meta.dirname, '..', '..');
const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

interface Given {
  write: boolean;
  timings: boolean;
  only?: string;
}

function readArguments(args: readonly string[]): Given {
  const given: Given = { write: false, timings: false };
  for (let index = 0; index < args.length; index += 1) {
    if (args[index] === '--write') given.write = true;
    else if (args[index] === '--timings') given.timings = true;
    else if (args[index] === '--only' && args[index + 1]) given.only = args[++index] ?? '';
    else throw new Error(`unknown argument ${args[index]}\n\n${usage}`);
  }
  return given;
}

async function playBoth(
  chapters: readonly Chapter[],
  given: Given,
  signal: AbortSignal,
): Promise<[Played, Played]> {
  const plane = await startControlPlane({ nodes: 6, say });
  const demo = await startDemo({ scenario: 'calm' }).catch(async (error: unknown) => {
    await plane.stop();
    throw error;
  });
  // What is compared are words and ends, and kubectl waits less.
  await demo.control.setClockSpeed(DEMO_SPEED);
  const play = (isDemo: boolean, kubeconfig: string): Promise<Played> =>
    playSession({
      isDemo,
      program: plane.kubectl,
      kubeconfig,
      chapters,
      signal,
      ...(given.timings && {
        onStep: (title, ms) => say(`${isDemo ? 'demo' : 'real'} ${(ms / 1000).toFixed(1)} s ${title}`),
      }),
    });
  try {
    return await Promise.all([play(true, demo.kubeconfig), play(false, plane.kubeconfig)]);
  } finally {
    await Promise.all([plane.stop(), demo.stop()]);
  }
}

async function run(given: Given): Promise<number> {
  const possible = availability();
  if (!possible.ok) throw new Error(`not run: ${possible.reason}`);
  const { only } = given;
  const chapters = only ? all.filter(({ title }) => title.includes(only)) : all;
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => abort.abort(new Error(`ended by ${name}`)));
  const [demo, real] = await playBoth(chapters, given, abort.signal);
  const list = join(root, 'docs', 'demo-differences.md');
  const problems = findProblems({
    chapters,
    demo,
    real,
    differences,
    page: readFileSync(list, 'utf8'),
    isWhole: !only,
  });
  for (const problem of problems) say(problem);
  const page = formatPage(chapters, demo, real, differences);
  const file = join(root, given.write ? 'docs' : 'test-results', 'kubectl-transcript.md');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
  const steps = chapters.flatMap((each) => each.steps);
  const demoOnly = steps.filter((step) => step.demoOnly !== undefined).length;
  say(
    `transcript: ${steps.length} steps, ${steps.length - demoOnly} on both, ${demoOnly} on the demo only, ` +
      `${differences.length} listed differences, ${problems.length} problems; ${file}`,
  );
  const failed = problems.length;
  const skipped =
    demoOnly > 0 ? { 'kubectl on the demo only: the real plane has no kubelet or metrics': demoOnly } : {};
  const { STRATA_COUNTS_FILE: counts } = process.env; // `npm test` sums the counts of every lane
  if (counts)
    writeFileSync(
      counts,
      JSON.stringify({ passed: Math.max(0, steps.length - demoOnly - failed), failed, skipped }),
    );
  return failed > 0 ? 1 : 0;
}

try {
  process.exitCode = await run(readArguments(process.argv.slice(2)));
} catch (error) {
  say(`transcript: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
