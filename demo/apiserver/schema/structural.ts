/**
 * A custom kind's structural schema at work on an object on its way in: what it does not know is dropped, what it has
 * a default for is filled in, as apiextensions-apiserver's pruning and defaulting do. Checks are in structural-faults.ts.
 * A schema comes from a client: any of its parts may be missing or of another type, and then says nothing.
 */
import { at, clone, isObject, type JsonObject, own, put } from '../../base/json.ts';

/** Fields of every object with a kind of its own; their schema is ObjectMeta's, whatever the definition says. */
const OBJECT_FIELDS = new Set(['apiVersion', 'kind', 'metadata']);

const keepsUnknown = (schema: JsonObject) => schema['x-kubernetes-preserve-unknown-fields'] === true;
const isEmbedded = (schema: JsonObject) => schema['x-kubernetes-embedded-resource'] === true;

/** The schema of a key's value, `true` when it may be anything, or undefined when the key is unknown. */
export function fieldSchema(schema: JsonObject, key: string): JsonObject | true | undefined {
  const field = isObject(schema.properties) ? own(schema.properties, key) : undefined;
  if (isObject(field)) return field;
  const { additionalProperties: rest } = schema;
  if (isObject(rest)) return rest;
  return rest === true || keepsUnknown(schema) ? true : undefined;
}

/** A copy of a whole object without the fields its schema does not know; appends their paths to `unknown`. */
export function prune(schema: JsonObject, value: JsonObject, unknown: string[]): JsonObject {
  return pruned({ ...schema, 'x-kubernetes-embedded-resource': true }, value, '', unknown) as JsonObject;
}

function pruned(schema: JsonObject, value: unknown, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isObject(items)) return keepsUnknown(schema) ? clone(value) : value.map((item) => bare(item));
    return value.map((item, index) => pruned(items, item, `${path}[${index}]`, unknown));
  }
  if (!isObject(value)) return value;
  const out: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const here = path === '' ? key : `${path}.${key}`;
    const field = isEmbedded(schema) && OBJECT_FIELDS.has(key) ? true : fieldSchema(schema, key);
    if (field === undefined) unknown.push(here);
    else put(out, key, field === true ? clone(item) : pruned(field, item, here, unknown));
  }
  return out;
}

const bare = (value: unknown): unknown => (isObject(value) ? {} : Array.isArray(value) ? [] : value);

/** Fills in place the defaults of a value and of everything in it. A null is taken for nothing where none is allowed. */
export function fillDefaults(schema: JsonObject, value: unknown): void {
  if (Array.isArray(value)) {
    if (isObject(schema.items)) for (const item of value) fillDefaults(schema.items, item);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const field = fieldSchema(schema, key);
    if (item === null && isObject(field) && field.nullable !== true) delete value[key];
  }
  if (isObject(schema.properties)) {
    for (const [key, field] of Object.entries(schema.properties)) {
      const preset = at(field, 'default');
      if (preset === undefined) continue;
      if (own(value, key) === undefined) put(value, key, clone(preset));
    }
  }
  for (const [key, item] of Object.entries(value)) {
    const field = fieldSchema(schema, key);
    if (isObject(field)) fillDefaults(field, item);
  }
}
