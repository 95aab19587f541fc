import { expect } from 'vitest';
import type { Query } from './client.ts';
import { topic } from './conform.ts';
import { configMap, create, expectCode, expectFailure, ownNamespace } from './fixtures.ts';
import { admin, target } from './target.ts';

const conform = topic('freshness');
const scope = ownNamespace('freshness');
const configMaps = scope.core('configmaps');
const root = scope.core('configmaps', 'kube-root-ca.crt');

const FUTURE = '9999999999';
const TOO_LARGE = {
  code: 504,
  reason: 'Timeout',
  message: /^Timeout: Too large resource version: 9999999999, current: \d+$/,
  details: {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  },
};

/** How long the server takes to give up. */
async function timed<Value>(work: Promise<Value>): Promise<{ value: Value; tookMs: number }> {
  const began = performance.now();
  const value = await work;
  return { value, tookMs: performance.now() - began };
}

async function now(): Promise<number> {
  return Number(expectCode(await admin.get(configMaps, { limit: 1 }), 200).list.metadata.resourceVersion);
}

/** Versions that only storage can have: a cache without snapshots passes these on, and etcd's refusal names no time. */
const { retryAfterSeconds: _, ...details } = TOO_LARGE.details;
const FROM_STORAGE = { ...TOO_LARGE, details };

for (const [title, query] of [
  ['a list, Exact', { resourceVersion: FUTURE, resourceVersionMatch: 'Exact' }],
  ['a first page', { resourceVersion: FUTURE, limit: 1 }],
] as [string, Query][]) {
  conform(`${title} of a version yet to come is refused with 504 and its cause`, async () => {
    const { value, tookMs } = await timed(admin.get(configMaps, query));
    const isFromCache = value.headers['retry-after'] !== undefined;
    expectFailure(value, isFromCache ? TOO_LARGE : FROM_STORAGE);
    if (isFromCache) expect(value.headers['retry-after']).toBe('1');
    // Only the cache waits for the version; the demo has one.
    if (isFromCache) expect(tookMs).toBeGreaterThan(2_500);
    expect(isFromCache || target.name !== 'demo').toBe(true);
    expect(tookMs).toBeLessThan(8_000);
  });
}

const early: [string, string, Query][] = [
  ['a list', configMaps, { resourceVersion: FUTURE }],
  ['a list, NotOlderThan', configMaps, { resourceVersion: FUTURE, resourceVersionMatch: 'NotOlderThan' }],
  ['a get', root, { resourceVersion: FUTURE }],
];

for (const [title, path, query] of early) {
  conform(`${title} of a version yet to come waits three seconds, then 504 with its cause`, async () => {
    const { value, tookMs } = await timed(admin.get(path, query));
    expectFailure(value, TOO_LARGE);
    expect(value.headers['retry-after']).toBe('1');
    expect(tookMs).toBeGreaterThan(2_500);
    expect(tookMs).toBeLessThan(8_000);
  });
}

conform('a list of a version that comes meanwhile is answered', async () => {
  const wanted = (await now()) + 20;
  const waiting = admin.get(configMaps, { resourceVersion: wanted });
  for (let n = 0; n < 25; n += 1) await create(configMaps, configMap(`soon-${n}`));
  const { list } = expectCode(await waiting, 200);
  expect(Number(list.metadata.resourceVersion)).toBeGreaterThanOrEqual(wanted);
});

conform('a get of the present version, an older one and any is answered', async () => {
  for (const resourceVersion of [await now(), 1, 0])
    expect(expectCode(await admin.get(root, { resourceVersion }), 200).object.metadata.name).toBe(
      'kube-root-ca.crt',
    );
});

conform('a get of a version that is no number: 500 without a reason', async () => {
  const { status } = expectCode(await admin.get(root, { resourceVersion: 'x' }), 500);
  expect(status.message).toBe(
    'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
  );
  expect(status.reason).toBeUndefined();
});

conform('initial events of a version yet to come: the stream opens, then an ERROR with 504', async () => {
  const query = { resourceVersion: FUTURE, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
  const watch = await admin.watch(configMaps, { ...query, allowWatchBookmarks: true });
  expect(watch.code).toBe(200);
  const [event] = await watch.until('an event', (all) => all.length > 0);
  await watch.ended;
  expect(event?.type).toBe('ERROR');
  expect(event?.object).toMatchObject({
    kind: 'Status',
    code: 504,
    reason: 'Timeout',
    details: TOO_LARGE.details,
  });
});

conform(
  'a watch from a version yet to come stays open and says nothing of what comes before it',
  async () => {
    const watch = await admin.watch(configMaps, { resourceVersion: FUTURE, timeoutSeconds: 2 });
    await create(configMaps, configMap('before-its-time'));
    await watch.ended;
    expect([watch.code, watch.events]).toEqual([200, []]);
  },
);
