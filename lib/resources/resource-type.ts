/**
 * A kind the cluster serves, as discovery names it. One type is one (group, resource) at the version the API
 * server prefers; versions never appear in URLs of the console.
 */
export interface ResourceType {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, as in URLs: 'pods'. */
  readonly resource: string;
  readonly kind: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Names after the slash: 'status', 'scale', 'log'. */
  readonly subresources: readonly string[];
  /** True when a CustomResourceDefinition or an aggregated API serves it: no definition of ours can be assumed. */
  readonly custom: boolean;
}

/** kubectl's name of a type: 'pods', 'deployments.apps'. It is the [resource] of every URL and the key of every map. */
export type ResourceName = string;

export function resourceName(type: { readonly group: string; readonly resource: string }): ResourceName {
  return type.group === '' ? type.resource : `${type.resource}.${type.group}`;
}

/** One object, by name. namespace is '' for cluster-scoped kinds. */
export interface ObjectReference {
  readonly cluster: string;
  readonly resource: ResourceName;
  readonly namespace: string;
  readonly name: string;
}
