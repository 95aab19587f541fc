/** What a definition's schema does to a custom object on its way in: pruned, completed, and then held against it. */
import { clone, isObject, type JsonObject, object } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { badRequest, type FieldFault } from '../meta/status.ts';
import { fillDefaults, prune } from '../schema/structural.ts';
import { structuralFaults } from '../schema/structural-faults.ts';

/** Returns the object as it would be stored; appends to `unknown` the paths that were dropped. Throws ApiError 400. */
export function decodeCustom(type: ResourceType, body: JsonObject, unknown: string[]): JsonObject {
  const schema = type.custom?.schema ?? {};
  // A definition without a schema, as only the cluster itself can make one, lets everything through.
  if (Object.keys(schema).length === 0) {
    const whole = clone(body);
    checkCustomMetadata(type, whole);
    return whole;
  }
  const value = prune(schema, body, unknown);
  checkCustomMetadata(type, value);
  fillDefaults(schema, value);
  return value;
}

/** `before` is the stored state of an object that is updated. Nothing for a built-in kind. */
export const customFaults = (type: ResourceType, value: KubeObject, before?: KubeObject): FieldFault[] =>
  type.custom ? structuralFaults(type.custom.schema, value, before) : [];

/** A custom object may have any shape, but its metadata is ObjectMeta like everybody's. */
function checkCustomMetadata(type: ResourceType, value: JsonObject): void {
  if (value.metadata !== undefined && !isObject(value.metadata))
    throw wrongMetadata(type, 'metadata', value.metadata);
  const metadata = object(value.metadata);
  for (const key of ['name', 'namespace', 'uid', 'generateName', 'resourceVersion']) {
    if (metadata[key] !== undefined && typeof metadata[key] !== 'string')
      throw wrongMetadata(type, `metadata.${key}`, metadata[key]);
  }
  for (const key of ['labels', 'annotations']) {
    const map = metadata[key];
    if (map === null) delete metadata[key];
    else if (
      map !== undefined &&
      (!isObject(map) || Object.values(map).some((item) => typeof item !== 'string'))
    ) {
      throw wrongMetadata(type, `metadata.${key}`, map);
    }
  }
  for (const key of ['finalizers', 'ownerReferences', 'managedFields']) {
    if (metadata[key] === null) delete metadata[key];
    else if (metadata[key] !== undefined && !Array.isArray(metadata[key]))
      throw wrongMetadata(type, `metadata.${key}`, metadata[key]);
  }
}

const wrongMetadata = (type: ResourceType, path: string, value: unknown) =>
  badRequest(
    `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go struct field ObjectMeta.${path} of type string`,
  );
