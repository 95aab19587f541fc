/**
 * One watch: what happened after a revision, then what happens, as JSON lines.
 *
 * Contract: events come in revision order, each once; MODIFIED of an object that enters or leaves the selection is
 * ADDED or DELETED. Without a revision (or with 0) the present objects come first as ADDED. Bookmarks, when allowed,
 * come once a minute and just before timeoutSeconds ends the stream. A revision older than the log gives one ERROR
 * event with Status 410. Times here are the wire's, not the world's clock. What has happened before is sent as fast as
 * the client reads; one that then reads too slowly is cut off.
 */
import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../base/types.ts';
import { Compacted, type Store, type StoreEvent } from '../../storage/store.ts';
import type { ResourceType } from '../meta/kinds.ts';
import type { Media } from '../meta/negotiate.ts';
import { ApiError, gone } from '../meta/status.ts';
import type { TablePrinter } from '../table/printer.ts';
import { type EventKind, type EventLines, eventLine, linesOf } from './event-lines.ts';
import type { Filter } from './fields.ts';
import { untilSeen } from './freshness.ts';
import type { ListOptions } from './list-options.ts';

const BOOKMARK_EVERY_MS = 60_000;
const DEFAULT_TIMEOUT_SECONDS = 1_800;
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;
/** So much of the past waits in the socket at a time. */
const BACKLOG_BYTES = 1024 * 1024;
/** Events that may wait behind the past for a client that hardly reads it. */
const MOST_WAITING = 20_000;

export interface WatchRequest {
  /** What this server has seen of the cluster. */
  store: Store;
  /** The revision the initial events must have reached at least. */
  fresh: number;
  type: ResourceType;
  namespace: string;
  options: ListOptions;
  filter: Filter | undefined;
  media: Media;
  includeObject: string;
  table: TablePrinter;
}

/** What is done to a line instead of sending it. True when it ended the stream. */
export type Spoil = (line: Buffer, response: ServerResponse) => boolean;

export class WatchStream {
  readonly #request: WatchRequest;
  readonly #response: ServerResponse;
  readonly #lines: EventLines;
  readonly #stops: (() => void)[] = [];
  #isFirstTable = true;
  #isSilent = false;
  #isEnded = false;
  #spoil: Spoil | undefined;

  constructor(request: WatchRequest, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
    this.#lines = linesOf(request.store);
  }

  get type(): ResourceType {
    return this.#request.type;
  }

  /** Resolves when what has happened so far is sent; what happens follows. */
  async run(): Promise<void> {
    const { store, options, fresh } = this.#request;
    this.#response.on('close', () => this.#stop());
    try {
      if (options.sendsInitialEvents) await untilSeen(store, fresh);
      if (this.#isEnded) return;
      await this.#catchUp(this.#backlog());
    } catch (error) {
      const refused = error instanceof Compacted ? gone(error.message) : error;
      if (!(refused instanceof ApiError)) throw error;
      this.#write(eventLine('ERROR', JSON.stringify(refused.toStatus())));
      this.end();
      return;
    }
    // What was put on the way may have cut the stream already.
    if (this.#isEnded) return;
    const timeoutMs = (options.timeoutSeconds || DEFAULT_TIMEOUT_SECONDS) * 1000;
    const timeout = setTimeout(() => this.#finish(), timeoutMs);
    this.#stops.push(() => clearTimeout(timeout));
    if (!options.allowsBookmarks) return;
    const bookmarks = setInterval(() => this.#bookmark(), BOOKMARK_EVERY_MS);
    this.#stops.push(() => clearInterval(bookmarks));
  }

  /** From now on nothing is sent any more, not even the end: a connection that died without a word. */
  silence(): void {
    this.#isSilent = true;
  }

  /** The next line is not sent but handed over. */
  spoilNext(spoil: Spoil): void {
    this.#spoil = spoil;
  }

  /** Ends the stream cleanly. */
  end(): void {
    if (this.#isSilent || this.#isEnded) return;
    this.#stop();
    this.#response.end();
  }

  /** Cuts the connection. */
  drop(): void {
    this.#stop();
    this.#response.destroy();
  }

  /** What there is to say first, as of now. Throws Compacted. */
  #backlog(): (() => void)[] {
    const { store, options, type, namespace } = this.#request;
    const { revision } = store;
    const since = options.resourceVersion;
    const isFromState =
      options.sendsInitialEvents === true ||
      (options.sendsInitialEvents === undefined && (since === undefined || since === 0));
    if (!isFromState)
      return store.since(type.key, since ?? revision).map((event) => () => this.#onEvent(event));
    const selected = store.list(type.key, namespace).filter((object) => this.#selects(object));
    const steps = selected.map((object) => () => this.#sendObject('ADDED', object));
    if (options.sendsInitialEvents && options.allowsBookmarks)
      steps.push(() => this.#bookmark(revision, { 'k8s.io/initial-events-end': 'true' }));
    return steps;
  }

  /** Says what there is to say, and behind it what happens meanwhile. From then on events go out as they come. */
  async #catchUp(backlog: (() => void)[]): Promise<void> {
    const { store, type } = this.#request;
    const waiting: StoreEvent[] = [];
    let isBehind = true;
    const follow = (event: StoreEvent) => {
      if (!isBehind) this.#onEvent(event);
      else if (waiting.push(event) > MOST_WAITING) this.drop();
    };
    this.#stops.push(store.subscribe(type.key, follow));
    for (const step of backlog) {
      step();
      if (this.#response.writableLength > BACKLOG_BYTES) await this.#drained();
      if (this.#isEnded) return;
    }
    for (const event of waiting) this.#onEvent(event);
    isBehind = false;
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#response.off('drain', done).off('close', done);
        resolve();
      };
      this.#response.on('drain', done).on('close', done);
    });
  }

  #selects(object: KubeObject): boolean {
    const { namespace, filter } = this.#request;
    return (!namespace || object.metadata.namespace === namespace) && (filter?.(object) ?? true);
  }

  #onEvent(event: StoreEvent): void {
    // A server that lags behind the client's revision says nothing the client has seen elsewhere.
    if (event.revision <= (this.#request.options.resourceVersion ?? 0)) return;
    const wasSelected = event.previous !== undefined && this.#selects(event.previous);
    const isSelected = event.type !== 'DELETED' && this.#selects(event.object);
    if (isSelected) this.#sendObject(wasSelected ? 'MODIFIED' : 'ADDED', event.object);
    else if (wasSelected) this.#sendObject('DELETED', this.#lastState(event));
  }

  /** What leaves the selection is shown as it was, under the revision that took it out. */
  #lastState(event: StoreEvent): KubeObject {
    if (event.type === 'DELETED') return event.object;
    const previous = event.previous as KubeObject;
    return {
      ...previous,
      metadata: { ...previous.metadata, resourceVersion: event.object.metadata.resourceVersion },
    };
  }

  #sendObject(kind: EventKind, object: KubeObject): void {
    const { media, type } = this.#request;
    if (media.as === 'Table') this.#write(eventLine(kind, this.#tableText(object)));
    else this.#write(this.#lines.line(kind, type, object, media.as === 'object'));
  }

  /** Column definitions come with the first event only, as the real server does it. */
  #tableText(object: KubeObject): string {
    const { table, type, includeObject } = this.#request;
    const { columns, rows } = table.print(type, [object], includeObject);
    const definitions = this.#isFirstTable ? JSON.stringify(columns) : 'null';
    this.#isFirstTable = false;
    const meta = JSON.stringify({ resourceVersion: object.metadata.resourceVersion });
    return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${meta},"columnDefinitions":${definitions},"rows":[${rows.join(',')}]}`;
  }

  #bookmark(revision = this.#request.store.revision, annotations?: Record<string, string>): void {
    const { type } = this.#request;
    const metadata = { resourceVersion: String(revision), ...(annotations ? { annotations } : {}) };
    this.#sendObject('BOOKMARK', { kind: type.kind, apiVersion: type.apiVersion, metadata } as KubeObject);
  }

  #finish(): void {
    if (this.#request.options.allowsBookmarks) this.#bookmark();
    this.end();
  }

  #write(line: Buffer): void {
    if (this.#isSilent || this.#isEnded) return;
    const spoil = this.#spoil;
    this.#spoil = undefined;
    if (spoil?.(line, this.#response)) this.#stop();
    else if (!spoil) this.#response.write(line);
    if (this.#response.writableLength > MAX_BUFFERED_BYTES) this.drop();
  }

  #stop(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const stop of this.#stops) stop();
  }
}
