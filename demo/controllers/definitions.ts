/** CustomResourceDefinitions: what is defined is served at once; what is not defined any more goes with its objects. */
import type { Machinery } from '../apiserver/rest/context.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

export function serveDefinitions({ store, kinds }: Machinery): void {
  store.subscribe(DEFINITIONS, (event) => {
    kinds.setCustom(store.list(DEFINITIONS));
    // A definition's name is `plural.group`, the key of its objects in the store.
    if (event.type === 'DELETED')
      for (const object of store.list(event.object.metadata.name))
        store.delete(event.object.metadata.name, object);
  });
}
