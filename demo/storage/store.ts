/**
 * The demo cluster's etcd: objects by resource, namespace and name under one growing revision, and a bounded log of
 * changes for watches.
 *
 * Contract: an object handed in or out is never changed in place again; every commit makes a new one with its revision
 * in metadata.resourceVersion. Listeners are called synchronously, in revision order, after the commit. The log of a
 * resource keeps at most `logLimit` events, and all logs together about `logBytes`, the heaviest giving way; a question
 * about a revision older than what is kept throws Compacted (the 410 of the API). What a list looked like at an older revision is worked out by undoing the log.
 */
import type { KubeObject } from '../base/types.ts';
import { weigh } from './weight.ts';

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface StoreEvent {
  readonly type: EventType;
  readonly resource: string;
  readonly revision: number;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

export class Compacted extends Error {
  readonly oldest: number;
  constructor(requested: number, oldest: number) {
    super(`too old resource version: ${requested} (${oldest})`);
    this.oldest = oldest;
  }
}

export class StoreConflict extends Error {}

type Listener = (event: StoreEvent) => void;

interface Shelf {
  namespaces: Map<string, Map<string, KubeObject>>;
  /** Names in key order, worked out when first asked for and dropped when a name comes or goes. */
  sorted: Map<string, string[]>;
  log: StoreEvent[];
  /** What each event of the log weighs, and all of them. */
  weights: number[];
  weight: number;
  /** Every event of this resource up to and including this revision may be gone. */
  compacted: number;
  listeners: Set<Listener>;
  count: number;
}

/** How many lists are kept for those who read them page by page. */
const SNAPSHOTS = 8;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export class Store {
  #revision: number;
  readonly #logLimit: number;
  readonly #logBytes: number;
  /** What all logs weigh. */
  #weight = 0;
  readonly #shelves = new Map<string, Shelf>();
  readonly #listeners = new Set<Listener>();
  /** Lists of one revision by what they are of, the latest used last. */
  readonly #snapshots = new Map<string, readonly KubeObject[]>();

  constructor(options: { logLimit?: number; logBytes?: number; firstRevision?: number } = {}) {
    this.#logLimit = options.logLimit ?? 20_000;
    this.#logBytes = options.logBytes ?? 128_000_000;
    this.#revision = options.firstRevision ?? 1;
  }

  get revision(): number {
    return this.#revision;
  }

  get(resource: string, namespace: string, name: string): KubeObject | undefined {
    return this.#shelves.get(resource)?.namespaces.get(namespace)?.get(name);
  }

  /** Objects in key order (namespace, then name). An empty or missing namespace means all of them. */
  list(resource: string, namespace?: string): KubeObject[] {
    const shelf = this.#shelves.get(resource);
    if (!shelf) return [];
    const names = namespace ? [namespace] : [...shelf.namespaces.keys()].sort(compare);
    const found: KubeObject[] = [];
    for (const each of names) {
      const objects = shelf.namespaces.get(each);
      if (!objects) continue;
      let sorted = shelf.sorted.get(each);
      if (!sorted) {
        sorted = [...objects.keys()].sort(compare);
        shelf.sorted.set(each, sorted);
      }
      for (const name of sorted) found.push(objects.get(name) as KubeObject);
    }
    return found;
  }

  /** The same list as it was at an older revision. Throws Compacted. */
  listAt(resource: string, namespace: string | undefined, revision: number): KubeObject[] {
    if (revision >= this.#revision) return this.list(resource, namespace);
    const undo = this.since(resource, revision);
    const past = new Map(this.list(resource, namespace).map((object) => [keyOf(object), object]));
    for (const event of undo.reverse()) {
      if (namespace && event.object.metadata.namespace !== namespace) continue;
      if (event.previous) past.set(keyOf(event.object), event.previous);
      else past.delete(keyOf(event.object));
    }
    return [...past.entries()].sort(([a], [b]) => compare(a, b)).map(([, object]) => object);
  }

  /**
   * The list at a revision for somebody who will ask for it again, page by page: it is worked out once and kept for a
   * while. Throws Compacted.
   */
  snapshot(resource: string, namespace: string | undefined, revision: number): readonly KubeObject[] {
    const key = `${revision}|${resource}|${namespace ?? ''}`;
    const found = this.#snapshots.get(key) ?? this.listAt(resource, namespace, revision);
    this.#snapshots.delete(key);
    this.#snapshots.set(key, found);
    if (this.#snapshots.size > SNAPSHOTS)
      this.#snapshots.delete(this.#snapshots.keys().next().value as string);
    return found;
  }

  /** Events after a revision, oldest first. Throws Compacted. */
  since(resource: string, revision: number): StoreEvent[] {
    const shelf = this.#shelf(resource);
    if (revision < shelf.compacted) throw new Compacted(revision, shelf.compacted);
    let low = 0;
    let high = shelf.log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shelf.log[middle] as StoreEvent).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return shelf.log.slice(low);
  }

  create(resource: string, object: KubeObject): KubeObject {
    const { namespace = '', name } = object.metadata;
    const shelf = this.#shelf(resource);
    let objects = shelf.namespaces.get(namespace);
    if (objects?.has(name)) throw new StoreConflict(`${resource} "${name}" already exists`);
    if (!objects) {
      objects = new Map();
      shelf.namespaces.set(namespace, objects);
    }
    const stored = this.#stamp(object);
    objects.set(name, stored);
    shelf.sorted.delete(namespace);
    shelf.count += 1;
    this.#commit(shelf, {
      type: 'ADDED',
      resource,
      revision: this.#revision,
      object: stored,
      previous: undefined,
    });
    return stored;
  }

  /** Replaces `previous`, which must still be the stored one: the compare-and-swap every update rests on. */
  update(resource: string, previous: KubeObject, object: KubeObject): KubeObject {
    const { namespace = '', name } = previous.metadata;
    const shelf = this.#shelf(resource);
    if (this.get(resource, namespace, name) !== previous)
      throw new StoreConflict('the object has been modified');
    const stored = this.#stamp(object);
    shelf.namespaces.get(namespace)?.set(name, stored);
    this.#commit(shelf, { type: 'MODIFIED', resource, revision: this.#revision, object: stored, previous });
    return stored;
  }

  /** Removes `previous`; the event carries its last state under the revision of the removal. */
  delete(resource: string, previous: KubeObject): KubeObject {
    const { namespace = '', name } = previous.metadata;
    const shelf = this.#shelf(resource);
    const objects = shelf.namespaces.get(namespace);
    if (objects?.get(name) !== previous) throw new StoreConflict('the object has been modified');
    objects.delete(name);
    if (objects.size === 0) shelf.namespaces.delete(namespace);
    shelf.sorted.delete(namespace);
    shelf.count -= 1;
    const last = this.#stamp(previous);
    this.#commit(shelf, { type: 'DELETED', resource, revision: this.#revision, object: last, previous });
    return last;
  }

  /** Events of one resource, or of all. Returns how to stop. */
  subscribe(resource: string | undefined, listener: Listener): () => void {
    const listeners = resource === undefined ? this.#listeners : this.#shelf(resource).listeners;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** A store of its own that begins as this one is: the same objects and history, no listeners. */
  copy(): Store {
    const copy = new Store({
      logLimit: this.#logLimit,
      logBytes: this.#logBytes,
      firstRevision: this.#revision,
    });
    copy.#weight = this.#weight;
    for (const [resource, shelf] of this.#shelves) {
      const namespaces = new Map([...shelf.namespaces].map(([name, objects]) => [name, new Map(objects)]));
      copy.#shelves.set(resource, {
        ...shelf,
        namespaces,
        sorted: new Map(),
        log: [...shelf.log],
        weights: [...shelf.weights],
        listeners: new Set(),
      });
    }
    return copy;
  }

  /** Takes over what the store this is a copy of has committed, in that order. */
  replay(event: StoreEvent): void {
    const { namespace = '', name } = event.object.metadata;
    const shelf = this.#shelf(event.resource);
    const objects = shelf.namespaces.get(namespace) ?? new Map<string, KubeObject>();
    this.#revision = event.revision;
    if (event.type === 'DELETED') objects.delete(name);
    else objects.set(name, event.object);
    if (objects.size === 0) shelf.namespaces.delete(namespace);
    else shelf.namespaces.set(namespace, objects);
    if (event.type !== 'MODIFIED') shelf.sorted.delete(namespace);
    shelf.count += event.type === 'ADDED' ? 1 : event.type === 'DELETED' ? -1 : 0;
    this.#commit(shelf, event);
  }

  /** Forgets the log up to the present revision, as etcd's compaction does. */
  compact(): void {
    this.#snapshots.clear();
    for (const shelf of this.#shelves.values()) {
      this.#forget(shelf, shelf.log.length);
      shelf.compacted = this.#revision;
    }
  }

  counts(): Record<string, number> {
    return Object.fromEntries([...this.#shelves].map(([resource, shelf]) => [resource, shelf.count]));
  }

  #stamp(object: KubeObject): KubeObject {
    this.#revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #shelf(resource: string): Shelf {
    let shelf = this.#shelves.get(resource);
    if (!shelf) {
      shelf = {
        namespaces: new Map(),
        sorted: new Map(),
        log: [],
        weights: [],
        weight: 0,
        compacted: 0,
        listeners: new Set(),
        count: 0,
      };
      this.#shelves.set(resource, shelf);
    }
    return shelf;
  }

  #forgetHeaviest(): void {
    const shelves = [...this.#shelves.values()];
    const heaviest = shelves.reduce((one, other) => (other.weight > one.weight ? other : one));
    this.#forget(heaviest, Math.ceil(heaviest.log.length / 4));
  }

  /** Drops the oldest events of a log. */
  #forget(shelf: Shelf, count: number): void {
    const last = shelf.log.splice(0, count).at(-1);
    if (last) shelf.compacted = last.revision;
    for (const weight of shelf.weights.splice(0, count)) {
      shelf.weight -= weight;
      this.#weight -= weight;
    }
  }

  #commit(shelf: Shelf, event: StoreEvent): void {
    const weight = weigh(event.object);
    shelf.log.push(event);
    shelf.weights.push(weight);
    shelf.weight += weight;
    this.#weight += weight;
    if (shelf.log.length > this.#logLimit) this.#forget(shelf, Math.ceil(this.#logLimit / 4));
    while (this.#weight > this.#logBytes) this.#forgetHeaviest();
    for (const listener of [...shelf.listeners]) listener(event);
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** Namespace and name in one string whose order is the list's order. */
export const keyOf = (object: KubeObject): string =>
  `${object.metadata.namespace ?? ''}\u0000${object.metadata.name}`;
