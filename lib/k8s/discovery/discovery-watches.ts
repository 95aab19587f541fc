import type { ResourceType } from '#lib/resources/resource-type.ts';
import type { Clock } from '../client/clock.ts';
import type { KubernetesClient } from '../client/kubernetes-client.ts';
import type { Change } from './change-watch.ts';
import { watchChanges } from './change-watch.ts';
import type { PendingChanges } from './pending-changes.ts';

/**
 * The watches on what extends an API server: CustomResourceDefinitions and APIServices. Where they may not be
 * watched, they are tried again once a minute, beside the readings that then come every minute.
 */
export interface DiscoveryWatches {
  /** Starts what does not run and was not refused within the last minute. */
  ensure(): void;
  /** Ends the back-off of whatever waits. */
  wake(): void;
}

export interface DiscoveryWatchesOptions {
  readonly client: Pick<KubernetesClient, 'request' | 'listWatch'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly pending: PendingChanges;
  readonly onChange: () => void;
  /** Discovery read before this may be outdated. Called once for all watches at the start, then for each LIST. */
  readonly onListed: () => void;
  readonly onLoss: () => void;
  /** This identity may not watch, or the type is not served. */
  readonly onEnded: () => void;
}

export const POLL_MS = 60_000;

export function createDiscoveryWatches(options: DiscoveryWatchesOptions): DiscoveryWatches {
  return new ExtensionWatches(options);
}

class ExtensionWatches implements DiscoveryWatches {
  readonly #options: DiscoveryWatchesOptions;
  readonly #wakers = new Set<() => void>();
  readonly #endedMs = new Map<ResourceType, number>();
  readonly #running = new Set<ResourceType>();
  readonly #unheard = new Set<ResourceType>(WATCHED.map(({ type }) => type));

  constructor(options: DiscoveryWatchesOptions) {
    this.#options = options;
  }

  ensure(): void {
    for (const watched of WATCHED) {
      const endedMs = this.#endedMs.get(watched.type) ?? Number.NEGATIVE_INFINITY;
      const isDue = this.#options.clock.nowMs() - endedMs >= POLL_MS;
      if (isDue && !this.#running.has(watched.type)) void this.#follow(watched);
    }
  }

  wake(): void {
    for (const end of [...this.#wakers]) end();
  }

  async #follow({ type, announce }: Watched): Promise<void> {
    const { onListed, onLoss, onChange, onEnded, pending, clock, signal } = this.#options;
    this.#running.add(type);
    await watchChanges({
      ...this.#options,
      type,
      pause: (delayMs) => this.#pause(delayMs),
      onListed: () => this.#heard(type, onListed),
      onLoss: () => this.#heard(type, onLoss),
      onChange: (change) => {
        announce(pending, change);
        onChange();
      },
    });
    this.#running.delete(type);
    if (signal.aborted) return;
    this.#endedMs.set(type, clock.nowMs());
    onEnded();
    this.#heard(type, () => {});
  }

  /** The first reading waits until every watch has its resourceVersion, or cannot have one: no change is missed. */
  #heard(type: ResourceType, tell: () => void): void {
    if (!this.#unheard.delete(type)) tell();
    else if (this.#unheard.size === 0) this.#options.onListed();
  }

  #pause(delayMs: number): Promise<void> {
    const { clock, signal } = this.#options;
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        this.#wakers.delete(end);
        resolve();
      };
      const cancel = clock.after(delayMs, end);
      signal.addEventListener('abort', end, { once: true });
      this.#wakers.add(end);
    });
  }
}

interface Watched {
  readonly type: ResourceType;
  readonly announce: (pending: PendingChanges, change: Change) => void;
}

const WATCHED: readonly Watched[] = [
  {
    type: clusterType('apiextensions.k8s.io', 'customresourcedefinitions', 'CustomResourceDefinition'),
    announce: (pending, change) => pending.definitionChanged(change),
  },
  {
    type: clusterType('apiregistration.k8s.io', 'apiservices', 'APIService'),
    announce: (pending, change) => pending.apiServiceChanged(change),
  },
];

function clusterType(group: string, resource: string, kind: string): ResourceType {
  const nothing = { shortNames: [], categories: [], subresources: [], custom: false };
  return { group, version: 'v1', resource, kind, scope: 'Cluster', verbs: ['list', 'watch'], ...nothing };
}
