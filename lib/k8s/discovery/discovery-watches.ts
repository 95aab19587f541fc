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
  const { clock, signal, pending } = options;
  const wakers = new Set<() => void>();
  const endedMs = new Map<ResourceType, number>();
  const running = new Set<ResourceType>();
  const unheard = new Set<ResourceType>(WATCHED.map(({ type }) => type));

  /** The first reading waits until every watch has its resourceVersion, or cannot have one: no change is missed. */
  function heard(type: ResourceType, tell: () => void): void {
    if (!unheard.delete(type)) tell();
    else if (unheard.size === 0) options.onListed();
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        wakers.delete(end);
        resolve();
      };
      const cancel = clock.after(delayMs, end);
      signal.addEventListener('abort', end, { once: true });
      wakers.add(end);
    });
  }

  function start({ type, announce }: Watched): void {
    running.add(type);
    const ended = () => {
      running.delete(type);
      if (signal.aborted) return;
      endedMs.set(type, clock.nowMs());
      options.onEnded();
      heard(type, () => {});
    };
    void watchChanges({
      ...options,
      type,
      pause,
      onListed: () => heard(type, options.onListed),
      onChange: (change) => {
        announce(pending, change);
        options.onChange();
      },
      onLoss: () => heard(type, options.onLoss),
    }).then(ended);
  }

  return {
    ensure() {
      for (const watched of WATCHED) {
        const sinceMs = clock.nowMs() - (endedMs.get(watched.type) ?? Number.NEGATIVE_INFINITY);
        if (!running.has(watched.type) && sinceMs >= POLL_MS) start(watched);
      }
    },
    wake() {
      for (const end of [...wakers]) end();
    },
  };
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
