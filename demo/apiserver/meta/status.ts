/** Errors as the API server words them. Every refusal leaves the server as one `Status` object. */
import type { JsonObject } from '../../base/json.ts';

export interface Cause {
  reason: string;
  message: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: Cause[];
  retryAfterSeconds?: number;
}

export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** metadata.continue of the Status: only an expired continue token has one. */
  readonly continueToken: string | undefined;

  constructor(
    code: number,
    reason: string,
    message: string,
    details?: StatusDetails,
    continueToken?: string,
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.continueToken = continueToken;
  }

  toStatus(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.continueToken ? { continue: this.continueToken } : {},
      status: 'Failure',
      message: this.message,
      ...(this.reason ? { reason: this.reason } : {}),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }
}

export interface Named {
  group: string;
  resource: string;
  kind: string;
}

const qualified = (type: Named) => (type.group === '' ? type.resource : `${type.resource}.${type.group}`);
const qualifiedKind = (type: Named) => (type.group === '' ? type.kind : `${type.kind}.${type.group}`);
const details = (type: Named, name: string): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(type.group ? { group: type.group } : {}),
  kind: type.resource,
});

export const badRequest = (message: string) => new ApiError(400, 'BadRequest', message);
export const unauthorized = () => new ApiError(401, 'Unauthorized', 'Unauthorized');
export const unknownResource = () =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
export const methodNotAllowed = () =>
  new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
export const gone = (message: string, continueToken?: string) =>
  new ApiError(410, 'Expired', message, undefined, continueToken);
export const tooLarge = (limit: number) =>
  new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`, {});
export const internal = (message: string) =>
  new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ reason: 'InternalError', message }],
  });

export const notFound = (type: Named, name: string) =>
  new ApiError(404, 'NotFound', `${qualified(type)} "${name}" not found`, details(type, name));
export const alreadyExists = (type: Named, name: string) =>
  new ApiError(409, 'AlreadyExists', `${qualified(type)} "${name}" already exists`, details(type, name));
export const conflict = (type: Named, name: string, why: string) =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`,
    details(type, name),
  );
export const modified = (type: Named, name: string) =>
  conflict(
    type,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
export const forbidden = (type: Named, name: string, why: string) =>
  new ApiError(
    403,
    'Forbidden',
    `${qualified(type)} ${name ? `"${name}" ` : ''}is forbidden: ${why}`,
    details(type, name),
  );

/** A refused precondition of a delete names the kind, not the resource. */
export const preconditionFailed = (type: Named, name: string, why: string) =>
  new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedKind(type)} "${name}": ${why}`, {
    name,
    ...(type.group ? { group: type.group } : {}),
    kind: type.kind,
  });

export interface FieldFault {
  field: string;
  reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueTypeInvalid'
    | 'FieldValueTooMany'
    | 'FieldValueNotFound'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong'
    | 'FieldValueDuplicate';
  /** The words behind the field, for example `Required value`. */
  message: string;
}

export const required = (field: string, why = ''): FieldFault => ({
  field,
  reason: 'FieldValueRequired',
  message: `Required value${why ? `: ${why}` : ''}`,
});
export const invalidValue = (field: string, value: unknown, why: string): FieldFault => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value) ?? 'null'}: ${why}`,
});

export function invalid(kind: { group: string; kind: string }, name: string, faults: FieldFault[]): ApiError {
  const lines = faults.map(({ field, message }) => `${field}: ${message}`);
  const all = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const qualifiedName = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return new ApiError(422, 'Invalid', `${qualifiedName} "${name}" is invalid: ${all}`, {
    ...(name ? { name } : {}),
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.kind,
    causes: faults.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}
