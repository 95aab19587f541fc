import type { Cell } from '#lib/resources/cell.ts';
import type {
  Column,
  PartialMetadata,
  PartialObject,
  ResourceDefinition,
} from '#lib/resources/definition.ts';
import type { ReadonlyDictionary } from './columns/dictionary.ts';
import type { Journal } from './columns/journal.ts';

/**
 * All rows of one kind, as columns. One writer (its Reflectors), many readers, one thread: readers see either the
 * state before a batch or after it, never between.
 *
 * Promises: a uid has at most one row; a row's resourceVersion never goes backwards within one watch; `key` is small,
 * stable while the row lives and not given to another uid within the same change batch. Listeners hear each touched
 * key once a batch, after the batch. uid, namespace and name of a key never change while its row lives.
 */
export interface Store {
  readonly definition: ResourceDefinition;
  readonly columns: readonly Column[];
  readonly size: number;
  /**
   * Adds or replaces by uid. An older resourceVersion than the row's is ignored, unless `isListed`: a complete LIST is
   * the truth, and an API server restored from a backup lists older versions.
   */
  upsert(object: PartialObject, isListed?: boolean): void;
  delete(uid: string): void;
  /** All keys in use, in no particular order. */
  keys(): Iterable<number>;
  keyOf(uid: string): number | undefined;
  metadata(key: number): PartialMetadata;
  cell(key: number, column: number): Cell;
  /** The cell's number in the column's dictionary. Equal cells have equal numbers. */
  cellId(key: number, column: number): number;
  dictionary(column: number): ReadonlyDictionary;
  has(key: number): boolean;
  /** All keys are below this. */
  readonly bounds: number;
  /**
   * What was touched since a reader last asked. Until every open journal was read, keys and numbers that were given back
   * are not given out again: a key that has a row before and after has the same row.
   */
  openJournal(): Journal;
  /** Called once after each batch with the touched keys. Returns an unsubscribe function. */
  onChange(listener: (touched: StoreChange) => void): () => void;
  /** Runs writes as one batch. Not reentrant. */
  batch(write: () => void): void;
}

/** Touched: a cell or a metadata field that readers use changed. A new resourceVersion alone touches nothing. */
export interface StoreChange {
  readonly changed: ReadonlySet<number>;
  readonly removed: ReadonlySet<number>;
}
