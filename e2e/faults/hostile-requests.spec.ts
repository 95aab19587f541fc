import { routes } from '#lib/routes.ts';
import { directApi } from '../support/direct-api.ts';
import { expect, test } from '../support/fixtures.ts';
import { sendHostileRequests } from '../support/hostile.ts';
import { seen } from '../support/sights.ts';

const CLUSTER = 'shop-eu-1';

// No page is open while they are sent: the console then asks the API server nothing of its own accord.
test('hostile requests are refused, and none reaches the API server', async ({
  demo,
  console: running,
  context,
  problems,
}) => {
  void problems;
  const api = directApi(demo.kubeconfig);
  await api.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
  await api.post('/api/v1/namespaces/shop/pods', {
    metadata: { name: 'cart-1' },
    spec: { containers: [{ name: 'cart', image: 'shop/cart:1' }] },
  });
  await demo.control.clearRequests();
  const { sent, wrong, readPod } = await sendHostileRequests(running, CLUSTER);
  expect(wrong).toEqual([]);
  expect(await demo.control.requests(), 'what reached the API server').toEqual([]);
  expect(await readPod(), 'the way was open').toBe(200);
  expect((await demo.control.requests()).map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /api/v1/namespaces/shop/pods/cart-1',
  ]);
  process.stdout.write(
    `hostile requests: ${sent} sent, ${sent - wrong.length} refused, 0 reached the API server\n`,
  );
  expect(() => process.kill(running.pid, 0), 'the console is the same process').not.toThrow();
  const page = await context.newPage();
  await page.goto(running.url);
  await page.goto(routes.kind(CLUSTER, 'pods'));
  await seen(page, 'fresh', Date.now(), 10_000);
});
