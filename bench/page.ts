/**
 * Pages of 100 out of all pods, 200 a second: the windows, sorts and filters that people turn to, asked through the
 * socket of their tab; by somebody who sees everything and by somebody who sees ten namespaces.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { BenchOptions } from './bench-options.ts';
import { type BenchConsole, startConsole } from './console.ts';
import { type Figure, median, percentile, round } from './figure.ts';
import { isLive, LoadTab } from './load/load-tab.ts';
import { questions } from './load/questions.ts';
import { cpuSecondsOf } from './programs.ts';
import { RESTRICTED_TO, startReplay } from './replay/start-replay.ts';
import { luckOf } from './truth/luck.ts';

const REQUESTS_A_SECOND = 200;
const TABS = 20;
const UNTOLD_MS = 500;

type Say = (line: string) => void;

export async function* run(say: Say, options: BenchOptions): AsyncGenerator<Figure> {
  for (const pods of options.pods) {
    say(
      `page: ${pods} pods, ${REQUESTS_A_SECOND} requests a second by ${TABS} tabs for ${options.seconds} s`,
    );
    const replay = await startReplay(pods);
    try {
      await replay.prepare('protobuf');
      const console = await startConsole(replay.kubeconfig);
      try {
        const all = await openTabs(console, options.seed, 'replay');
        const some = await openTabs(console, options.seed, 'restricted');
        yield* ask(console, all, options, 'another window', windowOf);
        yield* ask(console, all, options, 'window, sort or text', anything);
        yield* ask(console, some, options, 'restricted, window, sort or text', anything);
      } finally {
        await console.stop();
      }
    } finally {
      await replay.stop();
    }
  }
}

interface Asking {
  readonly tab: LoadTab;
  spec: QuerySpec;
  askedMs: number;
}

async function openTabs(
  console: BenchConsole,
  seed: number,
  context: 'replay' | 'restricted',
): Promise<Asking[]> {
  const tabs: Asking[] = [];
  for (let at = 0; at < TABS; at++) {
    const tab = await LoadTab.open(console);
    const asked = questions(TABS, seed, tab.cluster(context))[at] as QuerySpec;
    const spec = context === 'replay' ? asked : { ...asked, namespaces: RESTRICTED_TO };
    tab.ask(spec);
    await tab.until((table) => isLive(table) && table.counts !== null);
    tabs.push({ tab, spec, askedMs: 0 });
  }
  return tabs;
}

type Turn = (asking: Asking, luck: ReturnType<typeof luckOf>) => QuerySpec;

const windowOf: Turn = ({ spec, tab }, luck) => {
  const matched = tab.table.counts?.matched ?? 0;
  return { ...spec, window: { offset: luck.below(Math.max(1, matched - 100)), limit: 100 } };
};

/** Of ten turns eight are pages, one is a sort, one a word. */
const anything: Turn = (asking, luck) => {
  const turn = luck.below(10);
  const top = { ...asking.spec, window: { offset: 0, limit: 100 } };
  if (turn === 0) {
    const column = luck.pick(['state', 'restarts', 'node', 'age', 'name', 'namespace']);
    return { ...top, sort: { column, descending: luck.below(2) === 0 } };
  }
  if (turn === 1) return { ...top, text: luck.below(256).toString(16).padStart(2, '0') };
  return windowOf(asking, luck);
};

async function* ask(
  console: BenchConsole,
  tabs: readonly Asking[],
  { seconds, seed }: BenchOptions,
  name: string,
  turn: Turn,
): AsyncGenerator<Figure> {
  const luck = luckOf(seed);
  const tookMs: number[] = [];
  for (const asking of tabs) {
    asking.tab.onRows = () => {
      if (asking.askedMs > 0) tookMs.push(performance.now() - asking.askedMs);
      asking.askedMs = 0;
    };
  }
  const cpuBefore = cpuSecondsOf(console.pid);
  const startMs = performance.now();
  let asked = 0;
  let busy = 0;
  while (performance.now() - startMs < seconds * 1_000) {
    const due = Math.floor(((performance.now() - startMs) / 1_000) * REQUESTS_A_SECOND);
    for (; asked < due; asked++) {
      const asking = tabs[asked % tabs.length] as Asking;
      // Where the answer is what the tab shows already, nothing is told.
      if (performance.now() - asking.askedMs > UNTOLD_MS) asking.askedMs = 0;
      // A person turns the next page when this one is here.
      if (asking.askedMs > 0) busy++;
      else turnPage(asking, turn(asking, luck));
    }
    await wait(2);
  }
  await wait(500);
  const cpuMs = (cpuSecondsOf(console.pid) - cpuBefore) * 1_000;
  for (const { tab } of tabs) tab.onRows = () => {};
  yield { name: `${name}: requests answered`, value: round(tookMs.length / seconds), unit: '1/s' };
  yield { name: `${name}: not asked, the last one was under way`, value: busy, unit: '' };
  yield { name: `${name}: median`, value: round(median(tookMs), 1), unit: 'ms' };
  yield { name: `${name}: p95`, value: round(percentile(tookMs, 0.95), 1), unit: 'ms', goal: { atMost: 10 } };
  const each = round(cpuMs / tookMs.length, 2);
  yield { name: `${name}: processor a request`, value: each, unit: 'ms', goal: { atMost: 1 } };
}

function turnPage(asking: Asking, next: QuerySpec): void {
  if (JSON.stringify(next) === JSON.stringify(asking.spec)) return;
  const { sort, text, window, facets } = next;
  const { table } = asking.tab;
  const isSame =
    text === asking.spec.text &&
    JSON.stringify([sort, facets]) === JSON.stringify([asking.spec.sort, asking.spec.facets]) &&
    table.offset === window.offset;
  asking.spec = next;
  // Where nothing is another, nothing is told.
  asking.askedMs = isSame ? 0 : performance.now();
  asking.tab.update(next);
}
