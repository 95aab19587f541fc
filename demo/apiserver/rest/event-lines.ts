/**
 * The line of a watch event, put into bytes once for all watches that send it. Watches are told of an event one right
 * after the other, so remembering the last line is enough.
 */
import type { KubeObject } from '../../base/types.ts';
import type { Store } from '../../storage/store.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { metadataText, objectText } from '../meta/object-text.ts';

export type EventKind = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

export const eventLine = (kind: EventKind, text: string): Buffer =>
  Buffer.from(`{"type":"${kind}","object":${text}}\n`);

export class EventLines {
  #object: KubeObject | undefined;
  #type: ResourceType | undefined;
  #key = '';
  #line: Buffer = Buffer.alloc(0);

  line(kind: EventKind, type: ResourceType, object: KubeObject, isWhole: boolean): Buffer {
    const key = isWhole ? kind : `${kind} metadata`;
    if (this.#object === object && this.#type === type && this.#key === key) return this.#line;
    this.#line = eventLine(kind, isWhole ? objectText(type, object) : metadataText(object));
    this.#object = object;
    this.#type = type;
    this.#key = key;
    return this.#line;
  }
}

const byStore = new WeakMap<Store, EventLines>();

/** The lines all watches of a store share. */
export function linesOf(store: Store): EventLines {
  const lines = byStore.get(store) ?? new EventLines();
  byStore.set(store, lines);
  return lines;
}
