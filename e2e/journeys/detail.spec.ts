// Why is ledger-worker down? From the list to the cause, and what a page says when its object is not there.
import type { Page } from '@playwright/test';
import { routes } from '#lib/routes.ts';
import { expect, test } from '../support/fixtures.ts';
import { CLUSTER, expectLive, openList, rowOf } from '../support/list-page.ts';
import { deleteNow, idlePod, readObject } from '../support/objects.ts';
import { recordTraffic } from '../support/traffic.ts';

const POD = 'ledger-worker-6c9f7d8b4-x2k7p';

function objectUrl(resource: string, namespace: string, name: string, tab = ''): string {
  return routes.object({ cluster: CLUSTER, resource, namespace, name }, tab);
}

async function expectTitle(page: Page, title: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: title, exact: true })).toBeVisible();
}

test('from the list by Enter to the cause, and up to what made it', async ({ page, demo }) => {
  await demo.control.freezeClock();
  await openList(page, 'pods', { text: POD });
  await rowOf(page, POD).focus();
  await page.keyboard.press('Enter');
  await expectTitle(page, POD);
  await expectLive(page);
  const main = page.getByRole('main');

  await expect(main.getByText('Crash loop, exit 1')).toBeVisible();
  await expect(
    main.getByText(
      'Container worker ended with exit 1 and was started again 14 times; the next start is held back.',
    ),
  ).toBeVisible();
  const containers = main.getByRole('region', { name: 'Containers' }).first();
  await expect(containers.getByRole('row', { name: /^worker/ })).toContainText('Crash loop');
  await expect(containers.getByRole('row', { name: /^worker/ })).toContainText('shop/ledger-worker:5.2.1');
  const conditions = main.getByRole('region', { name: 'Conditions' });
  await expect(conditions.getByRole('listitem').filter({ hasText: /^Ready: no/ })).toContainText(
    'containers with unready status: [worker]',
  );
  const events = main.getByRole('region', { name: 'Events' }).first();
  await expect(events.getByRole('row', { name: /BackOff/ })).toContainText(
    'Back-off restarting failed container',
  );

  await main
    .getByRole('region', { name: 'Belongs to' })
    .getByRole('link', { name: 'ledger-worker-6c9f7d8b4' })
    .click();
  await expectTitle(page, 'ledger-worker-6c9f7d8b4');
  await page.getByRole('region', { name: 'Belongs to' }).getByRole('link', { name: 'ledger-worker' }).click();
  await expectTitle(page, 'ledger-worker');
  await expect(main.getByText('1 of 3 available')).toBeVisible();
  const sections = main.getByRole('navigation', { name: 'Sections' });
  await sections.getByRole('link', { name: /^Pods\s?3$/ }).click();
  await expect(page).toHaveURL(objectUrl('deployments.apps', 'payments', 'ledger-worker', 'pods'));
  await expect(main.getByRole('grid', { name: 'Pods' })).toHaveAttribute('aria-rowcount', '4');
  await expect(rowOf(page, POD)).toContainText('Crash loop, exit 1');
  await page.goBack();
  await expect(sections.getByRole('link', { name: 'Overview' })).toHaveAttribute('aria-current', 'page');
});

test('YAML loads what writes it only when asked, under the policy', async ({ page }) => {
  await page.goto(objectUrl('pods', 'payments', POD));
  await expectTitle(page, POD);
  await expectLive(page);
  const { scripts } = recordTraffic(page);
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'YAML' }).click();
  const yaml = page.getByRole('group', { name: 'YAML', exact: true });
  await expect(yaml).toContainText('kind: Pod');
  await expect(yaml).toContainText(`name: ${POD}`);
  await expect(yaml).not.toContainText('managedFields');
  expect(scripts.length, 'a chunk of its own').toBeGreaterThan(0);
  expect(scripts.filter((path) => !path.startsWith('/_next/static/'))).toEqual([]);
});

test('values of Secrets reach neither the page nor the wire', async ({ page, cluster }) => {
  const path = '/api/v1/namespaces/shop-checkout/secrets/checkout-db';
  const { data } = (await cluster.get(path)) as { data: Readonly<Record<string, string>> };
  const value = data.password ?? '';
  expect(value.length, 'the scenario has a value worth hiding').toBeGreaterThan(6);
  const told = 'aGlkZGVuLWZyb20tc2lnaHQ=';
  const traffic = recordTraffic(page);

  await openList(page, 'secrets', { namespaces: ['shop-checkout'] });
  await rowOf(page, 'checkout-db').getByRole('link', { name: 'checkout-db' }).click();
  await expectTitle(page, 'checkout-db');
  await expectLive(page);
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'YAML' }).click();
  const yaml = page.getByRole('group', { name: 'YAML', exact: true });
  await expect(yaml).toContainText(/password: •+/);
  await cluster.patch(path, {
    data: { added: told },
    metadata: {
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data }) },
    },
  });
  await expect(yaml).toContainText(/added: •+/);
  const { url, answer } = await page.evaluate(
    async (target) => {
      const response = await fetch(target);
      return { url: response.url, answer: await response.text() };
    },
    routes.apiObject(CLUSTER, path),
  );
  expect(answer, url).toContain('•');

  for (const encoded of [value, told]) {
    for (const written of [encoded, Buffer.from(encoded, 'base64').toString('utf8')]) {
      expect(await traffic.whereIs(written), `the Secret's ${written} on the wire`).toBe('');
      expect(await page.content()).not.toContain(written);
    }
  }
  expect(traffic.messages.join(''), 'the recorder does hear the wire').toContain('checkout-db');
});

test('an object deleted while open says so and stays readable; made again, it is the new one', async ({
  page,
  cluster,
  axe,
}) => {
  const pods = '/api/v1/namespaces/ci/pods';
  await cluster.post(pods, idlePod('a-guest', 'shop/guest:1.0.0'));
  const first = await readObject(cluster, `${pods}/a-guest`);
  await page.goto(objectUrl('pods', 'ci', 'a-guest'));
  await expectTitle(page, 'a-guest');
  await expect(page.getByText('Waiting for a node')).toBeVisible();

  await deleteNow(cluster, `${pods}/a-guest`);
  await expect(page.getByText('a-guest is gone.')).toBeVisible();
  await expect(page.getByText('was Waiting for a node')).toBeVisible();
  await expect(page.getByText('shop/guest:1.0.0').first(), 'what was seen last').toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete…' })).toHaveCount(0);
  await axe();
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'YAML' }).click();
  await expect(page.getByRole('group', { name: 'YAML', exact: true })).toContainText(first.metadata.uid);

  await cluster.post(pods, idlePod('a-guest', 'shop/guest:2.0.0'));
  const second = await readObject(cluster, `${pods}/a-guest`);
  await expect(page.getByText('a-guest is gone.')).toHaveCount(0);
  await expect(page.getByRole('group', { name: 'YAML', exact: true })).toContainText(second.metadata.uid);
  await expect(page.getByRole('group', { name: 'YAML', exact: true })).toContainText('shop/guest:2.0.0');
  await expectLive(page);
});

test('a link to what does not exist says what is missing, and fills itself when it comes', async ({
  page,
  cluster,
  axe,
}) => {
  await page.goto(objectUrl('pods', 'ci', 'never-was'));
  await expect(
    page.getByRole('heading', { level: 1, name: 'There is no pod never-was in ci' }),
  ).toBeVisible();
  await expect(page.getByRole('link', { name: 'All pods in ci' })).toBeVisible();
  await axe();
  await cluster.post('/api/v1/namespaces/ci/pods', idlePod('never-was'));
  await expectTitle(page, 'never-was');
  await expect(page.getByText('Waiting for a node')).toBeVisible();

  await page.goto(objectUrl('gadgets.example.dev', 'ci', 'one'));
  await expect(
    page.getByRole('heading', { level: 1, name: 'This cluster does not serve gadgets.example.dev' }),
  ).toBeVisible();
  await axe();

  await page.goto(objectUrl('nodes', '', 'no-such-node'));
  await expect(page.getByRole('heading', { level: 1, name: 'There is no node no-such-node' })).toBeVisible();
});

test('an address that means nothing is a page of words', async ({ page, problems, axe }) => {
  problems.allow(/Failed to load resource: .* 404/, 'the test asks for what is not there');
  for (const place of ['/no-such-cluster/pods', '/no-such-cluster/pods/a/b']) {
    await page.goto(place);
    await expect(
      page.getByRole('heading', { level: 1, name: 'no-such-cluster cannot be opened' }),
    ).toBeVisible();
    await expect(page.getByRole('link', { name: 'All clusters', exact: true })).toBeVisible();
    await axe();
  }
  await page.goto(`/${CLUSTER}/pods/a/b/c`);
  await expect(page.getByRole('heading', { level: 1, name: 'There is no page here' })).toBeVisible();
  await axe();
});
