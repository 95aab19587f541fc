import type { OwnerReference, PartialMetadata } from '#lib/resources/definition.ts';
import { sameLabels } from './same-metadata.ts';

/**
 * Equal parts of metadata become one value: namespaces, label sets and owners repeat in thousands of rows, and each
 * decoding makes them anew. Names and uids do not repeat and are left alone.
 */
export interface MetadataPool {
  metadata(metadata: PartialMetadata): PartialMetadata;
  /** Forgets what is pooled when most of it must be dead; rows keep their values. Call after a batch. */
  trim(rows: number): void;
}

const NONE: readonly never[] = [];

export function createMetadataPool(): MetadataPool {
  let values = new Map<string, unknown>();
  const pooled = <T>(key: string, value: T): T => {
    const known = values.get(key);
    if (known !== undefined) return known as T;
    values.set(key, value);
    return value;
  };
  let lastLabels: PartialMetadata['labels'] = {};
  // Pods of one workload come one after the other.
  const labels = (set: PartialMetadata['labels']): PartialMetadata['labels'] => {
    if (!sameLabels(set, lastLabels)) lastLabels = pooled(`l${labelsKey(set)}`, set);
    return lastLabels;
  };
  const owners = (list: readonly OwnerReference[]): readonly OwnerReference[] =>
    list.length === 0 ? NONE : pooled(`o${list.map(ownerKey).join(' ')}`, list);
  return {
    metadata: (metadata) => ({
      ...metadata,
      namespace: pooled(`t${metadata.namespace}`, metadata.namespace),
      labels: labels(metadata.labels),
      ownerReferences: owners(metadata.ownerReferences),
      finalizers: metadata.finalizers.length === 0 ? NONE : metadata.finalizers,
    }),
    trim(rows) {
      if (values.size > 1_024 + rows * 4) values = new Map();
    },
  };
}

/** Lengths keep hostile texts from looking like others. */
const part = (text: string) => `${text.length} ${text}`;

function labelsKey(labels: Readonly<Record<string, string>>): string {
  let key = '';
  for (const name of Object.keys(labels)) key += part(name) + part(labels[name] as string);
  return key;
}

const ownerKey = ({ uid, controller, kind, name, apiVersion }: OwnerReference) =>
  `${part(uid)}${part(name)}${part(kind)}${part(apiVersion)}${controller}`;
