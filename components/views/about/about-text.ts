import { formatDuration } from '#lib/format/duration.ts';
import { formatInstant } from '#lib/format/instant.ts';
import { formatBytes, formatCount } from '#lib/format/number.ts';
import { formatRate, formatSpan } from '#lib/format/span.ts';
import type { LiveAbout } from '#lib/live/use-live-about.ts';
import type { AboutFigures, WatchFigures } from '#lib/protocol/about-frame.ts';
import type { ConsoleTime } from './console-time.ts';
import { verdictOf } from './verdict.ts';
import { causeWords, watchState } from './watch-state.ts';

/** Console, build and API server in short facts. */
export function aboutFacts(
  { console, cluster }: AboutFigures,
  time: ConsoleTime,
): readonly { readonly label: string; readonly value: string }[] {
  const built = console.builtAtMs === null ? 'from source' : `built ${formatInstant(console.builtAtMs)}`;
  const up = formatDuration(time.nowMs - console.startedMs, 2);
  return [
    { label: 'Version', value: `${console.version || 'not known'}, ${built}` },
    { label: 'Node', value: console.node.replace(/^v/, '') },
    { label: 'Up', value: `${up}, since ${time.timeOf(console.startedMs)}` },
    { label: 'API server', value: apiServerWords(cluster) },
    { label: 'Clock', value: clockWords(cluster.clockAheadMs) },
    { label: 'Keeps', value: 'no object of the cluster on disk' },
  ];
}

function apiServerWords({ version, confirmedMs, latencyMs }: AboutFigures['cluster']): string {
  const named = version === '' ? 'version not known' : version.replace(/^v/, '');
  return `${named}, ${confirmedMs < 0 ? 'not heard yet' : `round trip ${formatSpan(latencyMs)}`}`;
}

function clockWords(aheadMs: number | null): string {
  if (aheadMs === null) return 'of the API server not known';
  const seconds = Number((Math.abs(aheadMs) / 1_000).toPrecision(2));
  if (seconds < 0.01) return 'as the API server’s';
  return `${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} the API server`;
}

/** The page as text, for a message or an issue: one line a fact, no object's name. */
export function aboutText({ figures }: LiveAbout & { figures: AboutFigures }, time: ConsoleTime): string {
  const { memory, delay } = figures.console;
  const { hub, requests } = figures;
  const verdict = verdictOf(figures, time.nowMs);
  return [
    `Strata Console, ${formatInstant(time.wallMs(time.nowMs))}: ${verdict.words}`,
    [verdict.watches, ...verdict.findings].join(' '),
    ...aboutFacts(figures, time).map(({ label, value }) => `${label}: ${value}`),
    `Event-loop delay: ${delay === null ? 'not known' : `p99 ${formatSpan(delay.p99Ms)}, worst ${formatSpan(delay.worstMs)} at ${time.timeOf(delay.worstAtMs)}`}`,
    `Memory: ${formatBytes(memory.residentBytes)}, heap ${formatBytes(memory.heapBytes)}, rows about ${formatBytes(memory.rowBytes)}`,
    `Requests: ${formatRate(requests.perSecond)} a second, ${formatCount(requests.total)} in all, ${formatCount(requests.refused)} refused with 429, ${formatCount(requests.lost)} lost, ${formatCount(requests.failed)} failed`,
    `Sockets: ${formatCount(hub.sockets)}, ${formatCount(hub.slow)} slow, ${formatCount(hub.subscriptions)} subscriptions, ${formatRate(hub.ticksPerSecond)} ticks a second`,
    ...figures.watches.map((watch) => `${watch.resource}: ${watchText(watch, time)}`),
  ]
    .join('\n')
    .replaceAll('\u00a0', ' ');
}

function watchText(watch: WatchFigures, time: ConsoleTime): string {
  const { rows, heldBytes, lag, lastList, standing } = watch;
  return [
    watchState(standing, time.nowMs, time.timeOf).words,
    ...(rows === null || heldBytes === null
      ? []
      : [`${formatCount(rows)} rows`, `about ${formatBytes(heldBytes)}`]),
    lag === null ? 'lag not known' : `lag at most ${formatSpan(lag.p99Ms)}`,
    `${formatCount(watch.readers)} subscribers`,
    ...(lastList === null ? [] : [`listed ${time.timeOf(lastList.atMs)}, ${causeWords(lastList.cause)}`]),
  ].join(', ');
}
