import type { ResourceType } from '#lib/resources/resource-type.ts';

/** What one reading of the discovery documents gave; the aggregated and the legacy form end in the same. */
export interface Served {
  readonly types: readonly ResourceType[];
  /** Groups the API server names but cannot describe now: an aggregated API that is down. */
  readonly missingGroups: readonly string[];
  /** 'group/version', to see whether an APIService is served. */
  readonly groupVersions: ReadonlySet<string>;
}

/** One version of one group, preferred versions first; resources are as they came. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly isMissing: boolean;
  readonly resources: readonly ServedResource[];
}

export interface ServedResource {
  readonly resource: string;
  readonly kind: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
}
