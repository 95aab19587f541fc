import type { ResourceType } from '#lib/resources/resource-type.ts';
import { BUILT_IN_GROUPS } from './built-in-groups.ts';
import type { GroupVersion, Served, ServedResource } from './served.ts';

/** Discovery documents → the types a console can show: those with `list`, each at its preferred version, once. */
export function servedTypes(groupVersions: readonly GroupVersion[]): Served {
  const types = new Map<string, ResourceType>();
  const missing = new Set<string>();
  const served = new Set<string>();
  for (const { group, version, isMissing, resources } of groupVersions) {
    if (!GROUP.test(group) || !VERSION.test(version)) continue;
    if (isMissing) missing.add(group);
    else served.add(`${group}/${version}`);
    for (const found of resources) {
      const key = `${group}/${found.resource}`;
      // Preferred versions come first: a later version only adds what the ones before it lack.
      if (types.has(key) || !isShowable(found)) continue;
      types.set(key, { group, version, ...found, custom: !BUILT_IN_GROUPS.has(group) });
    }
  }
  for (const [group, homes] of Object.entries(FORMER_HOMES)) dropDoubles(types, group, homes);
  return {
    types: [...types.values()].sort(byGroupAndResource),
    missingGroups: [...missing].sort(),
    groupVersions: served,
  };
}

const GROUP = /^[a-z0-9.-]{0,253}$/;
const VERSION = /^[a-z0-9]{1,63}$/;
const RESOURCE = /^[a-z0-9]([a-z0-9-]{0,251}[a-z0-9])?$/;
const KIND = /^[A-Za-z0-9]{1,253}$/;

function isShowable(found: ServedResource): boolean {
  return found.verbs.includes('list') && RESOURCE.test(found.resource) && KIND.test(found.kind);
}

/**
 * Groups that serve objects of another group a second time. Events are one store under two names: the core one is
 * what people and kubectl mean. `extensions` was the home of workloads and ingresses before Kubernetes 1.22.
 */
const FORMER_HOMES: Readonly<Record<string, readonly string[]>> = {
  'events.k8s.io': [''],
  extensions: ['apps', 'networking.k8s.io', 'policy'],
};

function dropDoubles(types: Map<string, ResourceType>, group: string, homes: readonly string[]): void {
  for (const [key, type] of types) {
    if (type.group === group && homes.some((home) => types.has(`${home}/${type.resource}`)))
      types.delete(key);
  }
}

export function byGroupAndResource(a: ResourceType, b: ResourceType): number {
  return order(a.group, b.group) || order(a.resource, b.resource);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
