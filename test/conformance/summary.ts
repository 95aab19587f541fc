/** Counts by topic out of vitest's JSON report, for the last lines of a run. Pure. */

export interface TopicCounts {
  topic: string;
  passed: number;
  failed: number;
  skipped: number;
}

interface Report {
  testResults?: { assertionResults?: { title?: unknown; status?: unknown }[] }[];
}

const leftOut = / \[left out: (.*)\]$/;

export function countTopics(report: unknown): TopicCounts[] {
  const counts = new Map<string, TopicCounts>();
  for (const { title, status } of casesOf(report)) {
    const topic = title.split(':')[0] ?? title;
    const entry = counts.get(topic) ?? { topic, passed: 0, failed: 0, skipped: 0 };
    if (status === 'passed') entry.passed += 1;
    else if (status === 'failed') entry.failed += 1;
    else entry.skipped += 1;
    counts.set(topic, entry);
  }
  return [...counts.values()].sort((a, b) => a.topic.localeCompare(b.topic));
}

/** Every reason for which a case was left out, with how many. */
export function countReasons(report: unknown): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const { title } of casesOf(report)) {
    const reason = leftOut.exec(title)?.[1];
    if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return reasons;
}

/** The closing lines: a topic a line, the reasons for what was left out, then the totals. */
export function formatSummary(report: unknown, target: string): string[] {
  const topics = countTopics(report).filter(({ passed, failed }) => passed + failed > 0);
  const words = (each: Omit<TopicCounts, 'topic'>): string =>
    `${each.passed} passed, ${each.failed} failed${each.skipped > 0 ? `, ${each.skipped} left out` : ''}`;
  const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
    topics.reduce((total, each) => total + each[key], 0);
  const totals = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  return [
    ...topics.map((each) => `${each.topic.padEnd(12)} ${words(each)}`),
    ...[...countReasons(report)].map(([reason, count]) => `left out: ${count} (${reason})`),
    `conformance on ${target}: ${words(totals)}`,
  ];
}

function casesOf(report: unknown): { title: string; status: unknown }[] {
  const results = (report as Report | undefined)?.testResults ?? [];
  return results
    .flatMap((file) => file.assertionResults ?? [])
    .map(({ title, status }) => ({ title: String(title), status }));
}
