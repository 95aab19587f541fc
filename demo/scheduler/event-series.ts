/**
 * The scheduler's events as the real one writes them through events.k8s.io: no count but a series, told apart by the
 * resourceVersion of the pod they are about. The second of the same starts the series; after that only its clock runs on
 * until half an hour has passed, and after six quiet minutes a new event begins.
 */
import type { Machinery } from '../apiserver/rest/context.ts';
import { systemContext } from '../apiserver/rest/context.ts';
import type { ObjectWriter } from '../apiserver/rest/writer.ts';
import type { KubeObject, Pod } from '../base/types.ts';

const QUIET_MS = 360_000;
const REFRESH_MS = 1_800_000;
const MOST_REMEMBERED = 4_096;
/** What a note may have; longer ones end in dots. */
const MOST_TEXT = 1_024;

export interface SchedulerEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  action: string;
  message: string;
}

interface Series {
  name: string;
  count: number;
  lastMs: number;
  writtenMs: number;
}

const SCHEDULER = 'default-scheduler';

const microTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000Z`;

export class EventSeries {
  readonly #machinery: Machinery;
  readonly #writer: ObjectWriter;
  readonly #known = new Map<string, Series>();

  constructor(machinery: Machinery, writer: ObjectWriter) {
    this.#machinery = machinery;
    this.#writer = writer;
  }

  record(about: Pod, event: SchedulerEvent): void {
    const { clock, store } = this.#machinery;
    const { namespace = '', uid, resourceVersion } = about.metadata;
    const key = [uid, resourceVersion, event.reason, event.action].join('\0');
    const nowMs = clock.now();
    const known = this.#known.get(key);
    if (known && nowMs - known.lastMs <= QUIET_MS && store.get('events', namespace, known.name)) {
      known.count += 1;
      known.lastMs = nowMs;
      if (known.count > 2 && nowMs - known.writtenMs < REFRESH_MS) return;
      known.writtenMs = nowMs;
      this.#count(namespace, known);
      return;
    }
    // The last words about a namespace that is gone have no place to go.
    if (!store.get('namespaces', '', namespace)) return;
    const name = this.#create(about, event, nowMs);
    this.#known.delete(key);
    this.#known.set(key, { name, count: 1, lastMs: nowMs, writtenMs: nowMs });
    if (this.#known.size > MOST_REMEMBERED) this.#known.delete(this.#known.keys().next().value as string);
  }

  #count(namespace: string, { name, count, lastMs }: Series): void {
    const series = { count, lastObservedTime: microTime(lastMs) };
    this.#writer.update(
      this.#machinery.kinds.builtIn('events'),
      namespace,
      name,
      (current: KubeObject) => ({ ...current, series }),
      systemContext('kube-scheduler'),
      { isTrusted: true },
    );
  }

  #create(about: Pod, { type, reason, action, message }: SchedulerEvent, nowMs: number): string {
    const { kinds, random } = this.#machinery;
    const { name, namespace = '', uid, resourceVersion } = about.metadata;
    const fresh = `${name}.${random.hex(16)}`;
    const body = {
      metadata: { name: fresh, namespace },
      involvedObject: { kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion },
      reason,
      message: message.length > MOST_TEXT ? `${message.slice(0, MOST_TEXT - 4)} ...` : message,
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      type,
      eventTime: microTime(nowMs),
      action,
      reportingComponent: SCHEDULER,
      reportingInstance: `${SCHEDULER}-control-plane`,
    };
    this.#writer.create(kinds.builtIn('events'), namespace, body, systemContext('kube-scheduler'));
    return fresh;
  }
}
