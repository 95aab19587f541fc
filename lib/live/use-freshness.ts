'use client';

import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { type Freshness, freshness } from './freshness.ts';
import type { Fresh } from './live-client.ts';
import { useLiveClient, useTicker } from './live-provider.tsx';
import { useHeartbeat, useSocket } from './use-socket.ts';

/**
 * The badge of a view: `fresh` is its table or object (the oldest, when there are several); null asks about the
 * cluster alone (top bar). Renders once a second, so call it in the badge, not in the page.
 */
export function useFreshness(cluster: string, fresh: Fresh | null = null): Freshness {
  const socket = useSocket();
  const heartbeat = useHeartbeat(cluster);
  const nowMs = useNow();
  return useMemo(
    () => freshness(socket, heartbeat, fresh, nowMs, nowMs === 0 ? 0 : performance.timeOrigin),
    [socket, heartbeat, fresh, nowMs],
  );
}

/**
 * Only the tone of a view, for what is dimmed by it: renders when the tone changes, not every second. Fit for pages
 * and tables.
 */
export function useFreshTone(cluster: string, fresh: Fresh | null = null): Freshness['tone'] {
  const client = useLiveClient();
  const ticker = useTicker();
  const heartbeat = useMemo(() => client.heartbeat(cluster), [client, cluster]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const unsubscribe = [ticker, client.socket, heartbeat].map((source) => source.subscribe(listener));
      return () => {
        for (const off of unsubscribe) off();
      };
    },
    [ticker, client, heartbeat],
  );
  const tone = () => freshness(client.socket.get(), heartbeat.get(), fresh, ticker.get(), 0).tone;
  return useSyncExternalStore(subscribe, tone, () => 'none');
}

/** performance.now(), moving once a second with every other clock of the page; 0 on the server. */
export function useNow(): number {
  const ticker = useTicker();
  return useSyncExternalStore(ticker.subscribe, ticker.get, () => 0);
}
