'use client';

import { useMemo, useSyncExternalStore } from 'react';
import { type Freshness, freshness } from './freshness.ts';
import type { Fresh } from './live-client.ts';
import { useTicker } from './live-provider.tsx';
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

/** performance.now(), moving once a second with every other clock of the page; 0 on the server. */
export function useNow(): number {
  const ticker = useTicker();
  return useSyncExternalStore(ticker.subscribe, ticker.get, () => 0);
}
