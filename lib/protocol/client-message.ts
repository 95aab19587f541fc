import { z } from 'zod';
import type { ApiError } from '#lib/resources/api-error.ts';
import { MAX_WINDOW_ROWS, type QuerySpec } from '#lib/resources/query-spec.ts';
import type { ClientMessage } from './frames.ts';
import { protocolError } from './protocol-error.ts';

/**
 * What a client may say, with bounds on everything that costs memory or work. For the server only (a browser knows its
 * own types and need not load the schemas). Messages are hostile until parsed; what comes out has exactly the known
 * fields, and dictionaries without a prototype.
 */
export const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_TEXT = 200;
const MAX_SELECTOR = 2_000;
const MAX_ITEMS = 200;
const MAX_INT = 2 ** 31;

const word = z.string().max(1_000);
const name = word.min(1);
const words = z.array(word).max(MAX_ITEMS);
const count = z.number().int().min(0).max(MAX_INT);

const facets = z
  .record(word, words)
  .refine((record) => Object.keys(record).length <= MAX_ITEMS, { error: 'too many columns' })
  .transform(
    (record): Readonly<Record<string, readonly string[]>> => Object.assign(Object.create(null), record),
  );

const spec = z.object({
  cluster: name,
  kinds: z.array(name).min(1).max(MAX_ITEMS),
  namespaces: words,
  text: z.string().max(MAX_TEXT),
  labelSelector: z.string().max(MAX_SELECTOR),
  facets,
  related: z
    .object({
      uid: name,
      by: z.enum(['owner', 'ownerTransitive', 'involvedObject', 'selector', 'node', 'reference']),
    })
    .nullable(),
  sort: z.object({ column: name, descending: z.boolean() }).nullable(),
  window: z.object({ offset: count, limit: count.max(MAX_WINDOW_ROWS) }),
});

const ref = z.object({ cluster: name, resource: name, namespace: word, name });

const subscribe = z.discriminatedUnion('what', [
  z.object({ t: z.literal('subscribe'), id: count, what: z.literal('rows'), spec }),
  z.object({ t: z.literal('subscribe'), id: count, what: z.literal('object'), ref }),
  z.object({ t: z.literal('subscribe'), id: count, what: z.literal('cluster'), cluster: name }),
  z.object({ t: z.literal('subscribe'), id: count, what: z.literal('about'), cluster: name }),
]);

const message = z.discriminatedUnion('t', [
  subscribe,
  z.object({ t: z.literal('update'), id: count, spec }),
  z.object({ t: z.literal('resync'), id: count }),
  z.object({ t: z.literal('retry'), id: count }),
  z.object({ t: z.literal('unsubscribe'), id: count }),
]);

/** A question that came another way than over the socket, under the same bounds; null when it is none. */
export function parseSpec(json: unknown): QuerySpec | null {
  return spec.safeParse(json).data ?? null;
}

export type ParsedMessage =
  | { readonly message: ClientMessage; readonly error?: undefined }
  /** id: of the subscription it spoke of, when it could be read; 0 otherwise. */
  | { readonly message?: undefined; readonly error: ApiError; readonly id: number };

/** Text of one WebSocket message → ClientMessage. Never throws; the error names the field, never what was in it. */
export function parseClientMessage(text: string): ParsedMessage {
  // Characters are at most as many as bytes: the socket bounds the bytes, this bounds the parser.
  if (text.length > MAX_MESSAGE_BYTES) return refuse(0, 'the message is too long');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse(0, 'the message is not JSON');
  }
  const parsed = message.safeParse(json);
  if (parsed.success) return { message: parsed.data };
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join('.').slice(0, 100) ?? '';
  return refuse(idOf(json), `malformed message${path === '' ? '' : ` at ${path}`}`);
}

function refuse(id: number, why: string): ParsedMessage {
  return { error: protocolError('BadRequest', why), id };
}

function idOf(json: unknown): number {
  const id =
    typeof json === 'object' && json !== null && Object.hasOwn(json, 'id') && 'id' in json ? json.id : 0;
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= MAX_INT ? id : 0;
}
