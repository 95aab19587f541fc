import type { Store } from '#lib/k8s/cache/store.ts';
import { createRowIndex, type RowIndex } from '#lib/k8s/query/row-index.ts';
import type { WireRow } from '#lib/protocol/frames.ts';
import type { Column } from '#lib/resources/definition.ts';

/**
 * Rows of one store as JSON, made once however many subscriptions show them. A row is encoded when it is first sent
 * and again after it was touched. Columns that are never drawn (priority 0, for rules and joins) do not travel.
 */
export interface RowEncoder {
  readonly columns: readonly Column[];
  /** JSON of the WireRow of a key in use. */
  row(key: number): string;
}

export interface RowEncoders {
  /** Holds what all readers of a store share, its encoder and its index, until release is called (idempotent). */
  acquire(store: Store): { encoder: RowEncoder; index: RowIndex; release: () => void };
}

/** Windows are ≤ 500 rows: this is room for a few dozen different ones. Beyond it the cache starts anew. */
const MAX_CACHED_ROWS = 20_000;

export function createRowEncoders(): RowEncoders {
  const known = new Map<Store, { encoder: RowEncoder; index: RowIndex; users: number; stop: () => void }>();
  return {
    acquire(store) {
      const made = () => ({ ...createRowEncoder(store), index: createRowIndex(store), users: 0 });
      const entry = known.get(store) ?? made();
      known.set(store, entry);
      entry.users += 1;
      let isHeld = true;
      return {
        encoder: entry.encoder,
        index: entry.index,
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

function createRowEncoder(store: Store): { encoder: RowEncoder; stop: () => void } {
  const drawn = [...store.columns.keys()].filter((index) => store.columns[index]?.priority !== 0);
  const cached = new Map<number, string>();
  const stop = store.onChange(({ changed, removed }) => {
    if (cached.size === 0) return;
    for (const key of changed) cached.delete(key);
    for (const key of removed) cached.delete(key);
  });
  const encode = (key: number): string => {
    const { uid, namespace, name } = store.metadata(key);
    const row: WireRow = [key, uid, namespace, name, ...drawn.map((index) => store.cell(key, index))];
    return JSON.stringify(row);
  };
  return {
    stop,
    encoder: {
      columns: store.columns.filter((column) => column.priority !== 0),
      row(key) {
        const known = cached.get(key);
        if (known !== undefined) return known;
        if (cached.size >= MAX_CACHED_ROWS) cached.clear();
        const json = encode(key);
        cached.set(key, json);
        return json;
      },
    },
  };
}
