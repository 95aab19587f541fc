import type { ClientMessage } from '#lib/protocol/frames.ts';
import { createAboutSubscription } from './about/about-subscription.ts';
import type { Cluster } from './cluster.ts';
import { createClusterSubscription } from './cluster-subscription.ts';
import { createObjectSubscription } from './object-subscription.ts';
import { createRowsSubscription } from './rows-subscription.ts';
import type { Subscription, SubscriptionContext } from './subscription.ts';

type Subscribe = Extract<ClientMessage, { t: 'subscribe' }>;

export function questionOf(message: Subscribe): { readonly cluster: string } {
  switch (message.what) {
    case 'rows':
      return message.spec;
    case 'object':
      return message.ref;
    case 'cluster':
    case 'about':
      return message;
  }
}

/** Throws ApiException when the question cannot be served at all. */
export function openSubscription(
  cluster: Cluster,
  message: Subscribe,
  context: SubscriptionContext,
): Subscription {
  // Idempotent: discovery begins with the first look at a cluster.
  cluster.discovery.start();
  switch (message.what) {
    case 'rows':
      return createRowsSubscription(cluster, message.spec, context);
    case 'object':
      return createObjectSubscription(cluster, message.ref, context);
    case 'cluster':
      return createClusterSubscription(cluster, context);
    case 'about':
      return createAboutSubscription(cluster, context);
  }
}
