// What counts-reporter.ts left behind.
import { existsSync, readFileSync } from 'node:fs';
import { type Counts, ONE_FAILED, readCounts, sumCounts } from './counts.ts';

/** The counts of a run. Without a file it crashed: one failure. A bad end with no failed test is one as well. */
export function readCountsFile(file: string, endedWell: boolean): Counts {
  if (!existsSync(file)) return ONE_FAILED;
  const counts = readCounts(JSON.parse(readFileSync(file, 'utf8')));
  return !endedWell && counts.failed === 0 ? sumCounts([counts, ONE_FAILED]) : counts;
}
