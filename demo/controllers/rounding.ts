/** maxSurge and maxUnavailable as the workload controllers resolve them. */

/** A number as it is, a percentage of `total` rounded up (surge) or down (unavailable). */
export function resolvePercent(
  value: number | string | undefined,
  total: number,
  isRoundedUp: boolean,
): number {
  if (typeof value === 'number') return value;
  const percent = Number.parseInt(value ?? '0', 10) || 0;
  const exact = (percent * total) / 100;
  return isRoundedUp ? Math.ceil(exact) : Math.floor(exact);
}

/** Surge rounds up, unavailable rounds down; both zero would stand still, so then one may be unavailable. */
export function resolveFenceposts(
  surge: number | string | undefined,
  unavailable: number | string | undefined,
  desired: number,
): { surge: number; unavailable: number } {
  const up = resolvePercent(surge, desired, true);
  const down = resolvePercent(unavailable, desired, false);
  return up === 0 && down === 0
    ? { surge: 0, unavailable: 1 }
    : { surge: up, unavailable: Math.min(down, desired) };
}

interface Strategy {
  type: string;
  rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string };
}

/** How many pods more than wanted a deployment may have while it rolls. */
export const maxSurge = ({ type, rollingUpdate }: Strategy, desired: number): number =>
  type === 'Recreate'
    ? 0
    : resolveFenceposts(rollingUpdate?.maxSurge, rollingUpdate?.maxUnavailable, desired).surge;

/** How many of the wanted pods may be missing while it rolls. */
export const maxUnavailable = ({ type, rollingUpdate }: Strategy, desired: number): number =>
  type === 'Recreate' || desired === 0
    ? 0
    : Math.min(
        desired,
        resolveFenceposts(rollingUpdate?.maxSurge, rollingUpdate?.maxUnavailable, desired).unavailable,
      );
