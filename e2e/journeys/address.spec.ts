// The address is the question: what Back and Forward do, also while the console's server is slow to send a page.
import type { Page, Request } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { listUrl, liveGrid, openList, rowOf, shownNames } from '../support/list-page.ts';

interface HeldPages {
  /** Paths of the pages that the router asked for. */
  readonly asked: readonly string[];
  /** Lets the answers through that are asked for by now. */
  readonly releaseThese: () => void;
  /** Lets every answer through, also later ones, and waits until all have reached the page. */
  readonly release: () => Promise<void>;
}

/** From here on no answer with a page reaches the router before its release. Rows come another way, undisturbed. */
async function holdPages(page: Page): Promise<HeldPages> {
  const asked: string[] = [];
  const answered = new Set<Request>();
  const held: (() => void)[] = [];
  let isHolding = true;
  const ended = (request: Request) => {
    if (isPage(request)) answered.add(request);
  };
  page.on('response', (response) => ended(response.request()));
  page.on('requestfailed', ended);
  await page.route(/[?&]_rsc=/, async (route) => {
    asked.push(new URL(route.request().url()).pathname);
    if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  const releaseThese = () => {
    for (const resolve of held.splice(0)) resolve();
  };
  const allAnswered = () => expect.poll(() => asked.length - answered.size).toBe(0);
  return {
    asked,
    releaseThese,
    release: async () => {
      isHolding = false;
      releaseThese();
      await allAnswered();
      // What the router does about an answer it has done when the page rests; that may be to ask once more.
      await page.evaluate(() => new Promise((rested) => requestIdleCallback(rested)));
      await allAnswered();
    },
  };
}

const isPage = (request: Request) => /[?&]_rsc=/.test(request.url());

/** Steps through the history, the next one as soon as the address has changed; the addresses it passed. */
function walk(page: Page, steps: readonly (1 | -1)[]): Promise<readonly string[]> {
  return page.evaluate(async (directions) => {
    const passed: string[] = [];
    for (const direction of directions) {
      await (direction === 1 ? navigation.forward() : navigation.back()).committed;
      passed.push(location.pathname + location.search);
    }
    return passed;
  }, steps);
}

const head = (page: Page, name: string) => page.getByRole('columnheader', { name, exact: true });
const failing = (page: Page) => page.getByRole('button', { name: /^Failing \d+$/ });

const NO_IMAGE = 'search-suggest-5b7c64df9-9wqlz';
const PODS = listUrl('pods');
const BY_RESTARTS = listUrl('pods', { sort: { column: 'restarts', descending: true } });
const BY_NAME = listUrl('pods', { sort: { column: 'name', descending: false } });
const FAILING = listUrl('pods', {
  sort: { column: 'name', descending: false },
  facets: { state: ['failed'] },
});
const NODES = listUrl('nodes');
const NODES_BY_NAME = listUrl('nodes', { sort: { column: 'name', descending: false } });

async function sortBy(page: Page, column: string, url: string): Promise<void> {
  await head(page, column).getByRole('button').click();
  await expect(page).toHaveURL(url);
}

test('after a reload, quick steps among the questions of a list ask for no page, and none is undone', async ({
  page,
  demo,
}) => {
  await demo.control.freezeClock();
  const grid = await openList(page, 'pods');
  await sortBy(page, 'Restarts', BY_RESTARTS);
  await sortBy(page, 'Name', BY_NAME);
  await failing(page).click();
  await expect(page).toHaveURL(FAILING);
  await page.reload();
  await liveGrid(page);
  const pages = await holdPages(page);

  expect(await walk(page, [-1, -1])).toEqual([BY_NAME, BY_RESTARTS]);
  await expect(head(page, 'Restarts')).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(async () => (await shownNames(grid))[0]).toMatch(/^ledger-worker/);
  expect(await walk(page, [-1, 1, 1, -1, -1])).toEqual([PODS, BY_RESTARTS, BY_NAME, BY_RESTARTS, PODS]);
  await expect(head(page, 'State')).toHaveAttribute('aria-sort', 'ascending');
  expect(await walk(page, [1, 1, 1])).toEqual([BY_RESTARTS, BY_NAME, FAILING]);
  await expect(failing(page)).toHaveAttribute('aria-pressed', 'true');
  await expect(head(page, 'Name')).toHaveAttribute('aria-sort', 'ascending');

  await pages.release();
  await expect(page).toHaveURL(FAILING);
  expect(pages.asked).toEqual([]);
  expect(await walk(page, [-1, -1, -1])).toEqual([BY_NAME, BY_RESTARTS, PODS]);
  await expect(head(page, 'State')).toHaveAttribute('aria-sort', 'ascending');
});

test('steps from list to list keep each its own question, however late their pages are', async ({
  page,
  demo,
}) => {
  await demo.control.freezeClock();
  await openList(page, 'nodes');
  await sortBy(page, 'Name', NODES_BY_NAME);
  await page.getByRole('navigation').getByRole('link', { name: /^Pods/ }).click();
  await expect(page).toHaveURL(PODS);
  await sortBy(page, 'Name', BY_NAME);
  await failing(page).click();
  await expect(page).toHaveURL(FAILING);
  await page.reload();
  await liveGrid(page);
  const pages = await holdPages(page);

  expect(await walk(page, [-1, -1, -1, -1])).toEqual([BY_NAME, PODS, NODES_BY_NAME, NODES]);
  // The page that is still there asks what it asked before the step to another list.
  await expect(head(page, 'State')).toHaveAttribute('aria-sort', 'ascending');
  await pages.release();
  await expect(page.getByRole('heading', { level: 1, name: 'Nodes' })).toBeVisible();
  await expect(page).toHaveURL(NODES);
  await expect(head(page, 'State')).toHaveAttribute('aria-sort', 'ascending');
  expect(new Set(pages.asked)).toEqual(new Set([NODES]));

  expect(await walk(page, [1, 1, 1, 1])).toEqual([NODES_BY_NAME, PODS, BY_NAME, FAILING]);
  await expect(page.getByRole('heading', { level: 1, name: 'Pods' })).toBeVisible();
  await expect(failing(page)).toHaveAttribute('aria-pressed', 'true');
  expect(await walk(page, [-1, -1, -1])).toEqual([BY_NAME, PODS, NODES_BY_NAME]);
  await expect(page.getByRole('heading', { level: 1, name: 'Nodes' })).toBeVisible();
  await expect(head(page, 'Name')).toHaveAttribute('aria-sort', 'ascending');
  await expect(page).toHaveURL(NODES_BY_NAME);
});

test('a page that the router asks for once more does not bring its question back', async ({ page, demo }) => {
  await demo.control.freezeClock();
  await openList(page, 'nodes');
  await sortBy(page, 'Name', NODES_BY_NAME);
  await page.getByRole('navigation').getByRole('link', { name: /^Pods/ }).click();
  await expect(page).toHaveURL(PODS);
  await page.reload();
  await liveGrid(page);
  const pages = await holdPages(page);

  expect(await walk(page, [-1])).toEqual([NODES_BY_NAME]);
  await expect.poll(() => pages.asked.length).toBe(1);
  pages.releaseThese();
  await expect(page.getByRole('heading', { level: 1, name: 'Nodes' })).toBeVisible();
  await expect(head(page, 'Name')).toHaveAttribute('aria-sort', 'ascending');
  expect(await walk(page, [-1])).toEqual([NODES]);
  await expect(head(page, 'State')).toHaveAttribute('aria-sort', 'ascending');
  await pages.release();
  await expect(page).toHaveURL(NODES);
  await expect(head(page, 'State')).toHaveAttribute('aria-sort', 'ascending');
  expect(pages.asked).toEqual([NODES]);
});

test('a step back takes back the link that has not been followed yet', async ({ page, demo }) => {
  await demo.control.freezeClock();
  await openList(page, 'pods');
  await sortBy(page, 'Name', BY_NAME);
  const pages = await holdPages(page);
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Nodes/ })
    .click();
  await expect.poll(() => pages.asked.length).toBe(1);
  expect(await walk(page, [-1])).toEqual([PODS]);
  await pages.release();
  await expect(page).toHaveURL(PODS);
  await expect(page.getByRole('heading', { level: 1, name: 'Pods' })).toBeVisible();
  await expect(head(page, 'State')).toHaveAttribute('aria-sort', 'ascending');
});

test('a link to the list in view asks its question at once, and typing is one step', async ({
  page,
  demo,
}) => {
  await demo.control.freezeClock();
  await openList(page, 'pods', { text: 'ledger' });
  const pages = await holdPages(page);
  const filter = page.getByRole('searchbox', { name: /^Filter pods/ });
  await expect(filter).toHaveValue('ledger');
  await page.getByRole('navigation').getByRole('link', { name: /^Pods/ }).click();
  await expect(page).toHaveURL(PODS);
  await expect(filter).toHaveValue('');
  await expect(rowOf(page, NO_IMAGE)).toBeVisible();
  await filter.pressSequentially('cart', { delay: 200 });
  await expect(page).toHaveURL(listUrl('pods', { text: 'cart' }));
  await page.goBack();
  await expect(page).toHaveURL(listUrl('pods', { text: 'ledger' }));
  await expect(filter).toHaveValue('ledger');
  await expect(rowOf(page, NO_IMAGE)).toBeHidden();
  expect(pages.asked).toEqual([]);
});
