import type { ApiError, CheckedState, WriteResult } from '#lib/resources/api-error.ts';
import { at, listAt, numberAt, textAt, textsAt } from '#lib/resources/read.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';

export interface DeleteRequest {
  readonly cluster: string;
  readonly type: Pick<ResourceType, 'group' | 'version' | 'resource'>;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  /** Precondition: another object of the same name is not deleted. */
  readonly uid: string;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly dryRun?: boolean;
}

/**
 * DELETE with a uid precondition. Never rejects and never tries twice: an answer that is lost, or is none of ours,
 * ends as `unknown`.
 */
export async function deleteObject(request: DeleteRequest): Promise<WriteResult> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid: request.uid },
    ...(request.propagationPolicy === undefined ? {} : { propagationPolicy: request.propagationPolicy }),
    ...(request.dryRun === true ? { dryRun: ['All'] } : {}),
  };
  return write('DELETE', routes.apiObject(request.cluster, objectPath(request)), body);
}

/** '/apis/apps/v1/namespaces/shop/deployments/cart': the object as the API server names it. */
export function objectPath(of: Pick<DeleteRequest, 'type' | 'namespace' | 'name'>): string {
  const { group, version, resource } = of.type;
  const root = group === '' ? `/api/${version}` : `/apis/${encodeURIComponent(group)}/${version}`;
  const scope = of.namespace === '' ? '' : `/namespaces/${encodeURIComponent(of.namespace)}`;
  return `${root}${scope}/${encodeURIComponent(resource)}/${encodeURIComponent(of.name)}`;
}

async function write(method: string, url: string, body: unknown): Promise<WriteResult> {
  let answer: Response;
  let json: unknown;
  try {
    answer = await fetch(url, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      cache: 'no-store',
    });
    json = await answer.json();
  } catch (cause) {
    return lost(unreachable(cause));
  }
  return writeResultOf(answer.status, json);
}

/** The console's answer as a WriteResult. Anything that is not one is a refusal (4xx) or a lost answer (the rest). */
export function writeResultOf(status: number, json: unknown): WriteResult {
  const outcome = textAt(json, 'outcome');
  if (outcome === 'done') {
    return {
      outcome,
      uid: textAt(json, 'uid'),
      resourceVersion: textAt(json, 'resourceVersion'),
      warnings: textsAt(json, 'warnings'),
    };
  }
  if (outcome === 'refused') return { outcome, error: errorOf(at(json, 'error'), status) };
  if (outcome === 'unknown') {
    const error = errorOf(at(json, 'error'), status);
    return { outcome, error, checked: checkedOf(at(json, 'checked'), error) };
  }
  const error = errorOf(json, status);
  return status >= 400 && status < 500 ? { outcome: 'refused', error } : lost(error);
}

function lost(error: ApiError): WriteResult {
  return { outcome: 'unknown', error, checked: { state: 'unchecked', error } };
}

function checkedOf(json: unknown, error: ApiError): CheckedState {
  const state = textAt(json, 'state');
  if (state === 'gone') return { state };
  if (state === 'leaving') return { state, uid: textAt(json, 'uid') };
  if (state === 'present') {
    return { state, uid: textAt(json, 'uid'), resourceVersion: textAt(json, 'resourceVersion') };
  }
  return { state: 'unchecked', error: errorOf(at(json, 'error'), error.code) };
}

/** An error as the console answers it, whatever came. */
export function errorOf(json: unknown, status: number): ApiError {
  const reason = textAt(json, 'reason');
  return {
    reason: reason === '' ? 'InvalidAnswer' : reason,
    code: numberAt(json, 'code') ?? status,
    message: textAt(json, 'message') || `The console answered ${status} without a reason`,
    causes: listAt(json, 'causes').map((cause) => ({
      field: textAt(cause, 'field') || undefined,
      reason: textAt(cause, 'reason') || undefined,
      message: textAt(cause, 'message'),
    })),
    retryAfterSeconds: numberAt(json, 'retryAfterSeconds') ?? undefined,
    auditId: textAt(json, 'auditId') || undefined,
    requestId: textAt(json, 'requestId') || undefined,
  };
}

function unreachable(cause: unknown): ApiError {
  const why = cause instanceof Error ? cause.message : 'no answer';
  return {
    reason: 'Unreachable',
    code: 0,
    message: `The console did not answer (${why}). Whether the change was made is not known`,
    causes: [],
  };
}
