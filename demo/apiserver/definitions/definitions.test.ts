import { expect, test } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { readSchemaFacts } from '../../facts/facts.ts';
import { Store } from '../../storage/store.ts';
import { patternFault } from '../schema/patterns.ts';
import { Schemas } from '../schema/schemas.ts';
import { DEFINITIONS, definitionFaults } from './definition-faults.ts';
import { completeDefinition, definitionStatus, isEstablished } from './definition-status.ts';
import { structureFaults } from './structure-faults.ts';

const clock = { now: () => Date.parse('2026-11-22T10:00:00Z'), schedule: () => () => undefined };
const SCHEMA = { type: 'object', properties: { spec: { type: 'object' } } };

function definition(plural: string, kind: string, names: JsonObject = {}): KubeObject {
  const spec: JsonObject = {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural, kind, ...names },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: SCHEMA } }],
  };
  completeDefinition(spec);
  return { metadata: { name: `${plural}.example.com` }, spec } as unknown as KubeObject;
}

function stored(store: Store, value: KubeObject): KubeObject {
  return store.create(DEFINITIONS, { ...value, status: definitionStatus({ store, clock }, value) });
}

test('a good definition has no faults, and is served', () => {
  const store = new Store();
  const made = stored(store, definition('widgets', 'Widget'));
  expect(definitionFaults(made)).toEqual([]);
  expect(isEstablished(made)).toBe(true);
  expect(made.status).toMatchObject({
    storedVersions: ['v1'],
    acceptedNames: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
  });
});

test('names that another one has are not accepted, one by one', () => {
  const store = new Store();
  stored(store, definition('widgets', 'Widget', { shortNames: ['wi'] }));
  const second = stored(store, definition('gadgets', 'Widget', { shortNames: ['wi', 'ga'] }));
  expect(isEstablished(second)).toBe(false);
  expect(second.status).toMatchObject({
    acceptedNames: { plural: 'gadgets', kind: '' },
    conditions: [
      {
        type: 'NamesAccepted',
        status: 'False',
        reason: 'ListKindConflict',
        message: '"WidgetList" is already in use',
      },
      { type: 'Established', status: 'False', reason: 'NotAccepted' },
    ],
  });
});

test('what is served stays served when a later name is taken', () => {
  const store = new Store();
  stored(store, definition('widgets', 'Widget', { shortNames: ['wi'] }));
  const second = stored(store, definition('gadgets', 'Gadget'));
  const renamed = {
    ...definition('gadgets', 'Gadget', { shortNames: ['wi'] }),
    status: second.status,
  } as KubeObject;
  const status = definitionStatus({ store, clock }, renamed);
  expect(isEstablished({ ...renamed, status })).toBe(true);
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'NamesAccepted', status: 'False', reason: 'ShortNamesConflict' }),
  );
});

test.each<[unknown]>([[null], [[]], ['x'], [{ versions: 'v1', names: [] }], [{ versions: [{ schema: 1 }] }]])(
  'a definition of any shape is answered: %j',
  (spec) => {
    const value = { metadata: { name: 'a' }, spec, status: 'odd' } as unknown as KubeObject;
    expect(definitionFaults(value).length).toBeGreaterThan(0);
  },
);

test('a schema may nest deep and name anything', () => {
  let schema: JsonObject = { type: 'object' };
  for (let depth = 0; depth < 400; depth += 1)
    schema = { type: 'object', properties: { constructor: schema } };
  expect(structureFaults(schema, 's')).toEqual([]);
  expect(
    structureFaults(JSON.parse('{"type":"object","properties":{"__proto__":{}}}') as JsonObject, 's'),
  ).toEqual([
    {
      field: 's.properties[__proto__].type',
      reason: 'FieldValueRequired',
      message: 'Required value: must not be empty for specified object fields',
    },
  ]);
});

test('patterns are bounded before they run', () => {
  expect(patternFault('^(a+)+$')).toBeUndefined();
  expect(patternFault('(a{1000}){1000}')).toBe('error parsing regexp: invalid repeat count: `{1000}`');
  expect(patternFault('('.repeat(2_000) + ')'.repeat(2_000))).toBe(
    'error parsing regexp: expression nests too deeply',
  );
});

test('lists of a custom kind are tracked as its schema says', () => {
  const schemas = new Schemas(readSchemaFacts());
  const list = (rest: JsonObject) => ({
    type: 'array',
    items: { type: 'object', properties: { id: { default: 'x' } } },
    ...rest,
  });
  const schema = {
    type: 'object',
    properties: {
      set: list({ 'x-kubernetes-list-type': 'set' }),
      map: list({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['id'] }),
      plain: list({}),
      whole: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: {} },
    },
  };
  const shape = schemas.tracked({ group: 'g', version: 'v1', kind: 'K', custom: { schema } });
  expect(schemas.field(shape, 'set')).toMatchObject({ t: 'set' });
  expect(schemas.field(shape, 'map')).toMatchObject({ t: 'map', k: ['id'], a: { defaults: { id: 'x' } } });
  expect(schemas.field(shape, 'plain')).not.toHaveProperty('t');
  expect(schemas.isAtomicMap(schemas.field(shape, 'whole'))).toBe(true);
  expect(schemas.field(shape, 'metadata')).toBe('#apimachinery.pkg.apis.meta.v1.ObjectMeta');
  expect(schemas.field(shape, '__proto__')).toBeUndefined();
  expect(schemas.tracked({ group: 'g', version: 'v1', kind: 'K', custom: { schema } })).toBe(shape);
});
