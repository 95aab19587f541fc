// Credentials and rights that end while somebody looks.
import type { Page } from '@playwright/test';
import { routes } from '#lib/routes.ts';
import { directApi } from '../support/direct-api.ts';
import { test as base } from '../support/fixtures.ts';
import { seen } from '../support/sights.ts';
import { expect, LOSS_MS, RETURN_MS, tell, test } from './looking.ts';

/** A watch is ended by the API server after 30 s; the next one asks for the right again. */
const RIGHT_MS = 60_000;

test.setTimeout(120_000);

test('credentials refused from now on: said in words, rows kept, back when they are good again', async ({
  looking,
  demo,
}, info) => {
  const { control } = demo;
  const { list, detail } = looking;
  const lostMs = Date.now();
  const sights = Promise.all([seen(list, 'dimmed', lostMs, LOSS_MS), seen(detail, 'stale', lostMs, LOSS_MS)]);
  await control.addFault({ kind: 'unauthorized' });
  await control.killConnections();
  const [dimmed, object] = await sights;
  const words = /does not accept the credentials/;
  for (const page of [list, detail])
    await expect(page.getByText(words).first(), 'why, in words').toBeVisible();
  expect(await list.locator('[role=row]:not([aria-busy])').count(), 'rows stay').toBeGreaterThan(20);
  await control.clearFaults();
  const backMs = Date.now();
  const [fresh, freshObject, rowsRight] = await Promise.all([
    seen(list, 'fresh', backMs, RETURN_MS),
    seen(detail, 'fresh', backMs, RETURN_MS),
    looking.rightAgain(backMs, RETURN_MS),
  ]);
  tell(info, '401 to every request', { dimmed, object, fresh, freshObject, rowsRight });
  for (const ms of [dimmed, object]) expect(ms).toBeLessThanOrEqual(LOSS_MS);
  for (const ms of [fresh, freshObject, rowsRight]) expect(ms).toBeLessThanOrEqual(RETURN_MS);
  await expect(list.getByText(words)).toBeHidden();
  await looking.expectUntouched();
});

const DEVELOPER = 'shop-eu-1-developer';
const ROLES = '/apis/rbac.authorization.k8s.io/v1';

const asDeveloper = base.extend({
  kubeconfig: async ({ demo }, use) => use(demo.kubeconfigs.developer),
});

asDeveloper(
  'a right that was taken away: its rows are gone within a minute',
  async ({ page: nodes, context, console: running, demo }, info) => {
    const api = directApi(demo.kubeconfig);
    await api.post(`${ROLES}/clusterroles`, {
      metadata: { name: 'sees-all' },
      rules: [{ apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] }],
    });
    await api.post(`${ROLES}/clusterrolebindings`, {
      metadata: { name: 'sees-all' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'sees-all' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'developer' }],
    });
    await nodes.goto(routes.kind(DEVELOPER, 'nodes'));
    await seen(nodes, 'fresh', Date.now(), 20_000);
    await expect(nodes.getByRole('row', { name: /worker-a1/ })).toBeVisible();
    const pods = await context.newPage();
    await pods.goto(routes.kind(DEVELOPER, 'pods'));
    await seen(pods, 'fresh', Date.now(), 20_000);
    const foreign = pods.getByRole('row', { name: /payments/ });
    await expect(foreign.first()).toBeVisible();

    const lostMs = Date.now();
    const forbidden = seen(nodes, 'forbidden', lostMs, RIGHT_MS);
    await api.delete(`${ROLES}/clusterrolebindings/sees-all`);
    const [nodesForbidden, podsGone] = await Promise.all([forbidden, goneAfter(pods, lostMs)]);
    await expect(nodes.getByRole('row', { name: /worker/ })).toHaveCount(0);
    await expect(nodes.getByText('You may not list nodes').first()).toBeVisible();
    await expect(
      pods.getByRole('row', { name: /shop-checkout/ }).first(),
      'what is still allowed',
    ).toBeVisible();
    tell(info, 'right taken away', { nodesForbidden, podsGone });
    expect(nodesForbidden).toBeLessThanOrEqual(RIGHT_MS);
    expect(podsGone).toBeLessThanOrEqual(RIGHT_MS);
    expect(() => process.kill(running.pid, 0), 'the console is the same process').not.toThrow();
  },
);

/** ms until no row of another namespace is left. */
async function goneAfter(page: Page, sinceMs: number): Promise<number> {
  await expect
    .poll(() => page.getByRole('row', { name: /payments|shop-search|kube-system/ }).count(), {
      timeout: RIGHT_MS + 20_000,
      intervals: [100],
    })
    .toBe(0);
  return Date.now() - sinceMs;
}
