/**
 * Sets of fields in the FieldsV1 form of managedFields: `f:name` a field, `k:{…}` a list item by its keys, `v:…` a set
 * member, `.` the node itself. An empty node is a leaf and belongs to the set; a node with children belongs to it only
 * if it has `.`.
 */

import { equal, isObject, type JsonObject, object, own, put } from '../../base/json.ts';
import type { ListShape, Shape } from '../../facts/facts.ts';
import { listShape, type Schemas } from '../schema/schemas.ts';

export type FieldSet = JsonObject;

/** Metadata the server owns: no manager ever holds it. */
const UNMANAGED = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
]);

export const isEmptySet = (set: FieldSet): boolean => Object.keys(set).length === 0;

const isMember = (node: unknown) => isObject(node) && (isEmptySet(node) || Object.hasOwn(node, '.'));

/**
 * Every field of an applied object but those the server owns. Maps are not held themselves, only what is in them.
 */
export function fieldsOf(schemas: Schemas, shape: Shape | undefined, value: JsonObject): FieldSet {
  return withoutMaps(changedFields(schemas, shape, {}, value).changed);
}

/** `.` beside `f:` keys alone means a map itself and goes; on a list item it stays. */
function withoutMaps(set: FieldSet, isItem = false): FieldSet {
  const isMap = !isItem && Object.keys(set).length > 1;
  const out: FieldSet = {};
  for (const [key, node] of Object.entries(set)) {
    if (key === '.' && isMap) continue;
    put(out, key, withoutMaps(object(node), key.startsWith('k:')));
  }
  return out;
}

export interface Change {
  /** Fields that are new or have another value. */
  changed: FieldSet;
  /** Fields that were there and are not any more. */
  removed: FieldSet;
}

/** What differs between two states of one object. */
export function changedFields(
  schemas: Schemas,
  shape: Shape | undefined,
  from: JsonObject,
  to: JsonObject,
): Change {
  const left = managedPart(from);
  const right = managedPart(to);
  return {
    changed: difference(schemas, shape, left, right) ?? {},
    removed: difference(schemas, shape, right, left, true) ?? {},
  };
}

function managedPart(value: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = value;
  const kept = Object.fromEntries(Object.entries(object(metadata)).filter(([key]) => !UNMANAGED.has(key)));
  return Object.keys(kept).length > 0 ? { metadata: kept, ...rest } : rest;
}

/** The fields of `to` that `from` lacks or, unless only absence counts, has with another value. */
function difference(
  schemas: Schemas,
  shape: Shape | undefined,
  from: unknown,
  to: unknown,
  onlyAbsent = false,
): FieldSet | undefined {
  if (from === to) return undefined;
  const list = listShape(shape);
  if (list && Array.isArray(to) && (list.t === 'map' || list.t === 'set')) {
    return listDifference(schemas, list, Array.isArray(from) ? from : [], to, onlyAbsent);
  }
  if (isObject(to) && !schemas.isAtomicMap(shape)) {
    const out: FieldSet = {};
    const before = isObject(from) ? from : undefined;
    if (before === undefined && (Object.keys(to).length === 0 || !schemas.isStruct(shape))) out['.'] = {};
    for (const [key, value] of Object.entries(to)) {
      if (value === undefined) continue;
      const inner = difference(
        schemas,
        schemas.field(shape, key),
        before && own(before, key),
        value,
        onlyAbsent,
      );
      if (inner) put(out, `f:${key}`, inner);
    }
    return isEmptySet(out) ? undefined : tidy(out);
  }
  if (from !== undefined && (onlyAbsent || equal(from, to))) return undefined;
  return {};
}

const tidy = (set: FieldSet): FieldSet =>
  Object.keys(set).length === 1 && Object.hasOwn(set, '.') ? {} : set;

/** A key that is left out counts with its default: ports without a protocol are TCP ports. */
export function itemKey(schemas: Schemas, list: ListShape, item: unknown): string {
  if (list.t === 'set' || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const defaults = schemas.defaultsOf(list.a);
  const pairs = (list.k ?? []).map((key): [string, unknown] => [key, own(item, key) ?? own(defaults, key)]);
  const keys = Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
  return `k:${JSON.stringify(keys)}`;
}

function listDifference(
  schemas: Schemas,
  list: ListShape,
  from: unknown[],
  to: unknown[],
  onlyAbsent: boolean,
): FieldSet | undefined {
  const before = new Map(from.map((item) => [itemKey(schemas, list, item), item]));
  const out: FieldSet = {};
  for (const item of to) {
    const key = itemKey(schemas, list, item);
    const old = before.get(key);
    if (!before.has(key))
      put(out, key, list.t === 'set' ? {} : { '.': {}, ...difference(schemas, list.a, undefined, item) });
    else {
      const inner = difference(schemas, list.a, old, item, onlyAbsent);
      if (inner && !isEmptySet(inner)) put(out, key, inner);
    }
  }
  return isEmptySet(out) ? undefined : out;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a) && isEmptySet(b)) return {};
  const out: FieldSet = {};
  if (isMember(a) || isMember(b)) out['.'] = {};
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (key === '.') continue;
    const left = own(a, key);
    const right = own(b, key);
    put(out, key, isObject(left) && isObject(right) ? union(left, right) : (left ?? right));
  }
  return tidy(out);
}

/** Sets are unions of roots, whose own membership means nothing: joins two roots. */
export function unionRoots(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b;
  if (isEmptySet(b)) return a;
  return union(a, b);
}

/** The members of `a` that are not in `b`; undefined when none is left. */
export function without(a: FieldSet, b: FieldSet): FieldSet | undefined {
  const out: FieldSet = {};
  if (isEmptySet(a)) return isMember(b) ? undefined : {};
  for (const [key, left] of Object.entries(a)) {
    const right = own(b, key);
    if (key === '.') {
      if (!isMember(b)) out['.'] = {};
    } else if (!isObject(right)) {
      put(out, key, left);
    } else {
      const rest = without(object(left), right);
      if (rest) put(out, key, rest);
    }
  }
  return isEmptySet(out) ? undefined : tidy(out);
}

/** The members that are in both; undefined when there is none. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet | undefined {
  const out: FieldSet = {};
  const isBoth = isMember(a) && isMember(b);
  if (isBoth) out['.'] = {};
  for (const [key, left] of Object.entries(a)) {
    const right = own(b, key);
    if (key === '.' || !isObject(right)) continue;
    const shared = intersection(object(left), right);
    if (shared) put(out, key, shared);
  }
  return isEmptySet(out) ? undefined : tidy(out);
}

/** The members as paths such as `.spec.containers[name="a"].image`, in their order. */
export function paths(set: FieldSet, prefix = ''): string[] {
  if (isEmptySet(set)) return [prefix];
  const found: string[] = [];
  for (const [key, node] of Object.entries(set)) {
    if (key === '.') found.push(prefix);
    else if (key.startsWith('f:')) found.push(...paths(object(node), `${prefix}.${key.slice(2)}`));
    else if (key.startsWith('v:')) found.push(...paths(object(node), `${prefix}[=${key.slice(2)}]`));
    else found.push(...paths(object(node), `${prefix}[${keyWords(key.slice(2))}]`));
  }
  return found;
}

function keyWords(key: string): string {
  const parsed: unknown = JSON.parse(key);
  return Object.entries(object(parsed))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}
