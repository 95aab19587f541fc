import { type QuerySpec, querySpec, type Related } from '#lib/resources/query-spec.ts';
import type { ObjectReference, ResourceName } from '#lib/resources/resource-type.ts';

/** What belongs to an object, as a question: the figure on a tab and the rows behind it ask the same. */
export function relatedSpec(reference: ObjectReference, resource: ResourceName, related: Related): QuerySpec {
  return querySpec({ cluster: reference.cluster, kinds: [resource], related });
}
