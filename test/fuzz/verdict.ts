/** Whether an answer is one the real server could give to such a request. */
import type { HttpAnswer } from './sender.ts';
import type { RawShot, Shot } from './shot.ts';

const CODES = new Set([
  100, 101, 200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 417, 422,
  429, 431,
]);

/** The server's own faults that the real one has, too, by what they say. */
const DOCUMENTED: readonly [number, RegExp][] = [
  // A watch and a get read the revision below the layer that words errors.
  [500, /strconv\.ParseUint: parsing/],
  [504, /Timeout: Too large resource version/],
  // Server-side apply names fields of no schema as its own fault.
  [500, /field not declared in schema|failed to create typed patch object/],
  [500, /requested impersonation of .* without a user name|without impersonating a user/],
  [503, /^service unavailable|error trying to reach service/],
  [505, /^$/],
];

/** Bodies of refusals that are no Status, as they are in Go's HTTP server and the API server's own filters. */
const PLAIN =
  /^(404 page not found|Missing or invalid Sec-WebSocket|Too many requests|service unavailable|\d{3} |$|Bad Request|error trying to reach)/;

export const isRefusal = (code: number) => code >= 400;

/** What is wrong with an answer; undefined when nothing is. */
export function faultOf(shot: Shot | RawShot, answer: HttpAnswer | undefined): string | undefined {
  if (!answer) {
    const isLong = !('raw' in shot) && (shot.body?.length ?? 0) > 1_000_000;
    return isLong || 'raw' in shot ? undefined : 'the connection ended without an answer';
  }
  const { code, body } = answer;
  const text = body?.toString() ?? '';
  if (DOCUMENTED.some(([documented, words]) => documented === code && words.test(messageOf(text))))
    return undefined;
  if (!CODES.has(code)) return `${code} ${text.slice(0, 300)}`;
  if (body === undefined || ('method' in shot && shot.method === 'HEAD')) return undefined;
  return isRefusal(code) ? faultOfRefusal(code, answer, text) : faultOfBody(answer, text);
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
}

function faultOfRefusal(code: number, { headers }: HttpAnswer, text: string): string | undefined {
  const type = String(headers['content-type'] ?? '');
  if (!type.startsWith('application/json'))
    return PLAIN.test(text) ? undefined : `${code} in plain words: ${text.slice(0, 200)}`;
  const status = parse(text) as { kind?: unknown; code?: unknown; message?: unknown } | undefined;
  const isStatus = status?.kind === 'Status' && status.code === code && typeof status.message === 'string';
  return isStatus ? undefined : `${code} is no Status: ${text.slice(0, 200)}`;
}

/** What says it is JSON is JSON, in lines when it is a stream. */
function faultOfBody({ headers }: HttpAnswer, text: string): string | undefined {
  if (!String(headers['content-type'] ?? '').startsWith('application/json') || text === '') return undefined;
  const isStream = text.startsWith('{"type":"');
  const lines = isStream ? text.trimEnd().split('\n') : [text];
  const bad = lines.find((line) => parse(line) === undefined);
  return bad === undefined ? undefined : `not JSON: ${bad.slice(0, 200)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
