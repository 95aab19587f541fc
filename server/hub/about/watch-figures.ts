import type { SharedInformer } from '#lib/k8s/cache/shared-informer.ts';
import type { WatchFigures, WatchStanding } from '#lib/protocol/about-frame.ts';
import type { Connection } from '#lib/resources/connection.ts';
import { resourceName } from '#lib/resources/resource-type.ts';
import type { Cluster } from '../cluster.ts';
import { lagOf } from './lag.ts';

/** Every watch over rows of one cluster, by kind. Informers are a person's own, so what they hold may be counted. */
export function watchesOf(
  cluster: Pick<Cluster, 'informers' | 'heartbeat'>,
  eventsPerMinute: (informer: SharedInformer) => number | null,
): readonly WatchFigures[] {
  const { clusterOffsetMs } = cluster.heartbeat.snapshot();
  return cluster.informers
    .running()
    .map((informer) => {
      const readers = cluster.informers.holdersOf(informer);
      return watchOf(informer, readers, eventsPerMinute(informer), clusterOffsetMs);
    })
    .sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

function watchOf(
  informer: SharedInformer,
  readers: number,
  eventsPerMinute: number | null,
  clusterOffsetMs: number | null,
): WatchFigures {
  const { type, stats, connection } = informer;
  // A right that was lost takes the figures along at once, before the rows are cleared.
  const mayList = connection.state !== 'forbidden';
  return {
    resource: resourceName(type),
    kind: type.kind,
    group: type.group,
    standing: standingOf(connection),
    startedMs: stats.startedMs,
    readers,
    parts: stats.reflectors,
    rows: mayList ? stats.rows : null,
    heldBytes: mayList ? stats.heldBytes : null,
    eventsPerMinute: mayList ? eventsPerMinute : null,
    lag: mayList ? lagOf(stats.arrivals, clusterOffsetMs) : null,
    lastList: mayList ? stats.lastList : null,
    relists: Object.values(stats.relists).reduce((sum, count) => sum + count, 0),
    malformed: stats.malformed,
  };
}

export function standingOf(connection: Connection): WatchStanding {
  const { state, namespaces } = connection;
  const error = 'error' in connection ? connection.error : undefined;
  return {
    state,
    confirmedMs: confirmedMsOf(connection),
    ...(connection.state === 'live' && connection.sampledSeconds !== undefined
      ? { sampledSeconds: connection.sampledSeconds }
      : {}),
    ...(connection.state === 'connecting' ? { read: connection.read, total: connection.total } : {}),
    ...(error === undefined ? {} : { error: { reason: error.reason, code: error.code } }),
    ...(namespaces === undefined
      ? {}
      : { namespaces: { readable: namespaces.readable, total: namespaces.total } }),
  };
}

function confirmedMsOf(connection: Connection): number {
  if (connection.state === 'live') return connection.confirmedMs;
  return connection.state === 'stale' ? connection.sinceMs : -1;
}
