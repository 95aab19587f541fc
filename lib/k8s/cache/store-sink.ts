import type { TableColumn } from '#lib/k8s/codec/codec.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { WritableStore } from './column-store.ts';
import type { ObjectEvent, ReflectorSink } from './reflector/reflector.ts';

/** The Store several Reflectors feed, one a namespace, and what replaces it when a Table's columns change. */
export interface StoreHolder {
  readonly store: WritableStore;
  /** Null for kinds with a definition: their columns never change. */
  readonly tableColumns: readonly TableColumn[] | null;
  /** An empty Store for rows with these columns. */
  createStore(columns: readonly TableColumn[]): WritableStore;
  /** Makes `store` the Store everybody reads. */
  swapStore(store: WritableStore, columns: readonly TableColumn[]): void;
}

/**
 * What one Reflector writes to: the rows of its namespace ('' for all) in a shared Store. New columns of a Table go
 * to a new Store, which takes the place of the old one when its LIST is complete.
 */
export function createStoreSink(holder: StoreHolder, namespace: string): ReflectorSink {
  return new StoreSink(holder, namespace);
}

class StoreSink implements ReflectorSink {
  readonly #holder: StoreHolder;
  readonly #namespace: string;
  /** Being filled, under other columns than the holder's. */
  #next: { readonly store: WritableStore; readonly columns: readonly TableColumn[] } | null = null;

  constructor(holder: StoreHolder, namespace: string) {
    this.#holder = holder;
    this.#namespace = namespace;
  }

  takeColumns(columns: readonly TableColumn[]): void {
    const { tableColumns, store } = this.#holder;
    this.#next = null;
    if (tableColumns === null || sameColumns(tableColumns, columns)) return;
    const next = this.#holder.createStore(columns);
    if (store.size === 0) this.#holder.swapStore(next, columns);
    else this.#next = { store: next, columns };
  }

  hasColumns(columns: readonly TableColumn[]): boolean {
    const current = this.#next?.columns ?? this.#holder.tableColumns;
    return current === null || sameColumns(current, columns);
  }

  holds(uid: string, resourceVersion: string): boolean {
    // Cells of a Table may change without the object (they are printed text), so equal versions prove nothing.
    if (this.#holder.tableColumns !== null || resourceVersion === '') return false;
    const key = this.#holder.store.keyOf(uid);
    return key !== undefined && this.#holder.store.metadata(key).resourceVersion === resourceVersion;
  }

  add(objects: readonly PartialObject[]): void {
    const store = this.#next?.store ?? this.#holder.store;
    store.batch(() => {
      for (const object of objects) store.upsert(object, true);
    });
  }

  replace(objects: readonly PartialObject[], listed: ReadonlySet<string>): void {
    const next = this.#next;
    this.#next = null;
    const store = next?.store ?? this.#holder.store;
    store.batch(() => {
      for (const object of objects) store.upsert(object, true);
      for (const uid of this.#uids(store)) {
        if (!listed.has(uid)) store.delete(uid);
      }
    });
    if (next !== null) this.#holder.swapStore(next.store, next.columns);
  }

  apply(events: readonly ObjectEvent[]): void {
    const { store } = this.#holder;
    store.batch(() => {
      for (const event of events) {
        if (event.type === 'DELETED') store.delete(event.object.metadata.uid);
        else store.upsert(event.object);
      }
    });
  }

  clear(): void {
    this.#next = null;
    const { store } = this.#holder;
    store.batch(() => {
      for (const uid of this.#uids(store)) store.delete(uid);
    });
  }

  /** The rows this Reflector answers for. */
  #uids(store: WritableStore): readonly string[] {
    const uids: string[] = [];
    for (const key of store.keys()) {
      const metadata = store.metadata(key);
      if (this.#namespace === '' || metadata.namespace === this.#namespace) uids.push(metadata.uid);
    }
    return uids;
  }
}

function sameColumns(a: readonly TableColumn[], b: readonly TableColumn[]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
