'use client';

import { useMemo } from 'react';
import { createAboutChannel, EMPTY_ABOUT, type LiveAbout } from './client/about-channel.ts';
import { useLiveClient } from './live-provider.tsx';
import { type Retry, useSubscription } from './use-subscription.ts';

export type { LiveAbout };

/** What the console knows of itself and of one cluster's watches, every 2 s. */
export function useLiveAbout(cluster: string): LiveAbout & Retry {
  const client = useLiveClient();
  const subscription = useMemo(() => client.open(createAboutChannel(cluster)), [client, cluster]);
  return useSubscription(subscription, EMPTY_ABOUT);
}
