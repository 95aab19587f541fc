const NBSP = '\u00a0';
const SECOND_MS = 1_000;

/** A short span with its unit: '0.4 ms', '11 ms', '640 ms', '1.2 s', '64 s'. Three significant digits at most. */
export function formatSpan(spanMs: number): string {
  if (!Number.isFinite(spanMs)) return '?';
  const isSeconds = Math.abs(spanMs) >= SECOND_MS;
  const value = isSeconds ? spanMs / SECOND_MS : spanMs;
  const digits = Math.abs(value) >= 10 ? 0 : 1;
  return `${Number(value.toFixed(digits))}${NBSP}${isSeconds ? 's' : 'ms'}`;
}

/** A rate: '0', '0.1', '2.4', '17'. */
export function formatRate(rate: number): string {
  if (!Number.isFinite(rate)) return '?';
  if (rate > 0 && rate < 0.1) return '<0.1';
  return Number(rate.toFixed(rate < 10 ? 1 : 0)).toLocaleString('en-US');
}
