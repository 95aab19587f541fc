import type { Store } from '#lib/k8s/cache/store.ts';

/** ownersOf for a query, answered from the stores that stand between (the replica sets of a deployment's pods). */
export function ownersThrough(stores: readonly Store[]): (uid: string) => readonly string[] {
  return (uid) => {
    for (const store of stores) {
      const key = store.keyOf(uid);
      if (key !== undefined) return store.metadata(key).ownerReferences.map((owner) => owner.uid);
    }
    return [];
  };
}

/** nameOf for a query, answered from the store of the kind that is meant (nodes). */
export function namesFrom(store: Store): (uid: string) => string | undefined {
  return (uid) => {
    const key = store.keyOf(uid);
    return key === undefined ? undefined : store.metadata(key).name;
  };
}
