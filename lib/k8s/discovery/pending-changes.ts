import { resourceName } from '#lib/resources/resource-type.ts';
import type { Change } from './change-watch.ts';
import type { Served } from './served.ts';

/**
 * Serving lags behind the event that announces it: a CustomResourceDefinition that was just made is not in the
 * discovery documents yet. What is not there when discovery is read is looked for again a few times, then given up
 * (it may never be served).
 */
export interface PendingChanges {
  definitionChanged(change: Change): void;
  apiServiceChanged(change: Change): void;
  /** After a reading: how long to wait before the next; null when nothing is awaited. */
  settle(served: Served): number | null;
}

/** Waits between readings: 100 ms after the event, then at about 0.5, 1, 2, 5 and 10 s. */
const AGAIN_AFTER_MS = [400, 500, 1_000, 3_000, 5_000];

interface Pending {
  readonly isServed: (served: Served) => boolean;
  readonly isDeleted: boolean;
  readings: number;
}

export function createPendingChanges(): PendingChanges {
  const pending = new Map<string, Pending>();

  function expect(key: string, change: Change, isServed: (served: Served) => boolean): void {
    pending.set(key, { isServed, isDeleted: change.isDeleted, readings: 0 });
  }

  return {
    // A definition's name is its resource's: plural.group.
    definitionChanged(change) {
      expect(`definition ${change.name}`, change, ({ types }) =>
        types.some((type) => resourceName(type) === change.name),
      );
    },
    // An APIService's name is version.group.
    apiServiceChanged(change) {
      const dot = change.name.indexOf('.');
      const key = `${change.name.slice(dot + 1)}/${change.name.slice(0, dot)}`;
      expect(`service ${change.name}`, change, ({ groupVersions }) => groupVersions.has(key));
    },
    settle(served) {
      let nextMs: number | null = null;
      for (const [key, change] of pending) {
        const againMs = AGAIN_AFTER_MS[change.readings];
        change.readings++;
        // Twice at least: a definition that changed is served under its old face for a moment.
        const isDone = change.isServed(served) !== change.isDeleted && change.readings > 1;
        if (isDone || againMs === undefined) pending.delete(key);
        else nextMs = Math.min(nextMs ?? againMs, againMs);
      }
      return nextMs;
    },
  };
}
