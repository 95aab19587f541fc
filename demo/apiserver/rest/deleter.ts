/** Delete and deletecollection: preconditions, propagation, finalizers, and the grace a pod gets. */
import { array, at, isObject, type JsonObject, number, object, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { admitDelete } from '../admission/namespace-lifecycle.ts';
import { DEFINITIONS } from '../definitions/definition-faults.ts';
import { CLEANUP, withCondition } from '../definitions/definition-status.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { badRequest, type FieldFault, invalid, notFound, preconditionFailed } from '../meta/status.ts';
import { isoTime, type Machinery } from './context.ts';

export interface DeleteOptions {
  uid?: string;
  resourceVersion?: string;
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  isDryRun: boolean;
}

export interface Deleted {
  /** The object as it now stands, or as it last stood. */
  object: KubeObject;
  isGone: boolean;
}

/** Reads DeleteOptions from a body and the query; either may be empty. Throws ApiError 400. */
export function readDeleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  if (body !== undefined && !isObject(body))
    throw badRequest('json: cannot unmarshal into Go value of type v1.DeleteOptions');
  const given = object(body);
  const policy = text(given.propagationPolicy) || query.get('propagationPolicy') || '';
  if (policy !== '' && !['Background', 'Foreground', 'Orphan'].includes(policy)) {
    const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`;
    const fault: FieldFault = { field: 'propagationPolicy', reason: 'FieldValueNotSupported', message };
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [fault]);
  }
  const grace =
    given.gracePeriodSeconds ??
    (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  if (grace !== undefined && !Number.isInteger(grace))
    throw badRequest(
      'json: cannot unmarshal into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
    );
  const uid = at(given, 'preconditions', 'uid');
  const resourceVersion = at(given, 'preconditions', 'resourceVersion');
  return {
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...(policy ? { propagationPolicy: policy as 'Background' } : {}),
    isDryRun: array(given.dryRun).includes('All') || query.get('dryRun') === 'All',
  };
}

export class ObjectDeleter {
  readonly #machinery: Machinery;

  constructor(machinery: Machinery) {
    this.#machinery = machinery;
  }

  delete(type: ResourceType, namespace: string, name: string, options: DeleteOptions): Deleted {
    const { store } = this.#machinery;
    admitDelete(type, name);
    const current = store.get(type.key, type.namespaced ? namespace : '', name);
    if (!current) throw notFound(type, name);
    checkPreconditions(type, current, options);
    const grace = this.#graceSeconds(type, current, options);
    const finalizers = this.#finalizers(type, current, options);
    if (grace === 0 && finalizers.length === 0) {
      return { object: options.isDryRun ? current : store.delete(type.key, current), isGone: true };
    }
    const marked = this.#marked(type, current, grace, finalizers);
    if (marked === current || options.isDryRun) return { object: marked, isGone: false };
    return { object: store.update(type.key, current, marked), isGone: false };
  }

  #finalizers(type: ResourceType, current: KubeObject, options: DeleteOptions): string[] {
    // Jobs are the one kind whose dependents stay when nobody says otherwise.
    const policy = options.propagationPolicy ?? (type.key === 'jobs.batch' ? 'Orphan' : undefined);
    const kept = (current.metadata.finalizers ?? []).filter(
      (item) => policy === undefined || (item !== 'foregroundDeletion' && item !== 'orphan'),
    );
    if (policy === 'Foreground') kept.push('foregroundDeletion');
    if (policy === 'Orphan') kept.push('orphan');
    // A namespace goes when its controller has emptied it: spec.finalizers hold it until then.
    const own = type.key === 'namespaces' ? array(at(current, 'spec', 'finalizers')).map(String) : [];
    const isDefinition = type.key === DEFINITIONS && current.metadata.deletionTimestamp === undefined;
    if (isDefinition && !kept.includes(CLEANUP)) kept.push(CLEANUP);
    return [...kept, ...own];
  }

  #graceSeconds(type: ResourceType, current: KubeObject, options: DeleteOptions): number {
    if (type.key !== 'pods') return 0;
    const phase = at(current, 'status', 'phase');
    if (!at(current, 'spec', 'nodeName') || phase === 'Succeeded' || phase === 'Failed') return 0;
    const wanted =
      options.gracePeriodSeconds ?? number(at(current, 'spec', 'terminationGracePeriodSeconds'), 30);
    const left = current.metadata.deletionGracePeriodSeconds;
    return left === undefined ? Math.max(0, wanted) : Math.min(left, Math.max(0, wanted));
  }

  #terminating(definition: KubeObject): JsonObject {
    const condition = {
      type: 'Terminating',
      status: 'True' as const,
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    };
    const conditions = withCondition(definition, condition, this.#machinery.clock.now());
    return { ...object(definition.status), conditions };
  }

  #marked(type: ResourceType, current: KubeObject, grace: number, finalizers: string[]): KubeObject {
    const { metadata } = current;
    if (metadata.deletionTimestamp !== undefined && (metadata.deletionGracePeriodSeconds ?? 0) === grace)
      return current;
    const isNamespace = type.key === 'namespaces';
    const isDefinition = type.key === DEFINITIONS;
    const own = isNamespace ? [] : finalizers;
    const marked: KubeObject = {
      ...current,
      metadata: {
        ...metadata,
        deletionTimestamp: isoTime(this.#machinery.clock.now() + grace * 1000),
        ...(isNamespace || isDefinition ? {} : { deletionGracePeriodSeconds: grace }),
        ...(metadata.generation === undefined ? {} : { generation: metadata.generation + 1 }),
        ...(own.length > 0 ? { finalizers: own } : {}),
      },
    };
    if (isDefinition) marked.status = this.#terminating(current);
    if (isNamespace) marked.status = { ...object(current.status), phase: 'Terminating' };
    return marked;
  }
}

function checkPreconditions(type: ResourceType, { metadata }: KubeObject, options: DeleteOptions): void {
  if (options.uid !== undefined && options.uid !== metadata.uid) {
    throw preconditionFailed(
      type,
      metadata.name,
      `the UID in the precondition (${options.uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== metadata.resourceVersion) {
    throw preconditionFailed(
      type,
      metadata.name,
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

/** The Status a completed delete answers with. */
export function successStatus(type: ResourceType, { metadata }: KubeObject): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadata.name,
      ...(type.group ? { group: type.group } : {}),
      kind: type.resource,
      uid: metadata.uid,
    },
  };
}
