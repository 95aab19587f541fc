import { createAccess } from '#lib/k8s/access/create-access.ts';
import { createInformerFactory } from '#lib/k8s/cache/informer-factory.ts';
import { createObjectInformerFactory } from '#lib/k8s/cache/object-informer-factory.ts';
import type { Clock } from '#lib/k8s/client/clock.ts';
import { createHeartbeat } from '#lib/k8s/client/create-heartbeat.ts';
import type { ClusterEntry } from '#lib/k8s/client/kubernetes-client.ts';
import type { Log } from '#lib/k8s/client/log.ts';
import { createDiscovery } from '#lib/k8s/discovery/create-discovery.ts';
import { definitionOf } from '#lib/resources/registry.ts';
import { resourceName } from '#lib/resources/resource-type.ts';
import { countedClient } from './counted-client.ts';
import type { ClusterSlot } from './hub/cluster.ts';

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
  return { identity, cluster: { identity, client, discovery, access, informers, objects, heartbeat } };
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
