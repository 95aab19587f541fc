/**
 * A live cluster: so many pods, a thousand changes a second, and tabs that each ask something else. How long a change
 * takes to the frame that tells it, what that costs the console, and what travels.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { RowsFrame } from '#lib/protocol/frames.ts';
import type { BenchOptions } from './bench-options.ts';
import { type BenchConsole, startConsole } from './console.ts';
import { type Figure, median, percentile, round } from './figure.ts';
import { isLive, LoadTab } from './load/load-tab.ts';
import { questions } from './load/questions.ts';
import { cpuSecondsOf, memoryOf } from './programs.ts';
import { type Replay, startReplay } from './replay/start-replay.ts';
import { ageOfStamp } from './replay/watches.ts';

const EVENTS_A_SECOND = 1_000;
const WARM_UP_MS = 5_000;

type Say = (line: string) => void;

export async function* run(say: Say, options: BenchOptions): AsyncGenerator<Figure> {
  for (const pods of options.pods) {
    say(
      `live: ${pods} pods, ${EVENTS_A_SECOND} changes a second, ${options.tabs} tabs, ${options.seconds} s`,
    );
    const replay = await startReplay(pods);
    try {
      await replay.prepare('protobuf');
      const console = await startConsole(replay.kubeconfig);
      try {
        yield* follow(pods, options, replay, console);
      } finally {
        await console.stop();
      }
    } finally {
      await replay.stop();
    }
  }
}

async function* follow(
  pods: number,
  options: BenchOptions,
  replay: Replay,
  console: BenchConsole,
): AsyncGenerator<Figure> {
  const first = await LoadTab.open(console);
  const asked = questions(options.tabs, options.seed, first.cluster('replay'));
  first.ask(asked[0] as (typeof asked)[number]);
  await first.until((table) => isLive(table) && table.counts !== null);
  const one = await replay.counts();
  const tabs = [first];
  for (const spec of asked.slice(1)) {
    const tab = await LoadTab.open(console);
    tab.ask(spec);
    tabs.push(tab);
  }
  await Promise.all(tabs.map((tab) => tab.until(isLive)));
  const all = await replay.counts();
  const lists = (of: typeof one) => sumOf(of.counts, 'LIST');
  const more = (name: string, value: number): Figure => ({
    name,
    value,
    unit: '',
    goal: { atMost: 0 },
    isSteady: true,
  });
  yield more(`LISTs that ${options.tabs} tabs ask beyond those of one`, lists(all) - lists(one));
  yield more(`WATCHes that ${options.tabs} tabs hold beyond those of one`, all.open - one.open);
  yield* churn(options, replay, console, tabs);
  yield* idle(replay, tabs);
  yield { name: `memory, ${pods} pods`, value: round(memoryOf(console.pid).peakMb), unit: 'MB' };
  for (const tab of tabs) tab.close();
}

const sumOf = (counts: Readonly<Record<string, number>>, verb: string): number =>
  Object.entries(counts)
    .filter(([what]) => what.startsWith(`${verb} `))
    .reduce((sum, [, count]) => sum + count, 0);

async function* churn(
  { seconds }: BenchOptions,
  replay: Replay,
  console: BenchConsole,
  tabs: readonly LoadTab[],
): AsyncGenerator<Figure> {
  await replay.churn(EVENTS_A_SECOND);
  await wait(WARM_UP_MS);
  const seen = watchFrames(tabs);
  const before = await standing(console, replay);
  await wait(seconds * 1_000);
  const after = await standing(console, replay);
  seen.stop();
  await replay.churn(0);
  yield* cost(before, after, seen.agesMs);
  yield* payload(seen, after.atMs - before.atMs, tabs.length);
}

type Standing = Awaited<ReturnType<typeof standing>>;

function* cost(before: Standing, after: Standing, agesMs: readonly number[]): Generator<Figure> {
  const span = after.atMs - before.atMs;
  const events = round((after.sent - before.sent) / (span / 1_000));
  yield { name: 'changes made', value: events, unit: '1/s' };
  yield { name: 'change → frame, median', value: round(median(agesMs)), unit: 'ms' };
  yield {
    name: 'change → frame, p95',
    value: round(percentile(agesMs, 0.95)),
    unit: 'ms',
    goal: { atMost: 400 },
  };
  const share = round((100 * (after.cpu - before.cpu) * 1_000) / span, 1);
  yield { name: 'processor, of one core', value: share, unit: '%', goal: { atMost: 40 } };
  yield { name: 'event-loop delay, p99', value: round(after.lagMs, 1), unit: 'ms', goal: { atMost: 50 } };
  const ticks = Math.max(1, after.ticks - before.ticks);
  yield { name: 'a tick', value: round((after.tickMs - before.tickMs) / ticks, 1), unit: 'ms' };
  yield { name: 'long ticks', value: after.longTicks - before.longTicks, unit: '' };
}

function* payload(seen: ReturnType<typeof watchFrames>, span: number, tabs: number): Generator<Figure> {
  yield {
    name: 'bytes a changed visible row, where none came or moved',
    value: round(seen.changeBytes / seen.changedRows, 1),
    unit: 'B',
    goal: { atMost: 40 },
    isSteady: true,
  };
  yield { name: 'changed visible rows', value: round(seen.changedRows / (span / 1_000)), unit: '1/s' };
  yield {
    name: 'frames in which rows came or moved',
    value: round(seen.movedFrames / (span / 1_000)),
    unit: '1/s',
  };
  yield {
    name: 'bytes of such a frame beside the new rows themselves',
    value: round((seen.bytes - seen.changeBytes - seen.newRowBytes) / Math.max(1, seen.movedFrames)),
    unit: 'B',
  };
  yield { name: 'rows new to a window', value: round(seen.newRows / (span / 1_000)), unit: '1/s' };
  yield {
    name: 'all bytes of rows, a tab',
    value: round(seen.bytes / tabs / (span / 1_000)),
    unit: 'B/s',
  };
}

async function standing(console: BenchConsole, replay: Replay) {
  const figure = await console.metrics();
  return {
    atMs: performance.now(),
    cpu: cpuSecondsOf(console.pid),
    sent: (await replay.counts()).sent,
    ticks: figure('strata_hub_ticks_total'),
    longTicks: figure('strata_hub_long_ticks_total'),
    tickMs: figure('strata_hub_tick_ms_total'),
    lagMs: figure('nodejs_eventloop_lag_p99_seconds') * 1_000,
  };
}

/** What the tabs are told from now on. */
function watchFrames(tabs: readonly LoadTab[]) {
  const seen = {
    agesMs: [] as number[],
    bytes: 0,
    /** Of frames that only change cells of rows which are there, and how many rows those are. */
    changeBytes: 0,
    changedRows: 0,
    newRows: 0,
    newRowBytes: 0,
    movedFrames: 0,
    stop: () => {},
  };
  for (const tab of tabs) {
    const restarts = tab.table.columns?.findIndex((column) => column.id === 'restarts');
    tab.onRows = ({ rows, cells, order, moves }, bytes) => {
      const nowMs = Date.now();
      seen.bytes += bytes;
      if (order === undefined && moves === undefined) {
        seen.changeBytes += bytes;
        seen.changedRows += new Set(cells?.map(([key]) => key)).size;
      } else seen.movedFrames++;
      seen.newRows += rows?.length ?? 0;
      seen.newRowBytes += bytesOf(rows);
      for (const [, column, cell] of cells ?? [])
        if (column === restarts) seen.agesMs.push(ageOfStamp(Number(cell), nowMs));
    };
  }
  seen.stop = () => {
    for (const tab of tabs) tab.onRows = () => {};
  };
  return seen;
}

const bytesOf = (rows: RowsFrame['rows']): number =>
  rows === undefined ? 0 : Buffer.byteLength(JSON.stringify(rows));

const IDLE_MS = 60_000;

/** Nothing happens any more. */
async function* idle(replay: Replay, tabs: readonly LoadTab[]): AsyncGenerator<Figure> {
  await wait(2_000);
  const before = tabs.map((tab) => tab.bytes);
  const { sent } = await replay.counts();
  await wait(IDLE_MS);
  const bytes = tabs.map((tab, at) => tab.bytes - (before[at] ?? 0));
  if ((await replay.counts()).sent !== sent) throw new Error('the replay server did not rest');
  yield {
    name: 'an idle tab, a minute',
    value: Math.max(...bytes),
    unit: 'B',
    goal: { atMost: 1_024 },
    isSteady: true,
  };
}
