// A list as a person meets it: found by role and label only.
import { expect, type Locator, type Page } from '@playwright/test';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import { querySpec } from '#lib/resources/query-spec.ts';
import { routes } from '#lib/routes.ts';

/** The demo's context of the administrator. */
export const CLUSTER = 'shop-eu-1';
/** The demo's context of the developer. */
export const DEVELOPER_CLUSTER = 'shop-eu-1-developer';

export function listUrl(resource: string, part: Partial<QuerySpec> = {}): string {
  return routes.list(querySpec({ cluster: CLUSTER, kinds: [resource], ...part }));
}

/** Opens a list and waits until it is complete and live. */
export async function openList(
  page: Page,
  resource: string,
  part: Partial<QuerySpec> = {},
): Promise<Locator> {
  await page.goto(listUrl(resource, part));
  return liveGrid(page);
}

export async function liveGrid(page: Page): Promise<Locator> {
  await expectLive(page);
  const grid = page.getByRole('main').getByRole('grid');
  await expect(grid).toHaveAttribute('aria-busy', 'false');
  return grid;
}

/** The view's own badge, beside its title. */
export async function expectLive(page: Page): Promise<void> {
  await expect(page.getByRole('main').getByText(/^Live · \d+ s$/)).toBeVisible();
}

/** The row of one object. */
export function rowOf(page: Page, name: string): Locator {
  return page
    .getByRole('grid')
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name, exact: true }) });
}

/** Rows in the order they are shown, the header left out: only those near the view are in the page. */
export async function shownNames(grid: Locator): Promise<string[]> {
  return (await shownRows(grid)).map(({ name }) => name);
}

/** The cells under one column's head, in the order they are shown. */
export async function shownCells(grid: Locator, column: string): Promise<string[]> {
  const heads = await grid.getByRole('columnheader').allInnerTexts();
  const at = heads.indexOf(column);
  expect(at, `a column ${column} among ${heads.join(', ')}`).toBeGreaterThanOrEqual(0);
  return (await shownRows(grid)).map(({ cells }) => cells[at] ?? '');
}

interface ShownRow {
  readonly place: number;
  readonly name: string;
  readonly cells: readonly string[];
}

/** One look at all rows together: while the table moves, single rows come and go. */
async function shownRows(grid: Locator): Promise<readonly ShownRow[]> {
  const rows = await grid.evaluate((element) =>
    [...element.querySelectorAll<HTMLElement>('[role="row"]')].map((row) => ({
      place: Number(row.getAttribute('aria-rowindex')),
      name: row.querySelector('a')?.innerText ?? '',
      cells: [...row.querySelectorAll<HTMLElement>('[role="gridcell"]')].map((cell) => cell.innerText),
    })),
  );
  return rows.filter(({ cells }) => cells.length > 0).sort((a, b) => a.place - b.place);
}

/** Nothing makes the page itself scroll sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => ({
    scrollWidth: document.scrollingElement?.scrollWidth ?? 0,
    clientWidth: document.scrollingElement?.clientWidth ?? 0,
  }));
  expect(scrollWidth, `${page.url()} at ${page.viewportSize()?.width} px`).toBeLessThanOrEqual(clientWidth);
}
