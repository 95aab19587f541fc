import type { ApiError, ErrorCause } from '#lib/resources/api-error.ts';
import { apiError } from './errors.ts';
import { plainText } from './plain-text.ts';
import { isProtobuf, openEnvelope } from './protobuf/envelope.ts';
import { Reader } from './protobuf/reader.ts';
import { readStatus } from './protobuf/status.ts';

/**
 * Answers with a status ≥ 300, and answers that are not Kubernetes', as ApiError. Every byte is hostile: a Status may
 * have fields of wrong types, a proxy may answer with a page of its own. Nothing here throws.
 */
export interface FailedAnswer {
  readonly status: number;
  /** Media type without parameters; '' when absent. */
  readonly contentType: string;
  /** At most the first 64 KiB. */
  readonly body: Uint8Array;
  readonly retryAfter?: string;
  readonly auditId?: string;
  readonly requestId?: string;
}

/** Reasons of k8s.io/apimachinery/pkg/api/errors, for answers that are no Status (its own text/plain errors). */
const REASON_OF_CODE: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

const MAX_MESSAGE = 4000;
const MAX_CAUSES = 50;
const MAX_RETRY_AFTER_SECONDS = 3600;

export function errorOfAnswer(answer: FailedAnswer): ApiError {
  const text = new TextDecoder().decode(answer.body);
  const found = statusError(answer, text) ?? foreignError(answer, text);
  const retryAfterSeconds = seconds(answer.retryAfter) ?? found.retryAfterSeconds;
  return {
    ...found,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(answer.auditId !== undefined && { auditId: plainText(answer.auditId, 100) }),
    ...(answer.requestId !== undefined && { requestId: answer.requestId }),
  };
}

/** A Kubernetes Status that came in an answer or as a watch's ERROR event; undefined when it is none. */
export function errorOfStatus(value: unknown, httpCode = 0): ApiError | undefined {
  const status = mapping(value);
  if (status === null || status.kind !== 'Status') return undefined;
  const code = httpCode !== 0 ? httpCode : (whole(status.code) ?? 0);
  const details = mapping(status.details) ?? {};
  const about = {
    ...named('kind', details.kind),
    ...named('group', details.group),
    ...named('name', details.name),
  };
  const retryAfterSeconds = bounded(whole(details.retryAfterSeconds));
  return {
    reason: words(status.reason, 100) || (REASON_OF_CODE[code] ?? 'Unknown'),
    code,
    message: words(status.message, MAX_MESSAGE) || `The API server answered ${code} without a message`,
    causes: causesOf(details.causes),
    ...(Object.keys(about).length > 0 && { details: about }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

function statusError(answer: FailedAnswer, text: string): ApiError | undefined {
  try {
    // Whoever asks for protobuf gets its errors in it.
    if (isProtobuf(answer.body)) return errorOfStatus(statusOfProtobuf(answer.body), answer.status);
    if (!answer.contentType.includes('json')) return undefined;
    return errorOfStatus(JSON.parse(text), answer.status);
  } catch {
    return undefined; // neither after all: told as a foreign answer
  }
}

function statusOfProtobuf(body: Uint8Array): unknown {
  const reader = new Reader();
  reader.over(body);
  const { kind, end } = openEnvelope(reader, reader.length);
  return kind === 'Status' ? readStatus(reader, end) : null;
}

function foreignError(answer: FailedAnswer, text: string): ApiError {
  const code = answer.status;
  if (code >= 300 && code < 400) {
    return apiError({
      reason: 'InvalidAnswer',
      code,
      message: `The server answered with a redirect (${code}), which the console never follows. Is the server address of the kubeconfig an API server's?`,
    });
  }
  const reason = REASON_OF_CODE[code];
  const isPlain = answer.contentType === 'text/plain' || answer.body.length === 0;
  const excerpt = plainText(isPlain ? text : withoutMarkup(text), isPlain ? 500 : 200);
  if (isPlain && reason !== undefined) {
    const message = excerpt === '' ? `The API server answered ${code} without a message` : excerpt;
    return apiError({ reason, code, message });
  }
  const quoted = excerpt === '' ? '' : `: “${excerpt}”`;
  return apiError({
    reason: 'InvalidAnswer',
    code,
    message: `Something that is not a Kubernetes API server answered ${code}${quoted}`,
  });
}

/** A page's text, its title first: proxies and sign-in pages say there what they are. */
export function withoutMarkup(text: string): string {
  const part = text.slice(0, 8192);
  const title = /<title[^>]*>([^<]*)/i.exec(part)?.[1]?.trim() ?? '';
  if (title !== '') return title;
  return part.replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, ' ').replace(/<[^>]*>/g, ' ');
}

function causesOf(value: unknown): ErrorCause[] {
  if (!Array.isArray(value)) return [];
  const causes: ErrorCause[] = [];
  for (const item of value.slice(0, MAX_CAUSES)) {
    const cause = mapping(item);
    if (cause === null) continue;
    causes.push({
      ...named('field', cause.field),
      ...named('reason', cause.reason),
      message: words(cause.message, 1000),
    });
  }
  return causes;
}

function named<K extends string>(key: K, value: unknown): { [name in K]?: string } {
  const text = words(value, 300);
  return (text === '' ? {} : { [key]: text }) as { [name in K]?: string };
}

function words(value: unknown, maxLength: number): string {
  return typeof value === 'string' ? plainText(value, maxLength) : '';
}

function whole(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function bounded(value: number | undefined): number | undefined {
  return value === undefined || value === 0 ? undefined : Math.min(value, MAX_RETRY_AFTER_SECONDS);
}

function seconds(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header) ? bounded(Number(header)) : undefined;
}

function mapping(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
