import type { ApiError } from '#lib/resources/api-error.ts';

/** The console's own words about a message or subscription it does not serve, in the shape of every other error. */
export function protocolError(
  reason: 'BadRequest' | 'NotFound' | 'TooManyRequests',
  message: string,
): ApiError {
  const code = reason === 'BadRequest' ? 400 : reason === 'NotFound' ? 404 : 429;
  return { reason, code, message, causes: [] };
}
