/** What broken servers and proxies put on the wire: answers cut short, and answers that are no JSON. */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../base/json.ts';
import { isObject } from '../base/json.ts';
import { type FaultSpec, isBelowGroup } from './faults.ts';

interface Damaged {
  code: number;
  body: string | Buffer;
  contentType: string;
  headers: Record<string, string | string[]>;
}

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;

/** The first part of a body: up to its middle, or up to within a character of more than one byte. */
export function firstPart(body: Buffer, cut: FaultSpec['cut']): Buffer {
  const middle = body.length >> 1;
  if (cut !== 'character') return body.subarray(0, middle);
  const behind = body.findIndex((byte, index) => index >= middle && isContinuation(byte));
  const at = behind >= 0 ? behind : body.findIndex(isContinuation);
  return body.subarray(0, at >= 0 ? at : middle);
}

/** Sends part of the body, as an answer or as the next frame of a stream, and closes the connection under it. */
export function tear(response: ServerResponse, body: Buffer, cut: FaultSpec['cut']): void {
  const { socket } = response;
  const part = firstPart(body, cut);
  if (cut === 'chunk') {
    // The chunk promises the whole and brings a part.
    if (!response.headersSent) response.removeHeader('content-length');
    response.flushHeaders();
    socket?.write(`${body.length.toString(16)}\r\n`);
    socket?.write(part);
  } else {
    if (!response.headersSent) response.setHeader('content-length', body.length);
    response.write(part);
  }
  socket?.destroySoon();
}

const PAGE =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';

/** Bytes that are neither JSON nor UTF-8. */
const GARBAGE = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x00, 0x80, 0x22, 0x3a, 0x2c, 0x5d]);

/** A 200 that a client cannot use. */
export function malform(answer: Damaged, as: FaultSpec['as']): Damaged {
  const whole = { ...answer, code: 200 };
  if (as === 'html') return { ...whole, body: PAGE, contentType: 'text/html' };
  if (as === 'text') return { ...whole, contentType: 'text/plain; charset=utf-8' };
  return { ...whole, body: malformLine(Buffer.from(answer.body), as) };
}

/** The same for one line of a watch. */
export function malformLine(line: Buffer, as: FaultSpec['as']): Buffer {
  if (as === 'html') return Buffer.from(PAGE);
  if (as === 'text') return line;
  const end = line.at(-1) === 0x0a ? '\n' : '';
  return Buffer.concat([as === 'truncated' ? line.subarray(0, line.length >> 1) : GARBAGE, Buffer.from(end)]);
}

/** What the aggregator says while it cannot reach a group's server. */
const UNAVAILABLE: Damaged = {
  code: 503,
  body: 'service unavailable\n',
  contentType: 'text/plain; charset=utf-8',
  headers: { 'x-content-type-options': 'nosniff' },
};

/** The answer in place of one below the group's address; undefined elsewhere. */
export const unavailable = (fault: FaultSpec, path: string): Damaged | undefined =>
  isBelowGroup(fault, path) ? UNAVAILABLE : undefined;

/** Aggregated discovery of a group whose server was never reached: its versions without resources, stale. */
export function markStale(answer: Damaged, { group = 'metrics.k8s.io' }: FaultSpec): Damaged {
  if (!answer.contentType.includes('apidiscovery')) return answer;
  const body = JSON.parse(String(answer.body)) as {
    items: { metadata: JsonObject; versions: JsonObject[] }[];
  };
  for (const item of body.items) {
    if (!isObject(item.metadata) || item.metadata.name !== group) continue;
    item.versions = item.versions.map(({ version }) => ({ version: version as string, freshness: 'Stale' }));
  }
  const tag = String(answer.headers.etag ?? '').replaceAll('"', '');
  return { ...answer, body: JSON.stringify(body), headers: { ...answer.headers, etag: `"${tag}S"` } };
}

/** Priority and fairness refuses in plain words, not with a Status. */
export const overloaded = (retryAfterSeconds: number): Damaged => ({
  code: 429,
  body: 'Too many requests, please try again later.\n',
  contentType: 'text/plain; charset=utf-8',
  headers: { 'retry-after': String(retryAfterSeconds), 'x-content-type-options': 'nosniff' },
});
