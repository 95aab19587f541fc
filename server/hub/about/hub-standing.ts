import { type AboutFigures, MAX_SOCKETS, type SocketFigures } from '#lib/protocol/about-frame.ts';
import type { ClusterSlot } from '../cluster.ts';
import type { HubCounters } from '../hub-counters.ts';

/** What an about subscription reads of the hub it belongs to. */
export type HubStanding = Pick<AboutFigures, 'hub' | 'sockets' | 'clusters'>;

/** All sockets and clusters of the hub, as one of its sockets may see them: counted, never named. */
export function hubStanding(
  counters: HubCounters,
  ticksPerSecond: number,
  sockets: readonly SocketFigures[],
  slots: Iterable<ClusterSlot>,
): HubStanding {
  const { messages: _, ...told } = counters;
  return {
    hub: { ...told, ticksPerSecond, slow: sockets.filter(isSlow).length },
    sockets: [...sockets].sort(bySlowness).slice(0, MAX_SOCKETS),
    clusters: [...slots].map(standingOf),
  };
}

const isSlow = ({ slowSinceMs }: SocketFigures): boolean => slowSinceMs !== null;

/** The slowest first, then what waits most; one's own before others that do as well. */
function bySlowness(a: SocketFigures, b: SocketFigures): number {
  const slow = (a.slowSinceMs ?? Number.MAX_VALUE) - (b.slowSinceMs ?? Number.MAX_VALUE);
  return slow || b.waitingBytes - a.waitingBytes || Number(b.isThis) - Number(a.isThis);
}

function standingOf({ identity, cluster }: ClusterSlot): AboutFigures['clusters'][number] {
  return {
    id: identity.id,
    version: cluster?.discovery.snapshot().version ?? '',
    watches: cluster === undefined ? 0 : cluster.informers.running().length,
  };
}
