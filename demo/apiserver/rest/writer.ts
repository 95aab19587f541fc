/**
 * Create, update and delete of any kind: the one way objects change, for clients and for the cluster's own parts.
 *
 * Contract: a call either commits one new state (and returns it) or throws an ApiError with nothing written. An update
 * that changes nothing returns the stored object under its old revision. With `isDryRun` all is worked out and checked
 * but not stored. Objects handed in may be kept: callers must not change them afterwards.
 */
import { array, clone, equal, isObject, type JsonObject, object, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { admitCreate, checkCreate, checkUpdate } from '../admission/admission.ts';
import { checkEscalation } from '../auth/escalation.ts';
import type { ResourceType } from '../meta/kinds.ts';
import {
  ApiError,
  alreadyExists,
  badRequest,
  conflict,
  invalid,
  modified,
  notFound,
} from '../meta/status.ts';
import { conversionFault, goText } from '../patch/conversion-fault.ts';
import { trackUpdate } from '../patch/managers.ts';
import { decode } from '../schema/decode.ts';
import { applyObjectDefaults } from '../schema/defaults.ts';
import { isoTime, type Machinery, type WriteContext } from './context.ts';
import { customFaults, decodeCustom } from './custom.ts';
import { EPHEMERAL, ephemeralCreateFaults, ephemeralFaults, withEphemeral } from './ephemeral.ts';
import { countsGenerations, hasStatusSubresource, prepareCreate, prepareUpdate } from './prepare.ts';
import { kindFaults, metadataFaults, requiredFaults, updateFaults } from './validate.ts';

export interface UpdateOptions {
  /** Skips decoding, defaults and checks: for parts of the cluster that build the new state from the stored one. */
  isTrusted?: boolean;
  /** managedFields were worked out already (server-side apply). */
  keepsManagers?: boolean;
  /** What cannot be decoded is then a fault of the patch. */
  isPatch?: boolean;
  /** A strategic merge patch: what does not fit is worded by it, not by the patched object. */
  strategicPatch?: JsonObject;
}

export class ObjectWriter {
  readonly #machinery: Machinery;

  constructor(machinery: Machinery) {
    this.#machinery = machinery;
  }

  create(
    type: ResourceType,
    namespace: string,
    body: JsonObject,
    context: WriteContext,
    options: UpdateOptions = {},
  ): KubeObject {
    const { store, schemas, random, clock } = this.#machinery;
    const shape = schemas.root(type.group, type.version, type.kind);
    const value = this.#decoded(type, body, context);
    const now = isoTime(clock.now());
    this.#newMetadata(type, namespace, value, now);
    if (hasStatusSubresource(type) && type.key !== 'nodes') delete value.status;
    applyObjectDefaults(schemas, shape, value);
    const admission = { machinery: this.#machinery, type, value, context };
    admitCreate(admission);
    prepareCreate(this.#machinery, type, value);
    if (value.metadata.generateName && !value.metadata.name)
      value.metadata.name = `${value.metadata.generateName.slice(0, 58)}${random.suffix()}`;
    const faults = [
      ...metadataFaults(type, value),
      ...requiredFaults(schemas, shape, value),
      ...kindFaults(type, value),
      ...customFaults(type, value),
      ...ephemeralCreateFaults(type, value),
    ];
    if (faults.length > 0) throw invalid(type, text(object(body.metadata).name), faults);
    checkEscalation(store, context.user, type, value);
    checkCreate(admission);
    if (store.get(type.key, value.metadata.namespace ?? '', value.metadata.name))
      throw alreadyExists(type, value.metadata.name);
    if (!options.keepsManagers)
      value.metadata.managedFields = trackUpdate(
        schemas,
        schemas.tracked(type),
        undefined,
        value,
        this.#writer(type, context, now),
      );
    if (value.metadata.managedFields?.length === 0) delete value.metadata.managedFields;
    return context.isDryRun ? value : store.create(type.key, ordered(value));
  }

  /** Changes one object by `transform`, which gets a private copy of the stored one and returns the new state. */
  update(
    type: ResourceType,
    namespace: string,
    name: string,
    transform: (current: KubeObject) => JsonObject,
    context: WriteContext,
    options: UpdateOptions = {},
  ): KubeObject {
    const { store, schemas, clock } = this.#machinery;
    const current = store.get(type.key, type.namespaced ? namespace : '', name);
    if (!current) throw notFound(type, name);
    const given = transform(clone(current));
    const value = options.isTrusted
      ? (given as KubeObject)
      : this.#decodedUpdate(type, given, context, options);
    this.#checkIdentity(type, current, value, name);
    this.#keepServerFields(type, current, value, context.subresource);
    if (!options.isTrusted) this.#complete(type, current, value, context.subresource);
    checkEscalation(store, context.user, type, value, current);
    if (!options.isTrusted && context.subresource === '')
      checkUpdate({ machinery: this.#machinery, type, value, before: current, context });
    const isSpecChanged =
      countsGenerations(type) &&
      context.subresource !== 'status' &&
      context.subresource !== 'binding' &&
      !equal(withoutMeta(current), withoutMeta(value));
    if (isSpecChanged) value.metadata.generation = (current.metadata.generation ?? 0) + 1;
    if (!options.keepsManagers) {
      value.metadata.managedFields = trackUpdate(
        schemas,
        schemas.tracked(type),
        current,
        value,
        this.#writer(type, context, isoTime(clock.now())),
      );
    }
    if (value.metadata.managedFields?.length === 0) delete value.metadata.managedFields;
    if (equal(current, value)) return current;
    if (context.isDryRun) return value;
    if (isLeaving(value)) return store.delete(type.key, current);
    return store.update(type.key, current, ordered(value));
  }

  #complete(type: ResourceType, current: KubeObject, value: KubeObject, subresource: string): void {
    const { schemas } = this.#machinery;
    const shape = schemas.root(type.group, type.version, type.kind);
    applyObjectDefaults(schemas, shape, value);
    if (subresource === '') prepareUpdate(this.#machinery, type, value);
    const faults = customFaults(type, value, current);
    if (subresource !== 'status')
      faults.unshift(
        ...metadataFaults(type, value),
        ...requiredFaults(schemas, shape, value),
        ...kindFaults(type, value),
        ...(subresource === EPHEMERAL ? ephemeralFaults(current, value) : updateFaults(type, current, value)),
      );
    if (faults.length > 0) throw invalid(type, value.metadata.name, faults);
  }

  #decoded(type: ResourceType, body: JsonObject, context: WriteContext): KubeObject {
    const { schemas } = this.#machinery;
    // Custom kinds are decoded without a type to fall back on.
    if (type.custom && (!body.kind || !body.apiVersion))
      throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body).slice(0, 200)}'`);
    const kind = body.kind === undefined || body.kind === '' ? type.kind : body.kind;
    const apiVersion =
      body.apiVersion === undefined || body.apiVersion === '' ? type.apiVersion : body.apiVersion;
    if (kind !== type.kind || apiVersion !== type.apiVersion) throw wrongKind(type, kind, apiVersion);
    const shape = schemas.root(type.group, type.version, type.kind);
    const unknown: string[] = [];
    const full = { ...body, kind, apiVersion };
    const value =
      shape === undefined ? decodeCustom(type, full, unknown) : decode(schemas, shape, type, full, unknown);
    tellUnknown(type, unknown, context);
    if (!isObject(value.metadata)) value.metadata = {};
    return value as unknown as KubeObject;
  }

  #decodedUpdate(
    type: ResourceType,
    given: JsonObject,
    context: WriteContext,
    options: UpdateOptions,
  ): KubeObject {
    try {
      return this.#decoded(type, given, context);
    } catch (error) {
      const why =
        error instanceof ApiError
          ? /cannot be handled as a \w+: (json: .*)$/s.exec(error.message)?.[1]
          : undefined;
      if (!options.isPatch || why === undefined) throw error;
      const { strategicPatch } = options;
      const message = strategicPatch
        ? `Invalid value: ${JSON.stringify(goText(strategicPatch))}: ${conversionFault(why)}`
        : `Invalid value: ${JSON.stringify(JSON.stringify(given))}: ${why}`;
      throw new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
        causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
      });
    }
  }

  #newMetadata(type: ResourceType, namespace: string, value: KubeObject, now: string): void {
    const { metadata } = value;
    if (metadata.resourceVersion) {
      throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
    }
    if (type.namespaced) {
      if (metadata.namespace && metadata.namespace !== namespace) {
        throw badRequest(
          'the namespace of the provided object does not match the namespace sent on the request',
        );
      }
      metadata.namespace = namespace;
    } else {
      delete metadata.namespace;
    }
    metadata.uid = this.#machinery.random.uid();
    metadata.creationTimestamp = now;
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    delete (metadata as unknown as JsonObject).selfLink;
    if (countsGenerations(type)) metadata.generation = 1;
    else delete metadata.generation;
  }

  #checkIdentity(type: ResourceType, current: KubeObject, value: KubeObject, name: string): void {
    const { metadata } = value;
    if (metadata.name && metadata.name !== name) {
      throw badRequest(
        `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
      );
    }
    if (metadata.namespace && type.namespaced && metadata.namespace !== current.metadata.namespace) {
      throw badRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    if (metadata.uid && metadata.uid !== current.metadata.uid) {
      const key = `/registry/${type.resource}/${current.metadata.namespace ? `${current.metadata.namespace}/` : ''}${name}`;
      throw conflict(
        type,
        name,
        `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${current.metadata.uid}`,
      );
    }
    const { resourceVersion } = metadata;
    if (resourceVersion && resourceVersion !== '0' && resourceVersion !== current.metadata.resourceVersion)
      throw modified(type, name);
  }

  /** Puts back what a writer through this door may not change. */
  #keepServerFields(type: ResourceType, current: KubeObject, value: KubeObject, subresource: string): void {
    const {
      name,
      namespace,
      uid,
      resourceVersion,
      generation,
      creationTimestamp,
      deletionTimestamp,
      deletionGracePeriodSeconds,
      generateName,
    } = current.metadata;
    const kept = {
      name,
      namespace,
      uid,
      resourceVersion,
      generation,
      creationTimestamp,
      deletionTimestamp,
      deletionGracePeriodSeconds,
      generateName,
    };
    const managedFields = value.metadata.managedFields ?? current.metadata.managedFields;
    Object.assign(value.metadata, dropUndefined(kept), managedFields ? { managedFields } : {});
    for (const key of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'] as const) {
      if (current.metadata[key] === undefined) delete value.metadata[key];
    }
    const added = (value.metadata.finalizers ?? []).filter(
      (item) => !current.metadata.finalizers?.includes(item),
    );
    if (deletionTimestamp !== undefined && added.length > 0) {
      const found = `[]string{${added.map((item) => JSON.stringify(item)).join(', ')}}`;
      const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${found}`;
      throw invalid(type, name, [{ field: 'metadata.finalizers', reason: 'FieldValueForbidden', message }]);
    }
    this.#keepParts(type, current, value, subresource);
  }

  #keepParts(type: ResourceType, current: KubeObject, value: KubeObject, subresource: string): void {
    if (subresource === 'status') {
      const { status } = value;
      for (const key of Object.keys(value)) if (key !== 'metadata') delete value[key];
      Object.assign(value, {
        ...current,
        metadata: { ...current.metadata, managedFields: value.metadata.managedFields },
        status,
      });
      if (status === undefined) delete value.status;
    } else if (subresource === EPHEMERAL) {
      Object.assign(value, withEphemeral(current, value));
    } else if (subresource === 'finalize') {
      const finalizers = array(object(value.spec).finalizers);
      Object.assign(value, { ...current, spec: finalizers.length > 0 ? { finalizers } : {} });
    } else if (subresource === '' && hasStatusSubresource(type)) {
      // A namespace's own finalizers are changed through `finalize` alone.
      if (type.key === 'namespaces') value.spec = current.spec;
      if (current.status === undefined) delete value.status;
      else value.status = current.status;
    }
  }

  #writer(type: ResourceType, context: WriteContext, time: string) {
    const isTracked = ['scale', 'status', EPHEMERAL].includes(context.subresource);
    const subresource = isTracked ? context.subresource : undefined;
    return { manager: context.manager, subresource, apiVersion: type.apiVersion, time };
  }
}

/** The last finalizer of an object on its way out is gone, and it has no grace left to wait for. */
const isLeaving = ({ kind, metadata, spec }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (metadata.finalizers ?? []).length === 0 &&
  (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  (kind !== 'Namespace' || array(object(spec).finalizers).length === 0);

const withoutMeta = ({ metadata: _metadata, status: _status, ...rest }: KubeObject): JsonObject => rest;
const dropUndefined = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));

/** kind, apiVersion and metadata first, as the real server writes them. */
function ordered({ kind, apiVersion, metadata, ...rest }: KubeObject): KubeObject {
  return { kind, apiVersion, metadata, ...rest };
}

function wrongKind(type: ResourceType, kind: unknown, apiVersion: unknown) {
  if (apiVersion !== type.apiVersion) {
    return badRequest(
      `${String(kind)} in version ${JSON.stringify(String(apiVersion))} cannot be handled as a ${type.kind}: no kind ${JSON.stringify(String(kind))} is registered for version ${JSON.stringify(String(apiVersion))} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  const name = String(kind);
  return badRequest(
    `${name} in version "${type.version}" cannot be handled as a ${type.kind}: converting (v1.${name}) to (core.${type.kind}): unknown conversion`,
  );
}

function tellUnknown(type: ResourceType, unknown: string[], context: WriteContext): void {
  if (unknown.length === 0 || context.fieldValidation === 'Ignore') return;
  const words = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (context.fieldValidation === 'Strict') {
    throw badRequest(
      `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: strict decoding error: ${words.join(', ')}`,
    );
  }
  context.warnings.push(...words);
}
