import { type Cell, isState } from '#lib/resources/cell.ts';
import type { PartialMetadata, PartialObject } from '#lib/resources/definition.ts';

/**
 * Equal values become one value: namespaces, nodes, images, label sets and states repeat in thousands of rows, and
 * JSON.parse makes a new string for each. Names and uids do not repeat and are left alone.
 */
export interface InternPool {
  metadata(metadata: PartialObject['metadata']): PartialMetadata;
  cell(cell: Cell): Cell;
  /** Forgets what is pooled when most of it must be dead; rows keep their values. Call after a batch. */
  trim(rows: number): void;
}

/** Longer texts hardly repeat; hashing them costs more than they save. */
const LONGEST_INTERNED = 120;

export function createInternPool(): InternPool {
  let values = new Map<string, unknown>();
  const pooled = <T>(key: string, value: T): T => {
    const known = values.get(key);
    if (known !== undefined) return known as T;
    values.set(key, value);
    return value;
  };
  const text = (value: string) => (value.length > LONGEST_INTERNED ? value : pooled(`t${value}`, value));
  return {
    metadata: (metadata) => ({
      ...metadata,
      namespace: text(metadata.namespace),
      labels: pooled(`l${JSON.stringify(metadata.labels)}`, metadata.labels),
    }),
    cell(cell) {
      if (typeof cell === 'string') return text(cell);
      if (isState(cell) && cell.untilMs === undefined) {
        return pooled(`s${cell.level} ${cell.glyph ?? ''} ${cell.words}`, cell);
      }
      return cell;
    },
    trim(rows) {
      if (values.size > 1_024 + rows * 8) values = new Map();
    },
  };
}
