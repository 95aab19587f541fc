import type { Store } from '#lib/k8s/cache/store.ts';
import { createRowIndex } from '#lib/k8s/query/row-index.ts';
import { createRowEncoder } from './row-encoder.ts';
import { createSharedQueries, type SharedQueries } from './shared-queries.ts';

/** What all readers of a store share: its orders, its questions, its rows as JSON. */
export interface StoreReaders {
  /** Held until release is called (idempotent). */
  acquire(store: Store): { queries: SharedQueries; release: () => void };
}

export function createStoreReaders(): StoreReaders {
  const known = new Map<Store, { queries: SharedQueries; users: number; stop: () => void }>();
  const create = (store: Store) => {
    const { encoder, stop } = createRowEncoder(store);
    return { queries: createSharedQueries(createRowIndex(store), encoder), users: 0, stop };
  };
  return {
    acquire(store) {
      const entry = known.get(store) ?? create(store);
      known.set(store, entry);
      entry.users += 1;
      let isHeld = true;
      return {
        queries: entry.queries,
        release() {
          if (!isHeld) return;
          isHeld = false;
          entry.users -= 1;
          if (entry.users > 0) return;
          entry.stop();
          known.delete(store);
        },
      };
    },
  };
}
