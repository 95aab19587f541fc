import type { Clock } from '#lib/k8s/client/clock.ts';
import type { HeartbeatFrame } from '#lib/protocol/frames.ts';
import type { Cluster } from './cluster.ts';

/**
 * Heartbeat frames of one socket: one when a cluster is first looked at, one with every probe, and one after 2 s
 * without a probe, so that the client can take 5 s of silence for a dead socket.
 */
export interface Heartbeats {
  /** Something of this cluster is subscribed; release when it no longer is. */
  look(cluster: Cluster): () => void;
  close(): void;
}

export const HEARTBEAT_MS = 2_000;

interface Watched {
  readonly cluster: Cluster;
  readonly release: () => void;
  lookers: number;
  sentMs: number;
}

export function createHeartbeats(
  clock: Clock,
  send: (frame: HeartbeatFrame) => void,
  everyPeriod: () => void,
): Heartbeats {
  const watched = new Map<string, Watched>();
  const beat = (entry: Watched) => {
    entry.sentMs = clock.nowMs();
    send(heartbeatFrame(entry.cluster, entry.sentMs));
  };
  let cancel = () => {};
  const period = () => {
    cancel = clock.after(HEARTBEAT_MS, period);
    for (const entry of watched.values()) {
      if (clock.nowMs() - entry.sentMs >= HEARTBEAT_MS) beat(entry);
    }
    everyPeriod();
  };
  cancel = clock.after(HEARTBEAT_MS, period);

  const watch = (cluster: Cluster): Watched => {
    const letGo = cluster.heartbeat.acquire();
    const unsubscribe = cluster.heartbeat.onBeat(() => beat(entry));
    const release = () => {
      unsubscribe();
      letGo();
    };
    const entry: Watched = { cluster, release, lookers: 0, sentMs: 0 };
    watched.set(cluster.identity.id, entry);
    beat(entry);
    return entry;
  };
  return {
    look(cluster) {
      const entry = watched.get(cluster.identity.id) ?? watch(cluster);
      entry.lookers += 1;
      return () => {
        entry.lookers -= 1;
        if (entry.lookers > 0) return;
        entry.release();
        watched.delete(cluster.identity.id);
      };
    },
    close() {
      cancel();
      for (const entry of watched.values()) entry.release();
      watched.clear();
    },
  };
}

export function heartbeatFrame(cluster: Cluster, nowMs: number): HeartbeatFrame {
  const { confirmedMs, latencyMs, clusterOffsetMs, error } = cluster.heartbeat.snapshot();
  return {
    t: 'heartbeat',
    cluster: cluster.identity.id,
    nowMs,
    clusterTimeMs: clusterOffsetMs === null ? null : nowMs + clusterOffsetMs,
    confirmedMs,
    latencyMs,
    ...(error === undefined ? {} : { error }),
  };
}
