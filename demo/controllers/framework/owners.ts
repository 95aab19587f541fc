/**
 * Who owns what: an index of every object by the uids in its ownerReferences, and of those that a controller may take
 * up because nobody controls them. Kept up from the store's events, so that no reconcile has to look at all objects.
 */

import type { KubeObject, OwnerReference } from '../../base/types.ts';
import type { Store, StoreEvent } from '../../storage/store.ts';
import { keyOf } from '../../storage/store.ts';

export interface Owned {
  resource: string;
  namespace: string;
  name: string;
}

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  Array.isArray(object.metadata.ownerReferences)
    ? object.metadata.ownerReferences.find((reference) => reference?.controller === true)
    : undefined;

/** Kinds that controllers adopt by their labels. */
const ADOPTED = new Set(['pods', 'replicasets.apps', 'controllerrevisions.apps']);

const uids = (object: KubeObject | undefined): string[] =>
  (Array.isArray(object?.metadata.ownerReferences) ? object.metadata.ownerReferences : []).map((reference) =>
    String(reference?.uid),
  );

export class OwnerIndex {
  readonly #store: Store;
  readonly #byOwner = new Map<string, Map<string, Owned>>();
  /** By resource and namespace: the names of what nobody controls. */
  readonly #orphans = new Map<string, Set<string>>();

  constructor(store: Store) {
    this.#store = store;
    for (const resource of Object.keys(store.counts())) {
      for (const object of store.list(resource)) {
        this.#add(resource, object);
        this.#noteOrphan(resource, object, false);
      }
    }
    store.subscribe(undefined, (event) => this.#onEvent(event));
  }

  owned(uid: string): Owned[] {
    return [...(this.#byOwner.get(uid)?.values() ?? [])];
  }

  /** The objects of one resource a controller owns, in key order. */
  list(resource: string, uid: string): KubeObject[] {
    return this.owned(uid)
      .filter((item) => item.resource === resource)
      .map(({ namespace, name }) => this.#store.get(resource, namespace, name))
      .filter((object) => object !== undefined)
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  /** What nobody controls, of one of the kinds that can be adopted; in no particular order. */
  orphans(resource: string, namespace: string): KubeObject[] {
    return [...(this.#orphans.get(`${resource}/${namespace}`) ?? [])]
      .map((name) => this.#store.get(resource, namespace, name))
      .filter((object) => object !== undefined);
  }

  #noteOrphan(resource: string, object: KubeObject, isGone: boolean): void {
    if (!ADOPTED.has(resource)) return;
    const { namespace = '', name } = object.metadata;
    const key = `${resource}/${namespace}`;
    const names = this.#orphans.get(key);
    if (isGone || controllerOf(object)) names?.delete(name);
    else if (names) names.add(name);
    else this.#orphans.set(key, new Set([name]));
  }

  #onEvent(event: StoreEvent): void {
    this.#noteOrphan(event.resource, event.object, event.type === 'DELETED');
    const before = uids(event.previous);
    const after = event.type === 'DELETED' ? [] : uids(event.object);
    for (const uid of before) if (!after.includes(uid)) this.#remove(uid, event.resource, event.object);
    if (event.type !== 'DELETED') this.#add(event.resource, event.object);
  }

  #add(resource: string, object: KubeObject): void {
    for (const uid of uids(object)) {
      let owned = this.#byOwner.get(uid);
      if (!owned) {
        owned = new Map();
        this.#byOwner.set(uid, owned);
      }
      owned.set(`${resource}/${keyOf(object)}`, {
        resource,
        namespace: object.metadata.namespace ?? '',
        name: object.metadata.name,
      });
    }
  }

  #remove(uid: string, resource: string, object: KubeObject): void {
    const owned = this.#byOwner.get(uid);
    owned?.delete(`${resource}/${keyOf(object)}`);
    if (owned?.size === 0) this.#byOwner.delete(uid);
  }
}
