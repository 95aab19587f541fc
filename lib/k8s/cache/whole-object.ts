import type { ReadItem } from '#lib/k8s/codec/json-codec.ts';
import { harmless } from '#lib/k8s/codec/json-value.ts';
import { partialMetadata } from '#lib/k8s/codec/partial-metadata.ts';
import { maskSecret } from '#lib/resources/configuration/mask-secret.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import { at, type Dictionary } from '#lib/resources/read.ts';
import { type ResourceType, resourceName } from '#lib/resources/resource-type.ts';

/** More than etcd takes by default (1.5 MB); a page and an editor for more would help nobody. */
export const LONGEST_OBJECT = 2 * 1024 * 1024;

/**
 * A whole object as a detail page may see it: as the API server sent it (apiVersion and kind added, which items of a
 * list lack), less managedFields; a Secret's values are masked before anything else holds them.
 */
export function readWholeObject(type: ResourceType): ReadItem {
  const isSecret = resourceName(type) === 'secrets';
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  return (item): PartialObject | null => {
    const metadata = partialMetadata(at(item, 'metadata'));
    if (metadata === null) return null;
    const copy = harmless(item) as Record<string, unknown>;
    const own = copy.metadata as Record<string, unknown>;
    delete own.managedFields;
    const object: Record<string, unknown> = Object.create(null);
    Object.assign(object, { apiVersion, kind: type.kind }, copy);
    return { metadata, fields: cutLong(isSecret ? maskSecret(object) : object), tableCells: null };
  };
}

/** Of an object that is too long only its identity is kept, and a sentence where its parts were. */
function cutLong(object: Dictionary): Dictionary {
  const length = JSON.stringify(object).length;
  if (length <= LONGEST_OBJECT) return object;
  const megabytes = (length / (1024 * 1024)).toFixed(1);
  const left = `Left out: the object is ${megabytes} MB, more than the console shows (2 MB).`;
  const kept: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(object)) {
    kept[key] = typeof value === 'object' && key !== 'metadata' ? left : value;
  }
  if (JSON.stringify(kept).length > LONGEST_OBJECT) kept.metadata = identityOf(object.metadata);
  return kept;
}

function identityOf(metadata: unknown): Dictionary {
  const kept: Record<string, unknown> = Object.create(null);
  for (const key of [
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'deletionTimestamp',
  ]) {
    const value = at(metadata, key);
    if (typeof value === 'string') kept[key] = value.slice(0, 300);
  }
  return kept;
}
