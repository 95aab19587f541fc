// `npm test` on the right Node: the lanes one after another, each with its time, and one closing line.
//
//   check → unit → build → bench (quick) → conformance (demo) → e2e (demo) → real (conformance and e2e, a real control plane)
//
// A failed lane does not stop the next: one run tells everything. Only what rests on a failed build is left out.
import { mkdirSync } from 'node:fs';
import { checkBudget } from '../build/budget.ts';
import { buildIfNeeded } from '../build/build-if-needed.ts';
import { ROOT, say } from '../setup/hand-over.mjs';
import { noteUser } from '../setup/users.mjs';
import { type Lane, parseTestArguments, type TestArguments } from '../test-arguments.mjs';
import { runChecks } from './checks.ts';
import { runConformance } from './conformance.ts';
import { type Counts, closingLines, exitCodeOf, ONE_FAILED, ONE_PASSED, sumCounts } from './counts.ts';
import { RESULTS, resultLine } from './run-command.ts';
import { runUnit } from './unit.ts';

/** How long a stopped run may take to put things away. */
const STOP_MS = 15_000;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Makes sure the built console stands; end-to-end lanes also claim it, so that nobody rebuilds under them. */
async function ensureBuild(): Promise<Counts> {
  const began = performance.now();
  try {
    const outcome = await buildIfNeeded(ROOT, () => noteUser(ROOT, 'npm test', false));
    say(
      `${resultLine(true, 'build', performance.now() - began)}${outcome === 'fresh' ? ' (up to date)' : ''}`,
    );
    return ONE_PASSED;
  } catch (error) {
    say(`${resultLine(false, 'build', performance.now() - began)}\n${messageOf(error)}`);
    return ONE_FAILED;
  }
}

function budget(): Counts {
  const began = performance.now();
  try {
    const { line, problems } = checkBudget(ROOT);
    say(`          ${line}`);
    for (const problem of problems) say(problem);
    say(resultLine(problems.length === 0, 'budget', performance.now() - began));
    return problems.length === 0 ? ONE_PASSED : ONE_FAILED;
  } catch (error) {
    say(`${resultLine(false, 'budget', performance.now() - began)}\n${messageOf(error)}`);
    return ONE_FAILED;
  }
}

async function buildLane(): Promise<Counts> {
  const build = await ensureBuild();
  return build.failed > 0 ? build : sumCounts([build, budget()]);
}

/** For a lane that needs a build but is run without the lane that makes it. */
async function onBuild(work: () => Promise<Counts>): Promise<Counts> {
  const build = await ensureBuild();
  return build.failed > 0 ? build : work();
}

/** What only one lane needs is loaded with it. */
async function runLane(lane: Lane, given: TestArguments): Promise<Counts> {
  switch (lane) {
    case 'check':
      return runChecks();
    case 'unit':
      return runUnit(given.grep);
    case 'build':
      return buildLane();
    case 'bench':
      return onBuild(async () => (await import('./bench.ts')).runBench());
    case 'conformance':
      return runConformance('demo');
    case 'e2e':
      return onBuild(async () => (await import('./e2e.ts')).runPlaywright('demo', given.grep));
    case 'real':
      return (await import('./real.ts')).runReal(given, onBuild);
  }
}

const clock = (ms: number) => `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

async function runLanes(given: TestArguments): Promise<Counts> {
  const all: Counts[] = [];
  let isStopping = false;
  process.once('SIGTERM', () => {
    isStopping = true; // the running program gets the signal too (run-command.ts)
    setTimeout(() => process.exit(143), STOP_MS).unref();
  });
  for (const lane of given.lanes) {
    if (isStopping) return sumCounts([...all, ONE_FAILED]);
    const began = performance.now();
    say(`${lane}`);
    const counts = await runLane(lane, given).catch((error: unknown) => {
      say(`  FAILED  ${lane}: ${messageOf(error)}`);
      return ONE_FAILED;
    });
    all.push(counts);
    say(`  ${lane}: ${closingLines(counts).at(-1)} in ${clock(performance.now() - began)}`);
  }
  return sumCounts(all);
}

const parsed = parseTestArguments(process.argv.slice(2));
if (!parsed.ok) {
  say(parsed.problem);
  process.exit(2);
}
mkdirSync(RESULTS, { recursive: true });
const counts = await runLanes(parsed.value);
process.stdout.write(`${closingLines(counts).join('\n')}\n`);
process.exit(exitCodeOf(counts));
