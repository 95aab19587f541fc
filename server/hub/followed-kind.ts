import type { Discovery, DiscoverySnapshot } from '#lib/k8s/discovery/discovery.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { ResourceName, ResourceType } from '#lib/resources/resource-type.ts';
import { servedType } from './served-type.ts';

/** Whatever a subscription reads of a kind that is served. */
export interface Source {
  connection(): Connection;
  retry(): void;
  close(): void;
}

export interface FollowOptions<S extends Source, B> {
  readonly discovery: Discovery;
  readonly kind: ResourceName;
  /** Kinds beside it that the answer leads through; when these change, the source is opened anew. */
  readonly beside: (snapshot: DiscoverySnapshot) => B;
  /** May throw ApiException; nothing is held then. */
  readonly open: (type: ResourceType, beside: B) => S;
  readonly changed: () => void;
  /** What open() threw after the first time. */
  readonly failed: (cause: unknown) => void;
}

/**
 * A kind as discovery has it: not known yet, served (there is a source), served otherwise (another source), gone. The
 * first look is taken at once, and what open() throws then is thrown.
 */
export class FollowedKind<S extends Source, B = null> {
  source: S | null = null;
  readonly #options: FollowOptions<S, B>;
  readonly #unsubscribe: () => void;
  #needed = '';
  #unserved: Connection = { state: 'connecting', read: 0, total: 0 };

  constructor(options: FollowOptions<S, B>) {
    this.#options = options;
    this.#look();
    this.#unsubscribe = options.discovery.onChange(() => this.#lookAgain());
  }

  connection(): Connection {
    return this.source?.connection() ?? this.#unserved;
  }

  retry(): void {
    if (this.source === null) this.#options.discovery.retry();
    else this.source.retry();
  }

  close(): void {
    this.#unsubscribe();
    this.#detach();
  }

  #lookAgain(): void {
    try {
      this.#look();
    } catch (cause) {
      this.#options.failed(cause);
    }
  }

  #look(): void {
    const { discovery, kind, beside: besideOf, open, changed } = this.#options;
    const snapshot = discovery.snapshot();
    const served = servedType(snapshot, kind);
    if (served.type === null) {
      // A discovery that lost its footing says nothing about a kind already followed.
      if (this.source !== null && served.connection.state !== 'gone') return;
      this.#detach();
      this.#unserved = served.connection;
    } else {
      const beside = besideOf(snapshot);
      const needed = JSON.stringify([served.type, beside]);
      if (this.source !== null && needed === this.#needed) return;
      this.#detach();
      this.source = open(served.type, beside);
      this.#needed = needed;
    }
    changed();
  }

  #detach(): void {
    this.source?.close();
    this.source = null;
  }
}
