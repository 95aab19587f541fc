// How many tests passed, failed and were skipped and why, summed over lanes into one closing line.

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** how many tests were skipped for each reason */
  readonly skipped: Readonly<Record<string, number>>;
}

export const NO_COUNTS: Counts = { passed: 0, failed: 0, skipped: {} };
export const ONE_PASSED: Counts = { passed: 1, failed: 0, skipped: {} };
export const ONE_FAILED: Counts = { passed: 0, failed: 1, skipped: {} };

export function sumCounts(list: readonly Counts[]): Counts {
  const skipped = new Map<string, number>();
  for (const counts of list)
    for (const [reason, count] of Object.entries(counts.skipped))
      skipped.set(reason, (skipped.get(reason) ?? 0) + count);
  return {
    passed: list.reduce((sum, one) => sum + one.passed, 0),
    failed: list.reduce((sum, one) => sum + one.failed, 0),
    skipped: Object.fromEntries(skipped),
  };
}

const skippedTotal = (counts: Counts) => Object.values(counts.skipped).reduce((sum, one) => sum + one, 0);

/** The lines that end a run: why tests were skipped, then `N passed, N failed[, N skipped]` on a line of its own. */
export function closingLines(counts: Counts): string[] {
  const reasons = Object.entries(counts.skipped).map(([reason, count]) => `${count} skipped: ${reason}`);
  const skipped = skippedTotal(counts);
  const tail = skipped === 0 ? '' : `, ${skipped} skipped`;
  return [...reasons, `${counts.passed} passed, ${counts.failed} failed${tail}`];
}

/** 1 when anything failed or nothing ran. */
export function exitCodeOf(counts: Counts): number {
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the file of `counts-reporter.ts`; throws when it is not one. */
export function readCounts(value: unknown): Counts {
  if (!isRecord(value) || typeof value.passed !== 'number' || typeof value.failed !== 'number')
    throw new Error('not a counts file');
  const skipped = Object.entries(isRecord(value.skipped) ? value.skipped : {});
  return {
    passed: value.passed,
    failed: value.failed,
    skipped: Object.fromEntries(skipped.map(([reason, count]) => [reason, Number(count)])),
  };
}

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

function skipReasons(suite: Record<string, unknown>): string[] {
  const tests = listOf(suite.specs).flatMap((spec) => listOf(spec.tests));
  const own = tests
    .filter((test) => test.status === 'skipped')
    .map((test) => {
      const note = listOf(test.annotations).find((one) => one.type === 'skip' || one.type === 'fixme');
      return typeof note?.description === 'string' ? note.description : 'no reason given (end-to-end)';
    });
  return [...own, ...listOf(suite.suites).flatMap(skipReasons)];
}

/** Counts of Playwright's JSON report. A flaky test is a failed one; an error outside of tests counts as one more. */
export function countPlaywright(report: unknown): Counts {
  if (!isRecord(report) || !isRecord(report.stats)) throw new Error('not a report of Playwright');
  const stat = (name: string) => Number((report.stats as Record<string, unknown>)[name] ?? 0);
  const reasons = listOf(report.suites).flatMap(skipReasons);
  return sumCounts([
    {
      passed: stat('expected'),
      failed: stat('unexpected') + stat('flaky') + listOf(report.errors).length,
      skipped: {},
    },
    ...reasons.map((reason) => ({ passed: 0, failed: 0, skipped: { [reason]: 1 } })),
  ]);
}
