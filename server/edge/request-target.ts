import type { Refusal } from './refusal.ts';

/** A request target in origin form whose path means the same to everybody who parses it. Both parts are raw. */
export interface Target {
  readonly path: string;
  /** Without the question mark; '' when there is none. */
  readonly query: string;
}

const MAX_TARGET_CHARS = 8_192;
const bad = (message: string): Refusal => ({ status: 400, message });

/**
 * Refuses what two parsers could read differently: absolute form (CVE-2026-44578), asterisk and authority form,
 * double slashes, dot segments, backslashes, semicolons, and anything of it percent-encoded, even twice.
 */
export function targetOf(url: string): Target | Refusal {
  if (url.length > MAX_TARGET_CHARS) return { status: 414, message: 'The address is too long.' };
  if (!url.startsWith('/')) return bad('Only addresses that begin with a slash are served.');
  if (!/^[\x21-\x7e]+$/.test(url) || url.includes('#'))
    return bad('The address holds characters that may not stand in one.');
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const query = at < 0 ? '' : url.slice(at + 1);
  return pathProblem(path) ?? { path, query };
}

function pathProblem(path: string): Refusal | null {
  if (path.includes('//')) return bad('The path has an empty segment.');
  if (/[\\;"<>^`{|}]/.test(path)) return bad('The path holds characters that may not stand in one.');
  if (/%(?![0-9a-f]{2})/i.test(path)) return bad('The path is not percent-encoded properly.');
  // %2e . %2f / %5c \ %25 % %3b ; and control characters: no name of ours needs them encoded.
  if (/%(?:2e|2f|5c|25|3b|7f|[01][0-9a-f])/i.test(path)) return bad('The path holds encoded separators.');
  if (path.split('/').some((segment) => segment === '.' || segment === '..'))
    return bad('The path holds dot segments.');
  return decodes(path) ? null : bad('The path is not UTF-8.');
}

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}
