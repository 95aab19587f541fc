/** Reads that ask for a revision: the server waits a little until it has seen it, then gives up. */
import { type RealTime, realTime } from '../../base/clock.ts';
import type { Store } from '../../storage/store.ts';
import { ApiError } from '../meta/status.ts';

/** The watch cache's blockTimeout. It is the wire's time. */
const WAIT_MS = 3_000;

export const tooNew = (requested: number, current: number) =>
  new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${requested}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

/** Resolves once the store has reached a revision. Throws ApiError 504 when it has not within three seconds. */
export function untilSeen(store: Store, revision: number, time: RealTime = realTime): Promise<void> {
  if (revision <= store.revision) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const cancel = time.setTimer(WAIT_MS, () => {
      stop();
      reject(tooNew(revision, store.revision));
    });
    const stop = store.subscribe(undefined, () => {
      if (store.revision < revision) return;
      stop();
      cancel();
      resolve();
    });
  });
}
