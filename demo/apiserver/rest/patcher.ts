/** The four kinds of PATCH, each worked out on the stored object and written through the writer. */
import { depth, isObject, type JsonObject, object, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { ApiError, badRequest, conflict, invalid, notFound, required } from '../meta/status.ts';
import { applyJsonPatch, PatchRefused, readOperations } from '../patch/json-patch.ts';
import { serverSideApply } from '../patch/managers.ts';
import { applyMergePatch, applyStrategicMerge } from '../patch/merge-patch.ts';
import { decode } from '../schema/decode.ts';
import { isoTime, type Machinery, type WriteContext } from './context.ts';
import type { ObjectWriter } from './writer.ts';

export const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const;
export type PatchType = (typeof PATCH_TYPES)[number];

export interface PatchRequest {
  type: ResourceType;
  namespace: string;
  name: string;
  patchType: PatchType;
  body: unknown;
  isForced: boolean;
}

const refused = () =>
  new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

/** The patch function of a request: from the present object to the next. Throws ApiError. */
export function patchFunction(
  { schemas }: Pick<Machinery, 'schemas'>,
  request: PatchRequest,
): (current: JsonObject) => JsonObject {
  const { type, body, patchType } = request;
  const shape = schemas.root(type.group, type.version, type.kind);
  if (patchType === 'application/json-patch+json') {
    const operations = guarded(() => readOperations(body), badRequest);
    return (current) => whole(guarded(() => applyJsonPatch(current, operations), refused));
  }
  if (!isObject(body)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${Array.isArray(body) ? 'array' : typeof body} into Go value of type map[string]interface {}`,
    );
  }
  if (patchType === 'application/merge-patch+json') return (current) => whole(applyMergePatch(current, body));
  if (type.custom) throw unsupportedPatch();
  return (current) => whole(applyStrategicMerge(schemas, shape, current, body));
}

/** The body of a strategic merge patch. */
export const strategicBody = ({ patchType, body }: Pick<PatchRequest, 'patchType' | 'body'>) =>
  patchType === 'application/strategic-merge-patch+json' && isObject(body) ? body : undefined;

export const unsupportedPatch = () =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    {},
  );

function guarded<T>(run: () => T, fail: (message: string) => ApiError): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof PatchRefused) throw fail(error.message);
    throw error;
  }
}

function whole(value: unknown): JsonObject {
  if (!isObject(value) || !isObject(value.metadata ?? {})) throw refused();
  // A patch can copy a value into itself; what it builds is bounded like a body.
  if (depth(value, 1_001) > 1_000) throw badRequest('the patched object nests too deep');
  return value;
}

export interface Patched {
  object: KubeObject;
  isCreated: boolean;
}

/** Server-side apply: creates what is missing, else merges by ownership. */
export function applyPatch(
  machinery: Machinery,
  writer: ObjectWriter,
  request: PatchRequest,
  context: WriteContext,
): Patched {
  const { type, namespace, name, isForced } = request;
  const { schemas, store, clock } = machinery;
  if (context.manager === '') {
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      required('fieldManager', 'is required for apply patch'),
    ]);
  }
  const config = checkedConfig(machinery, request);
  const shape = schemas.tracked(type);
  const me = {
    manager: context.manager,
    subresource: context.subresource || undefined,
    apiVersion: type.apiVersion,
    time: isoTime(clock.now()),
  };
  const apply = (live: KubeObject) => serverSideApply(schemas, shape, live, config, me, isForced);
  if (store.get(type.key, type.namespaced ? namespace : '', name)) {
    return {
      object: writer.update(type, namespace, name, apply, context, { keepsManagers: true }),
      isCreated: false,
    };
  }
  if (context.subresource !== '') throw notFound(type, name);
  const uid = text(object(config.metadata).uid);
  if (uid !== '')
    throw conflict(
      type,
      name,
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  const empty = { apiVersion: type.apiVersion, kind: type.kind, metadata: { name } } as unknown as KubeObject;
  return {
    object: writer.create(type, namespace, apply(empty), context, { keepsManagers: true }),
    isCreated: true,
  };
}

function checkedConfig({ schemas }: Machinery, request: PatchRequest): JsonObject {
  const { type, body, name } = request;
  if (!isObject(body)) throw badRequest('error decoding YAML: the body is not an object');
  const metadata = object(body.metadata);
  if (metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  if (metadata.name !== undefined && metadata.name !== name) {
    throw badRequest(
      `the name of the object (${text(metadata.name, JSON.stringify(metadata.name))}) does not match the name on the URL (${name})`,
    );
  }
  const shape = schemas.root(type.group, type.version, type.kind);
  if (shape === undefined) return body;
  const unknown: string[] = [];
  const decoded = decode(
    schemas,
    shape,
    type,
    { ...body, kind: type.kind, apiVersion: type.apiVersion },
    unknown,
  );
  if (unknown.length === 0) return decoded;
  const where = `${text(metadata.namespace)}/${name}; ${type.group}/${type.version}`;
  const words = unknown.map((path) => `.${path}: field not declared in schema`).join(', ');
  throw new ApiError(500, '', `failed to create typed patch object (${where}, Kind=${type.kind}): ${words}`);
}
