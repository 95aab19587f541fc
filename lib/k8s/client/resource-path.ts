import { refused } from './errors.ts';

/**
 * Paths below the API server from checked parts: /api/v1/… for the core group, /apis/GROUP/VERSION/… for others.
 * Every part is percent-encoded; a part that would be no path segment ('', '.', '..') is refused.
 */
export interface PathType {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly scope: 'Namespaced' | 'Cluster';
}

/** namespace '' means all namespaces (or a cluster-scoped type); name '' means the list. */
export function resourcePath(type: PathType, namespace = '', name = '', subresource = ''): string {
  const parts = type.group === '' ? ['api', type.version] : ['apis', type.group, type.version];
  if (namespace !== '') {
    if (type.scope === 'Cluster') throw refused(`${type.resource} are not in a namespace`);
    parts.push('namespaces', namespace);
  }
  parts.push(type.resource);
  if (name !== '') parts.push(name);
  if (subresource !== '') {
    if (name === '') throw refused(`${type.resource}/${subresource} needs a name`);
    parts.push(subresource);
  }
  return `/${parts.map(segment).join('/')}`;
}

function segment(text: string): string {
  if (text === '' || text === '.' || text === '..')
    throw refused('Part of the address is empty or dots only');
  if (!text.isWellFormed()) throw refused('Part of the address is not valid text');
  return encodeURIComponent(text);
}
