/**
 * pods/ephemeralcontainers: containers may be added to a running pod, and nothing else. What is not of them in a write
 * is dropped, as the real strategy drops it.
 */
import { array, equal, isObject, type JsonObject, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { type FieldFault, required } from '../meta/status.ts';

export const EPHEMERAL = 'ephemeralcontainers';
const FIELD = 'spec.ephemeralContainers';

/** Fields of a container that have no meaning for one that only looks on. */
const REFUSED = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
];

const forbidden = (field: string, why: string): FieldFault => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
});

const isSet = (value: unknown): boolean =>
  isObject(value) ? Object.keys(value).length > 0 : Array.isArray(value) ? value.length > 0 : value != null;

/** The stored pod with the ephemeral containers of the given one. */
export function withEphemeral(current: KubeObject, given: KubeObject): JsonObject {
  const wanted = array(object(given.spec).ephemeralContainers);
  const { ephemeralContainers: _before, ...spec } = object(current.spec);
  const { managedFields } = given.metadata;
  return {
    ...current,
    metadata: { ...current.metadata, ...(managedFields ? { managedFields } : {}) },
    spec: { ...spec, ...(wanted.length > 0 ? { ephemeralContainers: wanted } : {}) },
  };
}

/** Pods are not made with them. */
export const ephemeralCreateFaults = (type: ResourceType, value: KubeObject): FieldFault[] =>
  type.key === 'pods' && array(object(value.spec).ephemeralContainers).length > 0
    ? [forbidden(FIELD, 'cannot be set on create')]
    : [];

export function ephemeralFaults(from: KubeObject, to: KubeObject): FieldFault[] {
  const spec = object(to.spec);
  const wanted = objects(spec.ephemeralContainers);
  const others = [...objects(spec.containers), ...objects(spec.initContainers)].map(({ name }) => text(name));
  const seen = new Set(others);
  const faults = wanted.flatMap((container, index) => {
    const found = containerFaults(container, `${FIELD}[${index}]`, seen, others);
    seen.add(text(container.name));
    return found;
  });
  for (const before of objects(object(from.spec).ephemeralContainers)) {
    const after = wanted.find(({ name }) => name === before.name);
    const name = JSON.stringify(before.name);
    if (!after) faults.push(forbidden(FIELD, `existing ephemeral containers ${name} may not be removed\n`));
    else if (!equal(before, after))
      faults.push(forbidden(FIELD, `existing ephemeral containers ${name} may not be changed\n`));
  }
  return faults;
}

function containerFaults(
  container: JsonObject,
  here: string,
  seen: ReadonlySet<string>,
  others: readonly string[],
): FieldFault[] {
  const faults: FieldFault[] = [];
  const quoted = (value: unknown) => JSON.stringify(value);
  if (text(container.image) === '') faults.push(required(`${here}.image`));
  if (seen.has(text(container.name)))
    faults.push({
      field: `${here}.name`,
      reason: 'FieldValueDuplicate',
      message: `Duplicate value: ${quoted(container.name)}`,
    });
  const target = text(container.targetContainerName);
  if (target !== '' && !others.includes(target))
    faults.push({
      field: `${here}.targetContainerName`,
      reason: 'FieldValueNotFound',
      message: `Not found: ${quoted(target)}`,
    });
  const refused = REFUSED.filter((field) => isSet(container[field]));
  const words = 'cannot be set for an Ephemeral Container';
  for (const field of refused) faults.push(forbidden(`${here}.${field}`, words));
  for (const [index, mount] of objects(container.volumeMounts).entries())
    for (const field of ['subPath', 'subPathExpr'])
      if (isSet(mount[field])) faults.push(forbidden(`${here}.volumeMounts[${index}].${field}`, words));
  return faults;
}
