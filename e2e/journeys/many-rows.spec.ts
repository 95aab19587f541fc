// Can I reach any row at once? A list of thousands, of which the page holds a window.
import { startDemo } from '#demo/client.ts';
import { test as base, expect } from '../support/fixtures.ts';
import { openList, shownNames } from '../support/list-page.ts';

const PODS = 4_000;
const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of this pattern
  demo: async ({}, use) => {
    const demo = await startDemo({ scenario: 'scale', nodes: 200, pods: PODS, churn: 5 });
    await use(demo);
    await demo.stop();
  },
});

test('any row is a key or a drag away, and the page stays small', async ({ page, demo }) => {
  await demo.control.freezeClock();
  const grid = await openList(page, 'pods', { sort: { column: 'name', descending: false } });
  const count = Number(await grid.getAttribute('aria-rowcount')) - 1;
  expect(count).toBeGreaterThan(PODS * 0.9);
  const held = () => page.getByRole('row').count();
  // The row in the tab order stays in the page wherever it is; what it says is asked for with its window.
  const waiting = page.locator('[role=row][aria-busy=true][tabindex="-1"]');
  const rowAt = (place: number) => grid.locator(`[aria-rowindex="${place + 2}"]`);

  await page.getByRole('row').nth(1).focus();
  await page.keyboard.press('End');
  await expect(rowAt(count - 1)).toBeInViewport();
  await expect(rowAt(count - 1)).toBeFocused();
  await expect(waiting).toHaveCount(0);
  const last = await shownNames(grid);
  expect(await held()).toBeLessThan(90);
  await page.keyboard.press('PageUp');
  await expect(rowAt(count - 1)).not.toBeFocused();
  await page.keyboard.press('Home');
  await expect(rowAt(0)).toBeFocused();
  await expect(waiting).toHaveCount(0);
  expect(await shownNames(grid)).not.toEqual(last);

  // A drag of the scrollbar passes thousands of rows; the window follows where it ends.
  for (const share of [0.1, 0.4, 0.9, 0.5])
    await grid.evaluate((element, at) => element.scrollTo({ top: element.scrollHeight * at }), share);
  await expect(rowAt(Math.round(count / 2))).toBeInViewport();
  await expect(waiting).toHaveCount(0);
  expect(await held()).toBeLessThan(90);
  await page.mouse.move(600, 500);
  await page.mouse.wheel(0, 28 * 10);
  await expect(rowAt(Math.round(count / 2) + 30)).toBeInViewport();
  await expect(waiting).toHaveCount(0);
  const names = await shownNames(grid);
  const shown = names.slice(1); // the focused row stays, wherever it is
  expect(shown).toEqual([...shown].sort(new Intl.Collator('en', { numeric: true }).compare));
});
