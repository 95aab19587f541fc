/** One pod in the hands of its kubelet: what is remembered of it, and what it waits for. */
import type { Cancel } from '../base/clock.ts';
import type { ContainerStatus } from '../base/types.ts';
import type { ContainerMemory } from './pod/container-view.ts';
import { recalled } from './pod/pod-plan.ts';

export class PodWork {
  readonly #memories = new Map<string, ContainerMemory>();
  /** When each step that now applies is due. */
  #dues = new Map<string, number>();
  #wakeMs = Number.POSITIVE_INFINITY;
  #cancel: Cancel | undefined;
  /** How long the next wait for a volume is; it doubles. */
  mountRetryMs = 500;

  memoryOf = (status: ContainerStatus): ContainerMemory => {
    const known = this.#memories.get(status.name);
    if (known) return known;
    const fresh = recalled(status);
    if (Object.keys(fresh).length > 0) this.#memories.set(status.name, fresh);
    return fresh;
  };

  remember(name: string, memory: ContainerMemory): void {
    this.#memories.set(name, memory);
  }

  isDue(key: string, nowMs: number): boolean {
    return (this.#dues.get(key) ?? Number.POSITIVE_INFINITY) <= nowMs;
  }

  done(key: string): void {
    this.#dues.delete(key);
  }

  /** Waits for the steps that now apply; a wait that was there goes on. */
  await(
    steps: readonly { key: string; delayMs(): number }[],
    nowMs: number,
    schedule: (delayMs: number) => Cancel,
  ): void {
    const dues = new Map<string, number>();
    for (const { key, delayMs } of steps) dues.set(key, this.#dues.get(key) ?? nowMs + delayMs());
    this.#dues = dues;
    const wakeMs = Math.min(...dues.values());
    if (wakeMs === this.#wakeMs && this.#cancel) return;
    this.stop();
    if (wakeMs === Number.POSITIVE_INFINITY) return;
    this.#wakeMs = wakeMs;
    this.#cancel = schedule(Math.max(0, wakeMs - nowMs));
  }

  /** The wait is over, or given up. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wakeMs = Number.POSITIVE_INFINITY;
  }

  /** Waits for no step, only for time to pass. */
  sleep(schedule: () => Cancel): void {
    this.stop();
    this.#wakeMs = Number.NEGATIVE_INFINITY;
    this.#cancel = schedule();
  }

  /** Nothing is waited for and nothing remembered. */
  get isIdle(): boolean {
    return this.#memories.size === 0 && this.#wakeMs === Number.POSITIVE_INFINITY;
  }
}
