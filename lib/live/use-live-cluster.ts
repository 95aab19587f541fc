'use client';

import { useMemo } from 'react';
import { EMPTY_CLUSTER } from './client/empty.ts';
import type { LiveCluster } from './live-client.ts';
import { useLiveClient } from './live-provider.tsx';
import { type Retry, useSubscription } from './use-subscription.ts';

/** What a cluster serves, who asks, and its namespaces. Any number of callers share one subscription. */
export function useLiveCluster(cluster: string | null): LiveCluster & Retry {
  const client = useLiveClient();
  const subscription = useMemo(
    () => (cluster === null || cluster === '' ? null : client.cluster(cluster)),
    [client, cluster],
  );
  return useSubscription(subscription, EMPTY_CLUSTER);
}
