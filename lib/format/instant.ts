/** '14:31:22' in the viewer's zone. */
export function formatClockTime(instantMs: number): string {
  return part(instantMs, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

/** '22 Nov 2026, 14:31:22 CET': the exact instant behind an age. */
export function formatInstant(instantMs: number): string {
  return part(instantMs, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
}

function part(instantMs: number, options: Intl.DateTimeFormatOptions): string {
  if (!Number.isFinite(instantMs) || Math.abs(instantMs) > 8.64e15) return '?';
  return new Intl.DateTimeFormat('en-GB', options).format(instantMs);
}
