import type { GlyphName } from '#components/ui/glyphs.tsx';
import type { Level } from '#components/ui/state.tsx';
import { formatCount } from '#lib/format/number.ts';
import type { WatchFigures, WatchStanding } from '#lib/protocol/about-frame.ts';

export interface WatchState {
  readonly level: Level;
  readonly words: string;
  readonly glyph?: GlyphName;
}

/** Watches end or bookmark every 30 s: silence of 35 s means dead. */
const SILENT_MS = 35_000;

/** nowMs: the console's monotonic clock now. timeOf: its instants as '14:31:22'. */
export function watchState(
  standing: WatchStanding,
  nowMs: number,
  timeOf: (consoleMs: number) => string,
): WatchState {
  const { state, confirmedMs, sampledSeconds, error } = standing;
  const because = error === undefined ? '' : `, ${error.reason}`;
  switch (state) {
    case 'live':
      if (isSilent(standing, nowMs))
        return { level: 'unknown', words: `Silent since ${timeOf(confirmedMs)}` };
      return { level: 'ok', words: sampledSeconds === undefined ? 'Live' : `Read every ${sampledSeconds} s` };
    case 'stale':
      return { level: 'unknown', words: `Stale since ${timeOf(confirmedMs)}${because}` };
    case 'connecting':
      return { level: 'progress', words: readingWords(standing) };
    case 'failed':
      return { level: 'failed', words: `Not readable${because}` };
    case 'forbidden':
      return { level: 'unknown', glyph: 'lock', words: 'May not be listed' };
    case 'gone':
      return { level: 'unknown', glyph: 'gone', words: 'Not served any more' };
  }
}

export function isLive(standing: WatchStanding, nowMs: number): boolean {
  return standing.state === 'live' && !isSilent(standing, nowMs);
}

function isSilent({ confirmedMs, sampledSeconds }: WatchStanding, nowMs: number): boolean {
  const limitMs =
    sampledSeconds === undefined ? SILENT_MS : Math.max(SILENT_MS, sampledSeconds * 2_000 + 5_000);
  return nowMs - confirmedMs > limitMs;
}

function readingWords({ read = 0, total = 0 }: WatchStanding): string {
  if (read === 0) return 'Reading';
  return `Reading, ${formatCount(read)}${total > 0 ? ` of about ${formatCount(total)}` : ''}`;
}

const CAUSES: Readonly<Record<string, string>> = {
  start: 'start',
  expired: 'history compacted (410 Gone)',
  continue: 'history compacted while it was read (410 Gone)',
  columns: 'its columns changed',
  sampled: 'it cannot be watched, so it is read again and again',
  'watch not found': 'the watch was not found (404)',
  'watch refused': 'the watch was refused',
  fault: 'a fault of the console, see its log',
};

/** Why a kind was last listed. */
export function causeWords(cause: string): string {
  return CAUSES[cause] ?? cause;
}

/** Worst first, then by size: what asks for a look stands on top. */
export function inOrder(
  watches: readonly WatchFigures[],
  stateOf: (standing: WatchStanding) => WatchState,
): readonly WatchFigures[] {
  const rank = ({ standing }: WatchFigures) => LEVELS.indexOf(stateOf(standing).level);
  return [...watches].sort(
    (a, b) => rank(a) - rank(b) || (b.rows ?? -1) - (a.rows ?? -1) || (a.resource < b.resource ? -1 : 1),
  );
}

const LEVELS: readonly Level[] = ['failed', 'warning', 'progress', 'unknown', 'ok'];
