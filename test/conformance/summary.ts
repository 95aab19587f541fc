/** Counts by topic out of vitest's JSON report, for the last lines of a run. Pure. */

export interface TopicCounts {
  topic: string;
  passed: number;
  failed: number;
  leftOut: number;
  /** Failed as known-failures.ts says. */
  known: number;
}

interface Case {
  title: string;
  outcome: 'passed' | 'failed' | 'leftOut' | 'known';
  reason?: string;
}

interface Report {
  testResults?: {
    assertionResults?: { title?: unknown; status?: unknown; meta?: { leftOut?: unknown } }[];
  }[];
}

const leftOut = / \[left out: (.*)\]$/;
const known = / \[known failure\]$/;

function words({ passed, failed, leftOut: absent, known: owed }: TopicCounts): string {
  const more = [owed > 0 && `${owed} known to fail`, absent > 0 && `${absent} left out`].filter(Boolean);
  return [`${passed} passed`, `${failed} failed`, ...more].join(', ');
}

/**
 * The cases of a run. vitest calls `skipped` both what --grep did not choose and what a failed preparation kept
 * from running: the second is a failure here.
 */
function casesOf(report: unknown, grep: string): Case[] {
  const results = (report as Report | undefined)?.testResults ?? [];
  return results
    .flatMap((file) => file.assertionResults ?? [])
    .map(({ title, status, meta }) => ({ title: String(title), status, meta }))
    .filter(({ title }) => title.includes(grep))
    .map(({ title, status, meta }) => {
      const reason = leftOut.exec(title)?.[1] ?? (meta?.leftOut ? String(meta.leftOut) : undefined);
      if (reason) return { title, outcome: 'leftOut', reason };
      if (status !== 'passed') return { title, outcome: 'failed' };
      return { title, outcome: known.test(title) ? 'known' : 'passed' };
    });
}

export function countTopics(report: unknown, grep = ''): TopicCounts[] {
  const counts = new Map<string, TopicCounts>();
  for (const { title, outcome } of casesOf(report, grep)) {
    const topic = title.split(':')[0] ?? title;
    const entry = counts.get(topic) ?? { topic, passed: 0, failed: 0, leftOut: 0, known: 0 };
    entry[outcome] += 1;
    counts.set(topic, entry);
  }
  return [...counts.values()].sort((a, b) => a.topic.localeCompare(b.topic));
}

/** Titles that no case of the run has: a list of known failures must not outlive its cases. */
export function missingTitles(report: unknown, titles: readonly string[]): string[] {
  const present = new Set(
    casesOf(report, '').map(({ title }) => title.replace(leftOut, '').replace(known, '')),
  );
  return titles.filter((title) => !present.has(title));
}

/** Every reason for which a case was left out, with how many. */
export function countReasons(report: unknown, grep = ''): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const { reason } of casesOf(report, grep)) {
    if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return reasons;
}

/** The closing lines: a topic a line, the reasons for what was left out, then the totals. */
export function formatSummary(report: unknown, target: string, grep = ''): string[] {
  const topics = countTopics(report, grep);
  const totals: TopicCounts = { topic: '', passed: 0, failed: 0, leftOut: 0, known: 0 };
  for (const each of topics) {
    for (const key of ['passed', 'failed', 'leftOut', 'known'] as const) totals[key] += each[key];
  }
  return [
    ...topics.map((each) => `${each.topic.padEnd(12)} ${words(each)}`),
    ...[...countReasons(report, grep)].map(([reason, count]) => `left out: ${count} (${reason})`),
    `conformance on ${target}: ${words(totals)}`,
  ];
}

/** The titles of what was left out, for a cluster whose owner wants to know. */
export function leftOutTitles(report: unknown, grep = ''): string[] {
  return casesOf(report, grep)
    .filter(({ outcome }) => outcome === 'leftOut')
    .map(({ title, reason }) => `left out: ${title.replace(leftOut, '')} (${reason})`);
}

/** One table of several runs: a topic a row, a target a column, each `passed` or `passed, n failed, n left out`. */
export function formatTable(reports: Readonly<Record<string, unknown>>, grep = ''): string[] {
  const counted = Object.entries(reports).map(([target, report]) => ({
    target,
    topics: countTopics(report, grep),
  }));
  const names = [...new Set(counted.flatMap(({ topics }) => topics.map(({ topic }) => topic)))].sort();
  const short = ({ passed, failed, leftOut: absent, known: owed }: TopicCounts): string =>
    [`${passed}`, failed + owed > 0 && `${failed + owed} failed`, absent > 0 && `${absent} left out`]
      .filter(Boolean)
      .join(', ');
  const sum = (topics: readonly TopicCounts[]): TopicCounts => {
    const total = { topic: 'all', passed: 0, failed: 0, leftOut: 0, known: 0 };
    for (const each of topics)
      for (const key of ['passed', 'failed', 'leftOut', 'known'] as const) total[key] += each[key];
    return total;
  };
  const rows = [
    ['topic', ...counted.map(({ target }) => target)],
    ['---', ...counted.map(() => '---')],
    ...names.map((name) => [
      name,
      ...counted.map(({ topics }) => {
        const found = topics.find(({ topic }) => topic === name);
        return found ? short(found) : 'none';
      }),
    ]),
    ['all', ...counted.map(({ topics }) => short(sum(topics)))],
  ];
  return rows.map((row) => `| ${row.join(' | ')} |`);
}
