import type { PartialMetadata } from '#lib/resources/definition.ts';
import { readMetadata } from '#lib/resources/partial-object.ts';

/**
 * Metadata of an item; null when it has no name, which makes the item malformed. Objects without a uid (metrics.k8s.io
 * serves such) get namespace/name in its place: as unique, and as stable as they are.
 */
export function partialMetadata(value: unknown): PartialMetadata | null {
  const metadata = readMetadata(value);
  if (metadata === null || metadata.uid !== '') return metadata;
  return { ...metadata, uid: `${metadata.namespace}/${metadata.name}` };
}
