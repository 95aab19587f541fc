import { formatCount } from '#lib/format/number.ts';
import type { LiveTable } from '#lib/live/live-client.ts';

/**
 * The figure beside a list's title; '' while there is none. Zero is a claim: only a list that was read to its end may
 * make it, never one that is still read, failed, forbidden or not served.
 */
export function countedWords(table: LiveTable, filtered: boolean): string {
  const { counts, connection } = table;
  const isComplete = connection.state === 'live' || connection.state === 'stale';
  const isSomething = connection.state === 'connecting' && counts !== null && counts.total > 0;
  if (counts === null || !(isComplete || isSomething)) return '';
  if (!filtered) return formatCount(counts.total);
  return `${formatCount(counts.matched)} of ${formatCount(counts.total)} match`;
}
