import { describe, expect, test } from 'vitest';
import { fillDefaults, prune } from './structural.ts';
import { structuralFaults } from './structural-faults.ts';

const spec = (properties: object) => ({
  type: 'object',
  properties: { spec: { type: 'object', properties } },
});
const messages = (schema: Record<string, unknown>, value: object, before?: object) =>
  structuralFaults(schema, value, before).map(({ field, message }) => `${field}: ${message}`);

describe('prune', () => {
  test('drops and tells what the schema does not know, at every depth', () => {
    const unknown: string[] = [];
    const schema = spec({
      list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
      map: { type: 'object', additionalProperties: { type: 'object' } },
      open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    });
    const value = {
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'x', odd: 1 },
      spec: { list: [{ a: 'b', c: 1 }], map: { one: { two: 3 } }, open: { any: { thing: 1 } }, more: 1 },
    };
    expect(prune(schema, value, unknown)).toEqual({
      ...value,
      spec: { list: [{ a: 'b' }], map: { one: {} }, open: { any: { thing: 1 } } },
    });
    expect(unknown).toEqual(['spec.list[0].c', 'spec.map.one.two', 'spec.more']);
  });

  test('keeps an embedded object’s own fields', () => {
    const schema = spec({ pod: { type: 'object', 'x-kubernetes-embedded-resource': true } });
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, other: 1 };
    const { other: _other, ...kept } = pod;
    expect(prune(schema, { spec: { pod } }, [])).toEqual({ spec: { pod: kept } });
  });

  test('is not fooled by names of Object.prototype, nor by a schema of another shape', () => {
    const value = JSON.parse('{"spec":{"__proto__":{"x":1},"constructor":1,"toString":"x"}}');
    expect(prune(spec({}), value, [])).toEqual({ spec: {} });
    for (const odd of [{ properties: 1 }, { properties: { spec: [] } }, { items: 'x' }])
      expect(prune(odd, value, [])).toEqual({});
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe('fillDefaults', () => {
  test('fills what is missing, and null where no null is allowed', () => {
    const schema = spec({
      a: { type: 'string', default: 'x' },
      b: { type: 'string', default: 'x' },
      c: { type: 'string', nullable: true, default: 'x' },
      d: { type: 'string' },
      list: { type: 'array', items: { type: 'object', properties: { port: { default: 80 } } } },
    });
    const value = { spec: { b: null, c: null, d: null, list: [{}, { port: 1 }] } };
    fillDefaults(schema, value);
    expect(value).toEqual({ spec: { a: 'x', b: 'x', c: null, list: [{ port: 80 }, { port: 1 }] } });
  });

  test('a default is filled in itself, and never shared', () => {
    const schema = {
      properties: { spec: { default: {}, properties: { size: { type: 'integer', default: 1 } } } },
    };
    const [one, two] = [{}, {}] as { spec?: { size: number } }[];
    fillDefaults(schema, one);
    fillDefaults(schema, two);
    expect(one).toEqual({ spec: { size: 1 } });
    expect(one?.spec).not.toBe(two?.spec);
  });
});

describe('structuralFaults', () => {
  const cases: [string, object, unknown, string[]][] = [
    ['minimum', { minimum: 1 }, 0, ['Invalid value: 0: spec.v in body should be greater than or equal to 1']],
    [
      'exclusive',
      { minimum: 1, exclusiveMinimum: true },
      1,
      ['Invalid value: 1: spec.v in body should be greater than 1'],
    ],
    ['pattern', { pattern: '^a+$' }, 'b', ['Invalid value: "b": spec.v in body should match \'^a+$\'']],
    ['a pattern that is none', { pattern: '(' }, 'b', []],
    [
      'minLength',
      { minLength: 2 },
      'b',
      ['Invalid value: "b": spec.v in body should be at least 2 chars long'],
    ],
    ['maxItems', { maxItems: 1 }, [1, 2], ['Too many: 2: must have at most 1 item']],
    ['int-or-string', { 'x-kubernetes-int-or-string': true }, '5%', []],
    [
      'null',
      { type: 'integer' },
      null,
      ['Invalid value: "null": spec.v in body must be of type integer: "null"'],
    ],
    ['nullable', { type: 'integer', nullable: true }, null, []],
    ['an integer is a number', { type: 'number' }, 1, []],
    ['a schema of nonsense', { enum: 'x', required: 1, properties: [], oneOf: {} }, {}, []],
  ];
  test.each(cases)('%s', (_title, schema, value, expected) => {
    expect(messages(spec({ v: schema }), { spec: { v: value } })).toEqual(
      expected.map((words) => `spec.v: ${words}`),
    );
  });

  test('an element in a set twice', () => {
    const schema = spec({ v: { type: 'array', 'x-kubernetes-list-type': 'set' } });
    expect(messages(schema, { spec: { v: ['a', 'b', 'a'] } })).toEqual(['spec.v[2]: Duplicate value: "a"']);
  });

  test('oneOf is told without a field', () => {
    const schema = spec({ v: { oneOf: [{ required: ['a'] }, { required: ['b'] }] } });
    expect(messages(schema, { spec: { v: {} } })).toEqual([
      '<nil>: Invalid value: "": "spec.v" must validate one and only one schema (oneOf). Found none valid',
    ]);
  });

  test('an update may keep what was wrong before', () => {
    const schema = spec({ v: { maximum: 1 }, other: { type: 'string' } });
    const before = { spec: { v: 5, other: 'a' } };
    expect(messages(schema, { spec: { v: 5, other: 'b' } }, before)).toEqual([]);
    expect(messages(schema, { spec: { v: 6, other: 'b' } }, before)).toHaveLength(1);
  });
});
