import type { IncomingHttpHeaders } from 'node:http';
import type { Refusal } from './refusal.ts';

const forbidden = (message: string): Refusal => ({ status: 403, message });

/**
 * For everything that changes something and every upgrade: the page that asks is ours. A browser always sends Origin
 * on these; a missing or `null` one is refused (CVE-2026-27978). There is no list of exceptions.
 */
export function judgeOrigin(headers: IncomingHttpHeaders, host: string): Refusal | null {
  const origin = headers.origin;
  if (origin === undefined || origin === 'null')
    return forbidden('The request does not say which page sent it.');
  if (origin !== `http://${host}`) return forbidden('The request comes from another site.');
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return forbidden('The request comes from another site.');
  return null;
}

/**
 * For reads: another site may open a page of ours (deep links from chat must work) but may not embed, prefetch or
 * fetch anything. Ports of one host are one site to a cookie, hence Sec-Fetch-Site and not SameSite alone.
 */
export function judgeRead(headers: IncomingHttpHeaders, isApi: boolean): Refusal | null {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return null;
  const isOpened = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return isOpened && !isApi ? null : forbidden('The request comes from another site.');
}
