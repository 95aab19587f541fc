import type { QuerySpec } from './resources/query-spec.ts';
import { querySpec } from './resources/query-spec.ts';
import type { ObjectReference, ResourceName } from './resources/resource-type.ts';

/** The typed path builder: every link and every API address of the console comes from here. */
export const routes = {
  home: (): string => '/',
  cluster: (cluster: string): string => `/${enc(cluster)}`,
  /** A list in one kind: '/shop-eu-1/pods?ns=a,b&q=api&sort=-restarts'. */
  list: (spec: QuerySpec): string => {
    const search = searchOf(spec);
    const path = `/${enc(spec.cluster)}/${enc(spec.kinds[0] ?? '')}`;
    return search === '' ? path : `${path}?${search}`;
  },
  kind: (cluster: string, resource: ResourceName, namespaces: readonly string[] = []): string =>
    routes.list(querySpec({ cluster, kinds: [resource], namespaces })),
  /** What the console knows of itself and of its watches on this cluster. */
  about: (cluster: string): string => `/${enc(cluster)}/about`,
  /** One object: '/shop-eu-1/pods/shop-checkout/cart-1', '/shop-eu-1/nodes/worker-a1'. */
  object: (ref: ObjectReference, tab = ''): string => {
    const name = ref.namespace === '' ? enc(ref.name) : `${enc(ref.namespace)}/${enc(ref.name)}`;
    return `/${enc(ref.cluster)}/${enc(ref.resource)}/${name}${tab === '' ? '' : `?tab=${enc(tab)}`}`;
  },
  /** The proxy's address of one object, as the API server would name it below the cluster. */
  apiObject: (cluster: string, path: string): string => `/api/clusters/${enc(cluster)}${path}`,
  /** Every row that matches, as a file. columns: [] for all. only and except are uids. */
  apiExport: (spec: QuerySpec, asked: ExportAsked): string => {
    const search = new URLSearchParams({ format: asked.format });
    if (asked.columns.length > 0) search.set('columns', asked.columns.join(','));
    if (asked.only !== undefined) search.set('only', asked.only.join(','));
    if (asked.except !== undefined) search.set('except', asked.except.join(','));
    search.set('spec', JSON.stringify({ ...spec, window: { offset: 0, limit: 0 } }));
    return `/api/clusters/${enc(spec.cluster)}/export?${search}`;
  },
  apiAccess: (cluster: string): string => `/api/clusters/${enc(cluster)}/access`,
};

export interface ExportAsked {
  /** `tsv` has no line of heads: for the clipboard. */
  readonly format: 'csv' | 'json' | 'tsv';
  readonly columns: readonly string[];
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

const enc = encodeURIComponent;

/** A kind in a page's title, before anything is known of it: 'deployments.apps' → 'Deployments'. */
export function resourceTitle(resource: ResourceName): string {
  const [plural = ''] = resource.split('.');
  return plural.charAt(0).toUpperCase() + plural.slice(1);
}

/** The query string of a spec: ns, q, labels, f.<column>, sort, related. Defaults are left out; the window is not part of a URL. */
export function searchOf(spec: QuerySpec): string {
  const search = new URLSearchParams();
  if (spec.namespaces.length > 0) search.set('ns', [...spec.namespaces].sort().join(','));
  if (spec.text !== '') search.set('q', spec.text);
  if (spec.labelSelector !== '') search.set('labels', spec.labelSelector);
  for (const column of Object.keys(spec.facets).sort()) {
    for (const value of spec.facets[column] ?? []) search.append(`f.${column}`, value);
  }
  if (spec.sort !== null) search.set('sort', `${spec.sort.descending ? '-' : ''}${spec.sort.column}`);
  if (spec.related !== null) search.set('related', `${spec.related.by}:${spec.related.uid}`);
  return search.toString().replaceAll('%2C', ',');
}

const RELATIONS = ['owner', 'ownerTransitive', 'involvedObject', 'selector', 'node', 'reference'] as const;

/** The spec a URL means. Unknown parameters are ignored; malformed ones fall back to the default. */
export function specOf(cluster: string, resource: ResourceName, search: URLSearchParams): QuerySpec {
  const facets: Record<string, string[]> = Object.create(null);
  for (const [key, value] of search) {
    if (!key.startsWith('f.') || key.length < 3) continue;
    const column = key.slice(2);
    facets[column] = [...(facets[column] ?? []), value];
  }
  const sort = search.get('sort') ?? '';
  const [by, uid] = splitOnce(search.get('related') ?? '', ':');
  const relation = RELATIONS.find((name) => name === by);
  return querySpec({
    cluster,
    kinds: [resource],
    namespaces: (search.get('ns') ?? '').split(',').filter((name) => name !== ''),
    text: search.get('q') ?? '',
    labelSelector: search.get('labels') ?? '',
    facets,
    sort: sort === '' ? null : { column: sort.replace(/^-/, ''), descending: sort.startsWith('-') },
    related: relation !== undefined && uid !== '' ? { by: relation, uid } : null,
  });
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
