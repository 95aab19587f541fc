import { apiError } from '#lib/k8s/client/errors.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import type { Codec, TableColumn } from '#lib/k8s/codec/codec.ts';
import type { codecs } from '#lib/k8s/codec/codec-of-kind.ts';
import { tableCodec } from '#lib/k8s/codec/table-codec.ts';
import { tableDefinition } from '#lib/k8s/codec/table-definition.ts';
import type { ApiError, MissingRight } from '#lib/resources/api-error.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { ResourceDefinition } from '#lib/resources/definition.ts';
import { type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import { type Bound, createStore, type WritableStore } from './column-store.ts';
import { CONNECTING } from './connection.ts';
import type { InformerFactoryOptions, Scope } from './informer-factory-options.ts';
import { mergeStates, withNamespaces } from './merge-connection.ts';
import type { Reflector } from './reflector/reflector.ts';
import { sumStats } from './reflector/reflector-counters.ts';
import { createReflector } from './reflector/reflector-loop.ts';
import { retryDelayMs } from './reflector/retry-delay.ts';
import type { InformerStats, SharedInformer } from './shared-informer.ts';
import type { Store } from './store.ts';
import { createStoreSink, type StoreHolder } from './store-sink.ts';

/** Rights change by somebody's hand; asking again is cheap where reviews are cached. */
const ASK_AGAIN_MS = 60_000;
/** Events are the one kind without an end; the newest are what people look for. */
const MOST_EVENTS = 20_000;

/** A SharedInformer and what its factory needs beside. */
export interface Informer extends SharedInformer {
  start(): void;
  stop(): void;
}

/** `codecOf`: for kinds with a definition; all others come as a Table. */
export function createInformer(
  type: ResourceType,
  options: InformerFactoryOptions,
  codecOf: ReturnType<typeof codecs>,
): Informer {
  return new ScopedInformer(type, options, codecOf);
}

class ScopedInformer implements Informer, StoreHolder {
  readonly type: ResourceType;
  store: WritableStore;
  tableColumns: readonly TableColumn[] | null;
  connection: Connection = CONNECTING;
  readonly #options: InformerFactoryOptions;
  readonly #codecOf: ReturnType<typeof codecs>;
  readonly #definition: ResourceDefinition | null;
  /** By namespace; '' when cluster-wide. */
  readonly #reflectors = new Map<string, Reflector>();
  readonly #asked = new Set<string>();
  readonly #connectionListeners = new Set<(connection: Connection) => void>();
  readonly #storeListeners = new Set<(store: Store) => void>();
  #asksDefault = false;
  /** Namespace '' stands for the cluster-wide right. */
  #missing: readonly MissingRight[] = [];
  /** Namespaces whose rights are known: readable or missing. */
  #answered: ReadonlySet<string> = new Set();
  #asking: 'no' | 'yes' | 'again' = 'no';
  #askAttempt = 0;
  #cancelAsk = (): void => {};
  #hasStarted = false;
  #startedMs = -1;
  #isStopped = false;

  constructor(type: ResourceType, options: InformerFactoryOptions, codecOf: ReturnType<typeof codecs>) {
    this.type = type;
    this.#codecOf = codecOf;
    this.#options = options;
    this.#definition = options.definitionOf(type);
    this.tableColumns = this.#definition === null ? [] : null;
    this.store = this.createStore([]);
  }

  get isSynced(): boolean {
    const readable = [...this.#reflectors.values()].filter((one) => one.connection.state !== 'forbidden');
    return readable.length > 0 && readable.every((one) => one.isSynced);
  }

  get stats(): InformerStats {
    return {
      ...sumStats([...this.#reflectors.values()].map((one) => one.stats)),
      rows: this.store.size,
      heldBytes: this.store.heldBytes,
      startedMs: this.#startedMs,
      reflectors: this.#reflectors.size,
      dropped: this.store.dropped,
    };
  }

  connectionFor(namespaces: readonly string[]): Connection {
    if (this.#reflectors.has('') || this.connection.state === 'failed') return this.connection;
    if (!this.#answered.has('')) return CONNECTING;
    const asked = new Set(namespaces);
    const isAsked = (namespace: string): boolean => asked.size === 0 || asked.has(namespace);
    const followed = [...this.#reflectors].filter(([namespace]) => isAsked(namespace));
    const unanswered = [...asked].filter((namespace) => !this.#answered.has(namespace));
    const states = [
      ...followed.map(([, reflector]) => reflector.connection),
      ...unanswered.map(() => CONNECTING),
    ];
    const missing = this.#missing.filter(({ namespace }) =>
      asked.size === 0 ? namespace === '' : asked.has(namespace),
    );
    return withNamespaces(states, missing, asked.size);
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  }

  onStore(listener: (store: Store) => void): () => void {
    this.#storeListeners.add(listener);
    return () => this.#storeListeners.delete(listener);
  }

  include(namespaces: readonly string[]): void {
    const before = this.#asked.size;
    for (const namespace of namespaces) this.#asked.add(namespace);
    const isNew = this.#asked.size > before || (namespaces.length === 0 && !this.#asksDefault);
    if (namespaces.length === 0) this.#asksDefault = true;
    if (isNew && this.#hasStarted && !this.#reflectors.has('')) this.#ask();
  }

  retry(): void {
    this.#askAttempt = 0;
    const isScopeInDoubt = !this.#reflectors.has('') || this.connection.state === 'forbidden';
    if (this.#hasStarted && isScopeInDoubt) this.#ask();
    for (const reflector of this.#reflectors.values()) reflector.retry();
  }

  start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#startedMs = this.#options.clock.nowMs();
    this.#ask();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelAsk();
    for (const reflector of this.#reflectors.values()) reflector.stop();
    this.#connectionListeners.clear();
    this.#storeListeners.clear();
  }

  createStore(columns: readonly TableColumn[]): WritableStore {
    const definition = this.#definition ?? tableDefinition(this.type, columns);
    const bound = boundOf(definition);
    const resource = definition.name;
    return createStore(definition, {
      onError: (error) =>
        this.#options.log.warn({ resource, message: String(error) }, 'a row or its reader failed'),
      ...(bound !== null && { bound }),
    });
  }

  swapStore(store: WritableStore, columns: readonly TableColumn[]): void {
    const hadRows = this.store.size > 0;
    this.store = store;
    this.tableColumns = columns;
    for (const listener of [...this.#storeListeners]) listener(store);
    // Rows of the other namespaces are still under the old columns.
    if (!hadRows) return;
    const namespaces = new Set<string>();
    for (const key of store.keys()) namespaces.add(store.metadata(key).namespace);
    for (const [namespace, reflector] of this.#reflectors) {
      if (namespace !== '' && !namespaces.has(namespace)) reflector.relist('columns');
    }
  }

  /** Asks where this kind may be read; one question at a time, newer wishes are asked after it. */
  #ask(): void {
    if (this.#asking !== 'no') {
      this.#asking = 'again';
      return;
    }
    this.#asking = 'yes';
    this.#cancelAsk();
    this.#scope()
      .then(
        (scope) => this.#follow(scope),
        (cause: unknown) => this.#askFailed(cause),
      )
      .catch((error: unknown) => {
        const resource = resourceName(this.type);
        this.#options.log.warn({ resource, message: String(error) }, 'an informer failed');
      })
      .finally(() => {
        const isAgain = this.#asking === 'again';
        this.#asking = 'no';
        if (isAgain && !this.#isStopped) this.#ask();
      });
  }

  async #scope(): Promise<Scope> {
    const { scopeOf } = this.#options;
    const asked = [...this.#asked];
    const scopes: Scope[] = [];
    if (this.#asksDefault || asked.length === 0) scopes.push(await scopeOf(this.type, []));
    if (asked.length > 0 && scopes[0]?.kind !== 'cluster') scopes.push(await scopeOf(this.type, asked));
    if (scopes.some((scope) => scope.kind === 'cluster')) return { kind: 'cluster' };
    const readable = new Set(scopes.flatMap((scope) => (scope.kind === 'namespaces' ? scope.readable : [])));
    const missing = scopes.flatMap((scope) => (scope.kind === 'namespaces' ? scope.missing : []));
    return { kind: 'namespaces', readable: [...readable], missing };
  }

  #follow(scope: Scope): void {
    if (this.#isStopped) return;
    this.#askAttempt = 0;
    const wanted = new Set(scope.kind === 'cluster' ? [''] : scope.readable);
    this.#missing = scope.kind === 'cluster' ? [] : scope.missing;
    this.#answered = new Set(['', ...wanted, ...this.#missing.map(({ namespace }) => namespace)]);
    for (const [namespace, reflector] of this.#reflectors) {
      if (wanted.has(namespace)) continue;
      reflector.stop();
      this.#reflectors.delete(namespace);
    }
    if (!wanted.has('')) this.#dropOutside(wanted);
    for (const namespace of wanted) {
      if (!this.#reflectors.has(namespace)) this.#startReflector(namespace);
    }
    this.#merge();
    if (scope.kind !== 'cluster') this.#askAfter(ASK_AGAIN_MS);
  }

  /** Rows of namespaces that may no longer be read. */
  #dropOutside(namespaces: ReadonlySet<string>): void {
    const { store } = this;
    const lost = [...store.keys()]
      .map((key) => store.metadata(key))
      .filter((metadata) => !namespaces.has(metadata.namespace));
    store.batch(() => {
      for (const metadata of lost) store.delete(metadata.uid);
    });
  }

  #startReflector(namespace: string): void {
    const { clock, random, log, listWatch } = this.#options;
    const reflector = createReflector({
      listWatch: listWatch(this.type, namespace),
      codec: this.#codec(),
      sink: createStoreSink(this, namespace),
      clock,
      random,
      log,
    });
    this.#reflectors.set(namespace, reflector);
    let wasDenied = false;
    reflector.onConnection((connection) => {
      const isDenied = connection.state === 'forbidden';
      if (isDenied && !wasDenied) this.#ask();
      if (isDenied) this.#askAfter(ASK_AGAIN_MS);
      wasDenied = isDenied;
      this.#merge();
    });
    reflector.start();
  }

  #codec(): Codec {
    return this.#definition === null ? tableCodec() : this.#codecOf(this.type, this.#definition);
  }

  #askFailed(cause: unknown): void {
    if (this.#isStopped) return;
    const { clock, random, log } = this.#options;
    const error = errorOf(cause);
    const delayMs = retryDelayMs(error, this.#askAttempt++, random);
    const resource = resourceName(this.type);
    log.warn({ resource, reason: error.reason, delayMs }, 'the rights to a kind could not be asked');
    this.#askAfter(delayMs);
    if (this.#reflectors.size === 0) {
      this.#announce({ state: 'failed', error, retryMs: clock.nowMs() + delayMs });
    }
  }

  #askAfter(delayMs: number): void {
    this.#cancelAsk();
    this.#cancelAsk = this.#options.clock.after(delayMs, () => this.#ask());
  }

  #merge(): void {
    const states = [...this.#reflectors.values()].map((reflector) => reflector.connection);
    const asked = this.#asksDefault ? 0 : this.#asked.size;
    const isClusterWide = this.#reflectors.has('');
    this.#announce(isClusterWide ? mergeStates(states) : withNamespaces(states, this.#missing, asked));
  }

  #announce(connection: Connection): void {
    if (this.#isStopped) return;
    this.connection = connection;
    for (const listener of [...this.#connectionListeners]) listener(connection);
  }
}

function boundOf(definition: ResourceDefinition): Bound | null {
  if (definition.name !== 'events' && definition.name !== 'events.events.k8s.io') return null;
  return { rows: MOST_EVENTS, column: definition.sort.column };
}

function errorOf(cause: unknown): ApiError {
  if (cause instanceof ApiException) return cause.error;
  return apiError({ reason: 'InternalError', message: 'The rights to this kind could not be asked' });
}
