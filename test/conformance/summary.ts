/** Counts by topic out of vitest's JSON report, for the last lines of a run. Pure. */

export interface TopicCounts {
  topic: string;
  passed: number;
  failed: number;
  leftOut: number;
}

interface Case {
  title: string;
  outcome: 'passed' | 'failed' | 'leftOut';
  reason?: string;
}

interface Report {
  testResults?: { assertionResults?: { title?: unknown; status?: unknown }[] }[];
}

const leftOut = / \[left out: (.*)\]$/;

/**
 * The cases of a run. vitest calls `skipped` both what --grep did not choose and what a failed preparation kept
 * from running: the second is a failure here.
 */
function casesOf(report: unknown, grep: string): Case[] {
  const results = (report as Report | undefined)?.testResults ?? [];
  return results
    .flatMap((file) => file.assertionResults ?? [])
    .map(({ title, status }) => ({ title: String(title), status }))
    .filter(({ title }) => title.includes(grep))
    .map(({ title, status }) => {
      const reason = leftOut.exec(title)?.[1];
      if (reason) return { title, outcome: 'leftOut', reason };
      return { title, outcome: status === 'passed' ? 'passed' : 'failed' };
    });
}

export function countTopics(report: unknown, grep = ''): TopicCounts[] {
  const counts = new Map<string, TopicCounts>();
  for (const { title, outcome } of casesOf(report, grep)) {
    const topic = title.split(':')[0] ?? title;
    const entry = counts.get(topic) ?? { topic, passed: 0, failed: 0, leftOut: 0 };
    entry[outcome] += 1;
    counts.set(topic, entry);
  }
  return [...counts.values()].sort((a, b) => a.topic.localeCompare(b.topic));
}

/** Titles that no case of the run has: a list of known failures must not outlive its cases. */
export function missingTitles(report: unknown, titles: readonly string[]): string[] {
  const present = new Set(casesOf(report, '').map(({ title }) => title.replace(leftOut, '')));
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
  const words = (each: Omit<TopicCounts, 'topic'>): string =>
    `${each.passed} passed, ${each.failed} failed${each.leftOut > 0 ? `, ${each.leftOut} left out` : ''}`;
  const sum = (key: 'passed' | 'failed' | 'leftOut'): number =>
    topics.reduce((total, each) => total + each[key], 0);
  const totals = { passed: sum('passed'), failed: sum('failed'), leftOut: sum('leftOut') };
  return [
    ...topics.map((each) => `${each.topic.padEnd(12)} ${words(each)}`),
    ...[...countReasons(report, grep)].map(([reason, count]) => `left out: ${count} (${reason})`),
    `conformance on ${target}: ${words(totals)}`,
  ];
}
