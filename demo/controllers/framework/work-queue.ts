/**
 * A controller's queue of keys on the world's clock, with client-go's rules: a key waits once however often it is
 * added, failures come back with growing delay, one reconcile at a time.
 */
import { ApiError } from '../../apiserver/meta/status.ts';
import type { Cancel, Clock } from '../../base/clock.ts';

const FIRST_RETRY_MS = 500;
const MOST_RETRY_MS = 60_000;
/** How long a key rests before it is worked: the changes of one moment are taken together. */
const SETTLE_MS = 5;

/** A controller that wants its key again, later, without anything being wrong. */
export type Reconcile = (key: string) => number | undefined;

export class WorkQueue {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #reconcile: Reconcile;
  readonly #waiting = new Map<string, { dueMs: number; cancel: Cancel }>();
  readonly #failures = new Map<string, number>();
  #isStopped = false;

  constructor(name: string, clock: Clock, reconcile: Reconcile) {
    this.#name = name;
    this.#clock = clock;
    this.#reconcile = reconcile;
  }

  add(key: string, delayMs = SETTLE_MS): void {
    if (this.#isStopped) return;
    const dueMs = this.#clock.now() + delayMs;
    const waiting = this.#waiting.get(key);
    if (waiting && waiting.dueMs <= dueMs) return;
    waiting?.cancel();
    this.#waiting.set(key, { dueMs, cancel: this.#clock.schedule(delayMs, () => this.#work(key)) });
  }

  stop(): void {
    this.#isStopped = true;
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #work(key: string): void {
    this.#waiting.delete(key);
    try {
      const againMs = this.#reconcile(key);
      this.#failures.delete(key);
      if (againMs !== undefined) this.add(key, againMs);
    } catch (error) {
      const failures = this.#failures.get(key) ?? 0;
      this.#failures.set(key, failures + 1);
      // What the API refuses is part of the world; anything else is our own mistake and must be seen.
      if (!(error instanceof ApiError))
        process.stderr.write(
          `demo: ${this.#name} ${key}: ${error instanceof Error ? error.stack : String(error)}\n`,
        );
      this.add(key, Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures));
    }
  }
}
