import { invalidAnswer } from './errors.ts';
import { withoutMarkup } from './failed-answer.ts';
import type { KubernetesAnswer } from './kubernetes-client.ts';
import { plainText } from './plain-text.ts';

/** Reading of answers: bodies under a cap, headers that may be missing, doubled or malformed. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export const MAX_BODY_BYTES = 64 * 1024 * 1024;
export const MAX_ERROR_BYTES = 64 * 1024;

/** The whole body; throws InvalidAnswer beyond `maxBytes`. */
export async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const { bytes, isWhole } = await collect(body, maxBytes);
  if (!isWhole) throw invalidAnswer(`The answer is larger than ${Math.round(maxBytes / 1048576)} MiB`);
  return bytes;
}

/** What fits of an error's body. */
export async function readErrorBody(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return (await collect(body, MAX_ERROR_BYTES)).bytes;
}

async function collect(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    const room = maxBytes - length;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    length += Math.min(chunk.length, room);
    // Leaving the loop destroys the body, and with it the connection.
    if (chunk.length > room) return { bytes: Buffer.concat(chunks, length), isWhole: false };
  }
  const only = chunks.length === 1 ? chunks[0] : undefined;
  return { bytes: only ?? Buffer.concat(chunks, length), isWhole: true };
}

export function mediaType(headers: AnswerHeaders): string {
  return (header(headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function header(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function kubernetesAnswer(status: number, headers: AnswerHeaders, body: Uint8Array): KubernetesAnswer {
  const contentType = mediaType(headers);
  const auditId = header(headers, 'audit-id');
  if (contentType === 'text/html') {
    const text = plainText(withoutMarkup(new TextDecoder().decode(body.subarray(0, 8192))), 200);
    throw invalidAnswer(
      `A web page answered instead of the Kubernetes API${text === '' ? '' : `: “${text}”`}`,
      status,
    );
  }
  return {
    status,
    body,
    contentType,
    ...(auditId !== undefined && { auditId: plainText(auditId, 100) }),
    dateMs: Date.parse(header(headers, 'date') ?? ''),
    warnings: warningsOf(headers.warning),
    json: () => jsonOf(body, status),
  };
}

function jsonOf(body: Uint8Array, status: number): unknown {
  const text = new TextDecoder().decode(body);
  try {
    return JSON.parse(text);
  } catch {
    throw invalidAnswer(
      `The API server's answer is not JSON: “${plainText(text.slice(0, 800), 200)}”`,
      status,
    );
  }
}

const MAX_WARNINGS = 20;

/** RFC 9111 5.5 warn-code 299, as kube-apiserver writes it: 299 - "text", several separated by commas. */
function warningsOf(value: string | string[] | undefined): readonly string[] {
  const texts: string[] = [];
  for (const line of value === undefined ? [] : [value].flat()) {
    for (const [, quoted = ''] of line.slice(0, 16_384).matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)) {
      if (texts.length < MAX_WARNINGS) texts.push(plainText(quoted.replace(/\\(.)/g, '$1'), 1000));
    }
  }
  return texts;
}
