import type { IncomingHttpHeaders } from 'node:http';

/** What Next and its handlers get to see of a request. Anything else a client sent ends here, cookies included. */
const PASSED = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'host',
  'if-modified-since',
  'if-none-match',
  'next-router-prefetch',
  'next-router-segment-prefetch',
  'next-router-state-tree',
  'next-url',
  'origin',
  'pragma',
  'purpose',
  'range',
  'rsc',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-purpose',
  'user-agent',
]);
const PASSED_IN_DEV = new Set(['next-hmr-refresh', 'next-html-request-id', 'referer']);

/** `own` are the headers the edge sets itself; they win over whatever the client called the same. */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  own: Readonly<Record<string, string>>,
  isDev: boolean,
): IncomingHttpHeaders {
  const passed: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (PASSED.has(name) || (isDev && PASSED_IN_DEV.has(name))) passed[name] = value;
  }
  return { ...passed, ...own };
}
