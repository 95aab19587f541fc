// What does looking cost the API server? One LIST chain and one WATCH a kind, however many look.
import type { DemoRequest } from '#demo/client.ts';
import { expect, test } from '../support/fixtures.ts';
import { listUrl, rowOf } from '../support/list-page.ts';

/** '/api/v1/pods', without reviews, discovery and probes: what lists and watches objects. */
function readsOf(
  requests: readonly DemoRequest[],
  collection: string,
): { lists: string[]; watches: string[] } {
  const reads = requests
    .filter(({ method }) => method === 'GET')
    .map(({ url }) => new URL(url, 'https://demo'))
    .filter(({ pathname }) => pathname === collection);
  const isWatch = ({ searchParams }: URL) => /^(1|true)$/.test(searchParams.get('watch') ?? '');
  return {
    lists: reads.filter((url) => !isWatch(url)).map((url) => url.href),
    watches: reads.filter(isWatch).map((url) => url.href),
  };
}

test('three tabs on the same pods cost one list chain and one watch', async ({
  context,
  console,
  demo,
  problems,
}) => {
  void problems;
  await context.request.get(console.url);
  await demo.control.clearRequests();
  const pages = await Promise.all([1, 2, 3].map(() => context.newPage()));
  const filters = [{}, { text: 'ledger' }, { namespaces: ['payments', 'ci'] }];
  for (const [index, page] of pages.entries()) {
    await page.goto(`${console.origin}${listUrl('pods', filters[index])}`);
  }
  for (const page of pages) await expect(rowOf(page, 'ledger-worker-6c9f7d8b4-x2k7p')).toBeVisible();

  const seen = await demo.control.requests();
  const { lists, watches } = readsOf(seen, '/api/v1/pods');
  expect(
    lists.filter((href) => !href.includes('continue=')),
    'one list chain',
  ).toHaveLength(1);
  expect(watches, 'one watch').toHaveLength(1);
  const namespaced = seen.filter(({ url }) => /^\/api\/v1\/namespaces\/[^/]+\/pods/.test(url));
  expect(namespaced, 'choosing namespaces is a filter, not a watch').toEqual([]);

  await demo.control.clearRequests();
  await pages[2]?.close();
  await pages[1]?.close();
  await pages[0]?.reload();
  await expect(rowOf(pages[0] ?? (await context.newPage()), 'ledger-worker-6c9f7d8b4-x2k7p')).toBeVisible();
  const after = readsOf(await demo.control.requests(), '/api/v1/pods');
  expect(after.lists, 'closing tabs and reloading lists nothing again').toEqual([]);
  expect(after.watches.length, 'at most the watch that ends by itself').toBeLessThanOrEqual(1);
});

test('opening the pods page asks no more than it needs', async ({ context, console, demo, problems }) => {
  void problems;
  await context.request.get(console.url);
  await demo.control.clearRequests();
  const page = await context.newPage();
  await page.goto(`${console.origin}${listUrl('pods')}`);
  await expect(rowOf(page, 'ledger-worker-6c9f7d8b4-x2k7p')).toBeVisible();
  const asked = (await demo.control.requests())
    .filter(({ method }) => method === 'GET')
    .map(({ url }) => url);
  const kinds = new Set(
    asked
      .map((url) => new URL(url, 'https://demo').pathname)
      .filter((path) => /^\/(api\/v1|apis\/[^/]+\/[^/]+)\/[^/]+$/.test(path)),
  );
  expect(
    [...kinds].sort(),
    'what the page shows, the picker’s namespaces, and what can change discovery',
  ).toEqual([
    '/api/v1/namespaces',
    '/api/v1/pods',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    '/apis/apiregistration.k8s.io/v1/apiservices',
  ]);
});
