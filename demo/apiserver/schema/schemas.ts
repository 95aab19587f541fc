/** Looks up shapes in the schema facts. Those of custom kinds, for tracking and merging alone, are read from their definitions. */

import { at, isObject, type JsonObject, own, put } from '../../base/json.ts';
import type { Definition, InlineShape, ListShape, SchemaFacts, Shape } from '../../facts/facts.ts';

const OBJECT_META = '#apimachinery.pkg.apis.meta.v1.ObjectMeta';

interface TrackedType {
  group: string;
  version: string;
  kind: string;
  custom?: { schema: JsonObject };
}

export class Schemas {
  readonly #kinds: Map<string, string>;
  readonly #definitions: Map<string, Definition>;
  readonly #custom = new WeakMap<JsonObject, Shape>();

  constructor(facts: SchemaFacts) {
    this.#kinds = new Map(Object.entries(facts.kinds));
    this.#definitions = new Map(Object.entries(facts.definitions));
  }

  /** The shape of a built-in kind, or undefined for a custom one. */
  root(group: string, version: string, kind: string): Shape | undefined {
    const name = this.#kinds.get(`${group}/${version}/${kind}`);
    return name === undefined ? undefined : `#${name}`;
  }

  /** What a kind's fields are tracked and merged by: of a custom one, what its schema says of lists and maps. */
  tracked({ group, version, kind, custom }: TrackedType): Shape | undefined {
    return custom ? this.#inline(custom.schema, true) : this.root(group, version, kind);
  }

  #inline(schema: JsonObject, isRoot = false): Shape | undefined {
    const known = this.#custom.get(schema);
    if (known) return known;
    const shape = inlineShape(schema, (inner) => this.#inline(inner));
    if (shape && isRoot && 'f' in (shape as object))
      (shape as InlineShape).f = { ...(shape as InlineShape).f, metadata: OBJECT_META };
    if (shape) this.#custom.set(schema, shape);
    return shape;
  }

  /** What an item's keys are when they are left out. */
  defaultsOf(shape: Shape): Record<string, unknown> {
    if (typeof shape === 'object' && 'f' in shape) return shape.defaults;
    return this.definition(shape)?.defaults ?? {};
  }

  definition(shape: Shape | undefined): Definition | undefined {
    return typeof shape === 'string' && shape.startsWith('#')
      ? this.#definitions.get(shape.slice(1))
      : undefined;
  }

  /** The shape of a key's value within an object of `shape`. */
  field(shape: Shape | undefined, key: string): Shape | undefined {
    if (typeof shape === 'object' && 'm' in shape) return shape.m;
    if (typeof shape === 'object' && 'f' in shape) return own(shape.f, key) as Shape | undefined;
    const fields = this.definition(shape)?.fields;
    return fields ? (own(fields, key) as Shape | undefined) : undefined;
  }

  /** A struct has named fields; anything else that is an object is a map. */
  isStruct(shape: Shape | undefined): boolean {
    return this.definition(shape)?.fields !== undefined;
  }

  isAtomicMap(shape: Shape | undefined): boolean {
    if (typeof shape === 'object' && 'f' in shape) return shape.isAtomic;
    return this.definition(shape)?.mapType === 'atomic';
  }

  /** What a scalar is called: string, int32, date-time, quantity or int-or-string… */
  scalar(shape: Shape): string {
    if (typeof shape !== 'string') return 'object';
    // OpenAPI calls a quantity a number or text; its Go type knows more.
    if (shape.endsWith('.resource.Quantity')) return 'quantity';
    return shape.startsWith('#') ? (this.definition(shape)?.scalar ?? 'any') : shape;
  }
}

export const listShape = (shape: Shape | undefined): ListShape | undefined =>
  typeof shape === 'object' && 'a' in shape ? shape : undefined;

/** The last part of a definition's name: the Go type behind a shape. */
export const goName = (shape: Shape): string =>
  typeof shape === 'string' ? shape.slice(shape.lastIndexOf('.') + 1) : '';

/** A node of a structural schema; undefined for a scalar and for what is not known. */
function inlineShape(
  schema: JsonObject,
  inner: (schema: JsonObject) => Shape | undefined,
): Shape | undefined {
  if (isObject(schema.items)) {
    const keys = schema['x-kubernetes-list-map-keys'];
    const type = schema['x-kubernetes-list-type'];
    return {
      a: inner(schema.items) ?? 'any',
      ...(type === 'set' || type === 'map' ? { t: type } : {}),
      ...(Array.isArray(keys) ? { k: keys.map(String) } : {}),
    };
  }
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic';
  if (isObject(schema.additionalProperties) && !isAtomic)
    return { m: inner(schema.additionalProperties) ?? 'any' };
  if (!isObject(schema.properties) && !isAtomic) return undefined;
  const shape: InlineShape = { f: {}, isAtomic, defaults: {} };
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    const found = isObject(field) ? inner(field) : undefined;
    if (found) put(shape.f, key, found);
    const preset = at(field, 'default');
    if (preset !== undefined) put(shape.defaults, key, preset);
  }
  return shape;
}
