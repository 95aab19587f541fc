import { describe, expect, it } from 'vitest';
import { partialOf } from '#lib/resources/partial-object.ts';
import type { ObjectEvent } from './reflector.ts';
import { createReflectorCounters, sumStats } from './reflector-counters.ts';

function event(type: ObjectEvent['type'], metadata: object): ObjectEvent {
  const object = partialOf({ metadata: { name: 'a', uid: 'u', ...metadata } });
  if (object === null) throw new Error('it has a name');
  return { type, object };
}

const changed = (time: string) => ({ managedFields: [{ manager: 'kubelet', time }] });
const NOON = '2026-11-22T12:00:00Z';
const NOON_MS = Date.UTC(2026, 10, 22, 12);

describe('counters of a reflector', () => {
  it('keep when a change was made and when it came, where the object tells', () => {
    const counters = createReflectorCounters();
    const leaving = { ...changed(NOON), deletionTimestamp: NOON };
    counters.events([event('MODIFIED', changed(NOON)), event('ADDED', {})], 5_000);
    counters.events([event('DELETED', changed(NOON)), event('MODIFIED', leaving)], 6_000);
    expect(counters.stats).toMatchObject({ events: 4, lastEventMs: 6_000 });
    expect(counters.stats.arrivals).toEqual([{ arrivedMs: 5_000, changedMs: NOON_MS }]);
  });

  it('keep the newest 128 of them', () => {
    const counters = createReflectorCounters();
    const many = Array.from({ length: 300 }, () => event('MODIFIED', changed(NOON)));
    counters.events(many, 1);
    counters.events(many.slice(0, 3), 2);
    expect(counters.stats.arrivals).toHaveLength(128);
    expect(counters.stats.arrivals.at(-1)?.arrivedMs).toBe(2);
  });

  it('name the cause of the last complete LIST, and of several the newest', () => {
    const [one, other] = [createReflectorCounters(), createReflectorCounters()];
    expect(sumStats([one.stats, other.stats]).lastList).toBeNull();
    one.listed(10);
    other.listed(20);
    expect(sumStats([one.stats, other.stats]).lastList).toEqual({ atMs: 20, cause: 'start' });
    one.relist('expired');
    expect(one.stats.lastList?.cause).toBe('start');
    one.listed(30);
    expect(sumStats([one.stats, other.stats]).lastList).toEqual({ atMs: 30, cause: 'expired' });
  });
});
