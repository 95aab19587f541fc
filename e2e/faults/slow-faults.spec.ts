// Faults that take their time: each of these tests waits in real time, about a minute.
import { seen } from '../support/sights.ts';
import { expect, RETURN_MS, tell, test } from './looking.ts';

const SILENCE_MS = 35_000;
const OUTAGE_MS = 75_000;

test.setTimeout(180_000);

test('watches that fell silent are found dead within 35 s', async ({ looking, demo }, info) => {
  const { control } = demo;
  const sinceMs = Date.now();
  const stale = seen(looking.list, 'stale', sinceMs, SILENCE_MS);
  // New watches fail, or the console would have mended itself before anybody could read that it was stale.
  await control.addFault({ kind: 'silent-watch' });
  await control.addFault({ kind: 'reset', match: { resource: 'pods', verb: 'watch' } });
  const staleMs = await stale;
  await expect(looking.list.getByRole('row').nth(20), 'rows stay').toBeVisible();
  await seen(looking.list, 'dimmed', sinceMs, SILENCE_MS);
  await control.clearFaults();
  const backMs = Date.now();
  const fresh = await seen(looking.list, 'fresh', backMs, RETURN_MS);
  const rowsRight = await looking.rightAgain(backMs, RETURN_MS);
  tell(info, 'watches silent', { stale: staleMs, fresh, rowsRight });
  expect(staleMs).toBeLessThanOrEqual(SILENCE_MS);
  expect(fresh).toBeLessThanOrEqual(RETURN_MS);
  expect(rowsRight).toBeLessThanOrEqual(RETURN_MS);
  await looking.expectUntouched();
});

test('silent watches are taken up again without a word or a list', async ({ looking, demo }, info) => {
  const { control } = demo;
  const sinceMs = Date.now();
  await control.clearRequests();
  await control.addFault({ kind: 'silent-watch' });
  const [pod] = (await looking.api.items('/api/v1/namespaces/shop-checkout/pods')) as {
    metadata: { name: string };
  }[];
  await looking.api.delete(`/api/v1/namespaces/shop-checkout/pods/${pod?.metadata.name}`);
  expect((await looking.wrongRows()).length, 'the deletion is not seen').toBeGreaterThan(0);
  const rowsRight = await looking.rightAgain(sinceMs, SILENCE_MS);
  tell(info, 'watches silent, new ones sound', { rowsRight });
  expect(rowsRight).toBeLessThanOrEqual(SILENCE_MS + RETURN_MS);
  const listed = (await control.requests()).filter(({ url }) => /^\/api\/v1\/pods\?.*limit=/.test(url));
  expect(listed, 'pods were not listed again').toEqual([]);
  await looking.expectUntouched();
});

test('after a long outage it is back within 10 s all the same', async ({ looking, demo }, info) => {
  const { control } = demo;
  const lostMs = Date.now();
  await control.pause();
  // The outage itself is the condition that is waited for: delays have grown to half a minute by then.
  await expect.poll(() => Date.now() - lostMs, { timeout: OUTAGE_MS + 5_000 }).toBeGreaterThan(OUTAGE_MS);
  await seen(looking.list, 'banner', lostMs, 0);
  await control.resume();
  const backMs = Date.now();
  const [fresh, freshObject, rowsRight] = await Promise.all([
    seen(looking.list, 'fresh', backMs, RETURN_MS),
    seen(looking.detail, 'fresh', backMs, RETURN_MS),
    looking.rightAgain(backMs, RETURN_MS),
  ]);
  tell(info, `back after ${OUTAGE_MS / 1000} s`, { fresh, freshObject, rowsRight });
  for (const ms of [fresh, freshObject, rowsRight]) expect(ms).toBeLessThanOrEqual(RETURN_MS);
  await looking.expectUntouched();
});
