// A reporter for Vitest that writes the counts of a run, with the reason of every skip
// (its JSON reporter leaves the reasons out), to the file named by STRATA_COUNTS_FILE.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { type Counts, NO_COUNTS, ONE_FAILED, ONE_PASSED, sumCounts } from './counts.ts';

/** A reason at the end of a title, as the conformance suite writes it: `lists: … [left out: no limited user]`. */
const LEFT_OUT = /\[left out: (.*)\]$/;

/** A case that is expected to fail holds nothing up and proves nothing: it is not counted as passed. */
const KNOWN_FAILURE = /\[known failure\]$/;
const STILL_WRONG =
  'the demo cluster still differs from a real API server (test/conformance/known-failures.ts)';

function countOf(test: TestCase): Counts {
  const result = test.result();
  if (result.state === 'passed' && KNOWN_FAILURE.test(test.name))
    return { ...NO_COUNTS, skipped: { [STILL_WRONG]: 1 } };
  if (result.state === 'passed') return ONE_PASSED;
  if (result.state === 'skipped') {
    const where = relative(process.cwd(), test.module.moduleId);
    const reason =
      result.note ??
      LEFT_OUT.exec(test.name)?.[1] ??
      (test.module.ok() ? `no reason given in ${where}` : `${where} failed before its tests could run`);
    return { ...NO_COUNTS, skipped: { [reason]: 1 } };
  }
  return ONE_FAILED; // failed, or its worker died before it ended
}

/** A file that could not be loaded has no tests but counts as one failure. */
const countOfModule = (module: TestModule): Counts[] => {
  const tests = [...module.children.allTests()].map(countOf);
  const isLoadFailure = module.state() !== 'passed' && tests.every((one) => one.failed === 0) && !module.ok();
  return isLoadFailure ? [...tests, ONE_FAILED] : tests;
};

export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const file = process.env.STRATA_COUNTS_FILE;
    if (file === undefined) return;
    const counts = sumCounts([...modules.flatMap(countOfModule), ...unhandled.map(() => ONE_FAILED)]);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(counts));
  }
}
