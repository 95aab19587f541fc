/** Puts objects of a scenario into the store as clients' writes would have left them, but with a past. */

import { trackUpdate, type Writer } from '../apiserver/patch/managers.ts';
import { isoTime, type Machinery } from '../apiserver/rest/context.ts';
import { countsGenerations, prepareCreate } from '../apiserver/rest/prepare.ts';
import { decode } from '../apiserver/schema/decode.ts';
import { applyObjectDefaults } from '../apiserver/schema/defaults.ts';
import { clone, type JsonObject, object } from '../base/json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../base/types.ts';
import { ageMs } from './scenario.ts';

export interface Seed {
  resource: string;
  namespace?: string;
  age: string;
  manager: string;
  /** How long ago the manager wrote it last; default its age. */
  changed?: string;
  object: JsonObject;
  /** Who wrote the status, and how long ago. */
  statusManager?: string;
  statusAge?: string;
}

export class Seeder {
  readonly machinery: Machinery;
  readonly nowMs: number;

  constructor(machinery: Machinery) {
    this.machinery = machinery;
    this.nowMs = machinery.clock.now();
  }

  /** The instant that many ago. */
  ago(age: string): string {
    return isoTime(this.nowMs - ageMs(age));
  }

  /** Completes and stores one object. The scenario's own mistakes (an unknown field, a wrong type) are refused here. */
  put(seed: Seed): KubeObject {
    const { kinds, schemas, random, store } = this.machinery;
    const type = kinds.all().find((item) => item.key === seed.resource);
    if (!type) throw new Error(`the scenario names an unknown resource: ${seed.resource}`);
    const shape = schemas.root(type.group, type.version, type.kind);
    const unknown: string[] = [];
    const body = { ...clone(seed.object), kind: type.kind, apiVersion: type.apiVersion };
    const value = (shape === undefined
      ? body
      : decode(schemas, shape, type, body, unknown)) as unknown as KubeObject;
    if (unknown.length > 0)
      throw new Error(`the scenario's ${seed.resource} has unknown fields: ${unknown.join(', ')}`);
    value.metadata = {
      ...object(value.metadata),
      name: value.metadata.name,
      ...(seed.namespace ? { namespace: seed.namespace } : {}),
      uid: value.metadata.uid ?? random.uid(),
      resourceVersion: '',
      creationTimestamp: this.ago(seed.age),
      ...(countsGenerations(type) ? { generation: value.metadata.generation ?? 1 } : {}),
    };
    const { status } = value;
    applyObjectDefaults(schemas, shape, value);
    prepareCreate(this.machinery, type, value);
    if (status !== undefined) value.status = { ...object(value.status), ...object(status) };
    if (isOpenJobPod(value)) value.metadata.finalizers = ['batch.kubernetes.io/job-tracking'];
    value.metadata.managedFields = this.#managers(value, seed, type.apiVersion, shape);
    return store.create(type.key, value);
  }

  #managers(
    value: KubeObject,
    seed: Seed,
    apiVersion: string,
    shape: Parameters<typeof trackUpdate>[1],
  ): ManagedFieldsEntry[] {
    const { schemas } = this.machinery;
    const { status: _status, ...without } = value;
    const first: Writer = {
      manager: seed.manager,
      subresource: undefined,
      apiVersion,
      time: this.ago(seed.changed ?? seed.age),
    };
    const spec = without as KubeObject;
    const entries = trackUpdate(schemas, shape, undefined, spec, first);
    if (value.status === undefined || !seed.statusManager) return entries;
    const withEntries = { ...spec, metadata: { ...spec.metadata, managedFields: entries } };
    const second: Writer = {
      manager: seed.statusManager,
      subresource: 'status',
      apiVersion,
      time: this.ago(seed.statusAge ?? seed.age),
    };
    return trackUpdate(schemas, shape, withEntries, value, second);
  }
}

/** A job's pod that has not ended is still to be counted. */
function isOpenJobPod({ kind, metadata, status }: KubeObject): boolean {
  const phase = object(status).phase;
  const isJobs = metadata.ownerReferences?.some((owner) => owner.kind === 'Job') === true;
  return kind === 'Pod' && isJobs && phase !== 'Succeeded' && phase !== 'Failed';
}
