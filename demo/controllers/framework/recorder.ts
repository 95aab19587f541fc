/** Records core/v1 Events as client-go's recorder does: repeats are counted, many similar ones are combined. */

import type { Machinery } from '../../apiserver/rest/context.ts';
import { isoTime, systemContext } from '../../apiserver/rest/context.ts';
import type { ObjectWriter } from '../../apiserver/rest/writer.ts';
import { at, type JsonObject, number, object } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';

const MOST_SIMILAR = 10;
const SIMILAR_FOR_MS = 600_000;
const MOST_REMEMBERED = 4_096;

export interface EventSource {
  component: string;
  host?: string;
}

export interface EventText {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** For example spec.containers{api}. */
  fieldPath?: string;
}

interface Similar {
  sinceMs: number;
  messages: Set<string>;
}

export class EventRecorder {
  readonly #machinery: Machinery;
  readonly #writer: ObjectWriter;
  /** What an event says → the name it is stored under. */
  readonly #known = new Map<string, string>();
  readonly #similar = new Map<string, Similar>();
  /** Counts the fresh names: several events may fall on one instant of the clock. */
  #sequence = 0;

  constructor(machinery: Machinery, writer: ObjectWriter) {
    this.#machinery = machinery;
    this.#writer = writer;
    for (const event of machinery.store.list('events')) this.#recall(event);
  }

  record(about: KubeObject, source: EventSource, text: EventText): void {
    const { clock, kinds, store } = this.#machinery;
    const type = kinds.builtIn('events');
    const namespace = about.metadata.namespace ?? 'default';
    const message = this.#combined(about, source, text);
    const uid = about.kind === 'Node' ? about.metadata.name : about.metadata.uid;
    const key = JSON.stringify([uid, about.kind, source, text.type, text.reason, message, text.fieldPath]);
    const now = isoTime(clock.now());
    const context = systemContext(source.component);
    const name = this.#known.get(key);
    if (name !== undefined && store.get('events', namespace, name)) {
      const repeat = (event: KubeObject) => ({
        ...event,
        count: number(event.count) + 1,
        lastTimestamp: now,
      });
      this.#writer.update(type, namespace, name, repeat, context, { isTrusted: true });
      return;
    }
    // The last words about a namespace that is going or gone have no place to go.
    if (at(store.get('namespaces', '', namespace), 'status', 'phase') !== 'Active') return;
    const fresh = this.#freshName(about.metadata.name);
    const body = {
      metadata: { name: fresh, namespace },
      ...eventBody(about, source, { ...text, message }),
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
    };
    this.#writer.create(type, namespace, body, context);
    this.#remember(key, fresh);
  }

  /** Ends with the time in nanoseconds, as the real ones do: events of one second are listed in their order. */
  #freshName(name: string): string {
    this.#sequence = (this.#sequence + 1) % 1_000_000;
    const nanoseconds = BigInt(this.#machinery.clock.now()) * 1_000_000n + BigInt(this.#sequence);
    return `${name}.${nanoseconds.toString(16)}`;
  }

  /** Events that were there at the start go on being counted. */
  #recall(event: KubeObject): void {
    const involved = object(event.involvedObject);
    const { component, host } = object(event.source);
    const source = { component, ...(host ? { host } : {}) };
    this.#remember(
      JSON.stringify([
        involved.uid,
        involved.kind,
        source,
        event.type,
        event.reason,
        event.message,
        involved.fieldPath,
      ]),
      event.metadata.name,
    );
  }

  #combined(about: KubeObject, source: EventSource, text: EventText): string {
    const key = JSON.stringify([about.metadata.uid, source.component, text.type, text.reason]);
    const nowMs = this.#machinery.clock.now();
    let similar = this.#similar.get(key);
    if (!similar || nowMs - similar.sinceMs > SIMILAR_FOR_MS) {
      similar = { sinceMs: nowMs, messages: new Set() };
      this.#similar.set(key, similar);
      if (this.#similar.size > MOST_REMEMBERED)
        this.#similar.delete(this.#similar.keys().next().value as string);
    }
    if (similar.messages.size < MOST_SIMILAR || similar.messages.has(text.message)) {
      similar.messages.add(text.message);
      return text.message;
    }
    // One combined event holds the latest of them; its key must not change with the message.
    const first = similar.messages.values().next().value as string;
    return `(combined from similar events): ${first}`;
  }

  #remember(key: string, name: string): void {
    this.#known.set(key, name);
    if (this.#known.size > MOST_REMEMBERED) this.#known.delete(this.#known.keys().next().value as string);
  }
}

function eventBody(about: KubeObject, source: EventSource, text: EventText): JsonObject {
  const { metadata } = about;
  return {
    involvedObject: {
      kind: about.kind,
      ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
      name: metadata.name,
      uid: about.kind === 'Node' ? metadata.name : metadata.uid,
      apiVersion: about.apiVersion,
      resourceVersion: metadata.resourceVersion,
      ...(text.fieldPath ? { fieldPath: text.fieldPath } : {}),
    },
    reason: text.reason,
    message: text.message,
    type: text.type,
    source: { ...source },
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
  };
}
