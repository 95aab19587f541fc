import type { SharedInformer } from '#lib/k8s/cache/shared-informer.ts';

/** Events a minute of each informer that runs, from its counter looked at once a step. */
export interface EventRates {
  step(informers: Iterable<SharedInformer>, nowMs: number): void;
  /** Over the last minute, or since its first step; null until there were two. */
  perMinute(informer: SharedInformer): number | null;
}

const MINUTE_MS = 60_000;

interface Look {
  readonly atMs: number;
  readonly events: number;
}

export function createEventRates(): EventRates {
  const looks = new WeakMap<SharedInformer, Look[]>();
  return {
    step(informers, nowMs) {
      for (const informer of informers) {
        const kept = (looks.get(informer) ?? []).filter(({ atMs }) => nowMs - atMs <= MINUTE_MS);
        looks.set(informer, [...kept, { atMs: nowMs, events: informer.stats.events }]);
      }
    },
    perMinute(informer) {
      const known = looks.get(informer) ?? [];
      const [first, last] = [known[0], known.at(-1)];
      if (first === undefined || last === undefined || last.atMs <= first.atMs) return null;
      // A reflector that stopped (a namespace that may no longer be read) takes its count along.
      const events = Math.max(0, last.events - first.events);
      return (events * MINUTE_MS) / (last.atMs - first.atMs);
    },
  };
}
