import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { WriteResult } from '#lib/resources/api-error.ts';
import { type Refusal, refusalError } from './refusal.ts';
import { securityHeaders } from './security-headers.ts';

/**
 * What the console answers by itself. A refused page is a small page of plain words, a refused API call an ApiError,
 * a refused write a WriteResult: each caller reads one shape only.
 */
export type AnswerShape = 'page' | 'error' | 'write';

export interface AnswerContext {
  readonly shape: AnswerShape;
  readonly requestId: string;
  /** base64, new for every answer. */
  readonly nonce: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function refusalAnswer(refusal: Refusal, context: AnswerContext): Answer {
  const error = refusalError(refusal, context.requestId);
  const isPage = context.shape === 'page';
  const result: WriteResult = { outcome: 'refused', error };
  const body = isPage
    ? noticePage(refusal, context.nonce)
    : JSON.stringify(context.shape === 'write' ? result : error);
  return {
    status: refusal.status,
    headers: {
      ...securityHeaders(isPage ? 'notice' : 'api', context.nonce, false),
      'cache-control': 'no-store',
      'content-type': isPage ? 'text/html; charset=utf-8' : 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'x-request-id': context.requestId,
    },
    body,
  };
}

/** Ends the connection too: a body that nobody read must not become the next request. */
export function sendRefusal(res: ServerResponse, refusal: Refusal, context: AnswerContext): void {
  const answer = refusalAnswer(refusal, context);
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.writeHead(answer.status, { ...answer.headers, connection: 'close' });
  res.end(answer.body);
}

/** The same for a socket without a ServerResponse: upgrades, CONNECT, and bytes that are no request. */
export function rawRefusal(refusal: Refusal, context: AnswerContext): string {
  const answer = refusalAnswer(refusal, context);
  const headers = { ...answer.headers, connection: 'close', date: new Date().toUTCString() };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Refused'}`;
  return `${[status, ...lines].join('\r\n')}\r\n\r\n${answer.body}`;
}

const TITLES: Readonly<Record<number, string>> = {
  401: 'Open the console by its link',
  404: 'Nothing here',
  421: 'This address is not the console’s',
  503: 'One moment',
};

function noticePage(refusal: Refusal, nonce: string): string {
  const title = TITLES[refusal.status] ?? 'This request is not served';
  const style =
    'html{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:34rem;margin:18vh auto;padding:0 1.5rem}h1{font-size:1.25rem}';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · Strata Console</title>
<style nonce="${nonce}">${style}</style></head>
<body><main><h1>${title}</h1><p>${escapeHtml(refusal.message)}</p></main></body>
</html>
`;
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
