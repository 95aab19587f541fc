import { describe, expect, it } from 'vitest';
import { definitionOf } from '#lib/resources/registry.ts';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { createFakeCluster, fakeType } from '#test/fixtures/fake-cluster.ts';
import { readBuildFacts } from './build-facts.ts';
import { watchEventLoopDelay } from './event-loop-delay.ts';
import { createEventRates } from './event-rates.ts';
import { createSelfView, memoryOfProcess } from './sampled-self-view.ts';
import { createUpstreamCounts } from './upstream-counts.ts';

const podType = fakeType('pods', 'Pod');
const build = { version: '1.2.3', builtAtMs: null, node: 'v24' };

function rig() {
  const clock = createFakeClock(1_000, 50_000);
  const cluster = createFakeCluster('shop', (type) => definitionOf(type.resource) as never, [podType]);
  const { informer } = cluster.informers.acquire(podType, []);
  const upstream = createUpstreamCounts();
  const self = createSelfView({
    clock,
    clusters: new Map([['shop', { identity: cluster.identity, cluster }]]),
    ticks: () => clock.nowMs() / 250,
    upstream,
    delay: { take: () => ({ p99Ms: 2, worstMs: 9 }), stop: () => {} },
    memory: () => ({ residentBytes: 7, heapBytes: 5, externalBytes: 1, limitBytes: null }),
    build,
  });
  return { clock, informer, upstream, self };
}

describe('the self-view', () => {
  it('looks every 5 s and ends with stop()', async () => {
    const { clock, informer, upstream, self } = rig();
    expect(self.console()).toMatchObject({ ...build, startedMs: 1_000, delay: null });
    upstream.count('shop', 200, 0);
    await clock.advance(5_000);
    for (const code of [200, 429, 503, 0]) upstream.count('shop', code, clock.nowMs());
    await clock.advance(5_000);
    expect(self.console().delay).toEqual({ p99Ms: 2, worstMs: 9, worstAtMs: 6_000 });
    expect(self.points('shop', 0)).toEqual([
      [6_000, 2, 9, 7, 1, 0],
      [11_000, 2, 9, 7, 4, 1],
    ]);
    expect(self.requests('shop')).toEqual({
      total: 5,
      perSecond: 0.8,
      refused: 1,
      refusedLately: 1,
      lastRefusedMs: 6_000,
      lost: 1,
      failed: 1,
    });
    expect(self.requests('other')).toMatchObject({ total: 0, lastRefusedMs: null });
    expect(self.ticksPerSecond()).toBe(4);
    expect(self.eventsPerMinute(informer)).toBe(0);
    self.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells how far the console’s clock is ahead of the cluster’s', () => {
    const { self } = rig();
    expect(self.clockAheadMs(48_800)).toBe(200);
  });
});

describe('events a minute', () => {
  it('are those of the last minute, and not known at first', () => {
    const cluster = createFakeCluster('shop', (type) => definitionOf(type.resource) as never, [podType]);
    const { informer } = cluster.informers.acquire(podType, []);
    const seen = { ...informer, stats: { ...informer.stats, events: 0 } };
    const rates = createEventRates();
    rates.step([seen], 0);
    expect(rates.perMinute(seen)).toBeNull();
    for (let at = 1; at <= 24; at++) {
      seen.stats = { ...seen.stats, events: at <= 12 ? 1_000 : 1_000 + at - 12 };
      rates.step([seen], at * 5_000);
    }
    expect(rates.perMinute(seen)).toBe(12);
  });
});

describe('what the process tells', () => {
  it('is measured, not made up', () => {
    const memory = memoryOfProcess();
    expect(memory.residentBytes).toBeGreaterThan(memory.heapBytes);
    const delay = watchEventLoopDelay();
    expect(delay.take()).toEqual({ p99Ms: expect.any(Number), worstMs: expect.any(Number) });
    delay.stop();
  });

  it('holds the version of the package, and nothing where there is none', () => {
    expect(readBuildFacts(process.cwd(), true)).toMatchObject({
      version: expect.stringMatching(/^\d/),
      builtAtMs: null,
    });
    expect(readBuildFacts('/nowhere', false)).toEqual({
      version: '',
      builtAtMs: null,
      node: process.version,
    });
  });
});
