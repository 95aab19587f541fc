import { invalidAnswer } from '#lib/k8s/client/errors.ts';
import { at, type Dictionary, isDictionary, numberAt, textAt } from '#lib/resources/read.ts';

/** Enough for kind, apiVersion and metadata with a long continue token; they stand before the items. */
const HEAD_BYTES = 8 * 1024;

export interface ListHead {
  readonly resourceVersion: string;
  readonly continue: string;
  readonly remaining: number;
}

export function listHead(list: unknown): ListHead {
  const metadata = at(list, 'metadata');
  const remaining = numberAt(metadata, 'remainingItemCount');
  const token = textAt(metadata, 'continue');
  return {
    resourceVersion: textAt(metadata, 'resourceVersion'),
    continue: token,
    remaining: remaining !== null ? Math.max(0, remaining) : token === '' ? 0 : -1,
  };
}

/** Throws ApiException (InvalidAnswer) when the bytes are not one JSON dictionary. */
export function parseList(body: Uint8Array): Dictionary {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw invalidAnswer('The API server answered a list with something that is not JSON');
  }
  if (!isDictionary(value)) throw invalidAnswer('The API server answered a list with something else');
  return value;
}

/** Go writes a list's fields in the order kind, apiVersion, metadata, items; anything else gives null. */
export function peekContinue(body: Uint8Array): string | null {
  const head = new TextDecoder().decode(body.subarray(0, HEAD_BYTES));
  const match = /^\s*\{[^{}[\]]*"metadata"\s*:\s*(\{[^{}]*\})/.exec(head);
  if (match?.[1] === undefined) return null;
  try {
    return textAt(JSON.parse(match[1]), 'continue');
  } catch {
    // A brace inside a string: the whole page tells.
    return null;
  }
}
