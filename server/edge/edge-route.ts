import { SOCKET_PATH } from '#lib/protocol/frames.ts';
import { notFound } from './edge-refusals.ts';
import type { Refusal } from './refusal.ts';

/** Where a request goes. The names label the log and /metrics, so there are few and none comes from the request. */
export type EdgeRoute =
  | 'healthz'
  | 'readyz'
  | 'metrics'
  | 'live'
  | 'session-end'
  | 'access'
  | 'export'
  | 'object'
  | 'static'
  | 'page';

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const notAllowed: Refusal = {
  status: 405,
  reason: 'MethodNotAllowed',
  message: 'This address is not served with this method.',
};

/** The route of a method and a raw path that request-target.ts let through. */
export function edgeRoute(method: string, path: string, isDev: boolean): EdgeRoute | Refusal {
  // Next's error overlay asks by POST for sources.
  if (isDev && method === 'POST' && path.startsWith('/__nextjs_')) return 'page';
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead && !WRITES.has(method)) return notAllowed;
  const route = routeOfPath(path);
  if (typeof route !== 'string') return route;
  if (route === 'session-end') return method === 'POST' ? route : notAllowed;
  if (route === 'object') return route;
  return isRead ? route : notAllowed;
}

function routeOfPath(path: string): EdgeRoute | Refusal {
  if (path === '/healthz') return 'healthz';
  if (path === '/readyz') return 'readyz';
  if (path === '/metrics') return 'metrics';
  if (path === SOCKET_PATH) return 'live';
  if (path === '/api/session/end') return 'session-end';
  if (/^\/api\/clusters\/[^/]+\/access$/.test(path)) return 'access';
  if (/^\/api\/clusters\/[^/]+\/export$/.test(path)) return 'export';
  if (/^\/api\/clusters\/[^/]+\/[^/]+/.test(path)) return 'object';
  if (path === '/api' || path.startsWith('/api/')) return notFound;
  // The optimiser is off; its address stays shut whatever a later Next does there (GHSA-2xp9-vwfh-vxw4).
  if (/^\/_next\/image(?:\/|$)/.test(path)) return notFound;
  return path.startsWith('/_next/static/') ? 'static' : 'page';
}

export const isApiRoute = (route: EdgeRoute): boolean =>
  route === 'live' ||
  route === 'session-end' ||
  route === 'access' ||
  route === 'export' ||
  route === 'object';
