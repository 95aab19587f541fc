/** The facts beside this file (see read-facts.ts), read once and typed. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  METRICS_DESCRIPTIONS,
  METRICS_RESOURCES,
  METRICS_SCHEMAS,
  METRICS_TABLES,
  withMetricsReader,
} from './metrics-facts.ts';

export interface SubresourceFact {
  name: string;
  group: string;
  version: string;
  kind: string;
  verbs: string[];
}

export interface ResourceFact {
  group: string;
  version: string;
  resource: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  verbs: string[];
  shortNames: string[];
  categories: string[];
  subresources: SubresourceFact[];
}

export interface ColumnDefinition {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
}

/** A list: item shape, map keys, list type, patch merge key and strategy. */
export interface ListShape {
  a: Shape;
  k?: string[];
  t?: 'atomic' | 'map' | 'set';
  p?: string;
  s?: string;
}

/** A struct of a custom kind: its fields are written where it stands. */
export interface InlineShape {
  f: Record<string, Shape>;
  isAtomic: boolean;
  defaults: Record<string, unknown>;
}

/** A word for a scalar, `#Name` for a definition, a list, a map of one shape, or a struct in place. */
export type Shape = string | ListShape | { m: Shape } | InlineShape;

export interface Definition {
  fields?: Record<string, Shape>;
  scalar?: string;
  mapType?: 'atomic' | 'granular';
  defaults?: Record<string, unknown>;
  required?: string[];
}

export interface SchemaFacts {
  /** group/version/kind → definition name. */
  kinds: Record<string, string>;
  definitions: Record<string, Definition>;
}

/** Definition → what it is, and what each of its fields is for. */
export type DescriptionFacts = Record<
  string,
  { text: string; fields: Record<string, string | { text: string; values: string[] }> }
>;

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'));

export const readResourceFacts = () => [...(read('resources') as ResourceFact[]), ...METRICS_RESOURCES];
export const readTableFacts = (): Record<string, ColumnDefinition[]> => ({
  ...(read('tables') as Record<string, ColumnDefinition[]>),
  ...METRICS_TABLES,
});
export const readSchemaFacts = () => withMetrics(read('schemas') as SchemaFacts);

/** Large, and of use only to who asks for documentation: to be read when that happens. */
export const readDescriptionFacts = (): DescriptionFacts => {
  const packed = readFileSync(new URL('./descriptions.json.gz', import.meta.url));
  const facts = JSON.parse(gunzipSync(packed).toString('utf8')) as DescriptionFacts;
  const { apiVersion = '', kind = '', metadata = '' } = facts['api.core.v1.Pod']?.fields ?? {};
  for (const [name, { text, fields }] of Object.entries(METRICS_DESCRIPTIONS))
    facts[name] = {
      text,
      fields: { ...(name.endsWith('.ContainerMetrics') ? {} : { apiVersion, kind, metadata }), ...fields },
    };
  return facts;
};

const withMetrics = ({ kinds, definitions }: SchemaFacts): SchemaFacts => ({
  kinds: { ...kinds, ...METRICS_SCHEMAS.kinds },
  definitions: { ...definitions, ...METRICS_SCHEMAS.definitions },
});

export interface RbacFacts {
  clusterroles: Record<string, unknown>[];
  clusterrolebindings: Record<string, unknown>[];
}

export const readRbacFacts = () => withMetricsReader(read('rbac') as RbacFacts);

/** [JSON name, type, flags]: see read-protobuf.ts. */
export type ProtobufField = [name: string, type: string, flags: string];

/** Message → field number → field. */
export const readProtobufFacts = () => read('protobuf') as Record<string, Record<string, ProtobufField>>;
