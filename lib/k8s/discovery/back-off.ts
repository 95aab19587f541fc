import type { ApiError } from '#lib/resources/api-error.ts';

const FIRST_MS = 1_000;
const MAX_MS = 30_000;

/** Wait before the next try after `failures` (≥ 1) in a row: 1 s doubled to 30 s, half of it by chance; Retry-After counts. */
export function backOffMs(failures: number, random: () => number, error?: ApiError): number {
  const full = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  const askedMs = Math.min(MAX_MS, (error?.retryAfterSeconds ?? 0) * 1000);
  return Math.max(askedMs, Math.round(full * (0.5 + random() / 2)));
}
