import type { ApiError } from '#lib/resources/api-error.ts';

/** client-go's back-off of a Reflector: 800 ms doubling to 30 s. */
const FIRST_MS = 800;
const LONGEST_MS = 30_000;
/** Nobody there to be overloaded by asking, and a server that returns must be seen within 10 s. */
const LONGEST_UNREACHABLE_MS = 8_000;
/** Rights, credentials and kinds come back by somebody's hand, not by asking often. */
const SLOW_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 600_000;

/** How long to wait before try number `attempt` (0 is the first after a success). Jittered downwards by up to half. */
export function retryDelayMs(error: ApiError, attempt: number, random: () => number): number {
  if (error.code === 401 || error.code === 403 || error.code === 404) return SLOW_MS;
  if ((error.code === 429 || error.code === 503) && error.retryAfterSeconds !== undefined) {
    // Never earlier than asked; a little later, so that not all come at once.
    return Math.min(LONGEST_RETRY_AFTER_MS, error.retryAfterSeconds * 1_000 * (1 + random() * 0.2));
  }
  const longest = error.code === 0 ? LONGEST_UNREACHABLE_MS : LONGEST_MS;
  const delay = Math.min(longest, FIRST_MS * 2 ** Math.min(attempt, 20));
  return delay * (0.5 + random() / 2);
}

/** The version asked for is no longer (or never was) in the API server's history. */
export function isExpired(error: ApiError): boolean {
  return error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone';
}
