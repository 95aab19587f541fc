// `npm run build`: a build if needed, then the size of the first table route against its budget.
import { ROOT, say } from '../setup/hand-over.mjs';
import { checkBudget } from './budget.ts';
import { buildIfNeeded } from './build-if-needed.ts';

try {
  const outcome = await buildIfNeeded(ROOT);
  if (outcome === 'fresh') say('The build is up to date.');
  const { line, problems } = checkBudget(ROOT);
  process.stdout.write(`${line}\n`);
  for (const problem of problems) say(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
