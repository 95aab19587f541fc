import type { Clock } from '#lib/k8s/client/clock.ts';

/** A signal that aborts with its parent, or when time is over. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** True when it aborted because time was over. */
  readonly isOver: boolean;
  restart(delayMs: number): void;
  /** Stops the timer and lets go of the parent. Aborts nothing. */
  end(): void;
}

export function deadline(clock: Clock, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  let isOver = false;
  let cancel = (): void => {};
  const abort = (): void => controller.abort();
  if (parent.aborted) abort();
  else parent.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    get isOver() {
      return isOver;
    },
    restart(delayMs) {
      cancel();
      cancel = clock.after(delayMs, () => {
        isOver = true;
        controller.abort();
      });
    },
    end() {
      cancel();
      parent.removeEventListener('abort', abort);
    },
  };
}
