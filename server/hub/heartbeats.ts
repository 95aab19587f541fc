import type { Clock } from '#lib/k8s/client/clock.ts';
import type { HeartbeatSnapshot } from '#lib/k8s/client/heartbeat.ts';
import type { HeartbeatFrame } from '#lib/protocol/frames.ts';
import { shortBeat } from '#lib/protocol/short-frames.ts';
import type { Cluster } from './cluster.ts';

/**
 * Heartbeat frames of one socket: one when a cluster is first looked at, one with every probe, and one after 2 s
 * without a probe, so that the client can take 5 s of silence for a dead socket. A probe that was answered and tells
 * nothing else is a short beat: an idle tab hears thirty of them a minute.
 */
export interface Heartbeats {
  /** Something of this cluster is subscribed; release when it no longer is. */
  look(cluster: Cluster): () => void;
  close(): void;
}

export const HEARTBEAT_MS = 2_000;

interface Watched {
  readonly cluster: Cluster;
  /** Place in the hello. */
  readonly at: number;
  readonly release: () => void;
  lookers: number;
  sentMs: number;
  /** What the client knows; null: nothing it could count on from. */
  told: HeartbeatSnapshot | null;
}

/** The cluster's clock by the client's reckoning may be so far off: ages are told in seconds. */
const CLOCK_SLACK_MS = 250;
/** A confirmation that old is told as one of now. */
const JUST_NOW_MS = 50;

export function createHeartbeats(
  clock: Clock,
  /** Place of a cluster in the hello. */
  placeOf: (cluster: Cluster) => number,
  /** False when the socket has no room for it. */
  send: (text: string) => boolean,
  everyPeriod: () => void,
): Heartbeats {
  const watched = new Map<string, Watched>();
  const beat = (entry: Watched) => {
    entry.sentMs = clock.nowMs();
    tell(entry, entry.sentMs, send);
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
    const release = () => [unsubscribe, letGo].forEach((off) => void off());
    const entry: Watched = { cluster, at: placeOf(cluster), release, lookers: 0, sentMs: 0, told: null };
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

function tell(entry: Watched, nowMs: number, send: (text: string) => boolean): void {
  const present = entry.cluster.heartbeat.snapshot();
  const { confirmedMs, latencyMs } = present;
  const isShort = entry.told !== null && isPlain(entry.told, present, nowMs);
  const isSent = send(
    isShort
      ? shortBeat({ nowMs: confirmedMs, latencyMs, at: entry.at })
      : JSON.stringify(heartbeatFrame(entry.cluster, nowMs)),
  );
  if (!isSent) entry.told = null;
  else if (!isShort) entry.told = present;
}

/** Whether all that is new is that the cluster answered just now. */
function isPlain(told: HeartbeatSnapshot, present: HeartbeatSnapshot, nowMs: number): boolean {
  if (told.error !== undefined || present.error !== undefined) return false;
  if (present.confirmedMs < 0 || nowMs - present.confirmedMs > JUST_NOW_MS) return false;
  const [before, now] = [told.clusterOffsetMs, present.clusterOffsetMs];
  return before === null || now === null ? before === now : Math.abs(now - before) <= CLOCK_SLACK_MS;
}

function heartbeatFrame(cluster: Cluster, nowMs: number): HeartbeatFrame {
  const { confirmedMs, latencyMs, clusterOffsetMs, error } = cluster.heartbeat.snapshot();
  return {
    t: 'heartbeat',
    cluster: cluster.identity.id,
    nowMs: Math.round(nowMs),
    clusterTimeMs: clusterOffsetMs === null ? null : Math.round(nowMs + clusterOffsetMs),
    confirmedMs: Math.round(confirmedMs),
    latencyMs: Math.round(latencyMs),
    ...(error === undefined ? {} : { error }),
  };
}
