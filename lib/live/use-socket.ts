'use client';

import { useMemo, useSyncExternalStore } from 'react';
import type { ClusterSummary } from '#lib/protocol/frames.ts';
import type { Heartbeat, SocketState } from './live-client.ts';
import { useLiveClient } from './live-provider.tsx';

const UNCONNECTED: SocketState = { state: 'connecting' };
const NO_CLUSTERS: readonly ClusterSummary[] = [];

/** The state of this tab's socket. */
export function useSocket(): SocketState {
  const { socket } = useLiveClient();
  return useSyncExternalStore(socket.subscribe, socket.get, () => UNCONNECTED);
}

/** The clusters of the console; null until its first word. They stay while the socket is lost. */
export function useClusters(): readonly ClusterSummary[] | null {
  const socket = useSocket();
  if (socket.state === 'connecting') return null;
  return socket.state === 'ended' ? NO_CLUSTERS : socket.clusters;
}

/** The last heartbeat of a cluster, heard only while something of it is subscribed. */
export function useHeartbeat(cluster: string): Heartbeat | null {
  const client = useLiveClient();
  const heartbeat = useMemo(() => client.heartbeat(cluster), [client, cluster]);
  return useSyncExternalStore(heartbeat.subscribe, heartbeat.get, () => null);
}
