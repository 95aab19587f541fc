/** Figure and unit never part: U+00A0. */
const NBSP = '\u00a0';

const UNITS: readonly [label: string, seconds: number][] = [
  ['y', 365 * 86_400],
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/**
 * A span of time in at most `units` units: '38 min', '1 y 34 d'. Below one second it is '0 s'; negative spans (clock
 * skew) are 0, never negative.
 */
export function formatDuration(durationMs: number, units: 1 | 2 = 1): string {
  if (!Number.isFinite(durationMs)) return '?';
  let rest = Math.max(0, Math.floor(durationMs / 1000));
  const parts: string[] = [];
  for (const [index, [label, seconds]] of UNITS.entries()) {
    const count = Math.floor(rest / seconds);
    if (count === 0 && (parts.length === 0 ? index < UNITS.length - 1 : true)) {
      if (parts.length > 0) break;
      continue;
    }
    parts.push(`${count}${NBSP}${label}`);
    rest -= count * seconds;
    if (parts.length === units) break;
  }
  return parts.join(' ');
}

/** Age of an instant at nowMs, both ms since 1970. 0 is Kubernetes' "never set". */
export function formatAge(instantMs: number, nowMs: number, units: 1 | 2 = 1): string {
  return instantMs === 0 ? '?' : formatDuration(nowMs - instantMs, units);
}
