// Is what I see what is there? Lists follow the cluster without a reload, whoever changes it.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { CLUSTER, expectLive, listUrl, liveGrid, openList, rowOf, shownCells } from '../support/list-page.ts';
import { deleteNow, idlePod } from '../support/objects.ts';

const CARTS = '/apis/apps/v1/namespaces/shop-checkout/deployments/cart';
const CERTIFICATES = '/apis/cert-manager.io/v1/namespaces/payments/certificates';

/** Marks the document: a reload would lose the mark. */
async function markPage(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => document.documentElement.setAttribute('data-marked', 'yes'));
  return () => expect(page.locator('html')).toHaveAttribute('data-marked', 'yes');
}

test('pods that are made, changed and deleted elsewhere come, change and go', async ({ page, cluster }) => {
  const grid = await openList(page, 'pods', { namespaces: ['ci'] });
  const expectSameDocument = await markPage(page);
  const rows = Number(await grid.getAttribute('aria-rowcount'));
  const pods = '/api/v1/namespaces/ci/pods';
  await cluster.post(pods, idlePod('a-guest'));
  await expect(rowOf(page, 'a-guest')).toContainText('Waiting for a node');
  await expect(grid).toHaveAttribute('aria-rowcount', String(rows + 1));
  await cluster.patch(`${pods}/a-guest`, { metadata: { labels: { visits: 'today' } } });
  await deleteNow(cluster, `${pods}/a-guest`);
  await expect(rowOf(page, 'a-guest')).toHaveCount(0);
  await expect(grid).toHaveAttribute('aria-rowcount', String(rows));
  await expectSameDocument();
});

test('a deployment that is scaled elsewhere shows its pods and its figures', async ({ page, cluster }) => {
  const grid = await openList(page, 'pods', { labelSelector: 'app=cart', namespaces: ['shop-checkout'] });
  const expectSameDocument = await markPage(page);
  const rows = Number(await grid.getAttribute('aria-rowcount'));
  const wanted = rows - 1 + 2;
  await cluster.patch(CARTS, { spec: { replicas: wanted } });
  await expect(grid).toHaveAttribute('aria-rowcount', String(wanted + 1), { timeout: 15_000 });
  await expect
    .poll(async () => (await shownCells(grid, 'State')).every((state) => state === 'Ready'))
    .toBe(true);
  await cluster.patch(CARTS, { spec: { replicas: 1 } });
  await expect(grid).toHaveAttribute('aria-rowcount', '2', { timeout: 45_000 });
  await expectSameDocument();

  await page.goto(listUrl('deployments.apps', { namespaces: ['shop-checkout'] }));
  await liveGrid(page);
  await expect(rowOf(page, 'cart')).toContainText('Ready, 1 of 1');
  await cluster.patch(CARTS, { spec: { replicas: 0 } });
  await expect(rowOf(page, 'cart')).toContainText('Scaled to 0', { timeout: 30_000 });
});

test('several namespaces at once are picked, kept in the URL, and one filter on one watch', async ({
  page,
  axe,
}) => {
  await openList(page, 'pods');
  const picker = page.getByRole('banner').getByRole('button', { name: /^All namespaces/ });
  await picker.click();
  const choice = page.getByRole('dialog', { name: 'Namespaces' });
  const filter = choice.getByRole('textbox', { name: 'Filter namespaces' });
  await expect(filter).toBeFocused();
  await axe();
  await choice.getByRole('checkbox', { name: 'payments' }).click();
  await expect(page).toHaveURL(listUrl('pods', { namespaces: ['payments'] }));
  const grid = await liveGrid(page);
  await expect(grid.getByRole('columnheader', { name: 'Namespace' })).toHaveCount(0);

  await filter.fill('sea');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(listUrl('pods', { namespaces: ['payments', 'shop-search'] }));
  await expect
    .poll(async () => new Set(await shownCells(grid, 'Namespace')))
    .toEqual(new Set(['payments', 'shop-search']));
  await page.keyboard.press('Escape');
  await expect(choice).toBeHidden();
  await expect(page.getByRole('banner').getByRole('button', { name: /^2 namespaces/ })).toBeFocused();

  await page.getByRole('navigation', { name: 'Kinds' }).getByRole('link', { name: 'Deployments' }).click();
  await expect(page).toHaveURL(listUrl('deployments.apps', { namespaces: ['payments', 'shop-search'] }));
  await expect(rowOf(page, 'ledger-worker')).toBeVisible();
  await expect(rowOf(page, 'cart')).toHaveCount(0);
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(listUrl('pods', { namespaces: ['payments'] }));
  await expect(page.getByRole('banner').getByRole('button', { name: 'payments' })).toBeVisible();
});

test('custom resources come with the columns of their definition, live', async ({ page, cluster }) => {
  const grid = await openList(page, 'certificates.cert-manager.io');
  await expect(grid.getByRole('columnheader')).toHaveText([
    '',
    'Name',
    'Namespace',
    'Ready',
    'Secret',
    'Age',
  ]);
  await expect(rowOf(page, 'gateway-tls')).toContainText('203 d');
  await cluster.post(CERTIFICATES, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'fresh-tls' },
    spec: { secretName: 'fresh-secret', issuerRef: { name: 'letsencrypt' } },
  });
  await expect(rowOf(page, 'fresh-tls')).toContainText('fresh-secret');
  await expect(rowOf(page, 'fresh-tls')).toContainText(/\d+\ss$/);
  await cluster.patch(`${CERTIFICATES}/fresh-tls`, { spec: { secretName: 'renamed-secret' } });
  await expect(rowOf(page, 'fresh-tls')).toContainText('renamed-secret');
  await deleteNow(cluster, `${CERTIFICATES}/fresh-tls`);
  await expect(rowOf(page, 'fresh-tls')).toHaveCount(0);
});

test('kinds without columns of their own are found in the sidebar and follow live', async ({
  page,
  cluster,
}) => {
  await openList(page, 'pods');
  const kinds = page.getByRole('navigation', { name: 'Kinds' });
  await kinds.getByRole('button', { name: 'Configuration' }).click();
  await kinds.getByRole('link', { name: 'ConfigMaps' }).click();
  await expect(page).toHaveURL(listUrl('configmaps'));
  await expect(page.getByRole('heading', { level: 1, name: 'ConfigMaps' })).toBeVisible();
  const grid = await liveGrid(page);
  await expect(grid.getByRole('columnheader', { name: 'Data' })).toBeVisible();
  await expect(rowOf(page, 'checkout-flags')).toBeVisible();
  const configMaps = '/api/v1/namespaces/payments/configmaps';
  await cluster.post(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a-new-one' },
    data: { one: '1', two: '2' },
  });
  await expect(rowOf(page, 'a-new-one')).toContainText('payments');
  expect((await shownCells(grid, 'Data')).length).toBeGreaterThan(5);
  await deleteNow(cluster, `${configMaps}/a-new-one`);
  await expect(rowOf(page, 'a-new-one')).toHaveCount(0);
});

const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.dev' },
  spec: {
    group: 'example.dev',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        additionalPrinterColumns: [{ name: 'Colour', type: 'string', jsonPath: '.spec.colour' }],
      },
    ],
  },
};

test('a kind that is defined while one looks appears, and its objects with it', async ({ page, cluster }) => {
  await page.goto(listUrl('widgets.example.dev'));
  await expect(page.getByText('This cluster does not serve widgets.example.dev')).toBeVisible();
  const expectSameDocument = await markPage(page);
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await cluster.post(definitions, WIDGETS);

  await expect(page.getByRole('heading', { level: 1, name: 'Widgets', exact: true })).toBeVisible({
    timeout: 30_000,
  });
  await expectLive(page);
  const kinds = page.getByRole('navigation', { name: 'Kinds' });
  const custom = kinds.getByRole('button', { name: 'Custom resources' });
  if ((await custom.getAttribute('aria-expanded')) === 'false') await custom.click();
  await expect(
    kinds.getByRole('list', { name: 'example.dev' }).getByRole('link', { name: 'Widgets' }),
  ).toHaveAttribute('href', `/${CLUSTER}/widgets.example.dev`);
  const widgets = '/apis/example.dev/v1/namespaces/default/widgets';
  const widget = { apiVersion: 'example.dev/v1', kind: 'Widget', metadata: { name: 'one' } };
  await cluster.post(widgets, { ...widget, spec: { colour: 'teal' } });
  await expect(rowOf(page, 'one')).toContainText('teal');
  await cluster.patch(`${widgets}/one`, { spec: { colour: 'amber' } });
  await expect(rowOf(page, 'one')).toContainText('amber');
  await expectSameDocument();

  await deleteNow(cluster, `${definitions}/widgets.example.dev`);
  await expect(kinds.getByRole('link', { name: 'Widgets' })).toHaveCount(0, { timeout: 30_000 });
});
