// How does one get in, who does not, and what becomes of it when the console starts again?
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { querySpec } from '#lib/resources/query-spec.ts';
import { routes } from '#lib/routes.ts';
import { startConsole } from '../support/console.ts';
import { expect, test } from '../support/fixtures.ts';
import { CLUSTER, expectLive, listUrl, rowOf } from '../support/list-page.ts';
import { openProbe } from '../support/live-probe.ts';
import { watchProblems } from '../support/problems.ts';

const WORST_POD = 'ledger-worker-6c9f7d8b4-x2k7p';

test('the launch link logs in, and its token is left nowhere', async ({ context, console, problems }) => {
  void problems;
  const token = new URL(console.url).searchParams.get('token') ?? '';
  expect(token.length).toBeGreaterThan(20);
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`));

  await page.goto(console.url);
  await expect(page).toHaveURL(`${console.origin}${listUrl('pods')}`);
  await expectLive(page);
  await expect(rowOf(page, WORST_POD)).toBeVisible();

  expect(asked.filter((line) => line.includes(token))).toEqual([`${console.url} `]);
  const kept = await page.evaluate(() =>
    [document.cookie, JSON.stringify(localStorage), ...performance.getEntries().map(({ name }) => name)].join(
      ' ',
    ),
  );
  expect(kept).not.toContain(token);
  const [cookie, ...more] = await context.cookies();
  expect(more).toEqual([]);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', domain: '127.0.0.1' });
  expect(console.log()).not.toContain(token);
  expect(console.log()).not.toContain(cookie?.value);

  await page.goBack();
  expect(page.url(), 'the link with its token is no place to go back to').toBe('about:blank');
});

test('without a session there is nothing but the way in', async ({ page, browser, console, axe }) => {
  await expectLive(page);
  const stranger = await browser.newContext({ baseURL: console.origin });
  const problems = await watchProblems(stranger);
  problems.allow(/status of 401/, 'the stranger is refused');
  const door = await stranger.newPage();

  for (const place of ['/', listUrl('pods'), `/?token=${'A'.repeat(43)}`]) {
    const answer = await door.goto(place);
    expect(answer?.status(), place).toBe(401);
    await expect(door.getByRole('heading', { name: 'Open the console by its link' })).toBeVisible();
    expect(await answer?.text()).not.toContain(CLUSTER);
  }
  await expect(door.getByText('not valid any more')).toBeVisible();
  await axe(door);

  const chunk = await page.evaluate(() => document.querySelector('script[src]')?.getAttribute('src') ?? '');
  expect(chunk).toContain('/_next/');
  const pod = routes.apiObject(CLUSTER, `/api/v1/namespaces/payments/pods/${WORST_POD}`);
  for (const place of [chunk, pod]) {
    const answer = await stranger.request.get(place);
    expect(answer.status(), place).toBe(401);
    expect(await answer.json()).toMatchObject({ reason: 'Unauthorized' });
  }
  const spec = querySpec({ cluster: CLUSTER, kinds: ['pods'] });
  await expect(openProbe(console.origin, '', spec)).rejects.toThrow('401');
  expect(await stranger.cookies()).toEqual([]);
  expect(problems.unexpected()).toEqual([]);
  await stranger.close();
});

test('a session outlives the console’s restart, the old link does not', async ({
  context,
  browser,
  demo,
  problems,
}) => {
  problems.allow(/WebSocket connection to .* failed/, 'the console is away for a while');
  // One that stops still answers, with 503.
  problems.allow(
    /(ERR_CONNECTION_REFUSED|status of (426|503)).*\/api\/live/,
    'the page looks whether it is back',
  );
  const stateDir = mkdtempSync(join(tmpdir(), 'strata-e2e-state-'));
  const first = await startConsole({ kubeconfig: demo.kubeconfig, stateDir });
  const page = await context.newPage();
  await page.goto(first.url);
  await expectLive(page);
  await page.goto(`${first.origin}${listUrl('pods', { text: 'ledger' })}`);
  await expect(rowOf(page, WORST_POD)).toBeVisible();

  expect(await first.stop(), 'a console with a page open ends well').toBe(0);
  await expect(page.getByText('The console does not answer.').first()).toBeVisible();
  await expect(rowOf(page, WORST_POD), 'what was seen stays').toBeVisible();

  const second = await startConsole({ kubeconfig: demo.kubeconfig, stateDir, port: first.port });
  try {
    expect(second.port).toBe(first.port);
    await expectLive(page);
    await expect(page.getByText('The console does not answer.')).toHaveCount(0);
    await page.reload();
    await expectLive(page);
    await expect(rowOf(page, WORST_POD)).toBeVisible();

    const stranger = await browser.newContext();
    const answer = await stranger.request.get(first.url, { maxRedirects: 0 });
    expect(answer.status(), 'the link of a console that is gone').toBe(401);
    await stranger.close();
  } finally {
    await second.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
});
