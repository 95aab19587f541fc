/** managedFields: who last set which field, kept up on every write, and server-side apply on top of it. */

import { clone, equal, isObject, type JsonObject, object, own, put } from '../../base/json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../base/types.ts';
import type { ListShape, Shape } from '../../facts/facts.ts';
import { ApiError } from '../meta/status.ts';
import { listShape, type Schemas } from '../schema/schemas.ts';
import {
  changedFields,
  type FieldSet,
  fieldsOf,
  intersection,
  isEmptySet,
  itemKey,
  paths,
  unionRoots,
  without,
} from './field-set.ts';
import { lastApplied, withLastApplied } from './last-applied.ts';

export interface Writer {
  manager: string;
  subresource: string | undefined;
  apiVersion: string;
  /** Left out of an entry that took nothing but note of what was so already. */
  time: string | undefined;
}

const sameManager = (entry: ManagedFieldsEntry, writer: Writer, operation: string) =>
  entry.manager === writer.manager &&
  entry.operation === operation &&
  (entry.subresource ?? '') === (writer.subresource ?? '');

/** The entries after an ordinary create, update or patch that led from one state to another. */
export function trackUpdate(
  schemas: Schemas,
  shape: Shape | undefined,
  from: KubeObject | undefined,
  to: KubeObject,
  writer: Writer,
): ManagedFieldsEntry[] {
  const { changed, removed } = changedFields(schemas, shape, from ?? {}, to);
  const kept: ManagedFieldsEntry[] = [];
  let mine: FieldSet = changed;
  for (const entry of entriesBefore(from, to, writer)) {
    const isMine = sameManager(entry, writer, 'Update');
    const left = isMine
      ? subtract(entry.fieldsV1, removed)
      : subtract(subtract(entry.fieldsV1, changed), removed);
    if (isMine) {
      if (isEmptySet(changed) && equal(left, entry.fieldsV1)) kept.push(entry);
      else mine = unionRoots(left, changed);
    } else if (!isEmptySet(left)) {
      kept.push(
        left === entry.fieldsV1 || equal(left, entry.fieldsV1) ? entry : { ...entry, fieldsV1: left },
      );
    }
  }
  const isKept = kept.some((entry) => sameManager(entry, writer, 'Update'));
  return sorted(isKept || isEmptySet(mine) ? kept : [...kept, entryOf(writer, 'Update', mine)]);
}

/** What the writer says is held (kubectl migrates entries so, and one empty entry clears them), else what was held. */
function entriesBefore(from: KubeObject | undefined, to: KubeObject, writer: Writer): ManagedFieldsEntry[] {
  const held = from?.metadata.managedFields ?? [];
  const stated: unknown = to.metadata.managedFields;
  if (from === undefined || writer.subresource !== undefined || !Array.isArray(stated)) return held;
  if (stated.length === 1 && isObject(stated[0]) && Object.keys(stated[0]).length === 0) return [];
  return stated.length > 0 && stated.every(isEntry) ? stated : held;
}

function isEntry(value: unknown): value is ManagedFieldsEntry {
  if (!isObject(value)) return false;
  const { manager, operation, apiVersion, fieldsType, fieldsV1 } = value;
  const isNamed = typeof manager === 'string' && typeof apiVersion === 'string' && apiVersion !== '';
  return (
    isNamed &&
    (operation === 'Apply' || operation === 'Update') &&
    fieldsType === 'FieldsV1' &&
    isObject(fieldsV1)
  );
}

/** In the order the real server keeps: appliers first, then by time and name. */
const sorted = (entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] =>
  entries.toSorted((one, other) => {
    const byOperation = compare(one.operation, other.operation);
    return byOperation || compare(one.time ?? '', other.time ?? '') || compare(one.manager, other.manager);
  });

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

const subtract = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(b) || isEmptySet(a) ? a : (without(a, b) ?? {});

const entryOf = (writer: Writer, operation: 'Update' | 'Apply', fieldsV1: FieldSet): ManagedFieldsEntry => ({
  manager: writer.manager,
  operation,
  apiVersion: writer.apiVersion,
  ...(writer.time === undefined ? {} : { time: writer.time }),
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...(writer.subresource ? { subresource: writer.subresource } : {}),
});

/**
 * Server-side apply of `config` over `live`. Throws ApiError 409 when another manager holds a field with another value
 * and `force` is not set. Fields this manager applied before and now leaves out go, unless someone else holds them.
 */
export function serverSideApply(
  schemas: Schemas,
  shape: Shape | undefined,
  live: KubeObject,
  config: JsonObject,
  writer: Writer,
  force: boolean,
): KubeObject {
  const wanted = fieldsOf(schemas, shape, config);
  const entries = live.metadata.managedFields ?? [];
  const previous = entries.find((entry) => sameManager(entry, writer, 'Apply'));
  const others = entries.filter((entry) => entry !== previous);
  const merged = mergeApplied(schemas, shape, live, config) as KubeObject;
  const { changed } = changedFields(schemas, shape, live, merged);
  const handedOver = writer.manager === 'kubectl' ? lastApplied(schemas, shape, live, writer.apiVersion) : {};
  if (!force) refuseConflicts(others, subtract(changed, handedOver), wanted);
  const heldByOthers = others.reduce<FieldSet>((all, entry) => unionRoots(all, entry.fieldsV1), {});
  const given = previous ? subtract(subtract(previous.fieldsV1, wanted), heldByOthers) : {};
  const dropped = sparing(given, heldByOthers);
  const result = isEmptySet(dropped) ? merged : (removeFields(merged, shape, dropped, schemas) as KubeObject);
  const rest = others
    .map((entry) => ({ ...entry, fieldsV1: subtract(entry.fieldsV1, changed) }))
    .filter((entry) => !isEmptySet(entry.fieldsV1));
  const isChange = !isEmptySet(changed) || !isEmptySet(dropped);
  const own = entryOf(isChange ? writer : { ...writer, time: previous?.time }, 'Apply', wanted);
  const metadata = { ...result.metadata, managedFields: sorted([own, ...rest]) };
  return writer.manager === 'kubectl'
    ? withLastApplied({ ...result, metadata }, config)
    : { ...result, metadata };
}

/** Without the nodes in which others hold something: those stay, though nobody asks for them themselves. */
function sparing(set: FieldSet, held: FieldSet): FieldSet {
  const out: FieldSet = {};
  for (const [key, value] of Object.entries(set)) {
    const node = object(value);
    const theirs = own(held, key);
    if (isEmptySet(node)) {
      if (key === '.' ? isEmptySet(held) : theirs === undefined) put(out, key, {});
      continue;
    }
    const left = sparing(node, object(theirs));
    if (!isEmptySet(left)) put(out, key, left);
  }
  return out;
}

function refuseConflicts(others: ManagedFieldsEntry[], changed: FieldSet, wanted: FieldSet): void {
  const contested = intersection(changed, wanted);
  if (!contested) return;
  const conflicts = others.flatMap((entry) => {
    const shared = intersection(entry.fieldsV1, contested);
    return shared ? paths(shared).map((field) => ({ manager: managerWords(entry), field })) : [];
  });
  if (conflicts.length === 0) return;
  const count = `${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}`;
  const byManager = Map.groupBy(conflicts, ({ manager }) => manager);
  const lines = [...byManager].map(([manager, list]) =>
    list.length === 1 && byManager.size === 1
      ? `conflict with ${manager}: ${list[0]?.field}`
      : `conflicts with ${manager}:\n${list.map(({ field }) => `- ${field}`).join('\n')}`,
  );
  throw new ApiError(409, 'Conflict', `Apply failed with ${count}: ${lines.join('\n')}`, {
    causes: conflicts.map(({ manager, field }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${manager}`,
      field,
    })),
  });
}

function managerWords(entry: ManagedFieldsEntry): string {
  const name = `"${entry.manager}"${entry.subresource ? ` with subresource "${entry.subresource}"` : ''}`;
  return entry.operation === 'Update' ? `${name} using ${entry.apiVersion}` : name;
}

function mergeApplied(schemas: Schemas, shape: Shape | undefined, live: unknown, config: unknown): unknown {
  const list = listShape(shape);
  if (list && Array.isArray(config) && Array.isArray(live) && (list.t === 'map' || list.t === 'set')) {
    return mergeAppliedList(schemas, list, live, config);
  }
  if (!isObject(config) || !isObject(live) || schemas.isAtomicMap(shape)) return clone(config);
  const out: JsonObject = { ...live };
  for (const [key, value] of Object.entries(config)) {
    if (value !== undefined && value !== null)
      put(out, key, mergeApplied(schemas, schemas.field(shape, key), own(live, key), value));
  }
  return out;
}

function mergeAppliedList(schemas: Schemas, list: ListShape, live: unknown[], config: unknown[]): unknown[] {
  const wanted = new Map(config.map((item) => [itemKey(schemas, list, item), item]));
  const out = live.map((item) => {
    const key = itemKey(schemas, list, item);
    if (!wanted.has(key)) return item;
    const merged = mergeApplied(schemas, list.a, item, wanted.get(key));
    wanted.delete(key);
    return merged;
  });
  return [...out, ...[...wanted.values()].map(clone)];
}

/** A copy without the members of `set`. */
function removeFields(value: unknown, shape: Shape | undefined, set: FieldSet, schemas: Schemas): unknown {
  const list = listShape(shape);
  if (Array.isArray(value) && list) {
    return value.flatMap((item) => {
      const node = own(set, itemKey(schemas, list, item));
      if (!isObject(node)) return [item];
      return isEmptySet(node) || Object.hasOwn(node, '.') ? [] : [removeFields(item, list.a, node, schemas)];
    });
  }
  if (!isObject(value)) return value;
  const out: JsonObject = { ...value };
  for (const [key, node] of Object.entries(set)) {
    if (!key.startsWith('f:')) continue;
    const name = key.slice(2);
    if (isEmptySet(object(node))) delete out[name];
    else put(out, name, removeFields(own(value, name), schemas.field(shape, name), object(node), schemas));
  }
  return out;
}
