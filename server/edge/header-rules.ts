import type { Refusal } from './refusal.ts';

export const MAX_HEADERS = 100;
export const MAX_HEADER_BYTES = 16_384;

/** Node keeps the first of these when they are repeated, others the last: a request that repeats one is refused. */
const SINGLE = new Set([
  'host',
  'origin',
  'content-length',
  'content-type',
  'transfer-encoding',
  'authorization',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
]);
const CONNECTION_TOKENS = new Set(['keep-alive', 'close', 'upgrade']);

const bad = (message: string): Refusal => ({ status: 400, message });

/**
 * What no browser of ours sends and what has broken proxies and Next before. `rawHeaders` is Node's flat list of
 * names and values, before anything was merged or dropped.
 */
export function judgeHeaders(rawHeaders: readonly string[]): Refusal | null {
  if (rawHeaders.length / 2 > MAX_HEADERS)
    return { status: 431, message: 'The request has too many headers.' };
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const problem = headerProblem(name, rawHeaders[at + 1] ?? '');
    if (problem !== null) return problem;
    if (SINGLE.has(name) && seen.has(name)) return bad(`The request repeats a header that may stand once.`);
    seen.add(name);
  }
  return null;
}

function headerProblem(name: string, value: string): Refusal | null {
  // Letters only: `impersonate_user`, `Impersonate.User` and `X-Impersonate-User` are one to a careless upstream.
  const letters = name.replace(/[^a-z]/g, '');
  if (letters.includes('impersonat')) return bad('Requests to act as somebody else are refused.');
  if (letters.startsWith('xremote'))
    return bad('The console tells the API server who asks, not the request.');
  if (
    letters.startsWith('xmiddleware') ||
    letters.startsWith('nextaction') ||
    letters.startsWith('nextresume')
  )
    return bad('The request holds a header that only a server may set.');
  if (
    name === 'connection' &&
    !value.split(',').every((token) => CONNECTION_TOKENS.has(token.trim().toLowerCase()))
  )
    return bad('The Connection header names more than keep-alive, close and upgrade.');
  if (name === 'transfer-encoding') return { status: 411, message: 'A request body needs its length.' };
  if (name === 'trailer' || name === 'expect') return bad('Trailers and expectations are not served.');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: obs-fold and control characters are what is looked for
  return /[\x00-\x08\x0a-\x1f\x7f]/.test(value) ? bad('A header holds control characters.') : null;
}
