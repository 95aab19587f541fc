/** What a request asks for, read once from its raw URL: the same tuple the real server's RequestInfo has. */
import { badRequest } from './status.ts';

export interface RequestInfo {
  path: string;
  query: URLSearchParams;
  isResource: boolean;
  /** get, list, watch, create, update, patch, delete, deletecollection; for other paths the lower-case method. */
  verb: string;
  group: string;
  version: string;
  namespace: string;
  resource: string;
  name: string;
  subresource: string;
}

const METHOD_VERBS: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

export function parseRequest(method: string, url: string): RequestInfo {
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  const query = new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1));
  const info: RequestInfo = {
    path,
    query,
    isResource: false,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    resource: '',
    name: '',
    subresource: '',
  };
  const parts = path.split('/').slice(1).map(decode);
  if (parts[0] === 'api' && parts.length >= 3) return resourceInfo(info, method, parts.slice(1));
  if (parts[0] === 'apis' && parts.length >= 4) {
    info.group = parts[1] as string;
    return resourceInfo(info, method, parts.slice(2));
  }
  return info;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest(`invalid URL escape in "${part.slice(0, 40)}"`);
  }
}

function resourceInfo(info: RequestInfo, method: string, parts: string[]): RequestInfo {
  // The old form of a watch: /api/v1/watch/…
  const isOldWatch = method === 'GET' && parts[1] === 'watch';
  if (isOldWatch) info.query.set('watch', 'true');
  let rest = parts.slice(isOldWatch ? 2 : 1);
  if (rest.length === 1 && rest[0] === '') return info;
  info.version = parts[0] as string;
  info.isResource = true;
  if (rest[0] === 'namespaces' && rest.length >= 2) {
    info.namespace = rest[1] as string;
    // namespaces/NAME and its own subresources are the namespace itself, everything else lies within it.
    if (rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize') rest = rest.slice(2);
  }
  info.resource = rest[0] as string;
  info.name = isOldWatch ? '' : (rest[1] ?? '');
  if (isOldWatch && rest[1]) info.query.set('fieldSelector', `metadata.name=${rest[1]}`);
  info.subresource = rest[2] ?? '';
  info.verb = verbOf(info, method);
  for (const part of [info.namespace, info.name]) {
    if (part === '.' || part === '..') throw badRequest(`name may not be '${part}'`);
  }
  return info;
}

function verbOf(info: RequestInfo, method: string): string {
  if (method === 'GET' || method === 'HEAD') {
    if (info.name !== '') return 'get';
    const watch = info.query.get('watch');
    return watch === '1' || watch === 'true' ? 'watch' : 'list';
  }
  if (method === 'DELETE') return info.name === '' ? 'deletecollection' : 'delete';
  return METHOD_VERBS[method] ?? method.toLowerCase();
}
