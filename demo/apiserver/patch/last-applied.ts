/**
 * How server-side apply by kubectl takes over what client-side apply left: the annotation says which fields were
 * kubectl's, those cause no conflict, and it is kept in step for who goes back.
 */
import { depth, isObject, type JsonObject, object, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { Shape } from '../../facts/facts.ts';
import type { Schemas } from '../schema/schemas.ts';
import { changedFields, type FieldSet, fieldsOf, without } from './field-set.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

const annotationOf = ({ metadata }: KubeObject): string => text(metadata.annotations?.[ANNOTATION]);

/** The fields that were applied client-side and have that value still; none when the annotation is of no use. */
export function lastApplied(
  schemas: Schemas,
  shape: Shape | undefined,
  live: KubeObject,
  apiVersion: string,
): FieldSet {
  const applied = parsed(annotationOf(live));
  if (applied?.apiVersion !== apiVersion) return {};
  const { changed } = changedFields(schemas, shape, live, applied);
  return without(fieldsOf(schemas, shape, applied), changed) ?? {};
}

function parsed(annotation: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(annotation);
    return isObject(value) && depth(value, 1_001) <= 1_000 ? value : undefined;
  } catch {
    return undefined; // what somebody wrote there by hand is nobody's fields
  }
}

/** The object with the annotation rewritten to the applied configuration, if it has one. */
export function withLastApplied(applied: KubeObject, config: JsonObject): KubeObject {
  if (annotationOf(applied) === '') return applied;
  const { [ANNOTATION]: _old, ...annotations } = object(object(config.metadata).annotations);
  const metadata = {
    ...object(config.metadata),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  if (Object.keys(annotations).length === 0) delete (metadata as JsonObject).annotations;
  const value = `${JSON.stringify(inOrder({ ...config, metadata }))}\n`;
  return {
    ...applied,
    metadata: { ...applied.metadata, annotations: { ...applied.metadata.annotations, [ANNOTATION]: value } },
  };
}

/** Keys sorted, as Go's encoder writes maps. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key])]));
}
