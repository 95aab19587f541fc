import type { Cell } from '#lib/resources/cell.ts';
import type { PartialMetadata, PartialObject, ResourceDefinition } from '#lib/resources/definition.ts';
import { Dictionary, type ReadonlyDictionary } from './columns/dictionary.ts';
import { IdColumn } from './columns/id-column.ts';
import { type Journal, Journals } from './columns/journal.ts';
import { createMetadataPool } from './metadata-pool.ts';
import { isOlderVersion } from './resource-version.ts';
import { sameMetadata } from './same-metadata.ts';
import type { Store, StoreChange } from './store.ts';

export interface StoreOptions {
  /** Keeps at most this many rows, dropping the oldest (by the first sortable time column in `oldestBy`). */
  readonly bound?: Bound;
  /** Told of a listener's exception; the others still hear. */
  readonly onError?: (error: unknown) => void;
}

export interface Bound {
  readonly rows: number;
  /** Id of the time column that tells a row's age; creation counts where it holds no instant. */
  readonly column: string;
}

/** A Store and what only its writer may see. */
export interface WritableStore extends Store {
  /** Rows dropped because of the bound. */
  readonly dropped: number;
  /** About what the rows take in memory. */
  readonly heldBytes: number;
}

/** Metadata of a row with its texts, and its entry by uid: measured on pods, about. */
const ROW_BYTES = 420;

const MALFORMED: Cell = { unknown: 'malformed object' };

/**
 * Rows as columns: a dictionary a column, and by key the number of a row's cell in it. Keys of deleted rows are used
 * again (so that arrays stay dense), but only after all listeners and readers of journals were told.
 */
export function createStore(definition: ResourceDefinition, options: StoreOptions = {}): WritableStore {
  return new ColumnStore(definition, options);
}

class ColumnStore implements WritableStore {
  readonly definition: ResourceDefinition;
  dropped = 0;
  readonly #options: StoreOptions;
  readonly #pool = createMetadataPool();
  readonly #keys = new Map<string, number>();
  readonly #metadata: (PartialMetadata | undefined)[] = [];
  readonly #columns: readonly StoredColumn[];
  readonly #journals = new Journals(
    (key) => this.#snapshot(key),
    () => this.#reuse(),
  );
  readonly #listeners = new Set<(touched: StoreChange) => void>();
  #free: number[] = [];
  #freed: number[] = [];
  #changed = new Set<number>();
  #removed = new Set<number>();
  #depth = 0;

  constructor(definition: ResourceDefinition, options: StoreOptions) {
    this.definition = definition;
    this.#options = options;
    this.#columns = definition.columns.map(() => ({ ids: new IdColumn(), dictionary: new Dictionary() }));
  }

  get columns() {
    return this.definition.columns;
  }

  get size() {
    return this.#keys.size;
  }

  get heldBytes() {
    let bytes = this.#keys.size * ROW_BYTES;
    for (const { ids, dictionary } of this.#columns) bytes += ids.bytes + dictionary.bytes;
    return bytes;
  }

  keys(): Iterable<number> {
    return this.#keys.values();
  }

  keyOf(uid: string): number | undefined {
    return this.#keys.get(uid);
  }

  metadata(key: number): PartialMetadata {
    const metadata = this.#metadata[key];
    if (metadata === undefined) throw new RangeError(`no row has key ${key}`);
    return metadata;
  }

  cell(key: number, column: number): Cell {
    const stored = this.#columns[column];
    return stored === undefined ? null : stored.dictionary.valueOf(stored.ids.at(key));
  }

  cellId(key: number, column: number): number {
    return this.#columns[column]?.ids.at(key) ?? 0;
  }

  dictionary(column: number): ReadonlyDictionary {
    const stored = this.#columns[column];
    if (stored === undefined) throw new RangeError(`no column ${column}`);
    return stored.dictionary;
  }

  openJournal(): Journal {
    return this.#journals.open();
  }

  get bounds(): number {
    return this.#metadata.length;
  }

  has(key: number): boolean {
    return this.#metadata[key] !== undefined;
  }

  onChange(listener: (touched: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  batch(write: () => void): void {
    if (this.#depth > 0) throw new Error('a batch may not start inside another');
    this.#depth++;
    try {
      write();
      this.#enforceBound();
    } finally {
      this.#depth--;
      this.#publish();
    }
  }

  upsert(object: PartialObject, isListed = false): void {
    if (this.#depth === 0) {
      this.batch(() => this.upsert(object, isListed));
      return;
    }
    const known = this.#keys.get(object.metadata.uid);
    if (known === undefined) this.#add(object);
    else if (this.#isSameRow(known, object)) this.#replace(known, object, isListed);
    else {
      this.delete(object.metadata.uid);
      this.#add(object);
    }
  }

  delete(uid: string): void {
    if (this.#depth === 0) {
      this.batch(() => this.delete(uid));
      return;
    }
    const key = this.#keys.get(uid);
    if (key === undefined) return;
    this.#journals.note(key);
    this.#keys.delete(uid);
    this.#metadata[key] = undefined;
    for (const { ids, dictionary } of this.#columns) {
      dictionary.giveBack(ids.at(key));
      ids.set(key, 0);
    }
    this.#freed.push(key);
    this.#changed.delete(key);
    this.#removed.add(key);
  }

  /** A key never changes its name: readers sort by it. No API server renames, but the bytes may say anything. */
  #isSameRow(key: number, { metadata }: PartialObject): boolean {
    const before = this.metadata(key);
    return before.name === metadata.name && before.namespace === metadata.namespace;
  }

  #add(object: PartialObject): void {
    const key = this.#free.pop() ?? this.#metadata.length;
    this.#journals.note(key);
    this.#keys.set(object.metadata.uid, key);
    this.#metadata[key] = this.#pool.metadata(object.metadata);
    const cells = this.#project(object);
    for (let at = 0; at < this.#columns.length; at++) {
      const { ids, dictionary } = this.#columns[at]!;
      ids.set(key, dictionary.take(cells[at] ?? null));
    }
    this.#changed.add(key);
  }

  #replace(key: number, object: PartialObject, isListed: boolean): void {
    const before = this.metadata(key);
    const { resourceVersion } = object.metadata;
    if (!isListed && isOlderVersion(resourceVersion, before.resourceVersion)) return;
    if (sameMetadata(before, object.metadata)) {
      // Shares what did not change; only version, generation and last change are new.
      const { generation, lastChange } = object.metadata;
      this.#metadata[key] = { ...before, resourceVersion, generation, lastChange };
    } else {
      this.#touch(key);
      this.#metadata[key] = this.#pool.metadata(object.metadata);
    }
    const cells = this.#project(object);
    for (let at = 0; at < this.#columns.length; at++) {
      const { ids, dictionary } = this.#columns[at]!;
      const id = ids.at(key);
      const next = dictionary.take(cells[at] ?? null);
      if (next !== id) {
        this.#touch(key);
        ids.set(key, next);
      }
      dictionary.giveBack(id);
    }
  }

  #touch(key: number): void {
    this.#journals.note(key);
    this.#changed.add(key);
  }

  #snapshot(key: number): Uint32Array | null {
    if (!this.has(key)) return null;
    return Uint32Array.from(this.#columns, ({ ids }) => ids.at(key));
  }

  /** Projections promise not to throw; should one do so, its row says so and all others live. */
  #project(object: PartialObject): readonly Cell[] {
    try {
      return this.definition.project(object);
    } catch (error) {
      this.#options.onError?.(error);
      return this.columns.map(() => MALFORMED);
    }
  }

  /** Nobody stands at an earlier state: keys and numbers given back may be given out again. */
  #reuse(): void {
    if (this.#depth > 0) return;
    // One by one: a whole cluster's pods are more than a call takes arguments.
    for (const key of this.#freed) this.#free.push(key);
    this.#freed = [];
    for (const { dictionary } of this.#columns) dictionary.reuse();
  }

  #enforceBound(): void {
    const { bound } = this.#options;
    if (bound === undefined || this.#keys.size <= bound.rows) return;
    const column = this.columns.findIndex((candidate) => candidate.id === bound.column);
    const ageOf = (key: number): number => {
      const cell = this.cell(key, column);
      return typeof cell === 'number' ? cell : this.metadata(key).createdMs;
    };
    const byAge = [...this.#keys].sort((a, b) => ageOf(a[1]) - ageOf(b[1]));
    // A twentieth more than needed, so that this sort is rare.
    const surplus = byAge.slice(0, this.#keys.size - Math.floor(bound.rows * 0.95));
    for (const [uid] of surplus) this.delete(uid);
    this.dropped += surplus.length;
  }

  #publish(): void {
    const change: StoreChange = { changed: this.#changed, removed: this.#removed };
    this.#changed = new Set();
    this.#removed = new Set();
    if (change.changed.size > 0 || change.removed.size > 0) {
      for (const listener of [...this.#listeners]) {
        try {
          listener(change);
        } catch (error) {
          if (this.#options.onError === undefined) throw error;
          this.#options.onError(error);
        }
      }
    }
    this.#journals.settle();
    this.#pool.trim(this.#keys.size);
  }
}

interface StoredColumn {
  readonly ids: IdColumn;
  readonly dictionary: Dictionary;
}
