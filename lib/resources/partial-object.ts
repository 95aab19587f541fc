import type { OwnerReference, PartialMetadata, PartialObject } from './definition.ts';
import { at, dictionaryAt, instantAt, isDictionary, listAt, numberAt, textAt, textsAt } from './read.ts';

/** Metadata with every field of its promised type, whatever was sent; null when it has no name (then it is no object). */
export function readMetadata(metadata: unknown): PartialMetadata | null {
  const name = textAt(metadata, 'name');
  if (name === '') return null;
  return {
    name,
    namespace: textAt(metadata, 'namespace'),
    uid: textAt(metadata, 'uid'),
    resourceVersion: textAt(metadata, 'resourceVersion'),
    createdMs: instantAt(metadata, 'creationTimestamp'),
    deletedMs: instantAt(metadata, 'deletionTimestamp'),
    deletionGraceSeconds: numberAt(metadata, 'deletionGracePeriodSeconds') ?? 0,
    generation: numberAt(metadata, 'generation') ?? 0,
    labels: labelsOf(metadata),
    ownerReferences: listAt(metadata, 'ownerReferences').map(ownerOf),
    finalizers: textsAt(metadata, 'finalizers'),
    lastChange: lastChangeOf(metadata),
  };
}

/**
 * A full object (as an open detail page has it) in the shape definitions read. The codec makes the same from a list's
 * items, with only the wanted fields; a definition must give equal results for both.
 */
export function partialOf(object: unknown): PartialObject | null {
  if (!isDictionary(object)) return null;
  const metadata = readMetadata(at(object, 'metadata'));
  return metadata === null ? null : { metadata, fields: object, tableCells: null };
}

function labelsOf(metadata: unknown): Readonly<Record<string, string>> {
  const labels: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(dictionaryAt(metadata, 'labels'))) {
    if (typeof value === 'string') labels[key] = value;
  }
  return labels;
}

function ownerOf(item: unknown): OwnerReference {
  return {
    apiVersion: textAt(item, 'apiVersion'),
    kind: textAt(item, 'kind'),
    name: textAt(item, 'name'),
    uid: textAt(item, 'uid'),
    controller: at(item, 'controller') === true,
  };
}

function lastChangeOf(metadata: unknown): PartialMetadata['lastChange'] {
  let last: { manager: string; atMs: number } | null = null;
  for (const entry of listAt(metadata, 'managedFields')) {
    const atMs = instantAt(entry, 'time');
    if (atMs > 0 && (last === null || atMs > last.atMs)) last = { manager: textAt(entry, 'manager'), atMs };
  }
  return last;
}
