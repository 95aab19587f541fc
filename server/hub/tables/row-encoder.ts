import type { Store } from '#lib/k8s/cache/store.ts';
import type { Column } from '#lib/resources/definition.ts';

/**
 * Rows of one store as JSON, made once however many subscriptions show them. A row is encoded when it is first sent
 * and again after it was touched. Columns that are never drawn (priority 0, for rules and joins) do not travel.
 */
export interface RowEncoder {
  readonly columns: readonly Column[];
  /** The row of a key in use, as it is now. */
  row(key: number): EncodedRow;
}

/** A row at one moment. */
export interface EncodedRow {
  readonly key: number;
  readonly uid: string;
  /** JSON of each drawn cell. */
  readonly cells: readonly string[];
  /** JSON of the WireRow. */
  readonly json: string;
}

/** Windows are ≤ 500 rows: this is room for a few dozen different ones. Beyond it the cache starts anew. */
const MAX_CACHED_ROWS = 20_000;

export function createRowEncoder(store: Store): { encoder: RowEncoder; stop: () => void } {
  const drawn = [...store.columns.keys()].filter((index) => store.columns[index]?.priority !== 0);
  const cached = new Map<number, EncodedRow>();
  const stop = store.onChange(({ changed, removed }) => {
    if (cached.size === 0) return;
    for (const key of changed) cached.delete(key);
    for (const key of removed) cached.delete(key);
  });
  const encode = (key: number): EncodedRow => {
    const { uid, namespace, name } = store.metadata(key);
    const cells = drawn.map((index) => JSON.stringify(store.cell(key, index)));
    const head = JSON.stringify([key, uid, namespace, name]).slice(0, -1);
    return { key, uid, cells, json: `${[head, ...cells].join(',')}]` };
  };
  return {
    stop,
    encoder: {
      columns: store.columns.filter((column) => column.priority !== 0),
      row(key) {
        const known = cached.get(key);
        if (known !== undefined) return known;
        if (cached.size >= MAX_CACHED_ROWS) cached.clear();
        const row = encode(key);
        cached.set(key, row);
        return row;
      },
    },
  };
}
