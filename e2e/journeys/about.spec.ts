// What does the console itself do, and does it keep up? Its own page says so, live, and /metrics says the same.
import type { Locator, Page } from '@playwright/test';
import { routes } from '#lib/routes.ts';
import { expect, test } from '../support/fixtures.ts';
import {
  CLUSTER,
  DEVELOPER_CLUSTER,
  expectLive,
  expectNoSidewaysScroll,
  listUrl,
  liveGrid,
} from '../support/list-page.ts';

async function openAbout(page: Page, cluster = CLUSTER): Promise<Locator> {
  await page.goto(routes.about(cluster));
  await expectLive(page);
  return page.getByRole('main');
}

/** What stands under each head in the row of one kind. */
async function watchOf(main: Locator, kind: string): Promise<Record<string, string>> {
  const table = main.getByRole('table').first();
  const row = table
    .getByRole('row')
    .filter({ has: main.page().getByRole('link', { name: kind, exact: true }) });
  await expect(row).toHaveCount(1);
  const [heads, cells] = await Promise.all([
    table.getByRole('columnheader').allInnerTexts(),
    row.getByRole('cell').allInnerTexts(),
  ]);
  return Object.fromEntries(heads.map((head, at) => [head, (cells[at] ?? '').replaceAll('\u00a0', ' ')]));
}

function metric(text: string, name: string, labels: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name}{${labels}`));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}

/** Lists stay open in a tab beside. */
async function alsoOpen(page: Page, resource: string): Promise<Page> {
  const other = await page.context().newPage();
  await other.goto(listUrl(resource));
  await liveGrid(other);
  return other;
}

test('the sidebar leads to it by keyboard, and its figures are those of /metrics', async ({
  page,
  console,
}) => {
  await alsoOpen(page, 'deployments.apps');
  await page.goto(listUrl('pods'));
  await liveGrid(page);
  const link = page
    .getByRole('navigation', { name: 'Kinds' })
    .getByRole('link', { name: /about this console/ });
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(routes.about(CLUSTER));
  await expect(link).toHaveAttribute('aria-current', 'page');
  await expect(page).toHaveTitle(/^About this console/);
  const main = page.getByRole('main');
  await expectLive(page);
  await expect(
    main.getByText(/^\d of \d watches are live, the oldest was confirmed \d+\ss ago\.$/),
  ).toBeVisible();
  await expect(main.getByText('Kubernetes', { exact: true })).toBeVisible();

  const pods = await watchOf(main, 'Pod');
  expect(pods).toMatchObject({ State: 'Live', 'Last full list, and why': expect.stringMatching(/, start$/) });
  expect(pods.Confirmed).toMatch(/^\d+ s$/);
  expect(pods['Size, about']).toMatch(/^[\d.]+ KiB$/);
  expect(await watchOf(main, 'Deployment')).toMatchObject({ Subscribers: '1' });
  const text = await console.metrics();
  const labels = `cluster="${CLUSTER}",kind="pods"`;
  expect(metric(text, 'strata_store_rows', labels)).toBe(Number(pods.Rows));
  expect(metric(text, 'strata_store_bytes', labels)).toBeGreaterThan(0);
  expect(metric(text, 'strata_watch_live', labels)).toBe(1);
  expect(metric(text, 'strata_watch_confirmed_age_seconds', labels)).toBeLessThan(35);
  expect(metric(text, 'strata_watch_last_list_age_seconds', `${labels},cause="start"`)).toBeGreaterThan(0);
  expect(text).toMatch(/strata_build_info\{version="\d+\.\d+\.\d+",node="v\d+/);
  expect(text).toContain('strata_hub_slow_sockets 0');
});

test('it is told over the one socket, and asks for nothing else', async ({ page }) => {
  const main = await openAbout(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const up = main.getByText(/\ss, since \d\d:\d\d:\d\d$/);
  const before = await up.innerText();
  await expect(up).not.toHaveText(before);
  const other = await alsoOpen(page, 'services');
  await expect(main.getByRole('link', { name: 'Service', exact: true })).toBeVisible();
  await expect(main.getByRole('row', { name: /This page/ })).toBeVisible();
  await expect(main.getByRole('row', { name: /Another tab/ })).toBeVisible();
  await other.close();
  await expect(main.getByRole('row', { name: /Another tab/ })).toHaveCount(0);
  await expect.poll(async () => (await watchOf(main, 'Service')).Subscribers).toBe('0');
  expect(asked).toEqual([]);
});

test('why a kind was listed again, how late its events are, and what was refused', async ({
  page,
  demo,
  cluster,
  console,
}) => {
  await demo.control.addFault({
    ...{ kind: 'too-many-requests', count: 2, retryAfterSeconds: 1 },
    match: { resource: 'configmaps', verb: 'list' },
  });
  await alsoOpen(page, 'configmaps');
  const main = await openAbout(page);
  await expect(main.getByText(/2 × 429/).first()).toBeVisible({ timeout: 20_000 });
  await expect(main.getByText(/2 refused with 429 in 10 min, last at/)).toBeVisible();
  expect(
    metric(await console.metrics(), 'strata_upstream_answers_total', `cluster="${CLUSTER}",code="429"`),
  ).toBe(2);

  await demo.control.addFault({
    kind: 'expired',
    count: 1,
    match: { resource: 'configmaps', verb: 'watch' },
  });
  await demo.control.addFault({ kind: 'drop-watch', match: { resource: 'configmaps' } });
  await expect
    .poll(async () => (await watchOf(main, 'ConfigMap'))['Last full list, and why'], { timeout: 20_000 })
    .toMatch(/history compacted \(410 Gone\)$/);

  expect((await watchOf(main, 'ConfigMap'))['Lag p99'], 'nothing changed yet').toBe('?');
  for (const value of ['1', '2']) {
    await cluster.patch('/api/v1/namespaces/shop-checkout/configmaps/checkout-routes', { data: { value } });
  }
  await expect.poll(async () => (await watchOf(main, 'ConfigMap'))['Lag p99']).toMatch(/^≤ [\d.]+ m?s$/);
});

test('a console that is not heard leaves its figures, and says of when they are', async ({
  page,
  console,
  problems,
}) => {
  problems.allow(/WebSocket/, 'the console does not answer for a while');
  await alsoOpen(page, 'pods');
  const main = await openAbout(page);
  process.kill(console.pid, 'SIGSTOP');
  try {
    await expect(
      main.getByText(/^The console is not heard\. These are its figures of \d\d:\d\d:\d\d\.$/),
    ).toBeVisible({
      timeout: 20_000,
    });
    await expect(main.getByText(/^Stale since/)).toBeVisible();
    await expect(main.getByText(/^was Keeps up|^was \d/).first()).toBeVisible();
    expect((await watchOf(main, 'Pod')).State).toBe('was Live');
  } finally {
    process.kill(console.pid, 'SIGCONT');
  }
  await expectLive(page);
  await expect(main.getByText(/The console is not heard/)).toHaveCount(0);
});

test('on a narrow screen watches are cards, and the course is a table for who wants one', async ({
  page,
  axe,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await alsoOpen(page, 'pods');
  const main = await openAbout(page);
  const card = main
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name: 'Pod', exact: true }) });
  await expect(card).toContainText(/\d+ rows, [\d.]+\sKiB, lag/);
  await expectNoSidewaysScroll(page);
  await expect(main.getByRole('img', { name: /^Memory: (Grew|Fell) by/ })).toBeVisible({ timeout: 15_000 });
  const toTable = main.getByRole('button', { name: 'Show as table' });
  await toTable.focus();
  await page.keyboard.press('Enter');
  const table = main.getByRole('group', { name: 'The last hour' }).getByRole('table');
  await expect(table.getByRole('row').nth(1)).toContainText(/MiB/);
  await axe();
  const tile = main.getByRole('link', { name: /^Open sockets/ });
  await tile.focus();
  await page.keyboard.press('Enter');
  await expect(main.getByRole('region', { name: 'Sockets' })).toBeInViewport();
  await expect(page).toHaveURL(routes.about(CLUSTER));
});

test('a cluster that the kubeconfig does not have has no page about it', async ({ page }) => {
  await page.goto(routes.about('nowhere'));
  await expect(page.getByRole('heading', { level: 1, name: 'nowhere cannot be opened' })).toBeVisible();
});

const limited = test.extend({
  kubeconfig: async ({ demo }, use) => use(demo.kubeconfigs.developer),
});

limited('who may not list a kind learns no figure of it', async ({ page, console, axe }) => {
  const other = await page.context().newPage();
  await other.goto(routes.kind(DEVELOPER_CLUSTER, 'nodes'));
  await expect(other.getByRole('heading', { name: /^You may not list nodes/ })).toBeVisible();
  await other.goto(routes.kind(DEVELOPER_CLUSTER, 'pods', ['shop-checkout']));
  await liveGrid(other);
  const main = await openAbout(page, DEVELOPER_CLUSTER);
  expect(await watchOf(main, 'Node')).toMatchObject({
    ...{
      State: 'May not be listed',
      Rows: '–',
      'Size, about': '–',
      'Events a min': '–',
      'Last full list, and why': '–',
    },
  });
  const rows = Number((await watchOf(main, 'Pod')).Rows);
  expect(rows).toBeGreaterThan(0);
  const text = await console.metrics();
  expect(metric(text, 'strata_store_rows', `cluster="${DEVELOPER_CLUSTER}",kind="pods"`)).toBe(rows);
  expect(metric(text, 'strata_store_rows', `cluster="${DEVELOPER_CLUSTER}",kind="nodes"`)).toBeNaN();
  await expect(main.getByText(/Kinds you may not list are not counted/)).toBeVisible();
  await axe();
});
