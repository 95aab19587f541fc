import type { TestInfo } from '@playwright/test';
import type { Demo, DemoRequest } from '#demo/client.ts';
import { DIRECT_MARK } from '../support/direct-api.ts';
import { seen } from '../support/sights.ts';
import { expect, LOSS_MS, type Looking, RETURN_MS, tell, test } from './looking.ts';

test.setTimeout(120_000);

interface Outage {
  readonly what: string;
  lose(): Promise<unknown>;
  regain(): Promise<unknown>;
}

/** The promises of every loss of the API server: seen in time, rows kept and dimmed, right again in time, untouched. */
async function expectSurvived(looking: Looking, info: TestInfo, outage: Outage): Promise<void> {
  const { list, detail } = looking;
  const total = await list.getByRole('grid').getAttribute('aria-rowcount');
  const lostMs = Date.now();
  const sights = Promise.all([
    seen(list, 'banner', lostMs, LOSS_MS),
    seen(list, 'dimmed', lostMs, LOSS_MS),
    seen(detail, 'stale', lostMs, LOSS_MS),
    seen(detail, 'banner', lostMs, LOSS_MS),
  ]);
  await outage.lose();
  const [banner, dimmed, object, objectBanner] = await sights;
  await expect(list.getByRole('grid'), 'rows stay').toHaveAttribute('aria-rowcount', total ?? '');
  expect(await list.locator('[role=row]:not([aria-busy])').count(), 'rows stay').toBeGreaterThan(20);
  await expect(detail.getByRole('heading', { level: 1 })).toBeVisible();
  await outage.regain();
  const backMs = Date.now();
  const returned = await expectReturned(looking, backMs);
  tell(info, outage.what, { banner, dimmed, object, ...returned });
  for (const ms of [banner, dimmed, object, objectBanner]) expect(ms).toBeLessThanOrEqual(LOSS_MS);
  for (const ms of Object.values(returned)) expect(ms).toBeLessThanOrEqual(RETURN_MS);
}

async function expectReturned(looking: Looking, backMs: number): Promise<Record<string, number>> {
  const [fresh, freshObject, rowsRight] = await Promise.all([
    seen(looking.list, 'fresh', backMs, RETURN_MS),
    seen(looking.detail, 'fresh', backMs, RETURN_MS),
    looking.rightAgain(backMs, RETURN_MS),
  ]);
  await looking.expectUntouched();
  return { fresh, freshObject, rowsRight };
}

/** LISTs of the console by what was listed, from the demo's request log. */
function lists(requests: readonly DemoRequest[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { method, url } of requests) {
    const asked = new URL(url, 'https://api');
    const isList = method === 'GET' && asked.searchParams.has('limit') && !asked.searchParams.has('watch');
    if (!isList || asked.searchParams.has('continue') || url.includes(DIRECT_MARK)) continue;
    const name = `${asked.pathname} ${asked.searchParams.get('fieldSelector') ?? ''}`.trim();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const watchesOf = (requests: readonly DemoRequest[], path: string) =>
  requests.filter(({ url }) => {
    const asked = new URL(url, 'https://api');
    const isAsked = asked.pathname === path && !asked.searchParams.has('fieldSelector');
    return isAsked && asked.searchParams.has('watch');
  });

/** Lets the API server's history run past every watch, unseen by them, and be forgotten. */
async function changeUnseenAndCompact(demo: Demo, { api }: Looking): Promise<void> {
  await demo.control.addFault({ kind: 'silent-watch' });
  await api.patch('/apis/apps/v1/namespaces/shop-checkout/deployments/checkout-api', {
    metadata: { labels: { compacted: 'yes' } },
  });
  await api.delete(`/api/v1/namespaces/shop-checkout/pods/${await anyPod(api)}`);
  await demo.control.compact();
}

async function anyPod(api: Looking['api']): Promise<string> {
  const pods = (await api.items('/api/v1/namespaces/shop-checkout/pods')) as { metadata: { name: string } }[];
  return pods.at(-1)?.metadata.name ?? '';
}

test('killed: connections reset, then refused', async ({ looking, demo }, info) => {
  const { control } = demo;
  await expectSurvived(looking, info, {
    what: 'API server killed',
    lose: () => control.pause(),
    regain: () => control.resume(),
  });
});

test('hung: the process stopped by SIGSTOP', async ({ looking, demo }, info) => {
  await expectSurvived(looking, info, {
    what: 'API server stopped (SIGSTOP)',
    lose: async () => demo.signal('SIGSTOP'),
    regain: async () => demo.signal('SIGCONT'),
  });
});

test('500 to every request, all connections lost', async ({ looking, demo }, info) => {
  const { control } = demo;
  await expectSurvived(looking, info, {
    what: 'API server answers 500',
    lose: async () => {
      await control.addFault({ kind: 'error' });
      await control.killConnections();
    },
    regain: () => control.clearFaults(),
  });
});

test('latency of 20 s for every request', async ({ looking, demo }, info) => {
  const { control } = demo;
  await expectSurvived(looking, info, {
    what: 'API server answers after 20 s',
    lose: async () => {
      await control.addFault({ kind: 'latency', delayMs: 20_000 });
      await control.killConnections();
    },
    regain: () => control.clearFaults(),
  });
});

test('latency of a second is only slow, not lost', async ({ looking, demo }, info) => {
  const sinceMs = Date.now();
  await demo.control.addFault({ kind: 'latency', delayMs: 1_000 });
  await demo.control.killConnections();
  const returned = await expectReturned(looking, sinceMs);
  tell(info, 'API server answers after 1 s, connections reset', returned);
  for (const ms of Object.values(returned)) expect(ms).toBeLessThanOrEqual(RETURN_MS);
});

test('restarted without its history: one relist a kind', async ({ looking, demo }, info) => {
  const { control } = demo;
  await expectSurvived(looking, info, {
    what: 'API server restarted, history lost',
    lose: async () => {
      await changeUnseenAndCompact(demo, looking);
      await control.clearRequests();
      await control.pause();
    },
    regain: () => control.resume(),
  });
  expectOneList(lists(await control.requests()));
});

test('compacted: one relist a kind', async ({ looking, demo }, info) => {
  const { control } = demo;
  const { watches } = await control.stats();
  await changeUnseenAndCompact(demo, looking);
  await control.clearRequests();
  const sinceMs = Date.now();
  await control.addFault({ kind: 'drop-watch' });
  const returned = await expectReturned(looking, sinceMs);
  tell(info, 'history compacted, watches dropped', returned);
  for (const ms of Object.values(returned)) expect(ms).toBeLessThanOrEqual(RETURN_MS);
  await expect.poll(async () => (await control.stats()).watches, 'every kind is watched again').toBe(watches);
  expectOneList(lists(await control.requests()));
});

function expectOneList(counts: Readonly<Record<string, number>>): void {
  expect(counts['/api/v1/pods'], 'pods were listed again').toBe(1);
  expect(
    Object.entries(counts).filter(([, count]) => count > 1),
    'kinds listed more than once',
  ).toEqual([]);
}

test('429 with Retry-After: nothing is asked sooner', async ({ looking, demo }, info) => {
  const { control } = demo;
  await control.addFault({
    kind: 'too-many-requests',
    retryAfterSeconds: 4,
    match: { resource: 'pods', verb: 'watch' },
  });
  await control.clearRequests();
  const lostMs = Date.now();
  const dimmed = seen(looking.list, 'dimmed', lostMs, LOSS_MS);
  await control.addFault({ kind: 'drop-watch', match: { resource: 'pods' } });
  const stale = await dimmed;
  await expect
    .poll(async () => watchesOf(await control.requests(), '/api/v1/pods').length, { timeout: 30_000 })
    .toBeGreaterThan(2);
  const asked = watchesOf(await control.requests(), '/api/v1/pods').map(({ atMs }) => atMs);
  const gaps = asked.slice(1).map((atMs, index) => Math.round(atMs - (asked[index] ?? 0)));
  await control.clearFaults();
  const returned = await expectReturned(looking, Date.now());
  tell(info, '429 with Retry-After of 4 s', { dimmed: stale, leastGap: Math.min(...gaps), ...returned });
  expect(stale).toBeLessThanOrEqual(LOSS_MS);
  expect(Math.min(...gaps), 'ms between two requests').toBeGreaterThanOrEqual(4_000);
  for (const ms of Object.values(returned)) expect(ms).toBeLessThanOrEqual(RETURN_MS);
  expect(lists(await control.requests())['/api/v1/pods'], 'no list').toBeUndefined();
});
