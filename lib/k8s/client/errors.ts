import type { ApiError } from '#lib/resources/api-error.ts';
import { ApiException } from './kubernetes-client.ts';

export function apiError(part: Pick<ApiError, 'reason' | 'message'> & Partial<ApiError>): ApiError {
  return { code: 0, causes: [], ...part };
}

export function badConfiguration(message: string): ApiException {
  return new ApiException(apiError({ reason: 'BadConfiguration', message }));
}

export function refused(message: string): ApiException {
  return new ApiException(apiError({ reason: 'Refused', message }));
}

export function invalidAnswer(message: string, code = 0): ApiException {
  return new ApiException(apiError({ reason: 'InvalidAnswer', code, message }));
}

/** What an aborted signal ends with. */
export function aborted(): DOMException {
  return new DOMException('The request was given up', 'AbortError');
}
