/**
 * What is wrong with the schema of a CustomResourceDefinition, in apiextensions-apiserver's words: a schema must be
 * structural, so that every field's type is known without looking at a value. CEL rules are not compiled.
 */
import { array, at, isObject, type JsonObject, object, own, text } from '../../base/json.ts';
import { type FieldFault, invalidValue, required } from '../meta/status.ts';
import { patternFault } from '../schema/patterns.ts';
import { fillDefaults, prune } from '../schema/structural.ts';
import { structuralFaults } from '../schema/structural-faults.ts';

type Level = 'root' | 'field' | 'item';

const WHERE: Record<Level, string> = {
  root: 'at the root',
  field: 'for specified object fields',
  item: 'for specified array items',
};
const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const LIST_TYPES = ['atomic', 'set', 'map'];
const UNSUPPORTED = ['id', 'definitions', 'dependencies', 'patternProperties', '$ref'];
/** What allOf, anyOf, oneOf and not may not say: that is for the structure itself. */
const STRUCTURAL_ONLY = ['type', 'title', 'description', 'default', 'nullable', 'additionalProperties'];

const forbiddenField = (field: string, why: string): FieldFault => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
});

const unsupported = (field: string, value: unknown, known: string[]): FieldFault => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${known.map((item) => `"${item}"`).join(', ')}`,
});

/** `path` is where the schema stands in its definition. */
export function structureFaults(schema: JsonObject, path: string): FieldFault[] {
  return nodeFaults(schema, path, 'root');
}

function nodeFaults(schema: JsonObject, path: string, level: Level): FieldFault[] {
  const properties = object(schema.properties);
  const faults = [
    ...typeFaults(schema, path, level),
    ...shapeFaults(schema, path, level),
    ...listFaults(schema, path),
    ...(level === 'root' ? metaFaults(properties, path) : []),
    ...valueFaults(schema, path),
  ];
  for (const [key, field] of Object.entries(properties))
    if (isObject(field)) faults.push(...nodeFaults(field, `${path}.properties[${key}]`, 'field'));
  if (isObject(schema.additionalProperties))
    faults.push(...nodeFaults(schema.additionalProperties, `${path}.additionalProperties`, 'field'));
  if (isObject(schema.items)) faults.push(...nodeFaults(schema.items, `${path}.items`, 'item'));
  return faults;
}

function typeFaults(schema: JsonObject, path: string, level: Level): FieldFault[] {
  const type = text(schema.type);
  const isOpen =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema.$ref !== undefined) return [];
  if (type === '')
    return isOpen && level !== 'root' ? [] : [required(`${path}.type`, `must not be empty ${WHERE[level]}`)];
  if (!TYPES.includes(type)) return [unsupported(`${path}.type`, type, TYPES)];
  if (level === 'root' && type !== 'object')
    return [invalidValue(`${path}.type`, type, 'must be object at the root')];
  return [];
}

function shapeFaults(schema: JsonObject, path: string, level: Level): FieldFault[] {
  const faults = UNSUPPORTED.filter((key) => schema[key] !== undefined).map((key) =>
    forbiddenField(`${path}.${key}`, `${key} is not supported`),
  );
  const { additionalProperties: rest, items } = schema;
  const isOpen = isObject(rest) || rest === true;
  const hasProperties = Object.keys(object(schema.properties)).length > 0;
  if (isOpen && level === 'root')
    faults.push(forbiddenField(`${path}.additionalProperties`, 'must not be used at the root'));
  else if (isOpen && hasProperties)
    faults.push(
      forbiddenField(
        `${path}.additionalProperties`,
        'additionalProperties and properties are mutual exclusive',
      ),
    );
  if (schema.uniqueItems === true)
    faults.push(
      forbiddenField(
        `${path}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  if (Array.isArray(items))
    faults.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'));
  else if (schema.type === 'array' && !isObject(items))
    faults.push(required(`${path}.items`, 'must be specified'));
  const keeps = schema['x-kubernetes-preserve-unknown-fields'];
  if (keeps === false)
    faults.push(
      invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'),
    );
  if (schema['x-kubernetes-embedded-resource'] === true && keeps !== true && !hasProperties)
    faults.push(
      required(
        `${path}.properties`,
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    );
  return faults;
}

/** kind, apiVersion and metadata are what they are in every object. */
function metaFaults(properties: JsonObject, path: string): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const [key, type] of [
    ['apiVersion', 'string'],
    ['kind', 'string'],
    ['metadata', 'object'],
  ] as const) {
    const found = at(own(properties, key), 'type');
    if (typeof found === 'string' && found !== '' && found !== type)
      faults.push(invalidValue(`${path}.properties[${key}].type`, found, `must be ${type}`));
  }
  const { type: _type, properties: named, ...more } = object(own(properties, 'metadata'));
  const others = Object.keys(object(named)).filter((key) => key !== 'name' && key !== 'generateName');
  if (others.length > 0 || Object.keys(more).some((key) => key !== 'description'))
    faults.push(
      forbiddenField(
        `${path}.properties[metadata]`,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    );
  return faults;
}

function listFaults(schema: JsonObject, path: string): FieldFault[] {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === undefined) return [];
  const faults: FieldFault[] = [];
  if (schema.type !== 'array')
    faults.push(
      invalidValue(`${path}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified'),
    );
  if (!LIST_TYPES.includes(text(listType)))
    faults.push(unsupported(`${path}.x-kubernetes-list-type`, listType, LIST_TYPES));
  const items = object(schema.items);
  if (listType === 'set' && items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    faults.push(
      invalidValue(
        `${path}.items.x-kubernetes-map-type`,
        items['x-kubernetes-map-type'] ?? null,
        'must be atomic as item of a list with x-kubernetes-list-type=set',
      ),
    );
  return listType === 'map' ? [...faults, ...keyFaults(schema, items, path)] : faults;
}

function keyFaults(schema: JsonObject, items: JsonObject, path: string): FieldFault[] {
  const field = `${path}.x-kubernetes-list-map-keys`;
  const keys = array(schema['x-kubernetes-list-map-keys']).map(String);
  if (keys.length === 0) return [required(field, 'must not be empty if x-kubernetes-list-type is map')];
  const properties = object(items.properties);
  const faults: FieldFault[] = [];
  if (keys.some((key) => own(properties, key) === undefined))
    faults.push(invalidValue(field, keys, 'entries must all be names of item properties'));
  for (const key of keys) {
    const property = own(properties, key);
    if (!isObject(property) || property.default !== undefined || array(items.required).includes(key))
      continue;
    faults.push(
      required(
        `${path}.items.properties[${key}].default`,
        'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ),
    );
  }
  return faults;
}

function valueFaults(schema: JsonObject, path: string): FieldFault[] {
  const faults = [...nestedFaults(schema, path), ...defaultFaults(schema, path)];
  const { pattern } = schema;
  const why = typeof pattern === 'string' ? patternFault(pattern) : undefined;
  if (why !== undefined)
    faults.push(
      invalidValue(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${why}`),
    );
  return faults;
}

/** Logical parts may narrow values, not build structure. The one exception is the type of int-or-string. */
function nestedFaults(schema: JsonObject, path: string): FieldFault[] {
  const isEither = schema['x-kubernetes-int-or-string'] === true;
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((key) =>
    array(schema[key]).map((part, index): [string, unknown] => [`${path}.${key}[${index}]`, part]),
  );
  if (schema.not !== undefined) parts.push([`${path}.not`, schema.not]);
  return parts.flatMap(([where, part]) => (isObject(part) ? narrowFaults(part, where, isEither) : []));
}

function narrowFaults(part: JsonObject, path: string, isEither: boolean): FieldFault[] {
  const faults = STRUCTURAL_ONLY.filter(
    (key) => part[key] !== undefined && !(isEither && key === 'type'),
  ).map((key) => forbiddenField(`${path}.${key}`, 'must be empty to be structural'));
  for (const [key, field] of Object.entries(object(part.properties)))
    if (isObject(field)) faults.push(...narrowFaults(field, `${path}.properties[${key}]`, false));
  if (isObject(part.items)) faults.push(...narrowFaults(part.items, `${path}.items`, false));
  return [
    ...faults,
    ...nestedFaults({ ...part, ...(isEither ? { 'x-kubernetes-int-or-string': true } : {}) }, path),
  ];
}

function defaultFaults(schema: JsonObject, path: string): FieldFault[] {
  const { default: preset } = schema;
  const field = `${path}.default`;
  if (preset === undefined || preset === null) return [];
  if (isObject(preset)) {
    const unknown: string[] = [];
    const known = prune({ ...schema, 'x-kubernetes-embedded-resource': undefined }, preset, unknown);
    if (unknown.some((key) => !['apiVersion', 'kind', 'metadata'].includes(key)))
      return [invalidValue(field, preset, 'must not have unknown fields')];
    fillDefaults(schema, known);
    return structuralFaults(schema, known).map((fault) => ({ ...fault, field }));
  }
  return structuralFaults(schema, preset).map((fault) => ({ ...fault, field }));
}
