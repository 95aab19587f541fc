/**
 * The demo cluster's own speed and size: how fast `small` and `scale` start, what they take, and whether ten watchers
 * keep up with a thousand changes a second. The watchers read the wire as fast as it comes and count lines.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { type Demo, startDemo } from '#demo/client.ts';
import { type Figure, round } from './figure.ts';

const NODES = 5_000;
const PODS = 50_000;
/** A little above the goal, so that a watcher that keeps up is above it, too. */
const CHURN = 1_050;
const WATCHERS = 10;
const SECONDS = 20;
const PODS_PATH = '/api/v1/pods';

export async function* run(say: (line: string) => void): AsyncGenerator<Figure> {
  yield* small();
  say(
    `scale: ${NODES} nodes, ${PODS} pods, ${CHURN} changes a second to ${WATCHERS} watchers for ${SECONDS} s`,
  );
  yield* scale();
}

async function* small(): AsyncGenerator<Figure> {
  // The first start after a checkout compiles; it is every later one that counts.
  await (await startDemo()).stop();
  const began = performance.now();
  const demo = await startDemo();
  try {
    yield {
      name: 'small start',
      value: round(performance.now() - began),
      unit: 'ms',
      goal: { atMost: 1_000 },
    };
    await wait(3_000);
    yield { name: 'small memory', value: await megabytes(demo), unit: 'MB', goal: { atMost: 120 } };
  } finally {
    await demo.stop();
  }
}

async function* scale(): AsyncGenerator<Figure> {
  const began = performance.now();
  const demo = await startDemo({
    scenario: 'scale',
    nodes: NODES,
    pods: PODS,
    churn: CHURN,
    timeoutMs: 60_000,
  });
  try {
    const seconds = round((performance.now() - began) / 1000, 1);
    yield { name: 'scale start', value: seconds, unit: 's', goal: { atMost: 60 } };
    yield { name: 'scale memory', value: await megabytes(demo), unit: 'MB', goal: { atMost: 450 } };
    yield* churn(demo);
  } finally {
    await demo.stop();
  }
}

async function* churn(demo: Demo): AsyncGenerator<Figure> {
  const ask = connection(demo);
  // Every client reads the whole list; how long that takes is no part of what is measured.
  await ask.list(PODS_PATH);
  const { resourceVersion } = await ask.list(`${PODS_PATH}?limit=1`);
  const watchers = Array.from({ length: WATCHERS }, () => ask.watch(resourceVersion));
  await Promise.all(watchers.map(({ isOpen }) => isOpen));
  const began = performance.now();
  const before = watchers.map(({ count }) => count());
  let most = 0;
  for (let second = 0; second < SECONDS; second += 1) {
    await wait(1_000);
    most = Math.max(most, await megabytes(demo));
  }
  // With the clock nothing changes any more: what still comes is what was late.
  await demo.control.freezeClock();
  const frozen = performance.now();
  const atFreeze = watchers.map(({ count }) => count());
  let lastMs = frozen;
  for (const { last } of watchers) lastMs = Math.max(lastMs, await quiet(last));
  const late = watchers.map(({ count }, index) => count() - (atFreeze[index] as number));
  const rates = watchers.map(({ count }, index) => count() - (before[index] as number));
  const slowest = Math.min(...rates) / ((frozen - began) / 1000);
  for (const { stop } of watchers) stop();
  ask.close();
  yield {
    name: 'events to the slowest watcher',
    value: round(slowest),
    unit: '1/s',
    goal: { atLeast: 1_000 },
  };
  yield { name: 'lag at the end', value: Math.max(...late), unit: 'events', goal: { atMost: CHURN / 2 } };
  yield { name: 'lag at the end', value: round(lastMs - frozen), unit: 'ms', goal: { atMost: 500 } };
  yield { name: 'most memory under churn', value: most, unit: 'MB', goal: { atMost: 700 } };
  yield { name: 'memory after churn', value: await megabytes(demo), unit: 'MB', goal: { atMost: 700 } };
}

const megabytes = async ({ control }: Demo) => round((await control.stats()).memoryBytes / 1e6);

const QUIET_MS = 700;

/** When a watcher got its last line, once nothing has come for a while. */
async function quiet(last: () => number): Promise<number> {
  while (performance.now() - last() < QUIET_MS) await wait(50);
  return last();
}

interface Watcher {
  isOpen: Promise<void>;
  /** Lines so far. */
  count(): number;
  /** When the last one came. */
  last(): number;
  stop(): void;
}

function connection({ kubeconfig, server }: Demo) {
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: Record<string, string> }];
  };
  const decode = (value: string | undefined) => Buffer.from(value ?? '', 'base64');
  const { user } = config.users[0];
  const agent = new Agent({
    ca: decode(config.clusters[0].cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
    keepAlive: true,
  });
  const get = (path: string) => request(new URL(path, server), { agent }).end();
  return {
    close: () => agent.destroy(),
    list: (path: string) =>
      new Promise<{ resourceVersion: string }>((resolve, reject) => {
        const sent = get(path);
        sent.on('error', reject).on('response', (response) => {
          let head = '';
          response.on('data', (chunk: Buffer) => {
            if (head.length < 1_000) head += chunk.toString('latin1');
          });
          response.on('error', reject);
          response.on('end', () => {
            resolve({ resourceVersion: /"resourceVersion":"(\d+)"/.exec(head)?.[1] ?? '0' });
          });
        });
      }),
    watch: (resourceVersion: string) =>
      follow(get(`${PODS_PATH}?watch=1&resourceVersion=${resourceVersion}`)),
  };
}

function follow(sent: ReturnType<typeof request>): Watcher {
  let lines = 0;
  let lastMs = performance.now();
  const isOpen = new Promise<void>((resolve, reject) => {
    sent.on('error', reject).on('response', (response) => {
      resolve();
      response.on('error', () => undefined);
      response.on('data', (chunk: Buffer) => {
        lastMs = performance.now();
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
      });
    });
  });
  return { isOpen, count: () => lines, last: () => lastMs, stop: () => sent.destroy() };
}
