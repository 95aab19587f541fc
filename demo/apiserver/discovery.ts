/** Discovery: the old documents one group at a time, and the aggregated one. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import type { KindRegistry, ResourceType } from './meta/kinds.ts';

/** Subresources this server answers; others are left out of discovery rather than promised. */
export const SERVED_SUBRESOURCES = new Set([
  'status',
  'scale',
  'log',
  'exec',
  'attach',
  'binding',
  'ephemeralcontainers',
  'eviction',
  'finalize',
]);

/** Of all proxies only the one to nodes, and only for reading. */
const isNodeProxy = (type: ResourceType, name: string) => type.key === 'nodes' && name === 'proxy';

const subresources = (type: ResourceType) =>
  type.subresources
    .filter(({ name }) => SERVED_SUBRESOURCES.has(name) || isNodeProxy(type, name))
    .map((sub) => (isNodeProxy(type, sub.name) ? { ...sub, verbs: ['get'] } : sub));

export function apiVersions(address: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

function groupEntry(name: string, versions: string[]): JsonObject {
  const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, preferredVersion: entries[0] };
}

export function groupList(kinds: KindRegistry): JsonObject {
  const groups = [...kinds.groups()]
    .filter(([name]) => name !== '')
    .map(([name, versions]) => groupEntry(name, [...versions.keys()]));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

export function group(kinds: KindRegistry, name: string): JsonObject | undefined {
  const versions = name === '' ? undefined : kinds.groups().get(name);
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(name, [...versions.keys()]) };
}

export function resourceList(
  kinds: KindRegistry,
  groupName: string,
  version: string,
): JsonObject | undefined {
  const types = kinds.groups().get(groupName)?.get(version);
  if (!types) return undefined;
  const resources = types.flatMap((type) => [
    {
      name: type.resource,
      singularName: type.singular,
      namespaced: type.namespaced,
      kind: type.kind,
      verbs: type.verbs,
      ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
      ...(type.categories.length > 0 ? { categories: type.categories } : {}),
    },
    ...subresources(type).map((sub) => ({
      name: `${type.resource}/${sub.name}`,
      singularName: '',
      namespaced: type.namespaced,
      ...(sub.group === groupName ? {} : { group: sub.group, version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ]);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupName === '' ? version : `${groupName}/${version}`,
    resources,
  };
}

export interface Aggregated {
  body: JsonObject;
  etag: string;
}

/** `core` chooses between /api (the core group alone) and /apis (all others). */
export function aggregated(kinds: KindRegistry, isCore: boolean, apiVersion: string): Aggregated {
  const groups = [...kinds.groups()].filter(([name]) => (name === '') === isCore);
  const items = groups.map(([name, versions]) => ({
    metadata: name === '' ? {} : { name },
    versions: [...versions].map(([version, types]) => ({
      version,
      resources: types.map(aggregatedResource),
      freshness: 'Current',
    })),
  }));
  const body = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
    metadata: {},
    items,
  };
  const etag = `"${createHash('sha512').update(JSON.stringify(body)).digest('hex').toUpperCase()}"`;
  return { body, etag };
}

/** Group and version are left empty where they are those of the entry above. */
function subresourceKind(type: ResourceType, sub: ResourceType['subresources'][number]): JsonObject {
  const isSame = sub.group === type.group && sub.version === type.version;
  return { group: isSame ? '' : sub.group, version: isSame ? '' : sub.version, kind: sub.kind };
}

function aggregatedResource(type: ResourceType): JsonObject {
  const served = subresources(type);
  return {
    resource: type.resource,
    responseKind: { group: '', version: '', kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: type.verbs,
    ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
    ...(type.categories.length > 0 ? { categories: type.categories } : {}),
    ...(served.length > 0
      ? {
          subresources: served.map((sub) => ({
            subresource: sub.name,
            responseKind: subresourceKind(type, sub),
            verbs: sub.verbs,
          })),
        }
      : {}),
  };
}
