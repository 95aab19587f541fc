import { at, isDictionary, textAt } from '#lib/resources/read.ts';
import type { Refusal } from '../edge/refusal.ts';
import type { KubernetesRequest, PropagationPolicy } from './kubernetes-request.ts';

/**
 * What goes upstream with a write. Every write carries a precondition, so that nothing is changed that the person
 * did not see: delete the uid, update and merge patches the resourceVersion, JSON patches a test, apply its field
 * ownership. Who manages the fields and how strictly they are read is set here and nowhere else.
 */
export interface WriteBody {
  readonly contentType: string;
  readonly body: string;
  readonly query: Readonly<Record<string, string>>;
}

export const FIELD_MANAGER = 'strata-console';

const JSON_TYPE = 'application/json';
const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';
const DELETE_KEYS = new Set([
  'apiVersion',
  'kind',
  'preconditions',
  'propagationPolicy',
  'gracePeriodSeconds',
  'dryRun',
]);
const POLICIES: readonly PropagationPolicy[] = ['Background', 'Foreground', 'Orphan'];

const bad = (message: string): Refusal => ({ status: 400, reason: 'BadRequest', message });
const without = (what: string): Refusal => ({ status: 428, reason: 'PreconditionRequired', message: what });

/** contentType without parameters. The body must be JSON for every type, apply patches included. */
export function writeBody(
  request: KubernetesRequest,
  contentType: string,
  text: string,
): WriteBody | Refusal {
  const isPatch = request.verb === 'patch';
  const types = isPatch ? [JSON_PATCH, MERGE_PATCH, APPLY_PATCH] : [JSON_TYPE];
  if (!types.includes(contentType)) {
    const message = `This write takes ${types.join(', ')}.`;
    return { status: 415, reason: 'UnsupportedMediaType', message };
  }
  const json = parseJson(text);
  if (json === undefined) return bad('The body is not JSON.');
  if (request.verb === 'delete') return deleteBody(request, json);
  const problem = isPatch ? patchProblem(contentType, json) : objectProblem(request, json);
  if (problem !== null) return problem;
  return {
    contentType,
    body: text,
    query: {
      fieldManager: FIELD_MANAGER,
      fieldValidation: 'Strict',
      ...(request.isDryRun ? { dryRun: 'All' } : {}),
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function objectProblem(request: KubernetesRequest, json: unknown): Refusal | null {
  if (!isDictionary(json)) return bad('The body is not an object.');
  if (request.verb !== 'update' || textAt(json, 'metadata', 'resourceVersion') !== '') return null;
  return without('The object has no metadata.resourceVersion: it says which version you changed.');
}

function patchProblem(contentType: string, json: unknown): Refusal | null {
  if (contentType === JSON_PATCH) {
    if (!Array.isArray(json)) return bad('A JSON patch is a list of operations.');
    if (json.some((operation) => textAt(operation, 'op') === 'test')) return null;
    return without('The JSON patch has no test operation: it says what must still be true.');
  }
  if (!isDictionary(json)) return bad('The patch is not an object.');
  if (contentType === MERGE_PATCH) {
    if (textAt(json, 'metadata', 'resourceVersion') !== '') return null;
    return without('The patch has no metadata.resourceVersion: it says which version you changed.');
  }
  if (textAt(json, 'apiVersion') !== '' && textAt(json, 'kind') !== '') return null;
  return bad('An apply patch names its apiVersion and kind.');
}

/** DeleteOptions made anew from what is understood; anything else in them is refused rather than dropped. */
function deleteBody(request: KubernetesRequest, json: unknown): WriteBody | Refusal {
  if (!isDictionary(json)) return bad('The body is not DeleteOptions.');
  if (Object.keys(json).some((key) => !DELETE_KEYS.has(key)))
    return bad('DeleteOptions hold a key that is not served.');
  const uid = textAt(json, 'preconditions', 'uid');
  if (uid === '') return without('The delete has no preconditions.uid: it says which object is meant.');
  const resourceVersion = textAt(json, 'preconditions', 'resourceVersion');
  const policy = policyOf(request, json.propagationPolicy);
  if (policy === null) return bad('propagationPolicy is Background, Foreground or Orphan, and given once.');
  const grace = json.gracePeriodSeconds;
  const isGrace =
    grace === undefined || (typeof grace === 'number' && Number.isSafeInteger(grace) && grace >= 0);
  if (!isGrace) return bad('gracePeriodSeconds is a whole number of seconds.');
  const isDryRun = dryRunOf(request, json);
  if (isDryRun === null) return bad('dryRun takes All.');
  const options = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid, ...(resourceVersion === '' ? {} : { resourceVersion }) },
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(isDryRun ? { dryRun: ['All'] } : {}),
  };
  return { contentType: JSON_TYPE, body: JSON.stringify(options), query: {} };
}

function policyOf(request: KubernetesRequest, given: unknown): PropagationPolicy | undefined | null {
  if (given === undefined) return request.propagationPolicy;
  const policy = POLICIES.find((known) => known === given) ?? null;
  return request.propagationPolicy === undefined || request.propagationPolicy === policy ? policy : null;
}

function dryRunOf(request: KubernetesRequest, json: object): boolean | null {
  const given = at(json, 'dryRun');
  if (given === undefined) return request.isDryRun;
  return Array.isArray(given) && given.length === 1 && given[0] === 'All' ? true : null;
}
