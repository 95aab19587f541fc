import type { Clock } from '#lib/k8s/client/clock.ts';

/** Shared things that run while somebody holds them, and lingerMs longer. */
export interface LingeringPool<T> {
  /** release is idempotent. Throws after stop(). */
  acquire(key: string, create: () => T): { readonly item: T; readonly release: () => void };
  items(): readonly T[];
  /** How many hold it now; 0 while it lingers and when it is not of this pool. */
  holdersOf(item: unknown): number;
  /** Stops everything, held or not. */
  stop(): void;
}

interface Entry<T> {
  readonly item: T;
  holders: number;
  cancelStop: () => void;
}

export function createLingeringPool<T extends { stop(): void }>(
  clock: Clock,
  lingerMs: number,
): LingeringPool<T> {
  const entries = new Map<string, Entry<T>>();
  let isStopped = false;

  const letGo = (key: string, entry: Entry<T>): void => {
    entry.holders--;
    if (entry.holders > 0 || isStopped) return;
    entry.cancelStop = clock.after(lingerMs, () => {
      entries.delete(key);
      entry.item.stop();
    });
  };

  return {
    acquire(key, create) {
      if (isStopped) throw new Error('nothing may be acquired after stop');
      const entry = entries.get(key) ?? { item: create(), holders: 0, cancelStop: () => {} };
      entries.set(key, entry);
      entry.holders++;
      entry.cancelStop();
      let isReleased = false;
      return {
        item: entry.item,
        release() {
          if (isReleased) return;
          isReleased = true;
          letGo(key, entry);
        },
      };
    },
    items: () => [...entries.values()].map((entry) => entry.item),
    holdersOf: (item) => [...entries.values()].find((entry) => entry.item === item)?.holders ?? 0,
    stop() {
      isStopped = true;
      for (const entry of entries.values()) {
        entry.cancelStop();
        entry.item.stop();
      }
      entries.clear();
    },
  };
}
