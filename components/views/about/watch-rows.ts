import { formatDuration } from '#lib/format/duration.ts';
import { formatBytes, formatCount, formatPlural } from '#lib/format/number.ts';
import { formatRate, formatSpan } from '#lib/format/span.ts';
import type { WatchFigures } from '#lib/protocol/about-frame.ts';
import type { ConsoleTime } from './console-time.ts';
import { causeWords, inOrder, type WatchState, watchState } from './watch-state.ts';

/** A watch in words. '?' is not known, '–' does not apply. */
export interface WatchRow {
  readonly resource: string;
  readonly kind: string;
  /** Group, and what else tells it apart. */
  readonly second: string;
  readonly state: WatchState;
  readonly age: string;
  readonly confirmed: string;
  readonly lag: string;
  readonly rows: string;
  readonly size: string;
  readonly perRow: string;
  readonly events: string;
  readonly readers: string;
  readonly lastList: string;
}

const NOT_KNOWN = '?';
const DOES_NOT_APPLY = '–';

export function watchRows(watches: readonly WatchFigures[], time: ConsoleTime): readonly WatchRow[] {
  return inOrder(watches, (standing) => watchState(standing, time.nowMs, time.timeOf)).map((watch) =>
    watchRow(watch, time),
  );
}

function watchRow(watch: WatchFigures, time: ConsoleTime): WatchRow {
  const { standing, rows, heldBytes, lag, lastList } = watch;
  const isForbidden = standing.state === 'forbidden';
  const nothing = isForbidden ? DOES_NOT_APPLY : NOT_KNOWN;
  const ago = (atMs: number) => formatDuration(time.nowMs - atMs);
  return {
    resource: watch.resource,
    kind: watch.kind,
    second: secondOf(watch),
    state: watchState(standing, time.nowMs, time.timeOf),
    age: watch.startedMs < 0 ? NOT_KNOWN : ago(watch.startedMs),
    confirmed: standing.confirmedMs < 0 ? nothing : ago(standing.confirmedMs),
    lag: lag === null ? nothing : `≤ ${formatSpan(lag.p99Ms)}`,
    rows: rows === null ? DOES_NOT_APPLY : formatCount(rows),
    size: heldBytes === null ? DOES_NOT_APPLY : formatBytes(heldBytes),
    perRow:
      rows === null || rows === 0 || heldBytes === null ? DOES_NOT_APPLY : formatBytes(heldBytes / rows),
    events: watch.eventsPerMinute === null ? nothing : formatRate(watch.eventsPerMinute),
    readers: formatCount(watch.readers),
    lastList: lastList === null ? nothing : `${time.timeOf(lastList.atMs)}, ${causeWords(lastList.cause)}`,
  };
}

function secondOf({ group, parts, standing, malformed }: WatchFigures): string {
  const { namespaces } = standing;
  return [
    ...(group === '' ? [] : [group]),
    ...(namespaces === undefined ? [] : [namespaceWords(namespaces)]),
    ...(parts > 1 ? [`${formatCount(parts)} watches`] : []),
    ...(malformed > 0 ? [`${formatCount(malformed)} not readable`] : []),
  ].join(', ');
}

function namespaceWords({ readable, total }: { readonly readable: number; readonly total: number }): string {
  if (total === 0) return `${formatPlural(readable, 'namespace')}; how many there are is not known`;
  return `${formatCount(readable)} of ${formatPlural(total, 'namespace')}`;
}

/** '3,871 rows, about 31.2 MiB', of what may be listed. */
export function watchTotals(watches: readonly WatchFigures[]): string {
  const rows = watches.reduce((sum, watch) => sum + (watch.rows ?? 0), 0);
  const bytes = watches.reduce((sum, watch) => sum + (watch.heldBytes ?? 0), 0);
  return `${formatPlural(rows, 'row')}, about ${formatBytes(bytes)}`;
}
