import type { DiscoverySnapshot } from '#lib/k8s/discovery/discovery.ts';
import type { Related } from '#lib/resources/query-spec.ts';
import { type ResourceName, type ResourceType, resourceName } from '#lib/resources/resource-type.ts';

/** Kinds whose rows a relation leads through. */
export interface RelationTypes {
  /** The answer is incomplete without them, and says so when they cannot be read. */
  readonly needed: readonly ResourceType[];
  /** They add rows where they can be read. */
  readonly helpful: readonly ResourceType[];
}

/**
 * Replica sets stand between a deployment and its pods, jobs between a cron job and its; a node is known to its pods,
 * and to the kubelet's events, by name only.
 */
export function relationTypes(
  snapshot: DiscoverySnapshot,
  kind: ResourceName,
  related: Related | null,
): RelationTypes {
  const served = (...names: readonly ResourceName[]) =>
    snapshot.types.filter((type) => names.includes(resourceName(type)) && resourceName(type) !== kind);
  switch (related?.by) {
    case 'ownerTransitive':
      return { needed: served('replicasets.apps'), helpful: served('jobs.batch') };
    case 'node':
      return { needed: served('nodes'), helpful: [] };
    case 'involvedObject':
      return { needed: [], helpful: served('nodes') };
    default:
      return { needed: [], helpful: [] };
  }
}
