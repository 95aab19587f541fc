import type { Clock } from '#lib/k8s/client/clock.ts';
import type { Pause } from '#lib/k8s/codec/codec.ts';

/** Longest work between two turns of the event loop: sockets and the heartbeat must not wait for a page. */
const SLICE_MS = 8;

/** Gives others a turn when this slice has had its time. */
export function createSlicePause(clock: Clock): Pause {
  let startedMs = clock.nowMs();
  return () => {
    if (clock.nowMs() - startedMs < SLICE_MS) return undefined;
    return new Promise((resolve) => {
      clock.after(0, () => {
        startedMs = clock.nowMs();
        resolve();
      });
    });
  };
}
