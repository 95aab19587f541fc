// The console ends and starts again on the same port, over the same sessions, while a page is open.
import type { Page, TestInfo } from '@playwright/test';
import { WebSocket } from 'ws';
import type { Demo } from '#demo/client.ts';
import { SOCKET_PATH, SOCKET_PROTOCOL } from '#lib/protocol/frames.ts';
import { querySpec } from '#lib/resources/query-spec.ts';
import { routes } from '#lib/routes.ts';
import { type RunningConsole, startConsole } from '../support/console.ts';
import { directApi } from '../support/direct-api.ts';
import { test as base } from '../support/fixtures.ts';
import { expectKept, settleInto } from '../support/kept.ts';
import { openProbe, signIn } from '../support/live-probe.ts';
import type { Problems } from '../support/problems.ts';
import { projectedRows, rowDifferences } from '../support/row-truth.ts';
import { seen } from '../support/sights.ts';
import { CLUSTER, expect, LOSS_MS, RETURN_MS, tell } from './looking.ts';

/** What a container runtime or a service manager waits before it kills, at the least. */
const END_MS = 10_000;

interface Restartable {
  readonly running: RunningConsole;
  /** Starts it again where it was. */
  again(): Promise<RunningConsole>;
}

const test = base.extend<{ restartable: Restartable }>({
  restartable: async ({ demo }, use, info) => {
    const where = { kubeconfig: demo.kubeconfig, stateDir: info.outputPath('state') };
    const started = [await startConsole(where)];
    const [running] = started as [RunningConsole];
    await use({
      running,
      again: async () => {
        const next = await startConsole({ ...where, port: running.port });
        started.push(next);
        return next;
      },
    });
    if (info.status !== info.expectedStatus)
      await info.attach('console.log', { body: started.map((one) => one.log()).join('\n') });
    for (const one of started) await one.stop();
  },
});

test.setTimeout(90_000);

/** What the network does while the console is away, and while it starts. */
function allowNetwork(problems: Problems): void {
  const live = SOCKET_PATH.replaceAll('/', '\\/');
  problems.allow(/net::ERR_CONNECTION_(REFUSED|RESET)/, 'nobody listens');
  problems.allow(new RegExp(`WebSocket .*${live}.* 503`), 'it starts or drains');
  problems.allow(
    new RegExp(`status of (503|426) .*${live}`),
    'asked whether there is a session: 426 is a yes',
  );
}

test('killed and started again: the page says so and comes back by itself', async ({
  restartable: { running, again },
  context,
  demo,
  problems,
}, info) => {
  allowNetwork(problems);
  const page = await context.newPage();
  await page.goto(running.url);
  await page.goto(`${running.origin}${routes.kind(CLUSTER, 'pods')}`);
  await seen(page, 'fresh', Date.now(), 20_000);
  const kept = await settleInto(page, 12);
  const lostMs = Date.now();
  process.kill(running.pid, 'SIGKILL');
  const [banner, dimmed] = await Promise.all([
    seen(page, 'banner', lostMs, LOSS_MS),
    seen(page, 'dimmed', lostMs, LOSS_MS),
  ]);
  await expect(page.getByRole('main').getByRole('status').first()).toContainText(
    'The console does not answer.',
  );
  expect(await page.locator('[role=row]:not([aria-busy])').count(), 'rows stay').toBeGreaterThan(20);
  await running.stop();
  const second = await again();
  const returned = await expectBack(page, second, demo, info, { banner, dimmed });
  expect(returned, 'ms').toBeLessThanOrEqual(RETURN_MS);
  for (const ms of [banner, dimmed]) expect(ms).toBeLessThanOrEqual(LOSS_MS);
  await expectKept(page, kept);
});

/** Live again and right; gives the ms from when the console was ready. */
async function expectBack(
  page: Page,
  running: RunningConsole,
  demo: Demo,
  info: TestInfo,
  measured: Readonly<Record<string, number>>,
): Promise<number> {
  const readyMs = Date.now();
  const fresh = await seen(page, 'fresh', readyMs, RETURN_MS);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pods');
  const spec = querySpec({ cluster: CLUSTER, kinds: ['pods'], window: { offset: 0, limit: 500 } });
  const probe = await openProbe(running.origin, await signIn(running.url), spec);
  const api = directApi(demo.kubeconfig);
  const wrong = async () =>
    rowDifferences(projectedRows('pods', await api.items('/api/v1/pods')), probe.rows());
  await expect.poll(wrong, { timeout: RETURN_MS, intervals: [100] }).toEqual([]);
  tell(info, 'console gone', { ...measured, fresh });
  probe.close();
  return fresh;
}

test('SIGTERM: sockets are told to come back, and it ends with 0 in time', async ({
  restartable: { running, again },
  context,
  demo,
  problems,
}, info) => {
  allowNetwork(problems);
  const page = await context.newPage();
  await page.goto(running.url);
  await page.goto(`${running.origin}${routes.kind(CLUSTER, 'pods')}`);
  await seen(page, 'fresh', Date.now(), 20_000);
  const cookie = await signIn(running.url);
  const { origin } = running;
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${SOCKET_PATH}`, SOCKET_PROTOCOL, {
    headers: { origin, cookie, 'sec-fetch-site': 'same-origin' },
  });
  await new Promise((resolve) => socket.once('message', resolve));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const askedMs = Date.now();
  const ended = running.stop();
  expect(await closed, 'close code').toBe(1012);
  expect(await ended, 'exit code').toBe(0);
  const end = Date.now() - askedMs;
  const banner = await seen(page, 'banner', askedMs, LOSS_MS);
  const returned = await expectBack(page, await again(), demo, info, { end, banner });
  expect(end).toBeLessThanOrEqual(END_MS);
  expect(banner).toBeLessThanOrEqual(LOSS_MS);
  expect(returned).toBeLessThanOrEqual(RETURN_MS);
});
