/**
 * The one shape of every error a person may see. Built in lib/k8s/client from a Kubernetes `Status`, or from a
 * failed connection; shown by one error view. Never holds credentials, request bodies or Secret values.
 */
export interface ApiError {
  /**
   * A Kubernetes Status reason (NotFound, Forbidden, Conflict, Expired, Unauthorized, TooManyRequests, …), or one
   * of ours: Unreachable (no answer), InvalidAnswer (an answer that is not Kubernetes'), BadConfiguration (the
   * kubeconfig cannot be used), Refused (the console itself refuses the request). InternalError with code 0 is the
   * console's own fault.
   */
  readonly reason: string;
  /** HTTP status; 0 when there was no answer. */
  readonly code: number;
  /** The API server's own words, or ours in plain language. */
  readonly message: string;
  readonly causes: readonly ErrorCause[];
  /** What the error is about, as far as it is known. */
  readonly details?: { readonly kind?: string; readonly group?: string; readonly name?: string };
  /** Seconds, from Retry-After or Status.details. */
  readonly retryAfterSeconds?: number;
  /** The API server's Audit-Id, to find the request in its audit log. */
  readonly auditId?: string;
  /** The console's own request id, to find the request in its log. */
  readonly requestId?: string;
}

export interface ErrorCause {
  readonly field?: string;
  readonly reason?: string;
  readonly message: string;
}

/** A right that is missing, in RBAC's terms; namespace '' means at cluster scope. */
export interface MissingRight {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
}

/** How a write ended. `unknown`: the answer was lost; `checked` says what the object looked like afterwards. */
export type WriteResult =
  | {
      readonly outcome: 'done';
      readonly uid: string;
      readonly resourceVersion: string;
      readonly warnings: readonly string[];
    }
  | { readonly outcome: 'refused'; readonly error: ApiError }
  | { readonly outcome: 'unknown'; readonly error: ApiError; readonly checked: CheckedState };

export type CheckedState =
  | { readonly state: 'gone' }
  | { readonly state: 'leaving'; readonly uid: string }
  | { readonly state: 'present'; readonly uid: string; readonly resourceVersion: string }
  | { readonly state: 'unchecked'; readonly error: ApiError };
