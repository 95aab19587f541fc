/** RFC 7386 merge patch, and the strategic merge patch that follows the schema's merge keys. */

import { clone, equal, isObject, type JsonObject, objects, own, put } from '../../base/json.ts';
import type { ListShape, Shape } from '../../facts/facts.ts';
import { listShape, type Schemas } from '../schema/schemas.ts';

export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return clone(patch);
  const out: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key];
    else put(out, key, applyMergePatch(own(out, key), value));
  }
  return out;
}

/**
 * Strategic merge: maps merge, lists with a merge key merge item by item, other lists are replaced. Understands
 * `$patch: delete|replace`, `$deleteFromPrimitiveList/x`, `$setElementOrder/x` (order only) and `$retainKeys`.
 */
export function applyStrategicMerge(
  schemas: Schemas,
  shape: Shape | undefined,
  target: unknown,
  patch: unknown,
): unknown {
  if (!isObject(patch)) return clone(patch);
  if (patch.$patch === 'replace') return clone(withoutDirectives(patch));
  if (patch.$patch === 'delete') return undefined;
  let out: JsonObject = isObject(target) ? { ...target } : {};
  if (Array.isArray(patch.$retainKeys)) {
    const kept = new Set(patch.$retainKeys);
    out = Object.fromEntries(Object.entries(out).filter(([key]) => kept.has(key)));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) dropFromList(out, key.slice(25), value);
    if (key.startsWith('$')) continue;
    const field = schemas.field(shape, key);
    const merged = value === null ? undefined : mergeField(schemas, field, own(out, key), value);
    if (merged === undefined) delete out[key];
    else put(out, key, merged);
  }
  return out;
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')));
}

function mergeField(schemas: Schemas, shape: Shape | undefined, target: unknown, patch: unknown): unknown {
  const list = listShape(shape);
  if (!list || !Array.isArray(patch)) return applyStrategicMerge(schemas, shape, target, patch);
  if (!list.s?.split(',').includes('merge')) return clone(patch);
  return mergeList(schemas, list, Array.isArray(target) ? target : [], patch);
}

function mergeList(schemas: Schemas, list: ListShape, target: unknown[], patch: unknown[]): unknown[] {
  if (list.p === undefined)
    return [...target, ...patch.filter((item) => !target.some((other) => equal(other, item)))];
  if (patch.some((item) => isObject(item) && item.$patch === 'replace')) {
    return objects(patch)
      .filter((item) => item.$patch !== 'replace')
      .map(clone);
  }
  const out = [...target];
  for (const item of objects(patch)) {
    const key = own(item, list.p);
    const found = out.findIndex((other) => isObject(other) && equal(own(other, list.p as string), key));
    if (item.$patch === 'delete') {
      if (found >= 0) out.splice(found, 1);
    } else if (found >= 0) {
      out[found] = applyStrategicMerge(schemas, list.a, out[found], item);
    } else {
      out.push(applyStrategicMerge(schemas, list.a, {}, item));
    }
  }
  return out;
}

function dropFromList(out: JsonObject, key: string, values: unknown): void {
  const list = own(out, key);
  if (Array.isArray(list) && Array.isArray(values)) {
    put(
      out,
      key,
      list.filter((item) => !values.some((value) => equal(value, item))),
    );
  }
}
