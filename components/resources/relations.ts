import type { PartialObject } from '#lib/resources/definition.ts';
import { type QuerySpec, querySpec } from '#lib/resources/query-spec.ts';
import { pairsAt } from '#lib/resources/read.ts';
import type { ObjectReference, ResourceName } from '#lib/resources/resource-type.ts';
import type { Relation } from './look.ts';

const PODS_OWNED: Relation = { resource: 'pods', by: 'owner', label: 'Pods', leavesWithIt: true };
const PODS_BELOW: Relation = { resource: 'pods', by: 'ownerTransitive', label: 'Pods', leavesWithIt: true };

const RELATIONS: ReadonlyMap<ResourceName, readonly Relation[]> = new Map([
  [
    'deployments.apps',
    [PODS_BELOW, { resource: 'replicasets.apps', by: 'owner', label: 'ReplicaSets', leavesWithIt: true }],
  ],
  ['replicasets.apps', [PODS_OWNED]],
  ['statefulsets.apps', [PODS_OWNED]],
  ['daemonsets.apps', [PODS_OWNED]],
  ['replicationcontrollers', [PODS_OWNED]],
  ['jobs.batch', [PODS_OWNED]],
  [
    'cronjobs.batch',
    [{ resource: 'jobs.batch', by: 'owner', label: 'Jobs', leavesWithIt: true }, PODS_BELOW],
  ],
  ['nodes', [{ resource: 'pods', by: 'node', label: 'Pods', leavesWithIt: false }]],
  ['services', [{ resource: 'pods', by: 'labels', label: 'Pods', leavesWithIt: false }]],
]);

/** The kinds whose objects belong to this object. One without a selector finds nothing, and does not ask. */
export function relationsOf(resource: ResourceName, object: PartialObject): readonly Relation[] {
  const relations = RELATIONS.get(resource) ?? [];
  return relations.filter((relation) => relation.by !== 'labels' || selectorText(object) !== '');
}

export const EVENTS: Relation = {
  resource: 'events',
  by: 'involvedObject',
  label: 'Events',
  leavesWithIt: false,
};

/** What belongs to an object, as a question: the figure on a tab and the rows behind it ask the same. */
export function relatedSpec(
  reference: ObjectReference,
  object: PartialObject,
  relation: Relation,
): QuerySpec {
  const asked = {
    cluster: reference.cluster,
    kinds: [relation.resource],
    namespaces: reference.namespace === '' ? [] : [reference.namespace],
  };
  return relation.by === 'labels'
    ? querySpec({ ...asked, labelSelector: selectorText(object) })
    : querySpec({ ...asked, related: { uid: object.metadata.uid, by: relation.by } });
}

function selectorText(object: PartialObject): string {
  return pairsAt(object.fields, 'spec', 'selector')
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
