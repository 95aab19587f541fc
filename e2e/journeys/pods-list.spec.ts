// What is broken? The list of pods as the person on call works it.
import { expect, test } from '../support/fixtures.ts';
import { listUrl, openList, rowOf, shownCells, shownNames } from '../support/list-page.ts';

const CRASHING = ['ledger-worker-6c9f7d8b4-m8vrt', 'ledger-worker-6c9f7d8b4-x2k7p'];
const NO_IMAGE = 'search-suggest-5b7c64df9-9wqlz';

test('what is broken stands first, in words, and leads to its page', async ({ page, demo }) => {
  await demo.control.freezeClock();
  const grid = await openList(page, 'pods');
  const failing = page.getByRole('button', { name: /^Failing \d+$/ });
  const count = Number((await failing.innerText()).match(/\d+/)?.[0]);
  expect(count).toBeGreaterThanOrEqual(4);
  const worst = (await shownNames(grid)).slice(0, count);
  expect(worst).toEqual(expect.arrayContaining([...CRASHING, NO_IMAGE, 'build-7712-4nd8t']));

  await expect(rowOf(page, CRASHING[1] ?? '')).toContainText('Crash loop, exit 1');
  await expect(rowOf(page, NO_IMAGE)).toContainText('Image not found: suggest:2.8.O');
  await expect(rowOf(page, 'build-7712-4nd8t')).toContainText(/No node fits: .* Insufficient memory/);
  await expect(page.getByText('Sorted by state, worst first')).toBeVisible();

  await rowOf(page, NO_IMAGE).getByRole('link', { name: NO_IMAGE }).click();
  await expect(page.getByRole('heading', { level: 1, name: NO_IMAGE })).toBeVisible();
});

test('facets press, combine, and keep their promise of counts', async ({ page, demo }) => {
  await demo.control.freezeClock();
  const grid = await openList(page, 'pods');
  const failing = page.getByRole('button', { name: /^Failing \d+$/ });
  const promised = Number((await failing.innerText()).match(/\d+/)?.[0]);
  await failing.click();
  await expect(failing).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(listUrl('pods', { facets: { state: ['failed'] } }));
  await expect(grid).toHaveAttribute('aria-rowcount', String(promised + 1));
  await expect(page.getByText(new RegExp(`^${promised} of \\d+ match`)).first()).toBeVisible();

  await page.getByRole('button', { name: /^Node \d+$/ }).click();
  const nodes = page.getByRole('dialog', { name: 'Node' });
  const onNode = nodes.getByRole('checkbox', { name: /^worker-a1 / });
  const onNodePromised = Number(
    (
      await nodes
        .getByText(/^worker-a1/)
        .locator('..')
        .innerText()
    ).match(/(\d+)\s*$/)?.[1],
  );
  await onNode.click();
  await expect(onNode).toBeChecked();
  await expect(page).toHaveURL(listUrl('pods', { facets: { state: ['failed'], node: ['worker-a1'] } }));
  await expect(grid).toHaveAttribute('aria-rowcount', String(onNodePromised + 1));
  expect(await shownCells(grid, 'Node')).toEqual(Array(onNodePromised).fill('worker-a1'));

  await page.keyboard.press('Escape');
  await expect(nodes).toBeHidden();
  await page.getByRole('button', { name: /^worker-a1/, pressed: true }).click();
  await expect(grid).toHaveAttribute('aria-rowcount', String(promised + 1));
  await failing.click();
  await expect(page).toHaveURL(listUrl('pods'));
});

test('text and labels narrow it down, and a wrong label says so at its field', async ({
  page,
  demo,
  axe,
}) => {
  await demo.control.freezeClock();
  const grid = await openList(page, 'pods');
  const filter = page.getByRole('searchbox', { name: /^Filter pods/ });
  await page.keyboard.press('/');
  await expect(filter).toBeFocused();
  await page.keyboard.type('LEDGER crash');
  await expect(page).toHaveURL(listUrl('pods', { text: 'LEDGER crash' }));
  await expect.poll(() => shownNames(grid)).toEqual(CRASHING);
  await page.keyboard.press('Escape');
  await expect(filter).toHaveValue('');
  await expect(page).toHaveURL(listUrl('pods'));

  await page.getByRole('button', { name: 'Label', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Label requirement' })).toBeFocused();
  await page.keyboard.type('tier in (worker),team=payments');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(listUrl('pods', { labelSelector: 'tier in (worker),team=payments' }));
  await expect
    .poll(async () => [...new Set((await shownNames(grid)).map((name) => name.split('-')[0]))])
    .toEqual(['ledger']);
  await page.getByRole('button', { name: 'Remove tier in (worker)' }).click();
  await expect(page).toHaveURL(listUrl('pods', { labelSelector: 'team=payments' }));
  await expect(page.getByRole('button', { name: 'Remove team=payments' })).toBeVisible();

  await page.getByRole('button', { name: 'Label', exact: true }).click();
  await page.keyboard.type('tier in worker');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: /\(/ })).toBeVisible();
  await axe();
  await page.getByRole('button', { name: 'Remove tier in worker' }).click();
  await expect(page.getByRole('alert').filter({ hasText: /\(/ })).toBeHidden();
  await expect(page.getByRole('row').nth(1)).toContainText(/payments/);
});

test('a filter that hides everything names itself and can be taken off', async ({ page, axe }) => {
  await page.goto(listUrl('pods', { text: 'no such pod anywhere', labelSelector: 'tier=worker' }));
  await expect(page.getByRole('heading', { name: /^0 of \d+ pods match$/ })).toBeVisible();
  await axe();
  await page.getByRole('button', { name: /^Clear all filters/ }).click();
  await expect(page).toHaveURL(listUrl('pods'));
  await expect(rowOf(page, NO_IMAGE)).toBeVisible();
});

test('columns sort both ways, and every state of the question is a link and a step back', async ({
  page,
  demo,
}) => {
  await demo.control.freezeClock();
  const grid = await openList(page, 'pods');
  const head = (name: string) => grid.getByRole('columnheader', { name, exact: true });
  await head('Restarts').getByRole('button').click();
  await expect(head('Restarts')).toHaveAttribute('aria-sort', 'descending');
  await expect(page).toHaveURL(listUrl('pods', { sort: { column: 'restarts', descending: true } }));
  await expect.poll(async () => (await shownNames(grid))[0]).toBe(CRASHING[1]);
  const restarts = (await shownCells(grid, 'Restarts')).map(Number);
  expect(restarts).toEqual([...restarts].sort((a, b) => b - a));

  await head('Name').getByRole('button').click();
  await expect(head('Name')).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(async () => (await shownNames(grid))[0]).toMatch(/^alertmanager-0$/);
  const names = await shownNames(grid);
  expect(names).toEqual([...names].sort(new Intl.Collator('en', { numeric: true }).compare));
  await head('Name').getByRole('button').click();
  await expect(head('Name')).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(async () => (await shownNames(grid))[0]).toMatch(/^webhook-relay/);

  await page.getByRole('button', { name: /^Failing \d+$/ }).click();
  const asked = listUrl('pods', {
    sort: { column: 'name', descending: true },
    facets: { state: ['failed'] },
  });
  await expect(page).toHaveURL(asked);
  await expect.poll(async () => (await shownNames(grid))[0]).toBe(NO_IMAGE);
  await page.reload();
  await expect.poll(async () => (await shownNames(page.getByRole('grid')))[0]).toBe(NO_IMAGE);

  await page.goBack();
  await expect(page).toHaveURL(listUrl('pods', { sort: { column: 'name', descending: true } }));
  await expect.poll(async () => (await shownNames(grid))[0]).toMatch(/^webhook-relay/);
  await page.goBack();
  await expect(head('Name')).toHaveAttribute('aria-sort', 'ascending');
  await page.goBack();
  await expect(head('Restarts')).toHaveAttribute('aria-sort', 'descending');
  await page.goBack();
  await expect(page).toHaveURL(listUrl('pods'));
  await expect(head('State')).toHaveAttribute('aria-sort', 'ascending');
  await page.goForward();
  await expect(head('Restarts')).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(async () => (await shownNames(grid))[0]).toBe(CRASHING[1]);
});

test('the keyboard alone walks the list, opens a row, and comes back to it', async ({ page, demo }) => {
  await demo.control.freezeClock();
  const grid = await openList(page, 'pods', { sort: { column: 'name', descending: false } });
  await expect.poll(async () => (await shownNames(grid))[0]).toBe('alertmanager-0');
  const total = Number(await grid.getAttribute('aria-rowcount')) - 1;
  const focused = () =>
    page.evaluate(() => Number(document.activeElement?.getAttribute('aria-rowindex')) - 2);

  await page.keyboard.press('/');
  for (let presses = 0; (await focused()) !== 0 && presses < 30; presses += 1)
    await page.keyboard.press('Tab');
  expect(await focused(), 'one row of the table is in the tab order').toBe(0);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('j');
  await expect.poll(focused).toBe(2);
  await page.keyboard.press('k');
  await page.keyboard.press('ArrowUp');
  await expect.poll(focused).toBe(0);
  await page.keyboard.press('End');
  await expect.poll(focused).toBe(total - 1);
  await expect(grid.locator(`[aria-rowindex="${total + 1}"]`)).toBeInViewport();
  await page.keyboard.press('PageUp');
  await expect.poll(focused).toBeLessThan(total - 5);
  await page.keyboard.press('Home');
  await expect.poll(focused).toBe(0);
  await expect(rowOf(page, 'alertmanager-0')).toBeInViewport();

  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('link', { name: 'alertmanager-0' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect.poll(focused).toBe(0);
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe(1);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'alertmanager-1' })).toBeVisible();
  await page.goBack();
  await expect(rowOf(page, 'alertmanager-1')).toBeVisible();
  await expect(page).toHaveURL(listUrl('pods', { sort: { column: 'name', descending: false } }));
});
