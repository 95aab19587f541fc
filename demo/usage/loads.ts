/**
 * What the shop's programs are known to use, by image: CPU as a share of the request, memory as a share of the limit,
 * and how much day and hour move them. Everything else keeps below its requests by itself.
 *
 * These figures hold the autoscalers of the scenarios where they are: search-api within its tolerance, thumbs above
 * its target all day.
 */
import type { Liveliness } from './wave.ts';

export interface Load {
  cpu: number;
  memory?: number;
  life?: Liveliness;
}

const STEADY: Liveliness = { daily: 0.01, restless: 0.02 };

const LOADS: [image: string, load: Load][] = [
  ['shop/checkout-api:4.19', { cpu: 0.4, memory: 0.51, life: { daily: 0.2, restless: 0.15 } }],
  ['shop/checkout-api:', { cpu: 0.4, memory: 0.44, life: { daily: 0.2, restless: 0.15 } }],
  ['shop/cart:', { cpu: 0.32, memory: 0.38 }],
  ['shop/checkout-web:', { cpu: 0.18, memory: 0.3 }],
  ['valkey/valkey:', { cpu: 0.26, memory: 0.64 }],
  ['shop/tax-rates:', { cpu: 0.09, memory: 0.22 }],
  ['shop/receipts:', { cpu: 0.12, memory: 0.27 }],
  ['shop/search-api:', { cpu: 0.58, memory: 0.61, life: { daily: 0.06, restless: 0.1 } }],
  ['shop/suggest:', { cpu: 0.22, memory: 0.41 }],
  ['shop/search-index:', { cpu: 0.44, memory: 0.7 }],
  ['shop/search-feed:', { cpu: 0.2, memory: 0.33 }],
  ['shop/catalog-api:', { cpu: 0.34 }],
  ['shop/thumbs:', { cpu: 0.99, memory: 0.39, life: STEADY }],
  ['shop/payments-api:', { cpu: 0.31 }],
  ['shop/ledger-worker:', { cpu: 0.12, memory: 0.08 }],
  ['shop/ci-runner:', { cpu: 2.44, life: { daily: 0.2, restless: 0.3 } }],
  ['prom/prometheus:', { cpu: 0.97, life: STEADY }],
  ['envoyproxy/envoy:', { cpu: 0.44 }],
];

export const loadOf = (image: string): Load | undefined =>
  LOADS.find(([prefix]) => image.startsWith(prefix))?.[1];
