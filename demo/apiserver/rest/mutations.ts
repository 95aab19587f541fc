/** POST, PUT, PATCH and DELETE of objects and their subresources, from HTTP to the writer and back. */
import { array, at, equal, isObject, type JsonObject, number, object, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { fromEventsV1 } from '../meta/events-view.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { mediaType } from '../meta/negotiate.ts';
import type { RequestInfo } from '../meta/request-info.ts';
import { isScaled, scaleOf, withReplicas } from '../meta/scale.ts';
import { ApiError, badRequest, invalid, methodNotAllowed, notFound } from '../meta/status.ts';
import { bindPod, readBinding } from './binding.ts';
import { parseBody } from './body.ts';
import type { FieldValidation, Machinery, WriteContext } from './context.ts';
import {
  type Deleted,
  type DeleteOptions,
  ObjectDeleter,
  readDeleteOptions,
  successStatus,
} from './deleter.ts';
import { EPHEMERAL } from './ephemeral.ts';
import { readFilter } from './fields.ts';
import {
  applyPatch,
  PATCH_TYPES,
  type PatchRequest,
  type PatchType,
  patchFunction,
  strategicBody,
  unsupportedPatch,
} from './patcher.ts';
import { ObjectWriter } from './writer.ts';

export interface MutationRequest {
  info: RequestInfo;
  type: ResourceType;
  user: WriteContext['user'];
  userAgent: string;
  contentType: string | undefined;
  raw: Buffer;
}

export interface Outcome {
  code: number;
  /** The object as it now is, or a document of another kind (Scale, Status). */
  object?: KubeObject;
  document?: JsonObject;
  /** deletecollection: everything that was deleted. */
  items?: KubeObject[];
  warnings: string[];
}

export class Mutations {
  readonly #machinery: Machinery;
  readonly writer: ObjectWriter;
  readonly deleter: ObjectDeleter;

  constructor(machinery: Machinery) {
    this.#machinery = machinery;
    this.writer = new ObjectWriter(machinery);
    this.deleter = new ObjectDeleter(machinery);
  }

  async handle(request: MutationRequest): Promise<Outcome> {
    const { info } = request;
    const context = writeContext(request);
    if (info.subresource === 'scale' && isScaled(request.type)) return this.#scale(request, context);
    if (info.subresource === 'eviction' && info.verb === 'create' && request.type.key === 'pods')
      return this.#evict(request);
    if (info.subresource === 'binding' && info.verb === 'create' && request.type.key === 'pods')
      return this.#bindPod(request, context);
    if (info.subresource === 'finalize' && (request.type.key !== 'namespaces' || info.verb !== 'update'))
      throw methodNotAllowed();
    const isEphemeral =
      info.subresource === EPHEMERAL &&
      request.type.key === 'pods' &&
      ['update', 'patch'].includes(info.verb);
    if (!isEphemeral && !['', 'status', 'finalize'].includes(info.subresource))
      throw request.type.custom ? notFound(request.type, info.name) : methodNotAllowed();
    switch (info.verb) {
      case 'create':
        return this.#create(request, context);
      case 'update':
        return this.#update(request, context);
      case 'patch':
        return this.#patch(request, context);
      case 'delete':
        return this.#delete(request, context);
      case 'deletecollection':
        return this.#deleteCollection(request, context);
      default:
        throw methodNotAllowed();
    }
  }

  async #create(request: MutationRequest, context: WriteContext): Promise<Outcome> {
    const { info, type } = request;
    if (info.name !== '') throw methodNotAllowed();
    const body = await objectBody(request);
    const stored = this.#storedType(type);
    const value = stored === type ? body : fromEventsV1(body);
    return {
      code: 201,
      object: this.writer.create(stored, info.namespace, value, context),
      warnings: context.warnings,
    };
  }

  async #update(request: MutationRequest, context: WriteContext): Promise<Outcome> {
    const { info, type } = request;
    const body = await objectBody(request);
    const stored = this.#storedType(type);
    const value = stored === type ? body : fromEventsV1(body);
    return {
      code: 200,
      object: this.writer.update(stored, info.namespace, info.name, () => value, context),
      warnings: context.warnings,
    };
  }

  async #patch(request: MutationRequest, context: WriteContext): Promise<Outcome> {
    const { info } = request;
    const patch = { ...(await readPatch(request)), type: this.#storedType(request.type) };
    if (patch.patchType === 'application/apply-patch+yaml') {
      const applied = applyPatch(this.#machinery, this.writer, patch, context);
      return { code: applied.isCreated ? 201 : 200, object: applied.object, warnings: context.warnings };
    }
    const transform = patchFunction(this.#machinery, patch);
    const options = { isPatch: true, strategicPatch: strategicBody(patch) };
    const object = this.writer.update(patch.type, info.namespace, info.name, transform, context, options);
    return { code: 200, object, warnings: context.warnings };
  }

  async #delete(request: MutationRequest, context: WriteContext): Promise<Outcome> {
    const { info, type, raw } = request;
    const body = raw.length > 0 ? await parseBody(raw, false) : undefined;
    const options = {
      ...readDeleteOptions(body, info.query),
      ...(context.isDryRun ? { isDryRun: true } : {}),
    };
    const deleted = this.deleter.delete(this.#storedType(type), info.namespace, info.name, options);
    return { code: 200, ...deletedAnswer(type, deleted), warnings: deleteWarnings(type, options) };
  }

  async #deleteCollection(request: MutationRequest, context: WriteContext): Promise<Outcome> {
    const { info, type, raw } = request;
    const body = raw.length > 0 ? await parseBody(raw, false) : undefined;
    const options = {
      ...readDeleteOptions(body, info.query),
      ...(context.isDryRun ? { isDryRun: true } : {}),
    };
    const filter = readFilter(type, info.query);
    const stored = this.#storedType(type);
    const doomed = this.#machinery.store
      .list(stored.key, info.namespace)
      .filter((item) => filter?.(item) ?? true);
    const items = doomed.map(
      (item) =>
        this.deleter.delete(stored, item.metadata.namespace ?? '', item.metadata.name, options).object,
    );
    return { code: 200, items, warnings: [] };
  }

  async #scale(request: MutationRequest, context: WriteContext): Promise<Outcome> {
    const { info, type } = request;
    const next = await this.#nextScale(request);
    const scaled = this.writer.update(
      type,
      info.namespace,
      info.name,
      (current) => {
        const scale = next(object(scaleOf(type, current)));
        const replicas = at(scale, 'spec', 'replicas') ?? 0;
        if (!Number.isInteger(replicas) || number(replicas) < 0) {
          throw invalid({ group: 'autoscaling', kind: 'Scale' }, info.name, [
            {
              field: 'spec.replicas',
              reason: 'FieldValueInvalid',
              message: `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`,
            },
          ]);
        }
        const resourceVersion =
          text(at(scale, 'metadata', 'resourceVersion')) || current.metadata.resourceVersion;
        const same = { ...current, metadata: { ...current.metadata, resourceVersion } };
        return withReplicas(type, same, number(replicas));
      },
      context,
    );
    return { code: 200, document: object(scaleOf(type, scaled)), warnings: context.warnings };
  }

  async #nextScale(request: MutationRequest): Promise<(scale: JsonObject) => JsonObject> {
    if (request.info.verb === 'update') {
      const body = await objectBody(request);
      return () => body;
    }
    if (request.info.verb !== 'patch') throw methodNotAllowed();
    return patchFunction(this.#machinery, await readPatch(request));
  }

  /** Eviction: a delete that asks the disruption budgets first. */
  async #evict(request: MutationRequest): Promise<Outcome> {
    const { info, type } = request;
    const body = object(request.raw.length > 0 ? await parseBody(request.raw, false) : {});
    const pod = this.#machinery.store.get('pods', info.namespace, info.name);
    if (!pod) throw notFound(type, info.name);
    checkBudgets(this.#machinery, pod);
    this.deleter.delete(
      type,
      info.namespace,
      info.name,
      readDeleteOptions(object(body.deleteOptions), info.query),
    );
    return {
      code: 201,
      document: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
      warnings: [],
    };
  }

  async #bindPod(request: MutationRequest, context: WriteContext): Promise<Outcome> {
    const { info } = request;
    const binding = readBinding(await objectBody(request), info.name);
    bindPod(this.#machinery, this.writer, info.namespace, info.name, binding, context);
    return {
      code: 201,
      document: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
      warnings: [],
    };
  }

  /** events.k8s.io events are kept as core ones. */
  #storedType(type: ResourceType): ResourceType {
    return type.group === 'events.k8s.io' ? this.#machinery.kinds.builtIn('events') : type;
  }
}

function checkBudgets({ store }: Machinery, pod: KubeObject): void {
  for (const budget of store.list('poddisruptionbudgets.policy', pod.metadata.namespace)) {
    const labels = object(at(budget, 'spec', 'selector', 'matchLabels'));
    const isCovered = Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value);
    if (!isCovered || number(at(budget, 'status', 'disruptionsAllowed')) > 0) continue;
    const { name } = budget.metadata;
    const healthy = number(at(budget, 'status', 'currentHealthy'));
    const wanted = number(at(budget, 'status', 'desiredHealthy'));
    throw new ApiError(
      429,
      'TooManyRequests',
      "Cannot evict pod as it would violate the pod's disruption budget.",
      {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: `The disruption budget ${name} needs ${wanted} healthy pods and has ${healthy} currently`,
          },
        ],
      },
    );
  }
}

/** Kinds whose delete answers with the object as it last stood; the others answer with a Status. */
const RETURNED = new Set([
  'pods',
  'namespaces',
  'services',
  'serviceaccounts',
  'persistentvolumes',
  'persistentvolumeclaims',
  'resourcequotas',
]);

function deletedAnswer(
  type: ResourceType,
  { object: value, isGone }: Deleted,
): Pick<Outcome, 'object' | 'document'> {
  if (!isGone || RETURNED.has(type.key)) return { object: value };
  return { document: successStatus(type, value) };
}

const deleteWarnings = (type: ResourceType, options: DeleteOptions): string[] =>
  type.key === 'jobs.batch' && options.propagationPolicy === undefined
    ? [
        'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
      ]
    : [];

const BODY_TYPES = new Set(['', 'application/json', 'application/yaml']);

async function objectBody({ contentType, raw, type }: MutationRequest): Promise<JsonObject> {
  const media = mediaType(contentType);
  if (!BODY_TYPES.has(media)) {
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  }
  const fail = (message: string) =>
    badRequest(
      `the object provided is unrecognized (must be of type ${type.kind}): couldn't get version/kind; json parse error: ${message} (${raw.toString('utf8', 0, 60).replace(/\s+/g, ' ') || '<empty>'})`,
    );
  const body = await parseBody(raw, media === 'application/yaml', fail);
  // encoding/json takes null for nothing.
  if (body === null) return {};
  if (!isObject(body))
    throw fail(
      `json: cannot unmarshal ${Array.isArray(body) ? 'array' : typeof body} into Go value of type struct`,
    );
  for (const key of ['kind', 'apiVersion']) {
    const value = body[key] ?? '';
    if (typeof value === 'string') continue;
    const given = Array.isArray(value) ? 'array' : typeof value;
    throw fail(`json: cannot unmarshal ${given} into Go struct field .${key} of type string`);
  }
  return body;
}

async function readPatch({ info, type, contentType, raw }: MutationRequest): Promise<PatchRequest> {
  const patchType = mediaType(contentType) as PatchType;
  if (!PATCH_TYPES.includes(patchType))
    throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  if (patchType === 'application/strategic-merge-patch+json' && type.custom) throw unsupportedPatch();
  const isYaml = patchType === 'application/apply-patch+yaml';
  const body = await parseBody(raw, isYaml, (message) =>
    badRequest(`error decoding ${isYaml ? 'YAML' : 'patch'}: ${message}`),
  );
  return {
    type,
    namespace: info.namespace,
    name: info.name,
    patchType,
    body,
    isForced: info.query.get('force') === 'true',
  };
}

const OPTIONS_KINDS: Record<string, string> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
};

function writeContext({ info, user, userAgent, contentType }: MutationRequest): WriteContext {
  const kind = { group: 'meta.k8s.io', kind: OPTIONS_KINDS[info.verb] ?? 'DeleteOptions' };
  const dryRun = info.query.getAll('dryRun');
  if (dryRun.length > 0 && !equal(dryRun, ['All'])) {
    const words = `Unsupported value: ${JSON.stringify(array(dryRun))}: supported values: "All"`;
    throw invalid(kind, '', [{ field: 'dryRun', reason: 'FieldValueNotSupported', message: words }]);
  }
  const validation = info.query.get('fieldValidation') ?? '';
  if (!['', 'Strict', 'Warn', 'Ignore'].includes(validation)) {
    const words = `Unsupported value: ${JSON.stringify(validation)}: supported values: "", "Ignore", "Strict", "Warn"`;
    throw invalid(kind, '', [{ field: 'fieldValidation', reason: 'FieldValueNotSupported', message: words }]);
  }
  const isApply = mediaType(contentType) === 'application/apply-patch+yaml';
  const manager = info.query.get('fieldManager') ?? '';
  if (manager.length > 128)
    throw invalid(kind, '', [
      {
        field: 'fieldManager',
        reason: 'FieldValueInvalid',
        message: 'Too long: may not be more than 128 bytes',
      },
    ]);
  return {
    user,
    manager: manager || (isApply ? '' : userAgent.split('/')[0] || 'unknown'),
    isDryRun: dryRun.length > 0,
    fieldValidation: (validation || 'Warn') as FieldValidation,
    subresource: info.subresource === 'eviction' ? '' : info.subresource,
    warnings: [],
  };
}
