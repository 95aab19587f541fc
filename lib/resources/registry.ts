import { event } from './cluster/event.ts';
import { namespace } from './cluster/namespace.ts';
import { node } from './cluster/node.ts';
import type { ResourceDefinition } from './definition.ts';
import { service } from './networking/service.ts';
import type { ResourceName } from './resource-type.ts';
import { deployment } from './workloads/deployment.ts';
import { pod } from './workloads/pod.ts';
import { replicaSet } from './workloads/replica-set.ts';

/** Kinds with columns of their own; every other served kind comes through the API server's Table. */
const definitions: ReadonlyMap<ResourceName, ResourceDefinition> = new Map(
  [pod, deployment, replicaSet, node, namespace, service, event].map((definition) => [
    definition.name,
    definition,
  ]),
);

export function definitionOf(name: ResourceName): ResourceDefinition | undefined {
  return definitions.get(name);
}
