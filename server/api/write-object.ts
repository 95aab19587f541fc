import {
  ApiException,
  type KubernetesAnswer,
  type KubernetesClient,
} from '#lib/k8s/client/kubernetes-client.ts';
import type { ApiError, CheckedState, WriteResult } from '#lib/resources/api-error.ts';
import { at, textAt } from '#lib/resources/read.ts';
import { type KubernetesRequest, upstreamPath } from './kubernetes-request.ts';
import type { WriteBody } from './write-body.ts';

/**
 * One write, sent once. It ends as done, refused, or, when its answer was lost, as unknown with what the object looks
 * like now: the check is ours, so that nobody has to try again blindly.
 */
export interface Written {
  readonly result: WriteResult;
  readonly auditId?: string;
}

const METHODS = { create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;
const CHECK_TIMEOUT_MS = 8_000;
/** Codes of Node and undici that end a request before its first byte has left. */
const NOT_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_.*)$/;
/** etcd's errors (etcdserver/errors.go) and those of the connection to it; a webhook that failed is a plain no. */
const IN_DOUBT =
  /etcdserver: (?:request timed out|leader changed)|rpc error: code = (?:Unavailable|DeadlineExceeded)/;

/** Never rejects. */
export async function writeObject(
  client: Pick<KubernetesClient, 'request'>,
  request: KubernetesRequest & { readonly verb: keyof typeof METHODS },
  body: WriteBody,
  requestId: string,
): Promise<Written> {
  try {
    const answer = await client.request({
      method: METHODS[request.verb],
      path: upstreamPath(request),
      requestId,
      ...body,
    });
    return { result: doneOf(request, body, answer), ...(answer.auditId ? { auditId: answer.auditId } : {}) };
  } catch (failure) {
    const error = errorOf(failure);
    const auditId = error.auditId === undefined ? {} : { auditId: error.auditId };
    if (!isAnswerLost(failure, error)) return { result: { outcome: 'refused', error }, ...auditId };
    const checked = await check(client, request, body, requestId);
    return { result: { outcome: 'unknown', error, checked }, ...auditId };
  }
}

function doneOf(request: KubernetesRequest, body: WriteBody, answer: KubernetesAnswer): WriteResult {
  const json = answer.json();
  // A delete answers with the object, or with a Status whose details name it, or (old extensions) with neither.
  const uid =
    textAt(json, 'metadata', 'uid') ||
    textAt(json, 'details', 'uid') ||
    (request.verb === 'delete' ? textAt(JSON.parse(body.body), 'preconditions', 'uid') : '');
  const resourceVersion = textAt(json, 'metadata', 'resourceVersion');
  return { outcome: 'done', uid, resourceVersion, warnings: answer.warnings };
}

/** Whether the API server may have acted although we do not know its answer. In doubt: yes. */
function isAnswerLost(failure: unknown, error: ApiError): boolean {
  if (error.reason === 'Unreachable') return !wasNotSent(failure);
  // A fault of ours on the way: the request may have left before it.
  if (error.reason === 'InternalError' && error.code === 0) return true;
  // apiserver passes etcd's errors on as plain 500s; after these the write may be stored all the same.
  if (error.code >= 500 && IN_DOUBT.test(error.message)) return true;
  if (error.reason === 'InvalidAnswer') return error.code < 300 || error.code >= 500;
  // apiserver: both say that the work may still go on.
  return error.reason === 'Timeout' || error.reason === 'ServerTimeout';
}

function wasNotSent(failure: unknown): boolean {
  let next: unknown = failure;
  for (let depth = 0; depth < 6 && next instanceof Error; depth += 1) {
    if ('code' in next && typeof next.code === 'string' && isBeforeSending(next.code)) return true;
    next = next instanceof AggregateError ? next.errors[0] : next.cause;
  }
  return false;
}

/** TLS failures too: the request is written only after the handshake. */
const isBeforeSending = (code: string): boolean =>
  NOT_SENT.test(code) || /^(?:CERT_|ERR_TLS_CERT|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code);

async function check(
  client: Pick<KubernetesClient, 'request'>,
  request: KubernetesRequest,
  body: WriteBody,
  requestId: string,
): Promise<CheckedState> {
  const name = request.name === '' ? textAt(JSON.parse(body.body), 'metadata', 'name') : request.name;
  const unchecked = (error: ApiError): CheckedState => ({ state: 'unchecked', error });
  if (name === '') {
    const message = 'The API server gives this object its name, so it cannot be looked for.';
    return unchecked({ reason: 'Refused', code: 0, message, causes: [] });
  }
  try {
    const path = upstreamPath({ ...request, name, subresource: '' });
    const answer = await client.request({ method: 'GET', path, timeoutMs: CHECK_TIMEOUT_MS, requestId });
    const json = answer.json();
    const uid = textAt(json, 'metadata', 'uid');
    if (at(json, 'metadata', 'deletionTimestamp') !== undefined) return { state: 'leaving', uid };
    return { state: 'present', uid, resourceVersion: textAt(json, 'metadata', 'resourceVersion') };
  } catch (failure) {
    const error = errorOf(failure);
    return error.reason === 'NotFound' ? { state: 'gone' } : unchecked(error);
  }
}

/** Anything but an ApiException is a fault of ours and stays one. */
function errorOf(failure: unknown): ApiError {
  if (failure instanceof ApiException) return failure.error;
  throw failure;
}
