import type { Fields } from './json.ts';
import { fieldsOf, listOf, textOf, textsOf } from './json.ts';
import type { GroupVersion, ServedResource } from './served.ts';

/** One document for all groups (stable since Kubernetes 1.30, beta since 1.27). */
export const AGGREGATED_ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

/** null when the API server answered in the legacy form. */
export function aggregatedGroups(document: unknown): readonly GroupVersion[] | null {
  const root = fieldsOf(document);
  if (root.kind !== 'APIGroupDiscoveryList') return null;
  return listOf(root.items).flatMap((item) => {
    const group = textOf(fieldsOf(item.metadata).name);
    return listOf(item.versions).map((version) => ({
      group,
      version: textOf(version.version),
      isMissing: version.freshness === 'Stale',
      resources: listOf(version.resources).map(resourceOf),
    }));
  });
}

function resourceOf(found: Fields): ServedResource {
  return {
    resource: textOf(found.resource),
    kind: textOf(fieldsOf(found.responseKind).kind),
    scope: found.scope === 'Namespaced' ? 'Namespaced' : 'Cluster',
    verbs: textsOf(found.verbs),
    shortNames: textsOf(found.shortNames),
    categories: textsOf(found.categories),
    subresources: listOf(found.subresources).map((part) => textOf(part.subresource)),
  };
}
