import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '#lib/k8s/client/system-clock.ts';
import type { Config } from './config.ts';
import type { Pages } from './next-pages.ts';
import { type RunningConsole, startConsole } from './start-console.ts';

/** The whole server but Next: pages are a seam. The API server of the kubeconfig does not answer, on purpose. */
const KUBECONFIG = `
apiVersion: v1
kind: Config
current-context: one
contexts:
- { name: one, context: { cluster: one, user: ann } }
- { name: broken, context: { cluster: nowhere, user: ann } }
clusters:
- { name: one, cluster: { server: 'https://127.0.0.1:9', insecure-skip-tls-verify: true } }
users:
- { name: ann, user: { token: CANARY-TOKEN } }
`;

let dir = '';
const logged: string[] = [];
const running: RunningConsole[] = [];
/** Each page at /slow waits here until it is let go. */
const slow = { isAsked: Promise.withResolvers<void>(), go: Promise.withResolvers<void>() };

const pages: Pages = {
  async handle(req, res) {
    if (req.url === '/slow') {
      slow.isAsked.resolve();
      await slow.go.promise;
    }
    res.end(`page ${req.url}`);
  },
  hasStatic: () => true,
  close: async () => {
    logged.push('pages closed');
  },
};

async function start(change: Partial<Config> = {}): Promise<RunningConsole> {
  const config: Config = {
    kubeconfigPaths: [join(dir, 'config')],
    port: 0,
    host: '127.0.0.1',
    stateDir: join(dir, 'state'),
    isDev: false,
    logLevel: 'debug',
    ...change,
  };
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  const log = pino({ level: 'debug' }, sink);
  const started = await startConsole({ config, clock: systemClock, log, dir, openPages: async () => pages });
  running.push(started);
  return started;
}

/** Follows the launch link; resolves with what later requests need. */
async function enter({ url }: RunningConsole) {
  const answer = await fetch(url, { redirect: 'manual' });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const { origin, host } = new URL(url);
  return { answer, cookie, origin, host };
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'strata-server-'));
  await writeFile(join(dir, 'config'), KUBECONFIG);
  logged.length = 0;
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await rm(dir, { recursive: true });
});

describe('the server', () => {
  it('lets in by the launch link, and remembers over a restart on the same port', async () => {
    const first = await start();
    const { answer, cookie, origin } = await enter(first);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/');
    expect(await (await fetch(`${origin}/demo/pods`, { headers: { cookie } })).text()).toBe(
      'page /demo/pods',
    );
    await first.stop();
    await start({ port: Number(new URL(origin).port) });
    expect((await fetch(`${origin}/demo/pods`, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(first.url, { redirect: 'manual' })).status).toBe(401);
  });

  it('says hello over the socket, broken contexts included, and closes it with the session', async () => {
    const console = await start();
    const { cookie, origin, host } = await enter(console);
    const ws = new WebSocket(`ws://${host}/api/live`, 'strata.v2', { origin, headers: { cookie } });
    const [hello] = (await once(ws, 'message')) as [Buffer];
    const { clusters } = JSON.parse(String(hello)) as { clusters: { id: string; error?: object }[] };
    expect(clusters.map(({ id, error }) => [id, error === undefined])).toEqual([
      ['one', true],
      ['broken', false],
    ]);
    const closed = once(ws, 'close');
    const end = await fetch(`${origin}/api/session/end`, { method: 'POST', headers: { cookie, origin } });
    expect(end.status).toBe(204);
    expect((await closed)[0]).toBe(4401);
    expect((await fetch(`${origin}/`, { headers: { cookie } })).status).toBe(401);
  });

  it('takes the next free port, and says so', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as { port: number }).port;
    const console = await start({ port: taken });
    other.close();
    expect(Number(new URL(console.url).port)).toBeGreaterThan(taken);
    expect(logged.join('')).toContain('the port is taken');
  });

  it('refuses a kubeconfig that cannot be used at all, in words', async () => {
    await expect(start({ kubeconfigPaths: [join(dir, 'missing')] })).rejects.toThrow(/missing/);
    await expect(start({ context: 'other' })).rejects.toThrow(/has no context "other"/);
  });

  it('drains: not ready, sockets told to come back, the answer under way finished', async () => {
    const console = await start();
    const { cookie, origin, host } = await enter(console);
    const ws = new WebSocket(`ws://${host}/api/live`, 'strata.v2', { origin, headers: { cookie } });
    await once(ws, 'message');
    const page = fetch(`${origin}/slow`, { headers: { cookie } });
    await slow.isAsked.promise;
    const closed = once(ws, 'close');
    const stopped = console.stop();
    expect((await closed)[0]).toBe(1012);
    expect((await fetch(`${origin}/readyz`)).status).toBe(503);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect((await fetch(`${origin}/`, { headers: { cookie } })).status).toBe(503);
    slow.go.resolve();
    expect(await (await page).text()).toBe('page /slow');
    await stopped;
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow();
    expect(logged).toContain('pages closed');
  });

  it('counts without naming anything but kinds and clusters', async () => {
    const console = await start();
    const { origin } = await enter(console);
    await fetch(`${origin}/api/clusters/one/api/v1/nodes/CANARY-NAME`);
    const text = await (await fetch(`${origin}/metrics`)).text();
    expect(text).toContain('strata_http_requests_total{route="page",code="303"} 1');
    expect(text).toContain('strata_http_requests_total{route="object",code="401"} 1');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).toContain('strata_hub_sockets 0');
    expect(text).not.toContain('CANARY');
  });

  it('logs no token, cookie, query or credential', async () => {
    const console = await start();
    const { cookie, origin } = await enter(console);
    await fetch(`${origin}/demo/pods?q=CANARY-QUERY`, {
      headers: { cookie, authorization: 'Bearer CANARY-BEARER' },
    });
    await fetch(`${origin}/?token=CANARY-LAUNCH`);
    await console.stop();
    const text = logged.join('');
    expect(text).toContain('"route":"page"');
    expect(text).toMatch(/"requestId":"[A-Za-z0-9]{8,16}"/);
    expect(text).not.toContain('CANARY');
    expect(text).not.toContain(new URL(console.url).searchParams.get('token'));
    expect(text).not.toContain(cookie.split('=')[1]);
  });
});
