/**
 * What people see when something breaks: the console restarts under all its tabs; the watch's version is compacted away
 * and 150,000 pods have to be read again.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { TableState } from '#lib/protocol/apply-frame.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { BenchOptions } from './bench-options.ts';
import { type BenchConsole, startConsole } from './console.ts';
import { type Figure, percentile, round } from './figure.ts';
import { isLive, LoadTab } from './load/load-tab.ts';
import { questions } from './load/questions.ts';
import { memoryOf } from './programs.ts';
import { type Replay, startReplay } from './replay/start-replay.ts';

type Say = (line: string) => void;

export async function* run(say: Say, options: BenchOptions): AsyncGenerator<Figure> {
  for (const pods of options.pods) {
    say(`recover: ${pods} pods, ${options.tabs} tabs`);
    const replay = await startReplay(pods);
    try {
      await replay.prepare('protobuf');
      const console = await startConsole(replay.kubeconfig);
      try {
        yield* everything(options, replay, console, pods);
      } finally {
        await console.stop();
      }
    } finally {
      await replay.stop();
    }
  }
}

async function* everything(
  options: BenchOptions,
  replay: Replay,
  console: BenchConsole,
  pods: number,
): AsyncGenerator<Figure> {
  const first = await LoadTab.open(console);
  const asked = questions(options.tabs, options.seed, first.cluster('replay'));
  const startMs = performance.now();
  first.ask(asked[0] as QuerySpec);
  await first.until((table) => isWhole(table, pods));
  const coldMs = performance.now() - startMs;
  const chain = (await replay.counts()).counts['LIST pods'] ?? 0;
  yield { name: 'cold load', value: round(coldMs), unit: 'ms' };
  yield* compaction(replay, console, first, coldMs);
  const tabs = [first];
  for (const spec of asked.slice(1)) {
    const tab = await LoadTab.open(console);
    tab.ask(spec);
    tabs.push(tab);
  }
  await Promise.all(tabs.map((tab) => tab.until(isLive)));
  yield* restart(replay, console, tabs, asked, chain);
}

const isWhole = (table: TableState, pods: number): boolean => isLive(table) && table.counts?.total === pods;

/** 410 on the watch of all pods. */
async function* compaction(
  replay: Replay,
  console: BenchConsole,
  tab: LoadTab,
  coldMs: number,
): AsyncGenerator<Figure> {
  await wait(3_000);
  const steadyMb = memoryOf(console.pid).nowMb;
  forgetPeak(console.pid);
  const rows = tab.table.rows.length;
  let fewest = rows;
  let fewestCounted = tab.table.counts?.total ?? 0;
  let wasStale = false;
  tab.onRows = () => {
    fewest = Math.min(fewest, tab.table.rows.length);
    fewestCounted = Math.min(fewestCounted, tab.table.counts?.total ?? 0);
    wasStale ||= tab.table.connection.state === 'stale';
  };
  const total = fewestCounted;
  const startMs = performance.now();
  await replay.expire();
  await tab.until(() => wasStale && isLive(tab.table));
  const tookMs = performance.now() - startMs;
  const { peakMb } = memoryOf(console.pid);
  tab.onRows = () => {};
  yield* compacted({
    left: rows - fewest,
    uncounted: total - fewestCounted,
    tookMs,
    times: tookMs / coldMs,
    memory: peakMb / steadyMb,
  });
}

function* compacted(
  of: Readonly<Record<'left' | 'uncounted' | 'tookMs' | 'times' | 'memory', number>>,
): Generator<Figure> {
  const named = (name: string) => `410: ${name}`;
  yield {
    name: named('rows that left the screen'),
    value: of.left,
    unit: '',
    goal: { atMost: 0 },
    isSteady: true,
  };
  yield {
    name: named('rows that were not counted'),
    value: of.uncounted,
    unit: '',
    goal: { atMost: 0 },
    isSteady: true,
  };
  yield { name: named('live again'), value: round(of.tookMs), unit: 'ms' };
  yield {
    name: named('time ÷ cold load'),
    value: round(of.times, 2),
    unit: '×',
    goal: { atMost: 1.2 },
  };
  yield {
    name: named('peak memory ÷ steady'),
    value: round(of.memory, 2),
    unit: '×',
    goal: { atMost: 1.5 },
  };
}

/** From now on the most memory is counted anew. */
function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

const FIRST_BACK_OFF_MS = 300;
const LONGEST_BACK_OFF_MS = 10_000;

interface Back {
  /** Since the console answers again. */
  readonly helloMs: number;
  /** From its question to its first rows. */
  readonly rowsMs: number;
  readonly tab: LoadTab;
}

/** The console's process ends and another begins. Every tab dials again with the browser's own pauses. */
async function* restart(
  replay: Replay,
  console: BenchConsole,
  tabs: readonly LoadTab[],
  asked: readonly QuerySpec[],
  chain: number,
): AsyncGenerator<Figure> {
  await replay.reset();
  const up = { atMs: Number.POSITIVE_INFINITY };
  let unanswered = 0;
  const coming = tabs.map(async (tab, at): Promise<Back> => {
    await new Promise<void>((resolve) => tab.onClose(resolve));
    const again = await dial(console, () => unanswered++);
    const helloMs = performance.now();
    again.ask(asked[at] as QuerySpec);
    await again.until(isAnswered);
    return { helloMs, rowsMs: performance.now() - helloMs, tab: again };
  });
  await console.restart();
  up.atMs = performance.now();
  const back = await Promise.all(coming);
  await Promise.all(back.map(({ tab }) => tab.until(isLive)));
  const lists = (await replay.counts()).counts['LIST pods'] ?? 0;
  yield* returned(back, up.atMs, unanswered, lists - chain);
  for (const { tab } of back) tab.close();
}

/** There are rows, or there are some of which none matches so far. */
const isAnswered = ({ rows, counts }: TableState): boolean => rows.length > 0 || (counts?.total ?? 0) > 0;

function* returned(
  back: readonly Back[],
  upMs: number,
  unanswered: number,
  moreLists: number,
): Generator<Figure> {
  const named = (name: string) => `restart, ${back.length} tabs: ${name}`;
  yield { name: named('dials not answered within 10 s'), value: unanswered, unit: '' };
  const backMs = back.map(({ helloMs, rowsMs }) => helloMs + rowsMs - upMs);
  yield {
    name: named('the last one has rows'),
    value: round(Math.max(...backMs)),
    unit: 'ms',
    goal: { atMost: 5_000 },
  };
  yield {
    name: named('question → first rows, p95'),
    value: round(
      percentile(
        back.map(({ rowsMs }) => rowsMs),
        0.95,
      ),
    ),
    unit: 'ms',
    goal: { atMost: 1_000 },
  };
  yield {
    name: named('LISTs beyond one cold chain'),
    value: moreLists,
    unit: '',
    goal: { atMost: 0 },
    isSteady: true,
  };
}

async function dial(console: BenchConsole, unanswered: () => void): Promise<LoadTab> {
  for (let attempt = 0; ; attempt++) {
    const ceilingMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** attempt);
    await wait(ceilingMs * (0.5 + Math.random() / 2));
    try {
      return await LoadTab.open(console);
    } catch (error) {
      // Not there yet.
      if (String(error).includes('timed out')) unanswered();
    }
  }
}
