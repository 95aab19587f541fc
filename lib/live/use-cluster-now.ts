'use client';

import { clusterTimeMs } from './cluster-time.ts';
import { useNow } from './use-freshness.ts';
import { useHeartbeat } from './use-socket.ts';

/**
 * The cluster's clock, ms since 1970, moving once a second: for ages and countdowns. Renders once a second, so call
 * it in the cell or in the table's body. 0 while rendering on the server.
 */
export function useClusterNow(cluster: string): number {
  const nowMs = useNow();
  const heartbeat = useHeartbeat(cluster);
  return nowMs === 0 ? 0 : Math.floor(clusterTimeMs(heartbeat, nowMs, performance.timeOrigin));
}
