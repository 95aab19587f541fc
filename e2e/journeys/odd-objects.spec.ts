// Can an object break the console? Whatever shape it has, a bad cell is never a bad page, and nothing of it is run.
import type { Page } from '@playwright/test';
import { routes } from '#lib/routes.ts';
import { expect, test } from '../support/fixtures.ts';
import {
  CLUSTER,
  expectLive,
  expectNoSidewaysScroll,
  openList,
  rowOf,
  shownNames,
} from '../support/list-page.ts';

const KIND = 'oddities.odd.example';
const ODDITIES = '/apis/odd.example/v1alpha1/namespaces/default/oddities';
const HOSTILE = '<img src=x onerror="window.wasRun=1"><script>window.wasRun=1</script>';

test.use({ scenario: 'odd' });

/** Nothing was executed, nothing was polluted. */
async function expectUnharmed(page: Page, dialogs: readonly string[]): Promise<void> {
  expect(dialogs, 'alert() and its like').toEqual([]);
  const found = await page.evaluate(() => ({
    wasRun: 'wasRun' in window,
    isPolluted: 'polluted' in {},
    injected: document.querySelectorAll('img[src="x"], b, svg[onload]').length,
  }));
  expect(found.wasRun).toBe(false);
  expect(found.isPolluted).toBe(false);
}

function dialogsOf(page: Page): string[] {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return dialogs;
}

test('the list of odd objects lives, with all of them', async ({ page, cluster, axe }) => {
  const dialogs = dialogsOf(page);
  const names = (await cluster.items(ODDITIES)).map(
    (item) => (item as { metadata: { name: string } }).metadata.name,
  );
  expect(names.length).toBeGreaterThan(10);
  const grid = await openList(page, KIND);
  expect((await shownNames(grid)).sort()).toEqual([...names].sort());
  await expect(rowOf(page, 'labels-and-markup')).toContainText('<b>bold</b>');
  await axe();

  await cluster.post(ODDITIES, {
    apiVersion: 'odd.example/v1alpha1',
    kind: 'Oddity',
    metadata: { name: 'came-later', annotations: { note: HOSTILE } },
    spec: { count: HOSTILE, when: HOSTILE, title: HOSTILE },
    status: { phase: HOSTILE },
  });
  await expect(rowOf(page, 'came-later')).toContainText('<img src=x');
  await page.getByRole('searchbox', { name: /^Filter/ }).fill('status-is');
  await expect.poll(async () => (await shownNames(grid)).length).toBe(3);
  await expectUnharmed(page, dialogs);
  for (const width of [390, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await openList(page, KIND);
    await expect(rowOf(page, 'labels-and-markup')).toBeVisible();
    await expectNoSidewaysScroll(page);
  }
});

test('the page of each odd object lives, and its YAML', async ({ page, cluster }) => {
  test.setTimeout(120_000);
  const dialogs = dialogsOf(page);
  const names = (await cluster.items(ODDITIES)).map(
    (item) => (item as { metadata: { name: string } }).metadata.name,
  );
  for (const name of names) {
    const reference = { cluster: CLUSTER, resource: KIND, namespace: 'default', name };
    await test.step(name, async () => {
      await page.goto(routes.object(reference));
      await expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible();
      await expectLive(page);
      await expect(page.getByRole('group', { name: 'Overview', exact: true })).toBeVisible();
      await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'YAML' }).click();
      await expect(page.getByRole('group', { name: 'YAML', exact: true })).toContainText('kind: Oddity');
      await expect(page.getByText('This view broke')).toHaveCount(0);
      await expectNoSidewaysScroll(page);
      await expectUnharmed(page, dialogs);
    });
  }
});

test('what odd objects say is shown as words', async ({ page, cluster, axe }) => {
  await cluster.post(ODDITIES, {
    apiVersion: 'odd.example/v1alpha1',
    kind: 'Oddity',
    metadata: { name: 'came-later', annotations: { note: HOSTILE } },
    spec: { title: HOSTILE },
    status: { conditions: 'all of them', phase: ['a', 'list'] },
  });
  const dialogs = dialogsOf(page);
  const open = async (name: string) => {
    await page.goto(routes.object({ cluster: CLUSTER, resource: KIND, namespace: 'default', name }));
    await expectLive(page);
  };
  await open('came-later');
  await expect(page.getByText(HOSTILE).first()).toBeVisible();
  await expect(page.getByText('Not readable: status.conditions is no list. See YAML.')).toBeVisible();
  await expectUnharmed(page, dialogs);
  await axe();
  await open('labels-and-markup');
  await expect(page.getByText('<img src=x onerror=alert(1)><script>alert(2)</script>')).toBeVisible();
  await axe();
});

test('the other lists stay alive beside them', async ({ page }) => {
  for (const kind of ['pods', 'customresourcedefinitions.apiextensions.k8s.io', 'events']) {
    await page.goto(routes.kind(CLUSTER, kind));
    await expectLive(page);
    const rows = page.getByRole('grid').getByRole('row').nth(1);
    await expect(rows.or(page.getByRole('heading', { name: /^No / }))).toBeVisible();
    await expect(page.getByText('This view broke')).toHaveCount(0);
  }
});
