/** Reads request bodies: bounded, JSON or YAML, never deeper than the walkers that follow can go. */
import type { IncomingMessage } from 'node:http';
import { depth } from '../../base/json.ts';
import { badRequest, tooLarge } from '../meta/status.ts';

export const MAX_BODY_BYTES = 3 * 1024 * 1024;
const MAX_DEPTH = 1_000;

/** The raw body. Throws ApiError 413 as soon as it is too long; the rest is not read. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const part = chunk as Buffer;
    length += part.length;
    if (length > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

/** Parses JSON, or YAML where that is allowed. `fail` words the refusal. */
export async function parseBody(
  raw: Buffer,
  isYaml: boolean,
  fail: (message: string) => Error = badRequest,
): Promise<unknown> {
  const written = raw.toString('utf8');
  const value =
    isYaml && !/^\s*[[{]/.test(written) ? await parseYaml(written, fail) : parseJson(written, fail);
  if (depth(value, MAX_DEPTH + 1) > MAX_DEPTH) throw fail('exceeded max depth');
  return value;
}

function parseJson(written: string, fail: (message: string) => Error): unknown {
  try {
    return JSON.parse(written);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw fail(goSyntaxWords(written, error));
  }
}

/** What our parser says, and encoding/json in its place. */
const FAULTS: [RegExp, string][] = [
  [
    /Expected property name|Expected double-quoted property name/,
    'looking for beginning of object key string',
  ],
  [/Expected ',' or '}'/, 'after object key:value pair'],
  [/Expected ',' or ']'/, 'after array element'],
  [/Expected ':'/, 'after object key'],
  [/after JSON/, 'after top-level value'],
];

/** encoding/json's words for the two commonest faults. */
function goSyntaxWords(written: string, error: SyntaxError): string {
  const position = /position (\d+)/.exec(error.message);
  const isCut = position !== null && Number(position[1]) >= written.length;
  if (isCut || /end of JSON|Unterminated/i.test(error.message)) return 'unexpected end of JSON input';
  const char = written[position ? Number(position[1]) : 0] ?? '';
  const where = FAULTS.find(([ours]) => ours.test(error.message))?.[1] ?? 'looking for beginning of value';
  return `invalid character '${char}' ${where}`;
}

async function parseYaml(written: string, fail: (message: string) => Error): Promise<unknown> {
  // Loaded when first needed: most requests are JSON and start-up time counts.
  const { parse } = await import('yaml');
  try {
    return parse(written, { maxAliasCount: 100, logLevel: 'error' });
  } catch (error) {
    throw fail(
      `error converting YAML to JSON: yaml: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
