import { refused } from './errors.ts';

/**
 * The request target below the API server's base path. The caller built `path` from encoded parts; what is checked
 * here is that it still is one path: no query, no dot segments in any spelling, no character that could end a line.
 */
export function requestTarget(
  basePath: string,
  path: string,
  query: Readonly<Record<string, string>> = {},
): string {
  const isPath = /^\/[!$&-.0-;=@-Z_a-z~%/]*$/.test(path) && !/%(?![0-9A-Fa-f]{2})/.test(path);
  if (!isPath || path.split('/').some(isDots))
    throw refused('The address is not a path of the Kubernetes API');
  const search = new URLSearchParams(query).toString();
  return `${basePath}${path}${search === '' ? '' : `?${search}`}`;
}

function isDots(segment: string): boolean {
  return /^(\.|%2e){1,2}$/i.test(segment);
}
