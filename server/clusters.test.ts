import { expect, test } from 'vitest';
import { definitionOf } from '#lib/resources/registry.ts';
import { createFakeCluster, FAKE_LIVE, fakeType } from '#test/fixtures/fake-cluster.ts';
import { wakeOnReturn } from './clusters.ts';

const error = { reason: 'Unreachable', code: 0, message: 'nothing listens there', causes: [] };
const beat = { confirmedMs: 1, latencyMs: 3, clusterOffsetMs: 0 };
const stale = { state: 'stale', sinceMs: 0, retryMs: 30_000 } as const;

test('when the API server is heard again, what waits tries at once, and only once', () => {
  const pods = definitionOf('pods');
  if (pods === undefined) throw new Error('pods have a definition');
  const cluster = createFakeCluster('c', () => pods, [fakeType('pods', 'Pod'), fakeType('nodes', 'Node')]);
  wakeOnReturn(cluster);
  const { script } = cluster;
  script.informer('pods').connect(stale);
  script.informer('nodes').connect(FAKE_LIVE);
  script.object('pods', 'shop', 'cart-1').show(stale, null);

  script.beat(beat);
  expect(script.retries).toEqual([]);
  script.beat({ ...beat, error });
  script.beat({ ...beat, error });
  expect(script.retries).toEqual([]);
  script.beat(beat);
  script.beat(beat);
  expect(script.retries).toHaveLength(2);
  expect(script.retries.join()).toContain('pods');
  expect(script.retries.join()).not.toContain('nodes');
});
