// Can everybody use it? Every page in both themes under axe, and on narrow screens without scrolling sideways.
import type { Page } from '@playwright/test';
import { routes } from '#lib/routes.ts';
import { expect, test } from '../support/fixtures.ts';
import { CLUSTER, expectLive, expectNoSidewaysScroll, listUrl } from '../support/list-page.ts';

const NARROW = [390, 360];

function objectUrl(resource: string, namespace: string, name: string, tab = ''): string {
  return routes.object({ cluster: CLUSTER, resource, namespace, name }, tab);
}

const LISTS = [
  'pods',
  'deployments.apps',
  'replicasets.apps',
  'nodes',
  'namespaces',
  'services',
  'events',
  'configmaps',
  'certificates.cert-manager.io',
].map((resource) => listUrl(resource));

/** A page of the console itself. */
const ABOUT = routes.about(CLUSTER);

const OBJECTS = [
  objectUrl('pods', 'payments', 'ledger-worker-6c9f7d8b4-x2k7p'),
  objectUrl('pods', 'payments', 'ledger-worker-6c9f7d8b4-x2k7p', 'events'),
  objectUrl('pods', 'payments', 'ledger-worker-6c9f7d8b4-x2k7p', 'yaml'),
  objectUrl('deployments.apps', 'shop-catalog', 'catalog-api'),
  objectUrl('deployments.apps', 'shop-catalog', 'catalog-api', 'pods'),
  objectUrl('replicasets.apps', 'payments', 'ledger-worker-6c9f7d8b4'),
  objectUrl('nodes', '', 'worker-b2'),
  objectUrl('nodes', '', 'worker-b2', 'pods'),
  objectUrl('namespaces', '', 'payments'),
  objectUrl('services', 'shop-checkout', 'checkout-api'),
  objectUrl('configmaps', 'shop-checkout', 'checkout-routes'),
  objectUrl('secrets', 'shop-checkout', 'checkout-db', 'yaml'),
  objectUrl('certificates.cert-manager.io', 'shop-checkout', 'shop-example-tls'),
];

/** These are drawn otherwise on a narrow screen, not only narrower. */
const OTHERWISE_WHEN_NARROW = [LISTS[0], LISTS[8], OBJECTS[0], OBJECTS[4], ABOUT];

/** Complete: what was asked for is there and confirmed, and no part waits any more. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expectLive(page);
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

const GROUPS = [
  ['lists', LISTS.slice(0, 5)],
  ['more lists', LISTS.slice(5)],
  ['objects of workloads', OBJECTS.slice(0, 6)],
  ['other objects', OBJECTS.slice(6)],
  ['the console’s own page', [listUrl('namespaces'), ABOUT]],
] as const;

for (const [words, places] of GROUPS) {
  test(`axe finds nothing on ${words}, and none scrolls sideways`, async ({ page, axe }) => {
    test.setTimeout(180_000);
    for (const place of places) {
      await test.step(place, async () => {
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.goto(place);
        await settled(page);
        await axe();
        await expectNoSidewaysScroll(page);
        for (const width of NARROW) {
          await page.setViewportSize({ width, height: 800 });
          await settled(page);
          await expectNoSidewaysScroll(page);
        }
        if (OTHERWISE_WHEN_NARROW.includes(place)) await axe();
      });
    }
  });
}

test('on a narrow screen a pod is a card whose state is read at a glance', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(listUrl('pods', { text: 'ledger' }));
  await settled(page);
  const card = page.getByRole('row', { name: /ledger-worker-6c9f7d8b4-x2k7p/ });
  await expect(card).toBeInViewport();
  await expect(card.getByText('Crash loop, exit 1')).toBeInViewport();
  await card.getByRole('link', { name: 'ledger-worker-6c9f7d8b4-x2k7p' }).click();
  await expect(
    page.getByRole('heading', { level: 1, name: 'ledger-worker-6c9f7d8b4-x2k7p' }),
  ).toBeInViewport();
});

test('where there is nothing, the page teaches what would be there', async ({ page, cluster, axe }) => {
  await cluster.post('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'empty' },
  });
  await page.goto(listUrl('pods', { namespaces: ['empty'] }));
  await expect(page.getByRole('heading', { name: 'No pods in empty' })).toBeVisible();
  await expect(page.getByRole('group', { name: 'A pod, for kubectl apply' })).toContainText(
    'namespace: empty',
  );
  await axe();
  for (const width of NARROW) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
  }
});
