import type { Level } from '#components/ui/state.tsx';
import { formatBytes, formatCount, formatPlural } from '#lib/format/number.ts';
import { formatRate, formatSpan } from '#lib/format/span.ts';
import type { AboutFigures, WatchFigures } from '#lib/protocol/about-frame.ts';
import { SLOW_LOOP_MS } from './verdict.ts';

export interface TileFigures {
  readonly label: string;
  readonly level: Level;
  readonly figure: string;
  readonly unit: string;
  readonly sub: string;
  /** What time the figure speaks of. */
  readonly span: string;
  /** Id of the section behind it. */
  readonly section: 'watches' | 'course' | 'sockets';
}

/** Beyond this a change is seen late: two ticks, the way, and the second the API server cuts off. */
const LATE_MS = 2_000;

type TimeOf = (consoleMs: number) => string;

export function tilesOf(figures: AboutFigures, timeOf: TimeOf): readonly TileFigures[] {
  return [
    lagTile(figures.watches),
    delayTile(figures.console.delay, timeOf),
    memoryTile(figures.console.memory),
    requestsTile(figures.requests, timeOf),
    socketsTile(figures.hub),
    rowsTile(figures),
  ];
}

/** 'GiB' apart from its figure, which is drawn larger. */
function apart(words: string): { readonly figure: string; readonly unit: string } {
  const [figure = '', unit = ''] = words.split('\u00a0');
  return { figure, unit };
}

function lagTile(watches: readonly WatchFigures[]): TileFigures {
  const known = watches.flatMap(({ kind, lag }) => (lag === null ? [] : [{ kind, ...lag }]));
  const worst = known.reduce<(typeof known)[number] | null>(
    (one, other) => (one === null || other.p99Ms > one.p99Ms ? other : one),
    null,
  );
  const rest = { label: 'Change to console', section: 'watches' } as const;
  if (worst === null) {
    const sub = 'No event told yet when its change was made';
    return { ...rest, level: 'unknown', figure: '?', unit: 'not known', sub, span: 'since the start' };
  }
  const { figure, unit } = apart(formatSpan(worst.p99Ms));
  return {
    ...rest,
    level: worst.p99Ms > LATE_MS ? 'warning' : 'ok',
    figure: `≤ ${figure}`,
    unit: `${unit} p99`,
    sub: `${worst.kind} is the slowest of ${formatPlural(known.length, 'kind')}. Changes are dated in whole seconds`,
    span: `last ${formatPlural(worst.events, 'event')}`,
  };
}

function delayTile(delay: AboutFigures['console']['delay'], timeOf: TimeOf): TileFigures {
  const rest = { label: 'Event-loop delay', section: 'course' } as const;
  if (delay === null) {
    const sub = 'Looked at every 5 s';
    return { ...rest, level: 'unknown', figure: '?', unit: 'not known', sub, span: 'just started' };
  }
  const { figure, unit } = apart(formatSpan(delay.p99Ms));
  return {
    ...rest,
    level: delay.p99Ms > SLOW_LOOP_MS ? 'warning' : 'ok',
    figure,
    unit: `${unit} p99`,
    sub: `Worst ${formatSpan(delay.worstMs)} at ${timeOf(delay.worstAtMs)}`,
    span: 'last 5 s; worst of the hour',
  };
}

/** Close to its limit a process is ended without a word. */
const FULL = 0.85;

function memoryTile(memory: AboutFigures['console']['memory']): TileFigures {
  const { residentBytes, limitBytes } = memory;
  const { figure, unit } = apart(formatBytes(residentBytes));
  return {
    label: 'Memory',
    section: 'course',
    level: limitBytes !== null && residentBytes > limitBytes * FULL ? 'warning' : 'ok',
    figure,
    unit: limitBytes === null ? `${unit}, no limit set` : `${unit} of ${formatBytes(limitBytes)}`,
    sub: `Heap ${formatBytes(memory.heapBytes)}, rows about ${formatBytes(memory.rowBytes)}, outside the heap ${formatBytes(memory.externalBytes)}`,
    span: 'now',
  };
}

function requestsTile(requests: AboutFigures['requests'], timeOf: TimeOf): TileFigures {
  const { refusedLately, refused, lastRefusedMs } = requests;
  const last = lastRefusedMs === null ? '' : `, last at ${timeOf(lastRefusedMs)}`;
  const inAll = refused === refusedLately ? '' : `, ${formatCount(refused)} since the start`;
  return {
    label: 'Requests to the API',
    section: 'course',
    level: refusedLately > 0 ? 'warning' : 'ok',
    figure: formatRate(requests.perSecond),
    unit: 'a second',
    sub: `${formatCount(refusedLately)} refused with 429 in 10 min${inAll}${last}; ${formatCount(requests.lost)} lost, ${formatCount(requests.failed)} failed`,
    span: 'last minute',
  };
}

function socketsTile(hub: AboutFigures['hub']): TileFigures {
  return {
    label: 'Open sockets',
    section: 'sockets',
    level: hub.slow > 0 ? 'warning' : 'ok',
    figure: formatCount(hub.sockets),
    unit: hub.sockets === 1 ? 'browser tab' : 'browser tabs',
    sub: `${formatCount(hub.slow)} slow. ${formatPlural(hub.subscriptions, 'subscription')}, ${formatRate(hub.ticksPerSecond)} ticks a second`,
    span: 'now',
  };
}

function rowsTile({ watches, console }: AboutFigures): TileFigures {
  const known = watches.filter(({ rows }) => rows !== null);
  const isPartly = known.length < watches.length;
  const rows = known.reduce((sum, watch) => sum + (watch.rows ?? 0), 0);
  return {
    label: 'Rows kept',
    section: 'watches',
    level: 'ok',
    figure: formatCount(rows),
    unit: `in ${formatPlural(known.length, 'kind')}`,
    sub: `About ${formatBytes(console.memory.rowBytes)}${isPartly ? '. Kinds you may not list are not counted' : ''}`,
    span: 'now',
  };
}
