/**
 * Cold load: how long until every one of N pods can be sorted, against downloading the same bytes and throwing them
 * away, and against kubectl. All sides in one go, one after the other, medians of the runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'undici';
import { querySpec } from '#lib/resources/query-spec.ts';
import type { BenchOptions } from './bench-options.ts';
import { type BenchConsole, startConsole } from './console.ts';
import { type Figure, median, round } from './figure.ts';
import { isLive, LoadTab } from './load/load-tab.ts';
import { cpuSecondsOf, memoryOf } from './programs.ts';
import { type Replay, startReplay } from './replay/start-replay.ts';

const PAGE = 500;
const ACCEPT = 'application/vnd.kubernetes.protobuf, application/json;q=0.9';

/** The same pages with the same next page asked ahead, and nothing done with them. */
async function download(origin: string): Promise<number> {
  const startMs = performance.now();
  let token = '';
  do {
    const query = `limit=${PAGE}${token === '' ? '' : `&continue=${token}`}`;
    const { body } = await request(`${origin}/api/v1/pods?${query}`, { headers: { accept: ACCEPT } });
    const bytes = Buffer.from(await body.arrayBuffer());
    token = nextToken(bytes);
  } while (token !== '');
  return performance.now() - startMs;
}

/** The token of our own replay server, wherever it stands in the head of a page. */
function nextToken(page: Buffer): string {
  return /bmV4d[\w-]+/.exec(page.toString('latin1', 0, 200))?.[0] ?? '';
}

interface Load {
  readonly firstRowsMs: number;
  readonly sortableMs: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

/** From the first subscription to all rows sorted by restarts. */
async function load(kubeconfig: string, pods: number): Promise<Load> {
  const console = await startConsole(kubeconfig);
  try {
    return await follow(console, pods);
  } finally {
    await console.stop();
  }
}

async function follow(console: BenchConsole, pods: number): Promise<Load> {
  const tab = await LoadTab.open(console);
  const cpuBefore = cpuSecondsOf(console.pid);
  const startMs = performance.now();
  let firstRowsMs = 0;
  tab.onRows = () => {
    if (firstRowsMs === 0 && tab.table.rows.length >= Math.min(100, pods)) {
      firstRowsMs = performance.now() - startMs;
    }
  };
  const sort = { column: 'restarts', descending: true };
  tab.ask(querySpec({ cluster: tab.cluster('replay'), kinds: ['pods'], sort }));
  await tab.until((table) => isLive(table) && table.counts?.total === pods);
  const sortableMs = performance.now() - startMs;
  const { peakMb } = memoryOf(console.pid);
  tab.close();
  return { firstRowsMs, sortableMs, cpuSeconds: cpuSecondsOf(console.pid) - cpuBefore, peakMb };
}

async function timeKubectl(kubectl: string, kubeconfig: string): Promise<number> {
  const startMs = performance.now();
  const words = ['--kubeconfig', kubeconfig, 'get', 'pods', '-A', '-o', 'wide', `--chunk-size=${PAGE}`];
  const child = spawn(kubectl, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`kubectl ended with ${code}`);
  return performance.now() - startMs;
}

export async function* run(say: (line: string) => void, options: BenchOptions): AsyncGenerator<Figure> {
  const empty = await startReplay(0);
  try {
    for (const pods of options.pods) {
      say(`coldload: ${pods} pods, medians of ${options.runs}`);
      const replay = await startReplay(pods);
      try {
        await replay.prepare('protobuf');
        yield* compare(pods, options, replay, empty);
      } finally {
        await replay.stop();
      }
    }
  } finally {
    await empty.stop();
  }
}

async function* compare(
  pods: number,
  { runs, kubectl }: BenchOptions,
  replay: Replay,
  empty: Replay,
): AsyncGenerator<Figure> {
  const downloads: number[] = [];
  const loads: Load[] = [];
  const base: Load[] = [];
  for (let run = 0; run < runs; run++) {
    downloads.push(await download(replay.origin));
    base.push(await load(empty.kubeconfig, 0));
    loads.push(await load(replay.kubeconfig, pods));
  }
  const of = (key: keyof Load, from = loads) => median(from.map((one) => one[key]));
  const named = (name: string) => `${name}, ${pods} pods`;
  yield { name: named('download and discard'), value: round(median(downloads)), unit: 'ms' };
  yield { name: named('every row sortable'), value: round(of('sortableMs')), unit: 'ms' };
  const ratio = round(of('sortableMs') / median(downloads), 2);
  yield { name: named('every row sortable ÷ download'), value: ratio, unit: '×', goal: { atMost: 1.5 } };
  yield {
    name: named('first 100 rows'),
    value: round(of('firstRowsMs')),
    unit: 'ms',
    goal: { atMost: 1_000 },
  };
  yield { name: named('processor time'), value: round(of('cpuSeconds'), 2), unit: 's' };
  const above = round(of('peakMb') - of('peakMb', base), 1);
  const room = round(100 + (8 * pods) / 10_000);
  yield {
    name: named('peak memory above an empty cluster'),
    value: above,
    unit: 'MB',
    goal: { atMost: room },
    isSteady: true,
  };
  if (kubectl === undefined) return;
  await replay.prepare('table');
  const others: number[] = [];
  for (let run = 0; run < Math.min(runs, 3); run++) {
    others.push(await timeKubectl(kubectl, replay.kubeconfig));
  }
  yield { name: named('kubectl get pods -A -o wide'), value: round(median(others)), unit: 'ms' };
  const share = round(of('sortableMs') / median(others), 3);
  yield { name: named('every row sortable ÷ kubectl'), value: share, unit: '×', goal: { atMost: 0.1 } };
}
