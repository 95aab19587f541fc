/**
 * How fast nodes may be emptied: one node in ten seconds a zone; none of a small zone of which more than half is gone,
 * for then the network is the likelier cause; and none at all when no node of the cluster is ready.
 */

export interface ZoneNode {
  zone: string;
  isReady: boolean;
}

/** Milliseconds between two nodes of the zone; undefined when none may be emptied. */
type Pace = number | undefined;

const NORMAL_MS = 10_000;
const LARGE_MS = 100_000;
const LARGE_ZONE = 50;
const UNHEALTHY_SHARE = 0.55;

export function zonePaces(nodes: Iterable<ZoneNode>): Map<string, Pace> {
  const zones = new Map<string, { ready: number; lost: number }>();
  for (const { zone, isReady } of nodes) {
    const counts = zones.get(zone) ?? { ready: 0, lost: 0 };
    if (isReady) counts.ready += 1;
    else counts.lost += 1;
    zones.set(zone, counts);
  }
  const isAllLost = [...zones.values()].every(({ ready }) => ready === 0);
  return new Map([...zones].map(([zone, counts]) => [zone, isAllLost ? undefined : paceOf(counts)]));
}

function paceOf({ ready, lost }: { ready: number; lost: number }): Pace {
  // A zone without any ready node is emptied as usual, into the others.
  const isPartly = ready > 0 && lost > 2 && lost / (lost + ready) >= UNHEALTHY_SHARE;
  if (!isPartly) return NORMAL_MS;
  return ready + lost > LARGE_ZONE ? LARGE_MS : undefined;
}
