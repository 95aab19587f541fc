/** Waits for something outside this process: asks again every 100 ms until the answer is there. */
import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  what: string;
  timeoutMs?: number;
  /** Throws when waiting on is pointless, such as when the process that should answer has ended. */
  giveUp?: () => void;
}

/** Resolves with the first answer that is not undefined; the last error is the cause of the timeout's. */
export async function waitFor<T>(options: WaitOptions, ask: () => Promise<T | undefined>): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 180_000;
  const end = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    options.giveUp?.();
    if (performance.now() > end)
      throw new Error(`no ${options.what} within ${timeoutMs / 1000} s`, { cause });
    await delay(100);
  }
}
