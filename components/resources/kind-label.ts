import type { ResourceType } from '#lib/resources/resource-type.ts';

/** 'Pods', 'Ingresses', 'NetworkPolicies': the kind with the plural ending the API server itself uses. */
export function kindPlural(type: Pick<ResourceType, 'kind' | 'resource'>): string {
  const { kind, resource } = type;
  const lower = kind.toLowerCase();
  if (resource.startsWith(lower)) return kind + resource.slice(lower.length);
  if (lower.endsWith('y') && resource.startsWith(lower.slice(0, -1))) {
    return kind.slice(0, -1) + resource.slice(lower.length - 1);
  }
  return kind;
}

/** The kind in running text: 'pods', 'network policies', 'CronJobs' keep their own spelling where it is a name. */
export function kindWords(type: Pick<ResourceType, 'kind' | 'resource'>): string {
  const plural = kindPlural(type);
  return /^[A-Z][a-z]+$/.test(plural) ? plural.toLowerCase() : plural;
}
