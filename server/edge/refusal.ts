import type { ApiError } from '#lib/resources/api-error.ts';

/** Why the console itself does not serve a request. The words are shown to people and never repeat the request. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** ApiError's reason; 'Refused' when absent. */
  readonly reason?: string;
}

export function isRefusal(value: object): value is Refusal {
  return 'status' in value && 'message' in value;
}

export function refusalError(refusal: Refusal, requestId?: string): ApiError {
  return {
    reason: refusal.reason ?? 'Refused',
    code: refusal.status,
    message: refusal.message,
    causes: [],
    ...(requestId === undefined ? {} : { requestId }),
  };
}
