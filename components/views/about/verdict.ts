import type { Level } from '#components/ui/state.tsx';
import { formatDuration } from '#lib/format/duration.ts';
import { formatCount, formatPlural } from '#lib/format/number.ts';
import { formatSpan } from '#lib/format/span.ts';
import type { AboutFigures } from '#lib/protocol/about-frame.ts';
import { isLive } from './watch-state.ts';

/** An event loop that is later than this is called slow. */
export const SLOW_LOOP_MS = 50;

export interface Verdict {
  readonly level: Level;
  /** For the pill: '1 watch not live, 1 socket slow'. */
  readonly words: string;
  /** 'All 16 watches are live, …' */
  readonly watches: string;
  /** What is wrong, a sentence each. */
  readonly findings: readonly string[];
}

/** The page's answer. nowMs: the console's monotonic clock now. */
export function verdictOf(figures: AboutFigures, nowMs: number): Verdict {
  const findings = findingsOf(figures, nowMs);
  const isWarning = findings.some(({ isPassing }) => !isPassing);
  const level: Level = isWarning ? 'warning' : findings.length > 0 ? 'progress' : 'ok';
  return {
    level,
    words: findings.length === 0 ? 'Keeps up' : findings.map(({ short }) => short).join(', '),
    watches: watchesWords(figures, nowMs),
    findings: findings.map(({ sentence }) => sentence),
  };
}

interface Finding {
  readonly short: string;
  readonly sentence: string;
  /** It passes by itself: rows are read for the first time. */
  readonly isPassing?: boolean;
}

function findingsOf({ watches, hub, console, requests }: AboutFigures, nowMs: number): readonly Finding[] {
  const findings: Finding[] = [];
  const reading = watches.filter(({ standing }) => standing.state === 'connecting').length;
  const lost = watches.filter(
    ({ standing }) => ['stale', 'failed', 'live'].includes(standing.state) && !isLive(standing, nowMs),
  ).length;
  const delayMs = console.delay?.p99Ms ?? 0;
  if (lost > 0) {
    const short = `${formatPlural(lost, 'watch', 'watches')} not live`;
    findings.push({ short, sentence: 'What is not live is tried again; its rows stay, marked as stale.' });
  }
  if (hub.slow > 0) {
    const short = `${formatPlural(hub.slow, 'socket')} slow`;
    const sentence = 'A slow browser gets merged updates and loses no object.';
    findings.push({ short, sentence });
  }
  if (delayMs > SLOW_LOOP_MS) {
    findings.push({
      short: 'event loop late',
      sentence: `Work waits ${formatSpan(delayMs)} before it begins.`,
    });
  }
  if (requests.refusedLately > 0) {
    findings.push({
      short: `${formatCount(requests.refusedLately)} × 429`,
      sentence: `The API server refused ${formatPlural(requests.refusedLately, 'request')} with 429 in the last 10 min; they are tried again after the time it told.`,
    });
  }
  if (reading > 0) {
    const short = `reading ${formatPlural(reading, 'kind')}`;
    findings.push({ short, sentence: 'Rows are shown while they are read.', isPassing: true });
  }
  return findings;
}

function watchesWords({ watches }: AboutFigures, nowMs: number): string {
  const asked = watches.filter(({ standing }) => standing.state !== 'forbidden');
  if (asked.length === 0) return 'No watch runs: nobody has opened a list yet.';
  const live = asked.filter(({ standing }) => isLive(standing, nowMs));
  const oldestMs = Math.min(...live.map(({ standing }) => standing.confirmedMs));
  const confirmed =
    live.length === 0
      ? ''
      : live.length === 1
        ? `, confirmed ${formatDuration(nowMs - oldestMs)} ago`
        : `, the oldest was confirmed ${formatDuration(nowMs - oldestMs)} ago`;
  const verb = asked.length === 1 ? 'watch is' : 'watches are';
  return `${formatCount(live.length)} of ${formatCount(asked.length)} ${verb} live${confirmed}.`;
}
