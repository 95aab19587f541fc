// What may I do here? A developer with rights in two namespaces gets a console that works there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { querySpec } from '#lib/resources/query-spec.ts';
import { routes } from '#lib/routes.ts';
import { test as base, expect } from '../support/fixtures.ts';
import { CLUSTER, DEVELOPER_CLUSTER, expectLive, liveGrid, rowOf, shownNames } from '../support/list-page.ts';
import { deleteNow, idlePod } from '../support/objects.ts';
import { recordTraffic } from '../support/traffic.ts';

const MINE = 'shop-checkout';
/** The neighbour's: the developer may look, and roll out. */
const ALSO_MINE = 'shop-search';
const FOREIGN = ['ledger-worker', 'webhook-relay', 'catalog-api'];

/** The console runs with the developer's kubeconfig; `cluster` stays the administrator's. */
const test = base.extend({
  kubeconfig: async ({ demo }, use) => use(demo.kubeconfigs.developer),
});

function developerUrl(resource: string, namespaces: readonly string[] = []): string {
  return routes.list(querySpec({ cluster: DEVELOPER_CLUSTER, kinds: [resource], namespaces }));
}

test('what may not be listed says which right is missing, and hands out the role', async ({ page, axe }) => {
  const main = page.getByRole('main');
  await page.goto(developerUrl('nodes'));
  await expect(main.getByRole('heading', { name: 'You may not list nodes at cluster scope' })).toBeVisible();
  const role = main.getByRole('group', { name: 'ClusterRole and ClusterRoleBinding', exact: true });
  for (const line of [
    'kind: ClusterRole',
    'kind: ClusterRoleBinding',
    'resources: ["nodes"]',
    'name: "developer"',
  ])
    await expect(role).toContainText(line);
  await expect(role).toContainText(/verbs: \[.*"list".*\]/);
  await axe();
  await page.goto(
    routes.object({ cluster: DEVELOPER_CLUSTER, resource: 'nodes', namespace: '', name: 'worker-a1' }),
  );
  await expect(main.getByRole('heading', { level: 1, name: /^You may not .* nodes/ })).toBeVisible();
  await axe();

  await page.goto(developerUrl('pods', ['payments']));
  await expect(main.getByRole('heading', { name: 'You may not list pods in payments' })).toBeVisible();
  const narrow = main.getByRole('group', { name: 'Role and RoleBinding', exact: true });
  await expect(narrow).toContainText('kind: Role');
  await expect(narrow).toContainText('namespace: "payments"');
  await axe();
});

test('a list that is only the own namespace says so, and another one is not called empty', async ({
  page,
}) => {
  const main = page.getByRole('main');
  await page.goto(developerUrl('pods'));
  await expect(
    main.getByText(/list pods at cluster scope/).first(),
    'the missing right is named',
  ).toBeVisible();
  await expect(page.getByRole('row').nth(1)).toContainText(MINE);

  await page.goto(developerUrl('pods', ['payments']));
  await expect(main.getByRole('heading', { name: 'You may not list pods in payments' })).toBeVisible();
  await expect(main.getByText('No pods in payments')).toHaveCount(0);
});

test('in the own namespace the list is live, and a namespace is reached by typing its name', async ({
  page,
  cluster,
  axe,
}) => {
  const traffic = recordTraffic(page);
  await page.goto(developerUrl('pods'));
  await page
    .getByRole('banner')
    .getByRole('button', { name: /^All namespaces/ })
    .click();
  const choice = page.getByRole('dialog', { name: 'Namespaces' });
  await expect(choice.getByText('Namespaces may not be listed.')).toBeVisible();
  await axe();
  await choice.getByRole('textbox', { name: 'Name of a namespace' }).fill(MINE);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(developerUrl('pods', [MINE]));
  await page.keyboard.press('Escape');
  const grid = await liveGrid(page);
  expect((await shownNames(grid)).length).toBeGreaterThan(10);

  const pods = `/api/v1/namespaces/${MINE}/pods`;
  await cluster.post(pods, idlePod('a-guest'));
  await expect(rowOf(page, 'a-guest')).toContainText('Waiting for a node');
  await deleteNow(cluster, `${pods}/a-guest`);
  await expect(rowOf(page, 'a-guest')).toHaveCount(0);

  for (const name of FOREIGN) expect(await traffic.whereIs(name), `${name} on the wire`).toBe('');
});

test('namespaces with and without rights together: what can be read is shown, the rest is named', async ({
  page,
  axe,
}) => {
  const traffic = recordTraffic(page);
  await page.goto(developerUrl('pods', [MINE, 'payments']));
  await expect(page.getByText('From 1 of 2 namespaces.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Copy the Role' })).toBeVisible();
  await expect(page.getByRole('row').nth(1)).toContainText(MINE);
  await axe();
  for (const name of FOREIGN) expect(await traffic.whereIs(name), `${name} on the wire`).toBe('');
});

test('both of one’s own namespaces are one list', async ({ page }) => {
  const traffic = recordTraffic(page);
  await page.goto(developerUrl('deployments.apps', [MINE, ALSO_MINE]));
  await liveGrid(page);
  for (const name of ['checkout-api', 'search-api']) await expect(rowOf(page, name)).toBeVisible();
  await expect(page.getByText(/^From \d of \d namespaces/)).toHaveCount(0);
  for (const name of FOREIGN) expect(await traffic.whereIs(name), `${name} on the wire`).toBe('');
});

test('an action without the right stays in place and names verb, resource and namespace', async ({
  page,
  cluster,
  axe,
}) => {
  await cluster.post(`/api/v1/namespaces/${MINE}/resourcequotas`, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'compute' },
    spec: { hard: { pods: '90' } },
  });
  const reference = { cluster: DEVELOPER_CLUSTER, namespace: MINE };
  await page.goto(routes.object({ ...reference, resource: 'resourcequotas', name: 'compute' }));
  await expectLive(page);
  const action = page.getByRole('button', { name: 'Delete…' });
  await expect(action).toHaveAttribute('aria-disabled', 'true');
  await expect(action).toHaveAttribute('title', new RegExp(`^Needs delete resourcequotas in ${MINE}`));
  await action.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await axe();

  await page.goto(routes.object({ ...reference, resource: 'services', name: 'cart' }));
  await expect(page.getByRole('button', { name: 'Delete…' })).not.toHaveAttribute('aria-disabled', 'true');
});

interface KubeconfigFile {
  readonly users: readonly object[];
  readonly contexts: readonly object[];
}

/** Both people's contexts in one kubeconfig: one console, one process, one API server. */
const shared = base.extend({
  kubeconfig: async ({ demo }, use) => {
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as KubeconfigFile;
    const admin = read(demo.kubeconfigs.admin);
    const developer = read(demo.kubeconfigs.developer);
    const both = {
      ...admin,
      users: [...admin.users, ...developer.users],
      contexts: [...admin.contexts, ...developer.contexts],
    };
    const dir = mkdtempSync(join(tmpdir(), 'strata-e2e-shared-'));
    const path = join(dir, 'kubeconfig');
    writeFileSync(path, JSON.stringify(both), { mode: 0o600 });
    await use(path);
    rmSync(dir, { recursive: true, force: true });
  },
});

shared('an administrator’s full tables beside it leak no row to the developer', async ({ page, context }) => {
  await page.goto(routes.kind(CLUSTER, 'pods'));
  await expect(rowOf(page, 'ledger-worker-6c9f7d8b4-x2k7p')).toBeVisible();

  const mine = await context.newPage();
  const traffic = recordTraffic(mine);
  for (const place of [[], [MINE], [MINE, 'payments'], ['payments']]) {
    await mine.goto(developerUrl('pods', place));
    const main = mine.getByRole('main');
    await expect(
      main.getByRole('heading', { name: /^You may not/ }).or(main.getByText(/^Live · /)),
    ).toBeVisible();
  }
  await mine.goto(developerUrl('pods', [MINE]));
  await liveGrid(mine);
  for (const name of FOREIGN) expect(await traffic.whereIs(name), `${name} on the wire`).toBe('');
  expect(traffic.messages.join(''), 'the recorder does hear the wire').toContain('checkout-api');
});
