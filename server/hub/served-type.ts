import type { DiscoverySnapshot } from '#lib/k8s/discovery/discovery.ts';
import type { Connection } from '#lib/resources/connection.ts';
import { type ResourceName, type ResourceType, resourceName } from '#lib/resources/resource-type.ts';

/** A kind as discovery knows it now: served, or how the view stands while it is not (known to be). */
export type ServedType =
  | { readonly type: ResourceType; readonly connection?: undefined }
  | { readonly type: null; readonly connection: Connection };

/**
 * Only a complete, live discovery can say that a kind is not served: a group whose API server is down, or a discovery
 * that is still under way or lost, says nothing about it.
 */
export function servedType(snapshot: DiscoverySnapshot, name: ResourceName): ServedType {
  const type = snapshot.types.find((candidate) => resourceName(candidate) === name);
  if (type !== undefined) return { type };
  if (snapshot.connection.state !== 'live') return { type: null, connection: snapshot.connection };
  const group = name.includes('.') ? name.slice(name.indexOf('.') + 1) : '';
  if (!snapshot.missingGroups.includes(group)) return { type: null, connection: { state: 'gone', atMs: 0 } };
  const error = {
    reason: 'Unreachable',
    code: 0,
    message: `The API group ${group} does not answer discovery. Its API server may be down.`,
    causes: [],
    details: { group },
  };
  return { type: null, connection: { state: 'failed', error, retryMs: 0 } };
}
