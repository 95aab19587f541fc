/** The shop on its busiest day: nothing is broken, and something rolls out, scales or reports all the time. */
import { CALM } from './calm.ts';
import type { Scenario, SeedObject } from './scenario.ts';
import { quota, scaler } from './shop/shop-objects.ts';

/** What a quiet day's objects would stand in the way of: surges need room, and checkout-api follows its load. */
const BUSIER: SeedObject[] = [
  quota('shop-catalog', '72Gi'),
  quota('shop-search', '72Gi'),
  scaler('shop-checkout', 'checkout-api', {
    size: [8, 20, 30],
    cpu: [70, 40],
    request: 500,
    limited: 'DesiredWithinRange',
    scaled: '4m',
  }),
];

const key = ({ resource, namespace, object }: SeedObject) =>
  JSON.stringify([resource, namespace, (object.metadata as { name: string }).name]);
const replaced = new Set(BUSIER.map(key));

export const BUSY: Scenario = {
  ...CALM,
  name: 'busy',
  objects: [...CALM.objects.filter((seed) => !replaced.has(key(seed))), ...BUSIER],
  bustle: { rolloutEveryMs: 15_000, scaleEveryMs: 20_000, eventEveryMs: 800 },
};
