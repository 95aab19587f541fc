import type { IncomingMessage, ServerResponse } from 'node:http';
import { sessionIdsOf } from '../session/session-cookie.ts';
import type { Session } from '../session/sessions.ts';
import { type AnswerContext, sendRefusal } from './answers.ts';
import type { EdgeOptions } from './edge-options.ts';
import { broken } from './edge-refusals.ts';
import type { EdgeRoute } from './edge-route.ts';
import type { Refusal } from './refusal.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** One request and its answer, with what is known of it so far. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  readonly context: AnswerContext;
  route: EdgeRoute | 'refused';
  session?: Session;
  refuse(refusal: Refusal): void;
  fail(error: unknown): void;
}

export function openExchange(options: EdgeOptions, req: IncomingMessage, res: ServerResponse): Exchange {
  const startedMs = options.clock.nowMs();
  const context = contextOf(options, req);
  const { requestId } = context;
  const path = loggedPath(req.url);
  const method = loggedMethod(req.method);
  let failure: unknown;
  const exchange: Exchange = {
    req,
    res,
    requestId,
    context,
    route: 'refused',
    refuse: (refusal) => sendRefusal(res, refusal, context),
    fail(error) {
      failure = error;
      if (res.headersSent) res.destroy();
      else sendRefusal(res, broken, context);
    },
  };
  res.once('close', () => {
    options.onAnswered({
      requestId,
      method,
      route: exchange.route,
      path,
      status: res.statusCode,
      durationMs: options.clock.nowMs() - startedMs,
      ...(exchange.session === undefined ? {} : { session: exchange.session }),
      ...(failure === undefined ? {} : { error: failure }),
    });
  });
  return exchange;
}

/** The session a request's cookie names; null when there is none. */
export function sessionOf(options: EdgeOptions, req: IncomingMessage): Session | null {
  for (const id of sessionIdsOf(req.headers.cookie, options.port())) {
    const session = options.sessions.find(id);
    if (session !== null) return session;
  }
  return null;
}

export function contextOf(options: EdgeOptions, req: IncomingMessage): AnswerContext {
  const isApi = /^\/api(?:\/|$)/.test(req.url ?? '') || req.headers.upgrade !== undefined;
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  const wantsPage = isRead && !isApi && (req.headers.accept ?? '').includes('text/html');
  const isWrite = !isRead && (req.url ?? '').startsWith('/api/clusters/');
  return {
    shape: wantsPage ? 'page' : isWrite ? 'write' : 'error',
    requestId: options
      .newId()
      .replaceAll(/[^A-Za-z0-9]/g, '')
      .slice(0, 16),
    nonce: options.newId(),
  };
}

export const loggedMethod = (method: string | undefined): string =>
  METHODS.has(method ?? '') ? (method ?? '') : 'other';
/** Without the query, cut, and without what a terminal or a log reader could take for something else. */
export const loggedPath = (url: string | undefined): string =>
  (url ?? '')
    .replace(/\?.*$/s, '')
    .slice(0, 300)
    .replaceAll(/[^\x21-\x7e]/g, '?');
