import { routes } from '#lib/routes.ts';
import budgets from '#scripts/budgets.json' with { type: 'json' };
import { measureFiles } from '#scripts/build/route-size.ts';
import { expect, test } from '../support/fixtures.ts';

const CLUSTER = 'shop-eu-1';

// The build's budget rests on Next's own record of a route; this is what a browser really loads.
test('the first table works on no more JavaScript than the budget allows', async ({
  context,
  problems,
  console,
}) => {
  void problems;
  const page = await context.newPage();
  const scripts: string[] = [];
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname;
    if (request.resourceType() === 'script') scripts.push(path.replace(/^\/_next\//, '.next/'));
  });
  const { origin } = console;
  await context.request.get(console.url);
  await page.goto(`${origin}${routes.kind(CLUSTER, 'pods')}`);
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  const loaded = measureFiles('.', scripts);
  expect(loaded.files.length).toBeGreaterThan(1);
  expect(loaded.brotliBytes).toBeLessThanOrEqual(budgets.firstTableRoute.scriptBrotliKb * 1000);
});
