import type { ResourceName } from './resource-type.ts';

/**
 * The one description of a question. A subscription, a URL (routes.list), a tile's count and an export are the same
 * spec, so a figure and the list behind it agree by construction.
 */
export interface QuerySpec {
  readonly cluster: string;
  readonly kinds: readonly ResourceName[];
  /** Empty: every namespace that may be read. */
  readonly namespaces: readonly string[];
  /** Each blank-separated word must occur in one of the searched columns; case does not matter. */
  readonly text: string;
  /** Kubernetes label selector syntax: 'tier=backend,team in (shop, payments)'. '' for none. */
  readonly labelSelector: string;
  /** Column id → wanted values (any of them). Columns are combined with and. */
  readonly facets: Readonly<Record<string, readonly string[]>>;
  readonly related: Related | null;
  /** null: the kind's default. */
  readonly sort: Sort | null;
  readonly window: Window;
}

export interface Related {
  readonly uid: string;
  readonly by: 'owner' | 'ownerTransitive' | 'involvedObject' | 'selector' | 'node' | 'reference';
}

/** column is a column's id, or 'name' or 'namespace', which every kind has. */
export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** limit 0 asks for counts and facets only. */
export interface Window {
  readonly offset: number;
  readonly limit: number;
}

export const MAX_WINDOW_ROWS = 500;

export interface FacetCount {
  readonly value: string;
  readonly count: number;
}

/** total: rows in scope before text, labels and facets; matched: after all of them. Both behind the access mask. */
export interface Counts {
  readonly total: number;
  readonly matched: number;
  /** Column id → values with the counts that pressing that value alone would show (all other filters applied). */
  readonly facets: Readonly<Record<string, readonly FacetCount[]>>;
}

export function querySpec(part: Pick<QuerySpec, 'cluster' | 'kinds'> & Partial<QuerySpec>): QuerySpec {
  return {
    namespaces: [],
    text: '',
    labelSelector: '',
    facets: {},
    related: null,
    sort: null,
    window: { offset: 0, limit: 100 },
    ...part,
  };
}
