// Where am I, what else is here, and does the frame work on every screen and by keyboard alone?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { routes } from '#lib/routes.ts';
import { test as base, expect } from '../support/fixtures.ts';
import {
  CLUSTER,
  DEVELOPER_CLUSTER,
  expectLive,
  expectNoSidewaysScroll,
  listUrl,
  liveGrid,
  openList,
} from '../support/list-page.ts';

interface KubeconfigFile {
  readonly clusters: readonly object[];
  readonly users: readonly object[];
  readonly contexts: readonly object[];
}

/** Two contexts that work, one whose user is missing, and one whose API server is not there. */
const manyContexts = base.extend({
  kubeconfig: async ({ demo }, use) => {
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as KubeconfigFile;
    const admin = read(demo.kubeconfigs.admin);
    const developer = read(demo.kubeconfigs.developer);
    const config = {
      ...admin,
      clusters: [...admin.clusters, { name: 'away', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [...admin.users, ...developer.users],
      contexts: [
        ...admin.contexts,
        ...developer.contexts,
        { name: 'without-user', context: { cluster: 'shop-eu-1', user: 'nobody-knows' } },
        { name: 'away', context: { cluster: 'away', user: 'admin' } },
      ],
    };
    const dir = mkdtempSync(join(tmpdir(), 'strata-e2e-contexts-'));
    const path = join(dir, 'kubeconfig');
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    await use(path);
    rmSync(dir, { recursive: true, force: true });
  },
});

manyContexts('every context is offered, the broken ones with their reason', async ({ page, axe }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1, name: 'Clusters' })).toBeVisible();
  const items = page.getByRole('main').getByRole('listitem');
  await expect(items).toHaveCount(4);
  await expect(items.filter({ hasText: 'without-user' })).toContainText('nobody-knows');
  await expect(items.filter({ hasText: 'without-user' }).getByRole('link')).toHaveCount(0);
  await axe();
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1440, height: 900 });

  await items.getByRole('link', { name: new RegExp(`^${DEVELOPER_CLUSTER} `) }).click();
  await expect(page).toHaveURL(routes.kind(DEVELOPER_CLUSTER, 'pods'));
  const picker = page.getByRole('banner').getByRole('button', { name: DEVELOPER_CLUSTER });
  await picker.focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'Clusters' });
  const choices = menu.getByRole('menuitem');
  await expect(choices).toHaveCount(4);
  await expect(choices.filter({ hasText: 'without-user' })).toContainText('nobody-knows');
  await expect(choices.first(), 'the menu has the focus').toBeFocused();
  await axe();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(picker).toBeFocused();
  await page.keyboard.press('Enter');
  await choices.filter({ hasText: /^shop-eu-1https/ }).click();
  await expect(page).toHaveURL(listUrl('pods'));
  await expectLive(page);

  await page.goto(routes.kind('without-user', 'pods'));
  await expect(page.getByRole('heading', { level: 1, name: 'without-user cannot be opened' })).toBeVisible();
  await axe();
  await page.goto(routes.kind('away', 'pods'));
  await expect(page.getByText('This cluster cannot be read.').first()).toBeVisible();
  await axe();
});

const themeOf = (page: Page) => page.evaluate(() => document.documentElement.getAttribute('data-theme'));

base('the theme is kept, and is there before the first paint', async ({ page }) => {
  await openList(page, 'pods');
  const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.getByRole('button', { name: 'Theme' }).click();
  const menu = page.getByRole('menu', { name: 'Theme' });
  await expect(menu.getByRole('menuitemradio', { name: 'As the system' })).toHaveAttribute(
    'aria-checked',
    'true',
  );
  await menu.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect
    .poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor))
    .not.toBe(light);

  // What the document says of its theme at the moment it gets a body: nothing was painted before.
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.body === null) return;
      observer.disconnect();
      Object.assign(window, { themeAtBody: document.documentElement.getAttribute('data-theme') });
    }).observe(document, { childList: true, subtree: true });
  });
  await page.reload();
  await expectLive(page);
  expect(await page.evaluate(() => (window as unknown as { themeAtBody: string }).themeAtBody)).toBe('dark');
  expect(await themeOf(page)).toBe('dark');
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(light);

  await page.getByRole('button', { name: 'Theme' }).click();
  await menu.getByRole('menuitemradio', { name: 'As the system' }).click();
  await expect.poll(() => themeOf(page)).toBeNull();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect
    .poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor))
    .not.toBe(light);
});

base('the keyboard skips to the content, and walks the frame in the order it is read', async ({ page }) => {
  await openList(page, 'pods');
  const stop = async () => {
    await page.keyboard.press('Tab');
    return page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const words = (element.getAttribute('aria-label') ?? element.innerText).replaceAll(/\s+/g, ' ').trim();
      const region = element.closest('header, nav, main')?.tagName ?? 'BODY';
      const { width, height } = element.getBoundingClientRect();
      return { words, region, isSeen: width > 0 && height > 0 };
    });
  };
  expect(await stop()).toMatchObject({ words: 'Skip to content', isSeen: true });
  const bar = [await stop(), await stop(), await stop(), await stop()];
  expect(bar.map(({ words }) => words.replace(/ \d+$/, ''))).toEqual([
    'Strata Console, all clusters',
    CLUSTER,
    'All namespaces',
    'Theme',
  ]);
  let next = await stop();
  expect(next).toMatchObject({ words: 'Workloads', region: 'NAV' });
  for (let stops = 0; next.region === 'NAV' && stops < 60; stops += 1) {
    expect(next.isSeen, next.words).toBe(true);
    next = await stop();
  }
  expect(next).toMatchObject({ region: 'MAIN' });

  await page.reload();
  await liveGrid(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

interface ApiResources {
  readonly resources: readonly { readonly name: string; readonly verbs: readonly string[] }[];
}
interface ApiGroups {
  readonly groups: readonly {
    readonly name: string;
    readonly preferredVersion: { readonly groupVersion: string };
  }[];
}

base(
  'the sidebar holds every kind that can be listed but readings, and no other',
  async ({ page, cluster }) => {
    const { groups } = (await cluster.get('/apis')) as ApiGroups;
    const places = [
      { path: '/api/v1', group: '' },
      ...groups.map(({ name, preferredVersion }) => ({
        path: `/apis/${preferredVersion.groupVersion}`,
        group: name,
      })),
    ];
    const served = await Promise.all(
      places.map(async ({ path, group }) =>
        ((await cluster.get(path)) as ApiResources).resources
          .filter(({ name, verbs }) => verbs.includes('list') && !name.includes('/'))
          .map(({ name }) => routes.kind(CLUSTER, group === '' ? name : `${name}.${group}`)),
      ),
    );
    await openList(page, 'pods');
    const kinds = page.getByRole('navigation', { name: 'Kinds' });
    for (const section of await kinds.getByRole('button', { expanded: false }).all()) await section.focus();
    while ((await kinds.getByRole('button', { expanded: false }).count()) > 0)
      await kinds.getByRole('button', { expanded: false }).first().click();
    const links = await kinds
      .getByRole('link')
      .evaluateAll((elements) => elements.map((element) => element.getAttribute('href') ?? ''));
    // The same events under their other address; readings of use, which are no objects.
    const hidden = ['events.events.k8s.io', 'nodes.metrics.k8s.io', 'pods.metrics.k8s.io'].map((kind) =>
      routes.kind(CLUSTER, kind),
    );
    const listed = served.flat().filter((href) => !hidden.includes(href));
    expect([...links].sort()).toEqual([...listed, routes.about(CLUSTER)].sort());
    await expect(kinds.getByRole('link', { name: 'Pods', exact: true })).toHaveAttribute(
      'aria-current',
      'page',
    );
  },
);

base('at 1024 px the sidebar is a rail with menus', async ({ page, axe }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await openList(page, 'pods');
  await expectNoSidewaysScroll(page);
  const kinds = page.getByRole('navigation', { name: 'Kinds' });
  const workloads = kinds.getByRole('button', { name: 'Workloads' });
  expect((await workloads.boundingBox())?.width).toBeLessThan(60);
  await workloads.focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'Workloads' });
  await expect(menu.getByRole('menuitem', { name: 'Deployments' })).toBeFocused();
  await expect(menu.getByRole('menuitem', { name: 'Pods', exact: true })).toHaveAttribute(
    'aria-current',
    'page',
  );
  await axe();
  await page.keyboard.press('ArrowDown');
  await expect(menu.getByRole('menuitem', { name: 'StatefulSets' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(listUrl('statefulsets.apps'));
  await expect(menu).toBeHidden();
  await liveGrid(page);
});

base('at 390 px the menu is a drawer that leads on and gives the focus back', async ({ page, axe }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openList(page, 'pods');
  const button = page.getByRole('button', { name: 'Menu', exact: true });
  await button.click();
  const drawer = page.getByRole('dialog', { name: 'Menu' });
  await expect(drawer).toBeVisible();
  await axe();
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(button).toBeFocused();

  await button.click();
  await drawer.getByRole('checkbox', { name: 'payments' }).click();
  await expect(page).toHaveURL(listUrl('pods', { namespaces: ['payments'] }));
  if (await drawer.isHidden()) await button.click();
  await drawer.getByRole('link', { name: 'Deployments' }).click();
  await expect(page).toHaveURL(listUrl('deployments.apps', { namespaces: ['payments'] }));
  await expect(drawer).toBeHidden();
  await expect(page.getByRole('link', { name: 'ledger-worker' })).toBeVisible();
  await expectNoSidewaysScroll(page);
});
