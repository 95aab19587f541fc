import { invalidAnswer } from '#lib/k8s/client/errors.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import { at, type Dictionary, isDictionary, textAt } from '#lib/resources/read.ts';
import {
  type Codec,
  type Page,
  type Pause,
  SLICE_ITEMS,
  type WatchDecoder,
  type WatchEvent,
} from './codec.ts';
import { createLineDecoder } from './line-decoder.ts';
import { listHead, parseList, peekContinue } from './list-head.ts';
import { partialMetadata } from './partial-metadata.ts';
import { pruneDictionary, wantedFields } from './wanted-fields.ts';
import { watchError } from './watch-error.ts';

/** One item of JSON → a partial object; null when it is malformed. Must not throw. */
export type ReadItem = (item: Dictionary) => PartialObject | null;

/** The JSON codec of one kind: metadata, and of the rest only what the definition wants. */
export function jsonCodec(definition: { readonly wanted: readonly string[] }): Codec {
  const wanted = wantedFields(definition.wanted);
  return itemCodec((item) => {
    const metadata = partialMetadata(at(item, 'metadata'));
    if (metadata === null) return null;
    return { metadata, fields: pruneDictionary(item, wanted), tableCells: null };
  });
}

/** A JSON codec with its own reading of an item (the whole object, for a detail). */
export function itemCodec(read: ReadItem): Codec {
  return {
    accept: 'application/json',
    peekContinue,
    decodePage: (body, pause) => decodeItems(body, read, pause),
    watchDecoder: () => createItemWatchDecoder(read),
  };
}

async function decodeItems(body: Uint8Array, read: ReadItem, pause?: Pause): Promise<Page> {
  const list = parseList(body);
  const items = at(list, 'items');
  // An empty list of Go may be `null`.
  if (!Array.isArray(items) && items !== null) {
    throw invalidAnswer('The API server answered a list without items');
  }
  const decoded = await readSliced(items ?? [], read, pause);
  return { ...listHead(list), ...decoded, tableColumns: null };
}

/** Items in slices; those that `read` refuses are counted. */
export async function readSliced(
  items: readonly unknown[],
  read: ReadItem,
  pause?: Pause,
): Promise<{ items: PartialObject[]; malformed: number }> {
  const objects: PartialObject[] = [];
  for (let index = 0; index < items.length; index++) {
    if (index > 0 && index % SLICE_ITEMS === 0) await pause?.();
    const item = items[index];
    const object = isDictionary(item) ? read(item) : null;
    if (object !== null) objects.push(object);
  }
  return { items: objects, malformed: items.length - objects.length };
}

function createItemWatchDecoder(read: ReadItem): WatchDecoder {
  const lines = createLineDecoder();
  let malformed = 0;
  return {
    tableColumns: null,
    get malformed() {
      return malformed;
    },
    push(chunk) {
      const events: WatchEvent[] = [];
      for (const line of lines.push(chunk)) {
        const event = decodeEvent(parseEvent(line), read);
        if (event === null) malformed++;
        else events.push(event);
      }
      return events;
    },
  };
}

/** Throws ApiException (InvalidAnswer) when the line is no JSON dictionary. */
export function parseEvent(line: string): Dictionary {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw invalidAnswer('The API server sent a watch event that is not JSON');
  }
  if (!isDictionary(value)) throw invalidAnswer('The API server sent a watch event that is none');
  return value;
}

function decodeEvent(event: Dictionary, read: ReadItem): WatchEvent | null {
  const type = at(event, 'type');
  const object = at(event, 'object');
  if (type === 'ERROR') return { type, error: watchError(object) };
  if (!isDictionary(object)) return null;
  if (type === 'BOOKMARK') {
    return { type, resourceVersion: textAt(object, 'metadata', 'resourceVersion') };
  }
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return null;
  const partial = read(object);
  return partial === null ? null : { type, object: partial };
}
