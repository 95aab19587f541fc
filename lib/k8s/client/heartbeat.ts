import type { ApiError } from '#lib/resources/api-error.ts';

/**
 * GET /readyz every 2 s on a connection of its own while anybody looks at the cluster: tells the loss of the API
 * server within 5 s, whatever the watches say, and carries the cluster's clock (Date header).
 */
export interface Heartbeat {
  snapshot(): HeartbeatSnapshot;
  onBeat(listener: (snapshot: HeartbeatSnapshot) => void): () => void;
  /** Holds the heartbeat running until release is called (idempotent). */
  acquire(): () => void;
  stop(): void;
}

export interface HeartbeatSnapshot {
  /** Monotonic clock (ms) of the last good answer; -1 when never. */
  readonly confirmedMs: number;
  readonly latencyMs: number;
  /** Cluster time minus the monotonic clock, ms; null until known. Smoothed over the Date header's whole seconds. */
  readonly clusterOffsetMs: number | null;
  /** Set while the last probe failed, or was answered with 401: then confirmedMs is new and error is set. */
  readonly error?: ApiError;
}
