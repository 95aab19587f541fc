import type { Heartbeat } from './live-client.ts';

/**
 * The cluster's clock at performance.now() nowMs, in ms since 1970: ages of objects are measured with it, never with
 * the viewer's clock, which may be minutes off. Until the cluster told its time, the viewer's clock has to do.
 */
export function clusterTimeMs(heartbeat: Heartbeat | null, nowMs: number, timeOriginMs: number): number {
  if (heartbeat === null || heartbeat.clusterTimeMs === null) return timeOriginMs + nowMs;
  return heartbeat.clusterTimeMs + (nowMs - heartbeat.receivedMs);
}
