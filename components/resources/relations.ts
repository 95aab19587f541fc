import type { ResourceName } from '#lib/resources/resource-type.ts';
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
  ['services', [{ resource: 'pods', by: 'selector', label: 'Pods', leavesWithIt: false }]],
]);

/** The kinds whose objects belong to an object of this one. */
export function relationsOf(resource: ResourceName): readonly Relation[] {
  return RELATIONS.get(resource) ?? [];
}
