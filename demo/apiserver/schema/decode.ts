/**
 * Turns a request's JSON into an object of a built-in kind as the real decoder does: unknown fields are dropped and
 * told, nulls are dropped, a wrong type is refused in encoding/json's words.
 */

import { isObject, type JsonObject, own, put } from '../../base/json.ts';
import { canonicalQuantity } from '../../base/quantity.ts';
import type { Shape } from '../../facts/facts.ts';
import { badRequest } from '../meta/status.ts';
import { goName, listShape, type Schemas } from './schemas.ts';

class Mismatch extends Error {}

/** Returns the decoded object; appends to `unknown` the paths of fields that no schema knows. Throws ApiError 400. */
export function decode(
  schemas: Schemas,
  shape: Shape,
  kind: { version: string; kind: string },
  body: JsonObject,
  unknown: string[],
): JsonObject {
  try {
    return decodeStruct({ schemas, unknown }, shape, body, '') as JsonObject;
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${error.message}`,
    );
  }
}

interface Context {
  schemas: Schemas;
  unknown: string[];
}

function decodeStruct(context: Context, shape: Shape, value: unknown, path: string, struct = ''): unknown {
  const fields = context.schemas.definition(shape)?.fields;
  if (!fields) return decodeScalar(context.schemas.scalar(shape), value, '', path);
  if (!isObject(value)) throw mismatch(value, path, `v1.${goName(shape)}`, struct);
  const out: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const field = own(fields, key) as Shape | undefined;
    const here = path === '' ? key : `${path}.${key}`;
    if (field === undefined) {
      context.unknown.push(here);
    } else if (item !== null && item !== undefined) {
      const decoded = decodeValue(context, field, item, goName(shape), here);
      // Empty maps and lists are as good as absent (omitempty).
      if (!isEmptyCollection(field, decoded)) out[key] = decoded;
    }
  }
  return out;
}

function isEmptyCollection(shape: Shape, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return typeof shape === 'object' && isObject(value) && Object.keys(value).length === 0;
}

function decodeValue(context: Context, shape: Shape, value: unknown, struct: string, path: string): unknown {
  const list = listShape(shape);
  if (list) {
    if (!Array.isArray(value)) throw mismatch(value, path, `[]${goType(context.schemas, list.a)}`, struct);
    return value.map((item, index) => decodeValue(context, list.a, item, struct, `${path}[${index}]`));
  }
  if (typeof shape === 'object') {
    if (!isObject(value)) throw mismatch(value, path, goType(context.schemas, shape), struct);
    const out: JsonObject = {};
    for (const [key, item] of Object.entries(value)) {
      if (item !== null) put(out, key, decodeValue(context, (shape as { m: Shape }).m, item, struct, path));
    }
    return out;
  }
  if (context.schemas.isStruct(shape)) return decodeStruct(context, shape, value, path, struct);
  return decodeScalar(context.schemas.scalar(shape), value, struct, path);
}

function decodeScalar(scalar: string, value: unknown, struct: string, path: string): unknown {
  switch (scalar) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, path, 'string', struct);
      return value;
    case 'byte':
      return decodeBytes(value, path, struct);
    case 'int32':
    case 'int64':
      if (typeof value !== 'number') throw mismatch(value, path, scalar, struct);
      if (!Number.isInteger(value))
        throw new Mismatch(
          `json: cannot unmarshal number ${value} into Go struct field ${struct}.${path} of type ${scalar}`,
        );
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, path, 'bool', struct);
      return value;
    case 'int-or-string':
      if (typeof value !== 'string' && typeof value !== 'number')
        throw mismatch(value, path, 'int32', struct);
      return value;
    case 'quantity':
      return decodeQuantity(value);
    case 'date-time':
      return decodeTime(value);
    default:
      return value;
  }
}

function decodeBytes(value: unknown, path: string, struct: string): string {
  if (typeof value !== 'string') throw mismatch(value, path, '[]uint8', struct);
  const bad = value.search(/[^A-Za-z0-9+/=]/);
  if (bad >= 0 || value.length % 4 !== 0)
    throw new Mismatch(
      `illegal base64 data at input byte ${bad >= 0 ? bad : value.length - (value.length % 4)}`,
    );
  return value;
}

const QUANTITY = /^[+-]?(\d+|\d+\.\d*|\.\d+)(([eE][+-]?\d+)|Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)?$/;

function decodeQuantity(value: unknown): string {
  const written = typeof value === 'number' ? String(value) : value;
  if (typeof written !== 'string' || !QUANTITY.test(written)) {
    throw new Mismatch(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
  return canonicalQuantity(written);
}

function decodeTime(value: unknown): unknown {
  if (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) &&
    !Number.isNaN(Date.parse(value))
  )
    return value;
  throw new Mismatch(
    `parsing time ${JSON.stringify(JSON.stringify(value))} as "\\"2006-01-02T15:04:05Z07:00\\"": cannot parse ${JSON.stringify(String(value))} as "2006"`,
  );
}

function jsonName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function goType(schemas: Schemas, shape: Shape): string {
  const list = listShape(shape);
  if (list) return `[]${goType(schemas, list.a)}`;
  if (typeof shape === 'object') return `map[string]${goType(schemas, (shape as { m: Shape }).m)}`;
  if (schemas.isStruct(shape)) return `v1.${goName(shape)}`;
  const scalar = schemas.scalar(shape);
  return { boolean: 'bool', byte: '[]uint8', quantity: 'resource.Quantity' }[scalar] ?? scalar;
}

function mismatch(value: unknown, path: string, type: string, struct: string): Mismatch {
  const clean = path.replace(/\[\d+\]/g, '');
  return new Mismatch(
    `json: cannot unmarshal ${jsonName(value)} into Go ${struct ? `struct field ${struct}.${clean}` : 'value'} of type ${type}`,
  );
}
