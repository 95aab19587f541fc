/** The checks of a write that give 422: metadata, required fields, and what may not change. */

import { at, equal, isObject, type JsonObject, object, objects, own, text } from '../../base/json.ts';
import type { KubeObject, LabelSelector } from '../../base/types.ts';
import type { Shape } from '../../facts/facts.ts';
import { matchesLabels, selectorRequirements } from '../../storage/selectors.ts';
import { DEFINITIONS, definitionFaults } from '../definitions/definition-faults.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { type FieldFault, invalidValue, required } from '../meta/status.ts';
import { listShape, type Schemas } from '../schema/schemas.ts';
import { workloadFaults } from './workload-faults.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_KEY =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
/** The prefix of an annotation's key is lower-cased before it is checked. */
const ANNOTATION_KEY = new RegExp(LABEL_KEY.source, 'i');
const KEY_WORDS =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_VALUE_WORDS =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const LABEL_NAMED = new Set(['services', 'namespaces']);

export function metadataFaults(type: ResourceType, value: KubeObject): FieldFault[] {
  const { name, labels, annotations } = value.metadata;
  const faults: FieldFault[] = [];
  if (!name) faults.push(required('metadata.name', 'name or generateName is required'));
  else if (type.group === 'rbac.authorization.k8s.io') {
    if (/[/%]/.test(name) || name === '.' || name === '..')
      faults.push(invalidValue('metadata.name', name, "may not contain '/'"));
  } else if (LABEL_NAMED.has(type.key) && (!LABEL.test(name) || name.length > 63)) {
    faults.push(invalidValue('metadata.name', name, LABEL_WORDS));
  } else {
    if (name.length > 253) faults.push(invalidValue('metadata.name', name, 'must be no more than 253 bytes'));
    if (!SUBDOMAIN.test(name)) faults.push(invalidValue('metadata.name', name, SUBDOMAIN_WORDS));
  }
  for (const [key, item] of Object.entries(labels ?? {})) {
    if (!LABEL_KEY.test(key)) faults.push(invalidValue('metadata.labels', key, KEY_WORDS));
    if (typeof item !== 'string' || !LABEL_VALUE.test(item))
      faults.push(invalidValue('metadata.labels', item, LABEL_VALUE_WORDS));
  }
  for (const key of Object.keys(annotations ?? {})) {
    if (!ANNOTATION_KEY.test(key)) faults.push(invalidValue('metadata.annotations', key, KEY_WORDS));
  }
  const bytes = Object.entries(annotations ?? {}).reduce(
    (sum, [key, item]) => sum + key.length + String(item).length,
    0,
  );
  if (bytes > 262_144)
    faults.push({
      field: 'metadata.annotations',
      reason: 'FieldValueInvalid',
      message: 'Too long: may not be more than 262144 bytes',
    });
  return faults;
}

/** Status is written by parts of the cluster itself, and metadata was checked already. */
const NOT_CHECKED = new Set(['status', 'metadata']);

export function requiredFaults(
  schemas: Schemas,
  shape: Shape | undefined,
  value: unknown,
  path = '',
): FieldFault[] {
  const list = listShape(shape);
  if (list) {
    return Array.isArray(value)
      ? value.flatMap((item, index) => requiredFaults(schemas, list.a, item, `${path}[${index}]`))
      : [];
  }
  const definition = schemas.definition(shape);
  if (!definition?.fields || !isObject(value)) return [];
  // Definitions of custom kinds have rules of their own for what is missing.
  if (path === '' && value.kind === 'CustomResourceDefinition') return [];
  const faults: FieldFault[] = [];
  for (const key of definition.required ?? []) {
    const item = own(value, key);
    const isMissing = item === undefined || item === '' || (Array.isArray(item) && item.length === 0);
    if (!isMissing) continue;
    const field = own(definition.fields, key) as Shape | undefined;
    const here = path ? `${path}.${key}` : key;
    // A struct that is no pointer in Go is never missing, only empty: what it lacks is said instead.
    if (schemas.isStruct(field) && key !== 'selector')
      faults.push(...requiredFaults(schemas, field, {}, here));
    else faults.push(required(here));
  }
  if (
    // An object or a template without a spec has an empty one.
    (path === '' || path.endsWith('emplate')) &&
    value.spec === undefined &&
    schemas.isStruct(own(definition.fields, 'spec') as Shape | undefined)
  ) {
    faults.push(...requiredFaults(schemas, own(definition.fields, 'spec') as Shape, {}, 'spec'));
  }
  for (const [key, item] of Object.entries(value)) {
    if (path === '' && NOT_CHECKED.has(key)) continue;
    const inner = key === 'template' && isObject(item) ? withoutMetadata(item) : item;
    faults.push(
      ...requiredFaults(
        schemas,
        own(definition.fields, key) as Shape | undefined,
        inner,
        path ? `${path}.${key}` : key,
      ),
    );
  }
  return faults;
}

const withoutMetadata = ({ metadata: _metadata, ...rest }: JsonObject): JsonObject => rest;

const SELECTING = new Set(['deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'daemonsets.apps']);

/** Rules that go over several fields. */
export function kindFaults(type: ResourceType, value: KubeObject): FieldFault[] {
  const spec = object(value.spec);
  if (SELECTING.has(type.key)) return [...selectorFaults(spec), ...workloadFaults(type, spec)];
  if (type.group === 'batch') return workloadFaults(type, spec);
  if (type.key === 'configmaps' || type.key === 'secrets') return dataFaults(value);
  if (type.key === DEFINITIONS) return definitionFaults(value);
  if (type.key === 'pods') return containerFaults(spec, 'spec');
  if (
    type.key === 'services' &&
    objects(spec.ports).length === 0 &&
    spec.clusterIP !== 'None' &&
    spec.type !== 'ExternalName'
  ) {
    return [required('spec.ports')];
  }
  return [];
}

const MAX_DATA_BYTES = 1_048_576;
const DATA_KEY_WORDS =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function dataFaults(value: KubeObject): FieldFault[] {
  const faults: FieldFault[] = [];
  let bytes = 0;
  for (const field of ['data', 'binaryData']) {
    for (const [key, item] of Object.entries(object(value[field]))) {
      bytes += Buffer.byteLength(String(item));
      if (!/^[-._a-zA-Z0-9]+$/.test(key)) faults.push(invalidValue(`${field}[${key}]`, key, DATA_KEY_WORDS));
    }
  }
  if (bytes <= MAX_DATA_BYTES) return faults;
  const message = `Too long: may not be more than ${MAX_DATA_BYTES} bytes`;
  return [...faults, { field: value.kind === 'Secret' ? 'data' : '', reason: 'FieldValueTooLong', message }];
}

function selectorFaults(spec: JsonObject): FieldFault[] {
  const faults =
    typeof spec.replicas === 'number' && spec.replicas < 0
      ? [invalidValue('spec.replicas', spec.replicas, 'must be greater than or equal to 0')]
      : [];
  const labels = at(spec, 'template', 'metadata', 'labels');
  const requirements = selectorRequirements(spec.selector as LabelSelector | undefined);
  if (requirements?.length === 0)
    faults.push(invalidValue('spec.selector', spec.selector, 'empty selector is invalid for deployment'));
  if (!requirements || !matchesLabels(requirements, labels as Record<string, string> | undefined)) {
    faults.push(
      invalidValue(
        'spec.template.metadata.labels',
        labels ?? null,
        '`selector` does not match template `labels`',
      ),
    );
  }
  return [...faults, ...containerFaults(object(at(spec, 'template', 'spec')), 'spec.template.spec')];
}

function containerFaults(podSpec: JsonObject, path: string): FieldFault[] {
  const faults = objects(podSpec.containers).flatMap((container, index) => {
    const here = `${path}.containers[${index}]`;
    const name = text(container.name);
    const isBadName = name !== '' && !LABEL.test(name);
    return [
      ...(isBadName ? [invalidValue(`${here}.name`, name, LABEL_WORDS)] : []),
      ...(text(container.image) === '' ? [required(`${here}.image`)] : []),
    ];
  });
  return [...faults, ...duplicateNames(podSpec, path)];
}

function duplicateNames(podSpec: JsonObject, path: string): FieldFault[] {
  const seen = new Set<string>();
  return objects(podSpec.containers).flatMap((container, index) => {
    const name = text(container.name);
    const isTwice = seen.has(name);
    seen.add(name);
    const fault: FieldFault = {
      field: `${path}.containers[${index}].name`,
      reason: 'FieldValueDuplicate',
      message: `Duplicate value: ${JSON.stringify(name)}`,
    };
    return isTwice ? [fault] : [];
  });
}

const POD_WORDS =
  'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What an update may not change. */
export function updateFaults(type: ResourceType, from: KubeObject, to: KubeObject): FieldFault[] {
  const before = object(from.spec);
  const after = object(to.spec);
  if (SELECTING.has(type.key) && !equal(before.selector, after.selector)) {
    return [invalidValue('spec.selector', after.selector, 'field is immutable')];
  }
  if (type.key === 'jobs.batch' && !equal(before.template, after.template)) {
    return [invalidValue('spec.template', after.template, 'field is immutable')];
  }
  if (type.key === 'pods') {
    const faults = newGateFaults(before, after);
    if (!equal(fixedPodSpec(before), fixedPodSpec(after)))
      faults.push({ field: 'spec', reason: 'FieldValueForbidden', message: POD_WORDS });
    return faults;
  }
  if (
    (type.key === 'configmaps' || type.key === 'secrets') &&
    from.immutable === true &&
    !equal(from.data, to.data)
  ) {
    return [
      {
        field: 'data',
        reason: 'FieldValueForbidden',
        message: 'Forbidden: field is immutable when `immutable` is set',
      },
    ];
  }
  if (
    type.group === 'rbac.authorization.k8s.io' &&
    from.roleRef !== undefined &&
    !equal(from.roleRef, to.roleRef)
  ) {
    return [invalidValue('roleRef', to.roleRef, 'cannot change roleRef')];
  }
  return [];
}

/** Gates may only be taken away. */
function newGateFaults(before: JsonObject, after: JsonObject): FieldFault[] {
  const known = objects(before.schedulingGates).map(({ name }) => text(name));
  return objects(after.schedulingGates).flatMap(({ name }, index) => {
    const message = `Forbidden: only deletion is allowed, but found new scheduling gate '${text(name)}'`;
    const field = `spec.schedulingGates[${index}].name`;
    return known.includes(text(name)) ? [] : [{ field, reason: 'FieldValueForbidden', message }];
  });
}

function fixedPodSpec(spec: JsonObject): JsonObject {
  const {
    tolerations: _tolerations,
    activeDeadlineSeconds: _deadline,
    schedulingGates: _gates,
    ...rest
  } = spec;
  const strip = (list: unknown) => objects(list).map(({ image: _image, ...container }) => container);
  return { ...rest, containers: strip(spec.containers), initContainers: strip(spec.initContainers) };
}
