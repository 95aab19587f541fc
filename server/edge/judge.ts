import type { IncomingMessage } from 'node:http';
import { SOCKET_PATH, SOCKET_PROTOCOL } from '#lib/protocol/frames.ts';
import { type EdgeRoute, edgeRoute, isApiRoute } from './edge-route.ts';
import { judgeHeaders } from './header-rules.ts';
import { judgeOrigin, judgeRead } from './origin-rules.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import { type Target, targetOf } from './request-target.ts';

/**
 * What every request and every upgrade passes before anything of ours, Next or a cluster hears of it. In order:
 * HTTP version, headers, request target, Host, method and route, Origin, body. The session comes after all of these.
 */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** The part of IncomingMessage that is judged. */
export type JudgedRequest = Pick<
  IncomingMessage,
  'method' | 'url' | 'httpVersion' | 'headers' | 'rawHeaders'
>;

export interface Admitted extends Target {
  readonly route: EdgeRoute;
  readonly method: string;
  /** As in the Host header, one of ours: '127.0.0.1:7070'. */
  readonly host: string;
}

export function judgeRequest(
  req: JudgedRequest,
  hosts: readonly string[],
  isDev: boolean,
): Admitted | Refusal {
  const method = req.method ?? '';
  const about = judgeMessage(req, hosts);
  if (isRefusal(about)) return about;
  const route = edgeRoute(method, about.path, isDev);
  if (typeof route !== 'string') return route;
  const isRead = method === 'GET' || method === 'HEAD';
  const origin = isRead ? judgeRead(req.headers, isApiRoute(route)) : judgeOrigin(req.headers, about.host);
  return origin ?? judgeBody(req, isRead) ?? { ...about, route, method };
}

/** devPath: where hot reload connects in development; undefined in production, where no upgrade reaches Next. */
export function judgeUpgrade(
  req: JudgedRequest,
  hosts: readonly string[],
  devPath?: string,
): (Admitted & { readonly isDev: boolean }) | Refusal {
  const about = judgeMessage(req, hosts);
  if (isRefusal(about)) return about;
  const isDev = devPath !== undefined && about.path === devPath;
  if (req.method !== 'GET') return { status: 405, message: 'Only GET can be upgraded.' };
  const origin = judgeOrigin(req.headers, about.host);
  if (origin !== null) return origin;
  if (!isDev && (about.path !== SOCKET_PATH || about.query !== ''))
    return { status: 404, reason: 'NotFound', message: 'There is no socket at this address.' };
  if ((req.headers.upgrade ?? '').toLowerCase() !== 'websocket')
    return { status: 400, message: 'Only WebSockets are served.' };
  if (!isDev && req.headers['sec-websocket-protocol'] !== SOCKET_PROTOCOL)
    return { status: 400, message: 'The socket does not speak the protocol of this console.' };
  return judgeBody(req, true) ?? { ...about, route: 'live', method: 'GET', isDev };
}

function judgeMessage(
  req: JudgedRequest,
  hosts: readonly string[],
): (Target & { readonly host: string }) | Refusal {
  if (req.httpVersion !== '1.1') return { status: 505, message: 'Only HTTP/1.1 is served.' };
  const problem = judgeHeaders(req.rawHeaders);
  if (problem !== null) return problem;
  const target = targetOf(req.url ?? '');
  if (isRefusal(target)) return target;
  const host = req.headers.host ?? '';
  if (!hosts.includes(host))
    return { status: 421, message: `Strata Console answers to ${hosts.join(' and ')} only.` };
  return { ...target, host };
}

function judgeBody(req: JudgedRequest, isRead: boolean): Refusal | null {
  const length = req.headers['content-length'];
  if (length === undefined) return null;
  if (!/^\d{1,15}$/.test(length)) return { status: 400, message: 'The length of the body is malformed.' };
  if (isRead && Number(length) > 0) return { status: 400, message: 'A request that reads has no body.' };
  if (Number(length) <= MAX_BODY_BYTES) return null;
  return { status: 413, reason: 'RequestEntityTooLarge', message: 'The body is larger than 3 MB.' };
}
