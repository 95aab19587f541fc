import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { endedSessionCookie, sessionCookie } from '../session/session-cookie.ts';
import { ABSOLUTE_MS, type Session } from '../session/sessions.ts';
import type { EdgeOptions } from './edge-options.ts';
import { notFound, notReady, oldLink, signIn, upgradeOnly } from './edge-refusals.ts';
import { type EdgeRoute, isApiRoute } from './edge-route.ts';
import { type Exchange, openExchange, sessionOf } from './exchange.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { GRANT_HEADER } from './grants.ts';
import { type Admitted, judgeRequest } from './judge.ts';
import { isRefusal } from './refusal.ts';
import { sealAnswer } from './seal-answer.ts';
import { securityHeaders } from './security-headers.ts';
import { serveUpgrade } from './upgrade.ts';

/**
 * The way in. Every request and every upgrade is judged here before anything else hears of it:
 *
 *   judge (judge.ts) → health and metrics → launch link → session → headers, grant → Next or the hub
 *
 * Nothing is dialled, parsed further or allocated for a request that is refused.
 */
export interface Edge {
  request(req: IncomingMessage, res: ServerResponse): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Requests whose answer is not finished. */
  readonly underWay: number;
  /** Resolves as soon as none is under way. */
  idle(): Promise<void>;
}

export function createEdge(options: EdgeOptions): Edge {
  const underWay = new Set<ServerResponse>();
  const waiters = new Set<() => void>();
  return {
    request(req, res) {
      const exchange = openExchange(options, req, res);
      underWay.add(res);
      res.once('close', () => {
        underWay.delete(res);
        if (underWay.size > 0) return;
        for (const resolve of waiters) resolve();
        waiters.clear();
      });
      serve(options, exchange).catch((error: unknown) => exchange.fail(error));
    },
    upgrade: (req, socket, head) => serveUpgrade(options, req, socket, head),
    get underWay() {
      return underWay.size;
    },
    idle: () =>
      underWay.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiters.add(resolve)),
  };
}

async function serve(options: EdgeOptions, exchange: Exchange): Promise<void> {
  const { req, res } = exchange;
  const admitted = judgeRequest(req, options.hosts(), options.isDev);
  if (isRefusal(admitted)) return exchange.refuse(admitted);
  exchange.route = admitted.route;
  sealAnswer(res, admitted.route, options.isDev);
  for (const [name, value] of Object.entries(headersOf(options, exchange, admitted.route)))
    res.setHeader(name, value);
  if (admitted.route === 'healthz') return sendText(res, 200, 'ok');
  const isReady = options.readiness() === 'ready';
  if (admitted.route === 'readyz')
    return sendText(res, isReady ? 200 : 503, isReady ? 'ok' : options.readiness());
  if (admitted.route === 'metrics') return sendMetrics(options, res);
  if (!isReady) return exchange.refuse(notReady);
  if (takesLaunchLink(options, exchange, admitted)) return;
  const session = sessionOf(options, req);
  if (session === null) return exchange.refuse(signIn);
  exchange.session = session;
  // After the session: a page whose dial was refused asks here whether it has one (lib/live/client).
  if (admitted.route === 'live') return exchange.refuse(upgradeOnly);
  if (admitted.route === 'session-end') return endSession(options, res, session);
  if (admitted.route === 'static' && !options.handlers.hasStatic(admitted.path))
    return exchange.refuse(notFound);
  await passOn(options, exchange, admitted, session);
}

function headersOf(options: EdgeOptions, exchange: Exchange, route: EdgeRoute): Record<string, string> {
  const surface = isApiRoute(route) ? 'api' : 'page';
  return {
    ...securityHeaders(surface, exchange.context.nonce, options.isDev),
    'x-request-id': exchange.requestId,
  };
}

/** GET with a token in its query: opens a session and leads to the same page without it. True when it answered. */
function takesLaunchLink(options: EdgeOptions, exchange: Exchange, admitted: Admitted): boolean {
  if (admitted.route !== 'page' || admitted.method !== 'GET') return false;
  const query = new URLSearchParams(admitted.query);
  const token = query.get('token');
  if (token === null) return false;
  const known = sessionOf(options, exchange.req);
  if (!options.token.matches(token)) {
    if (known === null) exchange.refuse(oldLink);
    else redirect(exchange.res, admitted.path, query);
    return true;
  }
  if (known === null) {
    const opened = options.sessions.open();
    exchange.session = opened.session;
    exchange.res.setHeader('set-cookie', sessionCookie(options.port(), opened.id, ABSOLUTE_MS / 1000));
  }
  redirect(exchange.res, admitted.path, query);
  return true;
}

/** The path was judged: it begins with one slash and holds no backslash, so it cannot lead elsewhere. */
function redirect(res: ServerResponse, path: string, query: URLSearchParams): void {
  query.delete('token');
  const rest = query.toString();
  res.writeHead(303, { location: rest === '' ? path : `${path}?${rest}`, 'content-length': '0' });
  res.end();
}

function endSession(options: EdgeOptions, res: ServerResponse, session: Session): void {
  options.sessions.end(session.key);
  res.setHeader('set-cookie', endedSessionCookie(options.port()));
  res.setHeader('clear-site-data', '"cache", "storage"');
  res.writeHead(204);
  res.end();
}

async function passOn(
  options: EdgeOptions,
  exchange: Exchange,
  admitted: Admitted,
  session: Session,
): Promise<void> {
  const { req, res, requestId } = exchange;
  const leave = new AbortController();
  const { method, path, query } = admitted;
  const grantId = options.grants.issue({ method, path, query, session, requestId, signal: leave.signal });
  res.once('close', () => {
    options.grants.revoke(grantId);
    if (!res.writableFinished) leave.abort();
  });
  const { nonce } = exchange.context;
  const own = {
    [GRANT_HEADER]: grantId,
    'x-nonce': nonce,
    'content-security-policy': String(res.getHeader('content-security-policy')),
  };
  req.headers = forwardedHeaders(req.headers, own, options.isDev);
  req.rawHeaders = Object.entries(req.headers).flatMap(([name, value]) => [name, String(value)]);
  await options.handlers.next(req, res);
}

function sendText(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  res.end(`${text}\n`);
}

async function sendMetrics(options: EdgeOptions, res: ServerResponse): Promise<void> {
  const { contentType, body } = await options.handlers.metrics();
  res.writeHead(200, { 'content-type': contentType });
  res.end(body);
}
