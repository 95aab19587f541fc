// Lane "check": types, lint and format, boundaries, dead code. Each check counts as one test.
import { join } from 'node:path';
import { ROOT } from '../setup/hand-over.mjs';
import { type Counts, ONE_FAILED, ONE_PASSED, sumCounts } from './counts.ts';
import { type Command, runAndTell } from './run-command.ts';

const TIMEOUT_MS = 5 * 60_000;

/** The command of an installed package. */
export const packageCommand = (name: string) =>
  join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

function check(name: string, program: string, args: readonly string[]): Command {
  return { name, program, args, timeoutMs: TIMEOUT_MS };
}

const one = async (command: Command): Promise<Counts> =>
  (await runAndTell(command)).ok ? ONE_PASSED : ONE_FAILED;

/** Next writes the types of routes (PageProps) first: a fresh clone has none. */
async function types(): Promise<Counts> {
  const routes = await runAndTell(check('route-types', packageCommand('next'), ['typegen']));
  return routes.ok ? one(check('types', packageCommand('tsc'), ['--noEmit', '-p', '.'])) : ONE_FAILED;
}

/** Two at a time: a check keeps about one core busy. */
export async function runChecks(): Promise<Counts> {
  const reporter = process.env.GITHUB_ACTIONS ? ['--reporter=github'] : [];
  const [first, second] = await Promise.all([
    (async () => [await types()])(),
    (async () => [
      await one(
        check('lint-and-format', packageCommand('biome'), [
          'ci',
          '--colors=off',
          ...reporter,
          '--max-diagnostics=50',
          '.',
        ]),
      ),
      await one(check('boundaries', process.execPath, [join('scripts', 'boundaries.ts')])),
      await one(check('dead-code', packageCommand('knip'), ['--no-progress'])),
    ])(),
  ]);
  return sumCounts([...first, ...second]);
}
