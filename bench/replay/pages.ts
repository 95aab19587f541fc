import { Buffer } from 'node:buffer';
import { readMessages } from '#lib/k8s/codec/protobuf/messages.ts';
import { writeEnvelope, writeList, writeMessage, writeWatchFrame } from '#test/fixtures/protobuf-writer.ts';
import { numbersIn, podJson } from './pods.ts';

export type Format = 'protobuf' | 'json' | 'table';

/** The pods of a cluster in the forms a client may ask for; each page is made once and kept. */
export class Pages {
  readonly pods: number;
  /** Of the list; events of the watch come after it. */
  readonly resourceVersion: number;
  readonly #messages = readMessages();
  readonly #kept = new Map<string, Buffer>();

  constructor(pods: number) {
    this.pods = pods;
    this.resourceVersion = 1_000_000 + pods;
  }

  /** limit 0: everything. */
  page(format: Format, start: number, limit: number): Buffer {
    const key = `${format} ${start} ${limit}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const end = limit === 0 ? this.pods : Math.min(this.pods, start + limit);
    const token = end < this.pods ? Buffer.from(`next ${end}`).toString('base64url') : '';
    const head = { ...this.#head(token), ...(end < this.pods && { remaining: this.pods - end }) };
    const numbers = Array.from({ length: end - start }, (_, at) => start + at);
    const made = this.#make(format, head, numbers);
    this.#kept.set(key, made);
    return made;
  }

  /** All pods of one namespace. */
  ofNamespace(format: Format, namespace: string): Buffer {
    const key = `${format} ${namespace}`;
    const known = this.#kept.get(key) ?? this.#make(format, this.#head(''), numbersIn(namespace, this.pods));
    this.#kept.set(key, known);
    return known;
  }

  /** One event of the watch, whose version is `version`. */
  event(format: Format, type: string, pod: Record<string, unknown>): Buffer {
    if (format === 'protobuf') {
      return writeWatchFrame(type, writeEnvelope('v1', 'Pod', writeMessage(this.#messages, POD, pod)));
    }
    const object = format === 'table' ? tableOf([pod], {}) : { kind: 'Pod', apiVersion: 'v1', ...pod };
    return Buffer.from(`${JSON.stringify({ type, object })}\n`);
  }

  #head(token: string): ListHead {
    return { resourceVersion: String(this.resourceVersion), continue: token };
  }

  #make(format: Format, head: ListHead, numbers: readonly number[]): Buffer {
    const pods = numbers.map((number) => podJson(number, 1_000_000 + number));
    if (format === 'protobuf') {
      return writeList(
        'v1',
        'PodList',
        head,
        pods.map((pod) => writeMessage(this.#messages, POD, pod)),
      );
    }
    const { remaining, ...metadata } = head;
    const list = { ...metadata, ...(remaining !== undefined && { remainingItemCount: remaining }) };
    if (format === 'table') return Buffer.from(JSON.stringify(tableOf(pods, list)));
    return Buffer.from(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: list, items: pods }));
  }
}

interface ListHead {
  readonly resourceVersion: string;
  readonly continue: string;
  readonly remaining?: number;
}

const POD = 'api.core.v1.Pod';

const COLUMNS = [
  'Name',
  'Ready',
  'Status',
  'Restarts',
  'Age',
  'IP',
  'Node',
  'Nominated Node',
  'Readiness Gates',
];

function tableOf(pods: readonly Record<string, unknown>[], metadata: Record<string, unknown>): unknown {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: COLUMNS.map((name, at) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: at < 5 ? 0 : 1,
    })),
    rows: pods.map((pod) => ({
      cells: cellsOf(pod),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: pod.metadata },
    })),
  };
}

function cellsOf(pod: Record<string, unknown>): unknown[] {
  const metadata = pod.metadata as { name: string };
  const status = pod.status as {
    phase: string;
    podIP: string;
    containerStatuses: { ready: boolean; restartCount: number; state: { waiting?: { reason: string } } }[];
  };
  const [container] = status.containerStatuses;
  const spec = pod.spec as { nodeName: string };
  return [
    metadata.name,
    `${container?.ready === true ? 1 : 0}/1`,
    container?.state.waiting?.reason ?? status.phase,
    String(container?.restartCount ?? 0),
    '12d',
    status.podIP,
    spec.nodeName,
    '<none>',
    '<none>',
  ];
}
