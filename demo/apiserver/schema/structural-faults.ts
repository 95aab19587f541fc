/**
 * Checks a custom object against its definition's schema, in the words of kube-openapi's validator as the API server
 * hands them on. Unchanged parts of an update are not checked again (ratcheting). CEL rules are not understood.
 */
import { at, equal, isObject, type JsonObject, objects, own } from '../../base/json.ts';
import { type FieldFault, invalidValue, required } from '../meta/status.ts';
import { matchesPattern } from './patterns.ts';

/** What is wrong with an object; `before` is its stored state when this is an update. */
export function structuralFaults(schema: JsonObject, value: unknown, before?: unknown): FieldFault[] {
  // Metadata has rules of its own, which are not the definition's.
  const properties = { ...(isObject(schema.properties) ? schema.properties : {}), metadata: {} };
  return check({ ...schema, properties }, value, '', before);
}

function check(schema: JsonObject, value: unknown, path: string, before?: unknown): FieldFault[] {
  if (before !== undefined && equal(before, value)) return [];
  if (value === null && schema.nullable === true) return [];
  const wrongType = typeFault(schema, value, path);
  const faults = [...(wrongType ? [wrongType] : []), ...enumFaults(schema, value, path)];
  // The rules for what a value is are asked even when it should be something else.
  if (typeof value === 'string') faults.push(...stringFaults(schema, value, path));
  if (typeof value === 'number') faults.push(...numberFaults(schema, value, path));
  if (Array.isArray(value)) faults.push(...listFaults(schema, value, path));
  if (isObject(value)) faults.push(...objectFaults(schema, value, path, before));
  return [...faults, ...compositeFaults(schema, value, path)];
}

/** encoding/json's view of a value: numbers without a fraction are integers. */
function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function typeFault(schema: JsonObject, value: unknown, path: string): FieldFault | undefined {
  const { type } = schema;
  const found = typeName(value);
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (found === 'integer' || found === 'string') return undefined;
    return wrongType(path, 'integer,string', found);
  }
  if (typeof type !== 'string' || found === type || (type === 'number' && found === 'integer'))
    return undefined;
  return wrongType(path, type, found);
}

const wrongType = (path: string, type: string, found: string): FieldFault => ({
  field: path,
  reason: 'FieldValueTypeInvalid',
  message: `Invalid value: "${found}": ${path} in body must be of type ${type}: "${found}"`,
});

function enumFaults(schema: JsonObject, value: unknown, path: string): FieldFault[] {
  const { enum: allowed } = schema;
  if (!Array.isArray(allowed) || allowed.some((item) => equal(item, value))) return [];
  const words = allowed.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  const list = words.map((word) => JSON.stringify(word)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
  return [{ field: path, reason: 'FieldValueNotSupported', message }];
}

function stringFaults(schema: JsonObject, value: string, path: string): FieldFault[] {
  const faults: FieldFault[] = [];
  const length = [...value].length;
  const { minLength, maxLength, pattern } = schema;
  if (typeof maxLength === 'number' && length > maxLength) {
    const message = `Too long: may not be more than ${maxLength} bytes`;
    faults.push({ field: path, reason: 'FieldValueTooLong', message });
  }
  if (typeof minLength === 'number' && length < minLength)
    faults.push(invalidValue(path, value, `${path} in body should be at least ${minLength} chars long`));
  if (typeof pattern === 'string' && matchesPattern(schema, pattern, value) === false)
    faults.push(invalidValue(path, value, `${path} in body should match '${pattern}'`));
  const format = typeof schema.format === 'string' ? own(FORMATS, schema.format) : undefined;
  if (format instanceof RegExp && !format.test(value)) {
    const why = `${path} in body must be of type ${String(schema.format)}: ${JSON.stringify(value)}`;
    faults.push({ ...invalidValue(path, value, why), reason: 'FieldValueTypeInvalid' });
  }
  return faults;
}

const FORMATS: JsonObject = {
  'date-time': /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  byte: /^[A-Za-z0-9+/]*={0,2}$/,
};

function numberFaults(schema: JsonObject, value: number, path: string): FieldFault[] {
  const faults: FieldFault[] = [];
  const { minimum, maximum, multipleOf } = schema;
  const say = (words: string) => faults.push(invalidValue(path, value, `${path} in body should be ${words}`));
  if (schema.type === 'integer' && !Number.isInteger(value)) {
    const format = typeof schema.format === 'string' ? `with format ${schema.format}` : '(default format)';
    faults.push(invalidValue('<nil>', '', `Checked value must be of type integer ${format} in ${path}`));
  }
  if (typeof maximum === 'number') {
    if (schema.exclusiveMaximum === true && value >= maximum) say(`less than ${maximum}`);
    else if (value > maximum) say(`less than or equal to ${maximum}`);
  }
  if (typeof minimum === 'number') {
    if (schema.exclusiveMinimum === true && value <= minimum) say(`greater than ${minimum}`);
    else if (value < minimum) say(`greater than or equal to ${minimum}`);
  }
  if (typeof multipleOf === 'number' && multipleOf > 0 && !Number.isInteger(value / multipleOf))
    say(`a multiple of ${multipleOf}`);
  return faults;
}

const tooMany = (path: string, count: number, limit: number): FieldFault => ({
  field: path,
  reason: 'FieldValueTooMany',
  message: `Too many: ${count}: must have at most ${limit} ${limit === 1 ? 'item' : 'items'}`,
});

function listFaults(schema: JsonObject, value: unknown[], path: string): FieldFault[] {
  const { items, minItems, maxItems } = schema;
  const faults: FieldFault[] = [];
  if (isObject(items))
    for (const [index, item] of value.entries()) faults.push(...check(items, item, `${path}[${index}]`));
  if (typeof minItems === 'number' && value.length < minItems)
    faults.push(invalidValue(path, value.length, `${path} in body should have at least ${minItems} items`));
  if (typeof maxItems === 'number' && value.length > maxItems)
    faults.push(tooMany(path, value.length, maxItems));
  return [...faults, ...duplicates(schema, value, path)];
}

/** Lists that are sets or maps hold each element, or each key, once. */
function duplicates(schema: JsonObject, value: unknown[], path: string): FieldFault[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (listType !== 'set' && !(listType === 'map' && Array.isArray(keys))) return [];
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    const id = JSON.stringify(
      Array.isArray(keys) ? Object.fromEntries(keys.map((key) => [key, at(item, String(key))])) : item,
    );
    const isTwice = seen.has(id);
    seen.add(id);
    const field = `${path}[${index}]`;
    return isTwice ? [{ field, reason: 'FieldValueDuplicate', message: `Duplicate value: ${id}` }] : [];
  });
}

function objectFaults(schema: JsonObject, value: JsonObject, path: string, before: unknown): FieldFault[] {
  const faults: FieldFault[] = [];
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  const { properties, additionalProperties, minProperties, maxProperties } = schema;
  const count = Object.keys(value).length;
  if (typeof minProperties === 'number' && count < minProperties)
    faults.push(
      invalidValue(path, count, `${path} in body should have at least ${minProperties} properties`),
    );
  if (typeof maxProperties === 'number' && count > maxProperties)
    faults.push(tooMany(path, count, maxProperties));
  for (const [key, item] of Object.entries(value)) {
    const field = (isObject(properties) ? own(properties, key) : undefined) ?? additionalProperties;
    const old = isObject(before) ? own(before, key) : undefined;
    if (isObject(field)) faults.push(...check(field, item, below(key), old));
  }
  if (Array.isArray(schema.required)) {
    for (const key of schema.required)
      if (typeof key === 'string' && !Object.hasOwn(value, key)) faults.push(required(below(key)));
  }
  return faults;
}

/** allOf, anyOf, oneOf and not are told without a field: their errors have none in the real validator. */
function compositeFaults(schema: JsonObject, value: unknown, path: string): FieldFault[] {
  const faults: FieldFault[] = [];
  const passes = (part: JsonObject) => check(part, value, path).length === 0;
  const say = (words: string) =>
    faults.push(invalidValue('<nil>', '', `${JSON.stringify(path)} must ${words}`));
  const [all, any, one] = [objects(schema.allOf), objects(schema.anyOf), objects(schema.oneOf)];
  if (any.length > 0 && !any.some(passes)) say('validate at least one schema (anyOf)');
  const matching = one.filter(passes).length;
  if (one.length > 0 && matching !== 1) {
    const found = matching === 0 ? 'Found none valid' : `Found ${matching} valid alternatives`;
    say(`validate one and only one schema (oneOf). ${found}`);
  }
  if (!all.every(passes)) {
    faults.push(...all.flatMap((part) => check(part, value, path)));
    say('validate all the schemas (allOf)');
  }
  if (isObject(schema.not) && passes(schema.not)) say('not validate the schema (not)');
  return faults;
}
