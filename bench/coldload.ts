/**
 * Cold load: how long until every one of N pods can be sorted, against downloading the same bytes and throwing them
 * away, and against kubectl. All sides in one go, one after the other, medians of the runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'undici';
import { querySpec } from '#lib/resources/query-spec.ts';
import { type BenchConsole, startConsole } from './console.ts';
import { type Figure, median } from './figures.ts';
import { cpuSecondsOf, memoryOf } from './programs.ts';
import { type Replay, startReplay } from './replay/start-replay.ts';

const PAGE = 500;
const ACCEPT = 'application/vnd.kubernetes.protobuf, application/json;q=0.9';

export interface ColdloadOptions {
  readonly pods: number;
  readonly runs: number;
  /** Path of kubectl; without it that comparison is left out. */
  readonly kubectl: string | undefined;
}

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
  const tab = await console.open();
  const cluster = await new Promise<string>((resolve) =>
    tab.onMessage((message) => {
      if (message.t === 'hello') resolve(message.clusters[0]?.id ?? '');
    }),
  );
  const cpuBefore = cpuSecondsOf(console.pid);
  const startMs = performance.now();
  let firstRowsMs = 0;
  const done = new Promise<number>((resolve) => {
    tab.onMessage((message) => {
      if (message.t !== 'rows') return;
      if (firstRowsMs === 0 && (message.rows?.length ?? 0) >= Math.min(100, pods)) {
        firstRowsMs = performance.now() - startMs;
      }
      const isWhole = message.connection.state === 'live' && message.counts?.total === pods;
      if (isWhole) resolve(performance.now() - startMs);
    });
  });
  const sort = { column: 'restarts', descending: true };
  const spec = querySpec({ cluster, kinds: ['pods'], sort });
  tab.send({ t: 'subscribe', id: 1, what: 'rows', spec });
  const sortableMs = await done;
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

export async function coldload(options: ColdloadOptions, tell: (figure: Figure) => void): Promise<void> {
  const empty = await startReplay(0);
  const replay = await startReplay(options.pods);
  try {
    await replay.prepare('protobuf');
    await compare(options, replay, empty, tell);
  } finally {
    await replay.stop();
    await empty.stop();
  }
}

async function compare(
  { pods, runs, kubectl }: ColdloadOptions,
  replay: Replay,
  empty: Replay,
  tell: (figure: Figure) => void,
): Promise<void> {
  const downloads: number[] = [];
  const loads: Load[] = [];
  const base: Load[] = [];
  for (let run = 0; run < runs; run++) {
    downloads.push(await download(replay.origin));
    base.push(await load(empty.kubeconfig, 0));
    loads.push(await load(replay.kubeconfig, pods));
  }
  const of = (key: keyof Load, from = loads) => median(from.map((one) => one[key]));
  const figure = (name: string, value: number, unit: string, goal: number | null) =>
    tell({ bench: 'coldload', figure: `${name}, ${pods} pods`, value, unit, goal });
  figure('download and discard', median(downloads), 'ms', null);
  figure('every row sortable', of('sortableMs'), 'ms', null);
  figure('every row sortable ÷ download', of('sortableMs') / median(downloads), '×', 1.5);
  figure('first 100 rows', of('firstRowsMs'), 'ms', 1_000);
  figure('processor time', of('cpuSeconds'), 's', null);
  const above = of('peakMb') - of('peakMb', base);
  figure('peak memory above an empty cluster', above, 'MB', 100 + (8 * pods) / 10_000);
  if (kubectl === undefined) return;
  await replay.prepare('table');
  const others: number[] = [];
  for (let run = 0; run < Math.min(runs, 3); run++)
    others.push(await timeKubectl(kubectl, replay.kubeconfig));
  figure('kubectl get pods -A -o wide', median(others), 'ms', null);
  figure('every row sortable ÷ kubectl', of('sortableMs') / median(others), '×', 0.1);
}
