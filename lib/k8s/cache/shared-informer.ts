import type { Connection } from '#lib/resources/connection.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import type { ReflectorStats } from './reflector/reflector.ts';
import type { Store } from './store.ts';

/**
 * One kind of one cluster as one identity, shared by every subscription. One LIST chain and one WATCH (or, when only
 * some namespaces may be read, one each) however many look. Started by the first acquire, stopped lingerMs after the
 * last release.
 */
export interface SharedInformer {
  readonly type: ResourceType;
  /** Replaced (onStore) when a custom kind's columns change. */
  readonly store: Store;
  /** Of everything this informer reads. */
  readonly connection: Connection;
  /**
   * Of a question over these namespaces only ([]: every namespace that may be read). What others ask of the same
   * informer is not in it: "none" about a namespace that may not be read would be a lie.
   */
  connectionFor(namespaces: readonly string[]): Connection;
  /** True once a first complete LIST was stored. */
  readonly isSynced: boolean;
  onConnection(listener: (connection: Connection) => void): () => void;
  onStore(listener: (store: Store) => void): () => void;
  /** Adds namespaces somebody asked for; without effect when the watch is cluster-wide. */
  include(namespaces: readonly string[]): void;
  /** Skips the back-off of whatever waits. */
  retry(): void;
  /** Sums over its Reflectors, for /metrics. */
  readonly stats: InformerStats;
}

export interface InformerStats extends ReflectorStats {
  readonly rows: number;
  /** About what the rows take in memory. */
  readonly heldBytes: number;
  /** Monotonic clock of the start. */
  readonly startedMs: number;
  /** Reflectors that run: 1 cluster-wide, else one a readable namespace. */
  readonly reflectors: number;
  /** Rows dropped because the kind is bounded (Events: the newest 20,000 are kept). */
  readonly dropped: number;
}

export interface InformerFactory {
  /** Holds the informer until release is called (idempotent). */
  acquire(
    type: ResourceType,
    namespaces: readonly string[],
  ): { informer: SharedInformer; release: () => void };
  /** Informers that run, for /metrics and the page about this console. */
  running(): readonly SharedInformer[];
  /** How many hold it now; 0 while it only lingers. */
  holdersOf(informer: SharedInformer): number;
  stop(): void;
}
