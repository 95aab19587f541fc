import { type Cell, sameCell } from '#lib/resources/cell.ts';
import type { PartialMetadata, PartialObject, ResourceDefinition } from '#lib/resources/definition.ts';
import { createInternPool } from './intern-pool.ts';
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
}

const MALFORMED: Cell = { unknown: 'malformed object' };

/**
 * Rows as columns: one array a column, indexed by key. Keys of deleted rows are used again (so that arrays stay
 * dense), but only after the batch that freed them was told to all listeners.
 */
export function createStore(definition: ResourceDefinition, options: StoreOptions = {}): WritableStore {
  return new ColumnStore(definition, options);
}

class ColumnStore implements WritableStore {
  readonly definition: ResourceDefinition;
  dropped = 0;
  readonly #options: StoreOptions;
  readonly #pool = createInternPool();
  readonly #keys = new Map<string, number>();
  readonly #metadata: (PartialMetadata | undefined)[] = [];
  readonly #cells: Cell[][];
  readonly #listeners = new Set<(touched: StoreChange) => void>();
  #free: number[] = [];
  #freed: number[] = [];
  #changed = new Set<number>();
  #removed = new Set<number>();
  #depth = 0;

  constructor(definition: ResourceDefinition, options: StoreOptions) {
    this.definition = definition;
    this.#options = options;
    this.#cells = definition.columns.map(() => []);
  }

  get columns() {
    return this.definition.columns;
  }

  get size() {
    return this.#keys.size;
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
    return this.#cells[column]?.[key] ?? null;
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
    this.#keys.delete(uid);
    this.#metadata[key] = undefined;
    for (const column of this.#cells) column[key] = null;
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
    this.#keys.set(object.metadata.uid, key);
    this.#metadata[key] = this.#pool.metadata(object.metadata);
    const cells = this.#project(object);
    for (let column = 0; column < this.#cells.length; column++) {
      this.#cells[column]![key] = cells[column]!;
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
      this.#metadata[key] = this.#pool.metadata(object.metadata);
      this.#changed.add(key);
    }
    const cells = this.#project(object);
    for (let column = 0; column < this.#cells.length; column++) {
      const cell = cells[column]!;
      if (sameCell(this.#cells[column]![key], cell)) continue;
      this.#cells[column]![key] = cell;
      this.#changed.add(key);
    }
  }

  /** Projections promise not to throw; should one do so, its row says so and all others live. */
  #project(object: PartialObject): readonly Cell[] {
    const { columns } = this.definition;
    try {
      const cells = this.definition.project(object);
      return columns.map((_, at) => this.#pool.cell(cells[at] ?? null));
    } catch (error) {
      this.#options.onError?.(error);
      return columns.map(() => MALFORMED);
    }
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
    // One by one: a whole cluster's pods are more than a call takes arguments.
    for (const key of this.#freed) this.#free.push(key);
    this.#freed = [];
    this.#pool.trim(this.#keys.size);
  }
}
