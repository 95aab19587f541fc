/** Looks up shapes in the schema facts. Custom kinds have none: their maps are granular, their lists atomic. */

import { own } from '../../base/json.ts';
import type { Definition, ListShape, SchemaFacts, Shape } from '../../facts/facts.ts';

export class Schemas {
  readonly #kinds: Map<string, string>;
  readonly #definitions: Map<string, Definition>;

  constructor(facts: SchemaFacts) {
    this.#kinds = new Map(Object.entries(facts.kinds));
    this.#definitions = new Map(Object.entries(facts.definitions));
  }

  /** The shape of a built-in kind, or undefined for a custom one. */
  root(group: string, version: string, kind: string): Shape | undefined {
    const name = this.#kinds.get(`${group}/${version}/${kind}`);
    return name === undefined ? undefined : `#${name}`;
  }

  definition(shape: Shape | undefined): Definition | undefined {
    return typeof shape === 'string' && shape.startsWith('#')
      ? this.#definitions.get(shape.slice(1))
      : undefined;
  }

  /** The shape of a key's value within an object of `shape`. */
  field(shape: Shape | undefined, key: string): Shape | undefined {
    if (typeof shape === 'object' && 'm' in shape) return shape.m;
    const fields = this.definition(shape)?.fields;
    return fields ? (own(fields, key) as Shape | undefined) : undefined;
  }

  /** A struct has named fields; anything else that is an object is a map. */
  isStruct(shape: Shape | undefined): boolean {
    return this.definition(shape)?.fields !== undefined;
  }

  isAtomicMap(shape: Shape | undefined): boolean {
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
