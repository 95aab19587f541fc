import { routes } from '#lib/routes.ts';
import { expect, realTest as test } from '../support/fixtures.ts';

/** The context's name in the control plane's kubeconfig of the administrator. */
const CLUSTER = 'admin';

test('the nodes of a real control plane are listed, live', async ({ page, axe }) => {
  await page.goto(routes.kind(CLUSTER, 'nodes'));
  await expect(page.getByRole('row', { name: /kwok|node-/ }).first()).toBeVisible();
  await axe();
});

test('kinds without columns of their own come with the API server’s', async ({ page, axe }) => {
  await page.goto(routes.kind(CLUSTER, 'configmaps'));
  await expect(page.getByRole('row', { name: /kube-root-ca\.crt/ }).first()).toBeVisible();
  await axe();
});
