/** OpenAPI v3 schemas of a group version: built-in kinds from the facts, custom ones from their definitions. */
import { isObject, type JsonObject, object, put } from '../base/json.ts';
import type { Definition, DescriptionFacts, Shape } from '../facts/facts.ts';
import type { ResourceType } from './meta/kinds.ts';
import { listShape, type Schemas } from './schema/schemas.ts';

const META = '#apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** components.schemas of the document of these kinds: their own, and every one those refer to. */
export function componentSchemas(
  schemas: Schemas,
  descriptions: DescriptionFacts,
  types: ResourceType[],
): JsonObject {
  const out: JsonObject = {};
  for (const type of types) {
    const root = schemas.root(type.group, type.version, type.kind);
    if (typeof root === 'string') collect(schemas, descriptions, root, out);
    else if (type.custom) collect(schemas, descriptions, META, out);
    const name = typeof root === 'string' ? `io.k8s.${root.slice(1)}` : customName(type);
    const schema = typeof root === 'string' ? object(out[name]) : customSchema(type, descriptions);
    out[name] = { ...schema, 'x-kubernetes-group-version-kind': [gvk(type)] };
  }
  return out;
}

export const gvk = ({ group, version, kind }: ResourceType) => ({ group, version, kind });

/** The group turned around, as the real server names what is not compiled in. */
const customName = ({ group, version, kind }: ResourceType) =>
  [...group.split('.').reverse(), version, kind].join('.');

/** What every kind has is told in the words of the built-in ones. */
function customSchema(type: ResourceType, descriptions: DescriptionFacts): JsonObject {
  const { schema = {} } = type.custom ?? {};
  if (schema['x-kubernetes-preserve-unknown-fields'] === true && !isObject(schema.properties))
    return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const told = descriptions['api.core.v1.Namespace']?.fields ?? {};
  const own = {
    apiVersion: { ...describe(told.apiVersion), type: 'string' },
    kind: { ...describe(told.kind), type: 'string' },
    metadata: { ...describe(told.metadata), ...reference(META) },
  };
  return { ...schema, type: 'object', properties: { ...object(schema.properties), ...own } };
}

function collect(schemas: Schemas, descriptions: DescriptionFacts, shape: string, out: JsonObject): void {
  const name = `io.k8s.${shape.slice(1)}`;
  const definition = schemas.definition(shape);
  if (Object.hasOwn(out, name) || !definition) return;
  const told = descriptions[shape.slice(1)];
  const schema = definition.fields
    ? struct(definition, definition.fields, told?.fields ?? {})
    : scalarSchema(schemas.scalar(shape));
  out[name] = { ...(told?.text ? { description: told.text } : {}), ...schema };
  for (const field of Object.values(definition.fields ?? {}))
    for (const used of referred(field)) collect(schemas, descriptions, used, out);
}

function referred(shape: Shape): string[] {
  if (typeof shape === 'string') return shape.startsWith('#') ? [shape] : [];
  if ('f' in shape) return Object.values(shape.f).flatMap(referred);
  return referred('a' in shape ? shape.a : shape.m);
}

type Told = DescriptionFacts[string]['fields'];

function describe(told: Told[string] | undefined): JsonObject {
  if (told === undefined) return {};
  return typeof told === 'string' ? { description: told } : { description: told.text, enum: told.values };
}

function struct(definition: Definition, fields: Record<string, Shape>, told: Told): JsonObject {
  const properties: JsonObject = {};
  for (const [key, shape] of Object.entries(fields)) {
    const preset = definition.defaults?.[key];
    put(properties, key, {
      ...describe(told[key]),
      ...fieldSchema(shape),
      ...(preset === undefined ? {} : { default: preset }),
    });
  }
  return {
    type: 'object',
    properties,
    ...(definition.required ? { required: definition.required } : {}),
    ...(definition.mapType ? { 'x-kubernetes-map-type': definition.mapType } : {}),
  };
}

function fieldSchema(shape: Shape): JsonObject {
  const list = listShape(shape);
  if (list) {
    return {
      type: 'array',
      items: fieldSchema(list.a),
      ...(list.t ? { 'x-kubernetes-list-type': list.t } : {}),
      ...(list.k ? { 'x-kubernetes-list-map-keys': list.k } : {}),
      ...(list.p ? { 'x-kubernetes-patch-merge-key': list.p } : {}),
      ...(list.s ? { 'x-kubernetes-patch-strategy': list.s } : {}),
    };
  }
  if (typeof shape === 'object')
    return { type: 'object', additionalProperties: fieldSchema((shape as { m: Shape }).m) };
  return shape.startsWith('#') ? reference(shape) : scalarSchema(shape);
}

const reference = (shape: string): JsonObject => ({
  allOf: [{ $ref: `#/components/schemas/io.k8s.${shape.slice(1)}` }],
});

function scalarSchema(scalar: string): JsonObject {
  switch (scalar) {
    case 'int32':
    case 'int64':
      return { type: 'integer', format: scalar };
    case 'number':
      return { type: 'number', format: 'double' };
    case 'byte':
    case 'date-time':
      return { type: 'string', format: scalar };
    case 'int-or-string':
      return { oneOf: [{ type: 'integer' }, { type: 'string' }], format: scalar };
    case 'quantity':
      return { oneOf: [{ type: 'string' }, { type: 'number' }] };
    case 'any':
      return {};
    default:
      return { type: scalar };
  }
}
