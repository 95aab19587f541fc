import { createAccess } from '#lib/k8s/access/create-access.ts';
import { createInformerFactory } from '#lib/k8s/cache/informer-factory.ts';
import { createObjectInformerFactory } from '#lib/k8s/cache/object-informer-factory.ts';
import type { Clock } from '#lib/k8s/client/clock.ts';
import { createHeartbeat } from '#lib/k8s/client/create-heartbeat.ts';
import type { ClusterEntry } from '#lib/k8s/client/kubernetes-client.ts';
import type { Log } from '#lib/k8s/client/log.ts';
import { createDiscovery } from '#lib/k8s/discovery/create-discovery.ts';
import type { Connection } from '#lib/resources/connection.ts';
import { definitionOf } from '#lib/resources/registry.ts';
import { resourceName } from '#lib/resources/resource-type.ts';
import { countedClient } from './counted-client.ts';
import type { Cluster, ClusterSlot } from './hub/cluster.ts';

export interface ClusterParts {
  readonly clock: Clock;
  /** [0, 1) */
  readonly random: () => number;
  readonly log: Log;
  readonly onUpstream: (cluster: string, code: number) => void;
}

/** Everything a cluster needs, wired and at rest: nothing is dialled before somebody looks. */
export function wireClusters(
  entries: readonly ClusterEntry[],
  parts: ClusterParts,
): ReadonlyMap<string, ClusterSlot> {
  return new Map(entries.map((entry) => [entry.cluster.id, wire(entry, parts)]));
}

function wire(entry: ClusterEntry, parts: ClusterParts): ClusterSlot {
  const identity = entry.cluster;
  if ('error' in entry) return { identity, error: entry.error };
  const { clock, random, log } = parts;
  const client = countedClient(entry.client, (code) => parts.onUpstream(identity.id, code));
  const listWatch = client.listWatch.bind(client);
  const access = createAccess({ client, clock });
  const informers = createInformerFactory({
    clock,
    random,
    listWatch,
    definitionOf: (type) => definitionOf(resourceName(type)) ?? null,
    scopeOf: (type, namespaces) => access.scopeOf(type, namespaces),
    log,
  });
  const objects = createObjectInformerFactory({ clock, random, listWatch, log });
  const discovery = createDiscovery({ client, clock, random, log });
  const heartbeat = createHeartbeat({ client, clock });
  const cluster = { identity, client, discovery, access, informers, objects, heartbeat };
  wakeOnReturn(cluster);
  return { identity, cluster };
}

/**
 * A watch that has failed for long waits up to 30 s for its next try. When the heartbeat hears the API server again,
 * waiting has lost its reason: whatever is not live tries at once, so that rows are true again within seconds.
 */
export function wakeOnReturn(
  cluster: Pick<Cluster, 'discovery' | 'informers' | 'objects' | 'heartbeat'>,
): void {
  let wasAway = false;
  cluster.heartbeat.onBeat(({ error }) => {
    const isBack = wasAway && error === undefined;
    wasAway = error !== undefined;
    if (!isBack) return;
    for (const informer of [...cluster.informers.running(), ...cluster.objects.running()]) {
      if (isWaiting(informer.connection)) informer.retry();
    }
    if (isWaiting(cluster.discovery.snapshot().connection)) cluster.discovery.retry();
  });
}

function isWaiting({ state }: Connection): boolean {
  return state === 'stale' || state === 'failed';
}

/** Ends all watches, timers and connections; resolves when the connections are closed. */
export async function stopClusters(clusters: ReadonlyMap<string, ClusterSlot>): Promise<void> {
  const closing = [...clusters.values()].map(async ({ cluster }) => {
    if (cluster === undefined) return;
    cluster.informers.stop();
    cluster.objects.stop();
    cluster.discovery.stop();
    cluster.heartbeat.stop();
    await cluster.client.close();
  });
  await Promise.all(closing);
}
