import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATE_LEVELS } from './cell.ts';
import type { ResourceDefinition } from './definition.ts';
import { partialOf } from './partial-object.ts';
import { definitionOf } from './registry.ts';

const names = ['pods', 'deployments.apps', 'replicasets.apps', 'nodes', 'namespaces', 'services', 'events'];
const definitions = names
  .map((name) => definitionOf(name))
  .filter((found): found is ResourceDefinition => found !== undefined);

/** Any JSON, in places where a definition expects something else. Keys include those that pollute prototypes. */
const key = fc.oneof(
  fc.constantFrom(
    'conditions',
    'containers',
    'containerStatuses',
    'state',
    'waiting',
    'terminated',
    'ports',
    'toString',
    '__proto__',
    'constructor',
  ),
  fc.string({ maxLength: 8 }),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.string({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
})).value;

const hostile = fc
  .record({
    metadata: json,
    spec: json,
    status: json,
    involvedObject: json,
    reason: json,
    series: json,
    deletionTimestamp: json,
  })
  .map((object) => {
    const metadata = typeof object.metadata === 'object' && object.metadata !== null ? object.metadata : {};
    return { ...object, metadata: { ...metadata, name: 'x' } };
  });

describe.each(definitions)('$name', (definition) => {
  test('columns have distinct ids and the default sort names one of them', () => {
    const ids = definition.columns.map((column) => column.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids, 'name']).toContain(definition.sort.column);
  });

  test('any object gives one cell a column and never throws', () => {
    fc.assert(
      fc.property(hostile, (raw) => {
        const object = partialOf(raw);
        if (object === null) throw new Error('an object with a name must be readable');
        expect(definition.project(object)).toHaveLength(definition.columns.length);
        const state = definition.stateOf(object);
        if (state !== null) expect(STATE_LEVELS).toContain(state.level);
      }),
      { numRuns: 300 },
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('an object without status is never called well', () => {
    const object = partialOf({ metadata: { name: 'x', uid: 'u' }, spec: {} });
    expect(object && definition.stateOf(object)?.level).not.toBe('ok');
  });
});

test('all seven kinds are registered', () => {
  expect(definitions.map((definition) => definition.name)).toEqual(names);
});
