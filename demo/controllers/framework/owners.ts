/** Who owns what: an index of every object by the uids in its ownerReferences, kept up from the store's events. */

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

const uids = (object: KubeObject | undefined): string[] =>
  (Array.isArray(object?.metadata.ownerReferences) ? object.metadata.ownerReferences : []).map((reference) =>
    String(reference?.uid),
  );

export class OwnerIndex {
  readonly #store: Store;
  readonly #byOwner = new Map<string, Map<string, Owned>>();

  constructor(store: Store) {
    this.#store = store;
    for (const resource of Object.keys(store.counts())) {
      for (const object of store.list(resource)) this.#add(resource, object);
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

  #onEvent(event: StoreEvent): void {
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
