// What happens when I delete this? The question before, and an honest word after.
import type { Locator, Page } from '@playwright/test';
import { routes } from '#lib/routes.ts';
import { expect, test } from '../support/fixtures.ts';
import { CLUSTER, expectLive, liveGrid, rowOf } from '../support/list-page.ts';
import { deleteNow, idlePod, readObject } from '../support/objects.ts';

const REPLICA_SET = 'ledger-worker-6c9f7d8b4';
const POD = `${REPLICA_SET}-x2k7p`;
const PODS = '/api/v1/namespaces/ci/pods';

async function askToDelete(page: Page, namespace: string, name: string): Promise<Locator> {
  await page.goto(routes.object({ cluster: CLUSTER, resource: 'pods', namespace, name }));
  await expectLive(page);
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog', { name: `Delete pod ${name}?` });
  await expect(dialog).toBeVisible();
  return dialog;
}

test('the question names the object, what follows and the same with kubectl, and is safe to leave', async ({
  page,
  axe,
}) => {
  const writes: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') writes.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  const dialog = await askToDelete(page, 'payments', POD);
  await expect(dialog.getByRole('button', { name: 'Keep it' }), 'the safe way has the focus').toBeFocused();
  await expect(dialog).toContainText(`ReplicaSet ${REPLICA_SET} makes another in its place`);
  await expect(dialog.getByRole('group', { name: 'The same with kubectl', exact: true })).toContainText(
    `kubectl delete pods ${POD} --namespace payments --context shop-eu-1`,
  );
  await expect(dialog).toContainText('uid');
  await axe();

  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Delete…' }), 'the focus goes back').toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(writes.filter((line) => line.startsWith('DELETE'))).toEqual([]);
});

test('done: the pod leaves when the watch says so, and another takes its place', async ({
  page,
  cluster,
  axe,
}) => {
  const before = await readObject(cluster, `/api/v1/namespaces/payments/pods/${POD}`);
  const dialog = await askToDelete(page, 'payments', POD);
  const sent = page.waitForRequest((request) => request.method() === 'DELETE');
  await dialog.getByRole('button', { name: 'Delete pod' }).click();
  expect((await sent).postDataJSON(), 'only what was seen is deleted').toMatchObject({
    preconditions: { uid: before.metadata.uid },
  });
  await expect(dialog.getByText('The API server accepted it')).toBeVisible();
  await axe();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByText(`${POD} is gone.`)).toBeVisible({ timeout: 45_000 });
  await page.getByRole('link', { name: 'Go to ReplicaSet' }).click();
  await expect(page.getByRole('heading', { level: 1, name: REPLICA_SET })).toBeVisible();
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: /^Pods/ }).click();
  const grid = await liveGrid(page);
  await expect(grid, 'three wanted, three there').toHaveAttribute('aria-rowcount', '4');
  await expect(rowOf(page, POD)).toHaveCount(0);
});

test('refused: a pod made anew under the name lives on', async ({ page, cluster, problems, axe }) => {
  problems.allow(/status of 409/, 'the API server refuses');
  await cluster.post(PODS, idlePod('a-guest'));
  const dialog = await askToDelete(page, 'ci', 'a-guest');
  await deleteNow(cluster, `${PODS}/a-guest`);
  await cluster.post(PODS, idlePod('a-guest', 'shop/guest:2.0.0'));
  const anew = await readObject(cluster, `${PODS}/a-guest`);
  await expect(page.getByText('shop/guest:2.0.0').first(), 'the page shows the new one').toBeAttached();
  await dialog.getByRole('button', { name: 'Delete pod' }).click();
  await expect(dialog.getByText('The pod was not deleted')).toBeVisible();
  await expect(dialog).toContainText('The object changed in the meantime.');
  await expect(dialog).toContainText(anew.metadata.uid);
  await axe();
  expect((await readObject(cluster, `${PODS}/a-guest`)).metadata.uid).toBe(anew.metadata.uid);
});

test('unknown: the answer is lost, and a look afterwards tells what became of it', async ({
  page,
  cluster,
  demo,
  problems,
  axe,
}) => {
  problems.allow(/Failed to load resource: .* 5\d\d/, 'the console tells that the answer was lost');
  await cluster.post(PODS, idlePod('a-guest'));
  const dialog = await askToDelete(page, 'ci', 'a-guest');
  await demo.control.addFault({ kind: 'reset', match: { verb: 'delete', resource: 'pods' }, count: 1 });
  await dialog.getByRole('button', { name: 'Delete pod' }).click();
  await expect(dialog.getByText('The answer was lost')).toBeVisible();
  await expect(dialog).toContainText('A look afterwards found it unchanged');
  await axe();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByText('Waiting for a node'), 'the page says what the watch sees').toBeVisible();

  // Lost again; this time it is gone before the console looks.
  await page.getByRole('button', { name: 'Delete…' }).click();
  const look = { verb: 'get', resource: 'pods' };
  await demo.control.addFault({ kind: 'reset', match: { verb: 'delete', resource: 'pods' }, count: 1 });
  await demo.control.addFault({ kind: 'latency', match: look, count: 1, delayMs: 2_000 });
  await demo.control.clearRequests();
  await dialog.getByRole('button', { name: 'Delete pod' }).click();
  const looked = async () =>
    (await demo.control.requests()).some(
      ({ method, url }) => method === 'GET' && url.startsWith(`${PODS}/a-guest`),
    );
  await expect.poll(looked, { message: 'the console looks afterwards' }).toBe(true);
  await deleteNow(cluster, `${PODS}/a-guest`);
  await expect(dialog).toContainText('A look afterwards found no pod a-guest: it is gone.');
});

test('what brings nothing back asks for the name', async ({ page, cluster }) => {
  await cluster.post('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'a-trial' },
  });
  await page.goto(
    routes.object({ cluster: CLUSTER, resource: 'namespaces', namespace: '', name: 'a-trial' }),
  );
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete namespace a-trial?' });
  const armed = dialog.getByRole('button', { name: 'Delete namespace' });
  await expect(armed).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByRole('textbox', { name: /^Type a-trial/ }).fill('a-trial');
  await expect(armed).not.toHaveAttribute('aria-disabled', 'true');
  await armed.click();
  await expect(dialog.getByText('The API server accepted it')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByText('a-trial is gone.')).toBeVisible({ timeout: 20_000 });
});
