import type { ResourceName } from '#lib/resources/resource-type.ts';
import { eventLook } from './cluster/event.tsx';
import { namespaceLook } from './cluster/namespace.tsx';
import { nodeLook } from './cluster/node.tsx';
import { genericLook } from './detail/generic-look.tsx';
import type { ResourceLook } from './look.ts';
import { serviceLook } from './networking/service.tsx';
import { deploymentLook } from './workloads/deployment.tsx';
import { podLook } from './workloads/pod.tsx';
import { replicaSetLook } from './workloads/replica-set.tsx';

/** How kinds look on their own pages; all others look alike. */
const LOOKS: ReadonlyMap<ResourceName, ResourceLook> = new Map([
  ['pods', podLook],
  ['deployments.apps', deploymentLook],
  ['replicasets.apps', replicaSetLook],
  ['nodes', nodeLook],
  ['namespaces', namespaceLook],
  ['events', eventLook],
  ['services', serviceLook],
]);

export function lookOf(resource: ResourceName): ResourceLook {
  return LOOKS.get(resource) ?? genericLook;
}
