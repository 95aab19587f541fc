import { expect } from 'vitest';
import { topic } from './conform.ts';
import { configMap, create, expectCode, expectFailure, labelled, ownNamespace } from './fixtures.ts';
import type { WatchEvent } from './kube-types.ts';
import { admin, target } from './target.ts';

const conform = topic('watches');
const scope = ownNamespace('watches');
const configMaps = scope.core('configmaps');
const at = (name: string): string => scope.core('configmaps', name);

const said = (events: readonly WatchEvent[]): string[] =>
  events
    .filter(({ type }) => type !== 'BOOKMARK')
    .map(({ type, object }) => `${type} ${object.metadata.name}`);
const version = ({ object }: WatchEvent): number => Number(object.metadata.resourceVersion);

async function now(): Promise<string> {
  return expectCode(await admin.get(configMaps, { limit: 1 }), 200).list.metadata.resourceVersion;
}

conform('changes come in order, each once, with rising resourceVersions', async () => {
  const watch = await admin.watch(configMaps, {
    resourceVersion: await now(),
    fieldSelector: 'metadata.name=ordered',
  });
  const made = await create(configMaps, configMap('ordered', { data: { n: '0' } }));
  for (let n = 1; n <= 3; n += 1)
    expectCode(await admin.patch(at('ordered'), 'merge', { data: { n: String(n) } }), 200);
  expectCode(await admin.delete(at('ordered')), 200);
  const events = await watch.until('five events', (all) => all.length >= 5);
  watch.close();
  expect(said(events)).toEqual([
    'ADDED ordered',
    'MODIFIED ordered',
    'MODIFIED ordered',
    'MODIFIED ordered',
    'DELETED ordered',
  ]);
  expect(events.map(({ object }) => object.data.n)).toEqual(['0', '1', '2', '3', '3']);
  expect(events[0]?.object).toEqual(made);
  const versions = events.map(version);
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
});

conform('100 changes by 8 writers all arrive', async () => {
  const watch = await admin.watch(configMaps, { resourceVersion: await now(), labelSelector: 'burst=yes' });
  const written = new Map<string, string>();
  const writer = async (id: number): Promise<void> => {
    for (let n = id; n < 100; n += 8) {
      const made = await create(configMaps, labelled(`burst-${n}`, { burst: 'yes' }));
      written.set(made.metadata.name, made.metadata.resourceVersion);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, id) => writer(id)));
  const events = await watch.until('100 events', (all) => all.length >= 100);
  watch.close();
  expect(
    new Map(events.map(({ object }) => [object.metadata.name, object.metadata.resourceVersion])),
  ).toEqual(written);
  const versions = events.map(version);
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
});

conform('without a resourceVersion it begins with what is there', async () => {
  await create(configMaps, labelled('present', { begin: 'yes' }));
  const watch = await admin.watch(configMaps, { labelSelector: 'begin=yes' });
  await watch.until('the present object', (all) => all.length >= 1);
  await create(configMaps, labelled('present-too', { begin: 'yes' }));
  const events = await watch.until('the new object', (all) => all.length >= 2);
  watch.close();
  expect(said(events)).toEqual(['ADDED present', 'ADDED present-too']);
});

conform('from a resourceVersion on it tells what happened meanwhile', async () => {
  const since = await now();
  await create(configMaps, labelled('missed', { missed: 'yes' }));
  expectCode(await admin.delete(at('missed')), 200);
  const watch = await admin.watch(configMaps, { resourceVersion: since, labelSelector: 'missed=yes' });
  const events = await watch.until('both events', (all) => all.length >= 2);
  watch.close();
  expect(said(events)).toEqual(['ADDED missed', 'DELETED missed']);
});

conform('an object that begins to match is ADDED, one that stops is DELETED', async () => {
  await create(configMaps, labelled('turning', { side: 'off' }));
  const watch = await admin.watch(configMaps, { resourceVersion: await now(), labelSelector: 'side=on' });
  for (const [side, note] of [
    ['on', '1'],
    ['on', '2'],
    ['off', '3'],
  ]) {
    expectCode(
      await admin.patch(at('turning'), 'merge', { metadata: { labels: { side } }, data: { note } }),
      200,
    );
  }
  const events = await watch.until('three events', (all) => all.length >= 3);
  watch.close();
  expect(said(events)).toEqual(['ADDED turning', 'MODIFIED turning', 'DELETED turning']);
  // The last state that matched, at the version of the change that ended it.
  expect(events[2]?.object).toMatchObject({ metadata: { labels: { side: 'on' } }, data: { note: '2' } });
  expect(version(events[2] as WatchEvent)).toBeGreaterThan(version(events[1] as WatchEvent));
});

conform('another namespace is not heard', async () => {
  const watch = await admin.watch(configMaps, { resourceVersion: await now(), labelSelector: 'where=any' });
  const elsewhere = `strata-elsewhere-${Date.now()}`;
  await create('/api/v1/namespaces/default/configmaps', labelled(elsewhere, { where: 'any' }));
  expectCode(await admin.delete(`/api/v1/namespaces/default/configmaps/${elsewhere}`), 200);
  await create(configMaps, labelled('here', { where: 'any' }));
  const events = await watch.until('one event', (all) => all.length >= 1);
  watch.close();
  expect(said(events)).toEqual(['ADDED here']);
});

conform('timeoutSeconds ends the stream cleanly, with a bookmark before', async () => {
  const watch = await admin.watch(configMaps, {
    resourceVersion: await now(),
    allowWatchBookmarks: true,
    timeoutSeconds: 5,
    labelSelector: 'nothing=matches',
  });
  // The real one sends a bookmark only for a version that came after the watch was open (cacheWatcher.process).
  const other = await create(
    '/api/v1/namespaces/default/configmaps',
    configMap(`strata-bookmark-${Date.now()}`),
  );
  await watch.ended;
  const seconds = (performance.now() - watch.openedAtMs) / 1000;
  expect(seconds).toBeGreaterThan(3);
  expect(seconds).toBeLessThan(8);
  const last = watch.events.at(-1);
  expect(last).toMatchObject({ type: 'BOOKMARK', object: { kind: 'ConfigMap', apiVersion: 'v1' } });
  expect(Object.keys(last?.object.metadata ?? {})).toEqual(['resourceVersion']);
  expect(version(last as WatchEvent)).toBeGreaterThanOrEqual(Number(other.metadata.resourceVersion));
  expectCode(await admin.delete(`/api/v1/namespaces/default/configmaps/${other.metadata.name}`), 200);
});

conform('without allowWatchBookmarks there are none', async () => {
  const watch = await admin.watch(configMaps, {
    resourceVersion: await now(),
    timeoutSeconds: 3,
    labelSelector: 'nothing=matches',
  });
  await watch.ended;
  expect(watch.events).toEqual([]);
});

conform('sendInitialEvents ends what is there with a marked bookmark', async () => {
  await create(configMaps, labelled('initial-a', { initial: 'yes' }));
  await create(configMaps, labelled('initial-b', { initial: 'yes' }));
  const watch = await admin.watch(configMaps, {
    sendInitialEvents: true,
    resourceVersionMatch: 'NotOlderThan',
    allowWatchBookmarks: true,
    labelSelector: 'initial=yes',
  });
  const events = await watch.until('the bookmark', (all) => all.some(({ type }) => type === 'BOOKMARK'));
  watch.close();
  expect(said(events).sort()).toEqual(['ADDED initial-a', 'ADDED initial-b']);
  const bookmark = events.find(({ type }) => type === 'BOOKMARK');
  expect(bookmark?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  expect(version(bookmark as WatchEvent)).toBeGreaterThanOrEqual(Math.max(...events.map(version)));
});

conform('sendInitialEvents without resourceVersionMatch: 422', async () => {
  expectFailure(await admin.get(configMaps, { watch: true, sendInitialEvents: true, timeoutSeconds: 1 }), {
    code: 422,
    reason: 'Invalid',
    message:
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  });
});

conform('sendInitialEvents on a list: 422', async () => {
  expectFailure(await admin.get(configMaps, { sendInitialEvents: true }), {
    code: 422,
    reason: 'Invalid',
    message:
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
  });
});

conform(
  'a forgotten resourceVersion: an ERROR event 410, then the end',
  async () => {
    await create(configMaps, configMap('before-compaction'));
    await target.compact?.();
    const watch = await admin.watch(configMaps, { resourceVersion: 1, timeoutSeconds: 5 });
    expect(watch.code).toBe(200);
    await watch.ended;
    expect(watch.events).toHaveLength(1);
    expect(watch.events[0]).toMatchObject({
      type: 'ERROR',
      object: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        reason: 'Expired',
        code: 410,
      },
    });
    expect(watch.events[0]?.object.message).toMatch(/^too old resource version: 1 \(\d+\)$/);
  },
  { needs: 'compact' },
);

conform('a resourceVersion that is no number is refused before the stream', async () => {
  expectFailure(await admin.get(configMaps, { watch: true, resourceVersion: 'x' }), {
    code: 500,
    reason: undefined,
    message: 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
  });
});

conform('one object is watched by its name', async () => {
  const made = await create(configMaps, configMap('single'));
  await create(configMaps, configMap('not-single'));
  const watch = await admin.watch(configMaps, {
    fieldSelector: 'metadata.name=single',
    resourceVersion: made.metadata.resourceVersion,
  });
  expectCode(await admin.patch(at('not-single'), 'merge', { data: { a: '1' } }), 200);
  expectCode(await admin.patch(at('single'), 'merge', { data: { a: '1' } }), 200);
  const events = await watch.until('one event', (all) => all.length >= 1);
  watch.close();
  expect(said(events)).toEqual(['MODIFIED single']);
});

conform('the path /watch/ is served as well', async () => {
  await create(configMaps, labelled('legacy', { legacy: 'yes' }));
  const watch = await admin.watch(`/api/v1/watch/namespaces/${scope.namespace}/configmaps`, {
    labelSelector: 'legacy=yes',
  });
  expect(said(await watch.until('one event', (all) => all.length >= 1))).toEqual(['ADDED legacy']);
  watch.close();
});

conform('a watch stream is JSON, sent in chunks', async () => {
  const answer = await admin.get(configMaps, {
    watch: true,
    timeoutSeconds: 1,
    resourceVersion: await now(),
  });
  expect(expectCode(answer, 200).headers['content-type']).toBe('application/json');
  expect(answer.headers['transfer-encoding']).toBe('chunked');
});
