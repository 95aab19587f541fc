import { expect, test } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { readSchemaFacts } from '../../facts/facts.ts';
import { ApiError } from '../meta/status.ts';
import { Schemas } from '../schema/schemas.ts';
import { fieldsOf, paths } from './field-set.ts';
import { applyJsonPatch, PatchRefused, readOperations } from './json-patch.ts';
import { serverSideApply, trackUpdate } from './managers.ts';
import { applyMergePatch, applyStrategicMerge } from './merge-patch.ts';

const schemas = new Schemas(readSchemaFacts());
const POD = schemas.root('', 'v1', 'Pod');
const DEPLOYMENT = schemas.root('apps', 'v1', 'Deployment');

test.each([
  [[{ op: 'add', path: '/a', value: 1 }], {}, { a: 1 }],
  [[{ op: 'add', path: '/l/1', value: 'x' }], { l: ['a', 'b'] }, { l: ['a', 'x', 'b'] }],
  [[{ op: 'add', path: '/l/-', value: 'x' }], { l: ['a'] }, { l: ['a', 'x'] }],
  [[{ op: 'remove', path: '/a~1b' }], { 'a/b': 1, c: 2 }, { c: 2 }],
  [[{ op: 'replace', path: '/a', value: null }], { a: 1 }, { a: null }],
  [[{ op: 'move', from: '/a', path: '/b' }], { a: 1 }, { b: 1 }],
  [[{ op: 'copy', from: '/a', path: '/b' }], { a: { x: 1 } }, { a: { x: 1 }, b: { x: 1 } }],
  [[{ op: 'test', path: '/a', value: { x: [1] } }], { a: { x: [1] } }, { a: { x: [1] } }],
])('JSON patch %j', (operations, before, after) => {
  expect(applyJsonPatch(before, readOperations(operations))).toEqual(after);
});

test.each([
  [[{ op: 'test', path: '/a', value: 2 }]],
  [[{ op: 'remove', path: '/gone' }]],
  [[{ op: 'replace', path: '/gone', value: 1 }]],
  [[{ op: 'add', path: '/l/7', value: 1 }]],
  [[{ op: 'add', path: '/__proto__/polluted', value: 1 }]],
  [[{ op: 'add', path: '/constructor/prototype/polluted', value: 1 }]],
])('JSON patch %j is refused and pollutes nothing', (operations) => {
  expect(() => applyJsonPatch({ a: 1, l: [] }, readOperations(operations))).toThrow(PatchRefused);
  expect(({} as JsonObject).polluted).toBeUndefined();
});

test('merge patch: null removes, objects merge, the rest replaces', () => {
  const before = { a: { b: 1, c: 2 }, l: [1, 2] };
  expect(applyMergePatch(before, { a: { b: null, d: 3 }, l: [9] })).toEqual({ a: { c: 2, d: 3 }, l: [9] });
  const hostile = JSON.parse('{"__proto__":{"polluted":1}}') as JsonObject;
  const merged = applyMergePatch({}, hostile) as JsonObject;
  expect(Object.hasOwn(merged, '__proto__')).toBe(true);
  expect(({} as JsonObject).polluted).toBeUndefined();
});

const pod = {
  spec: {
    containers: [
      {
        name: 'a',
        image: 'a:1',
        env: [{ name: 'X', value: '1' }],
        ports: [{ containerPort: 80, protocol: 'TCP' }],
      },
      { name: 'b', image: 'b:1' },
    ],
    tolerations: [{ key: 'x' }],
  },
  status: { conditions: [{ type: 'Ready', status: 'False' }] },
};

test.each<[string, JsonObject, (result: typeof pod) => unknown, unknown]>([
  [
    'containers by name',
    { spec: { containers: [{ name: 'a', image: 'a:2' }] } },
    (p) => p.spec.containers.map(({ image }) => image),
    ['a:2', 'b:1'],
  ],
  [
    'env by name',
    { spec: { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] } },
    (p) => p.spec.containers[0]?.env,
    [
      { name: 'X', value: '1' },
      { name: 'Y', value: '2' },
    ],
  ],
  [
    'a container is deleted',
    { spec: { containers: [{ name: 'b', $patch: 'delete' }] } },
    (p) => p.spec.containers.length,
    1,
  ],
  [
    'tolerations are atomic',
    { spec: { tolerations: [{ key: 'y' }] } },
    (p) => p.spec.tolerations,
    [{ key: 'y' }],
  ],
  [
    'conditions by type',
    { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
    (p) => p.status.conditions,
    [{ type: 'Ready', status: 'True' }],
  ],
  ['null removes', { spec: { tolerations: null } }, (p) => 'tolerations' in p.spec, false],
  [
    'a list is replaced',
    { spec: { containers: [{ name: 'c', image: 'c' }, { $patch: 'replace' }] } },
    (p) => p.spec.containers,
    [{ name: 'c', image: 'c' }],
  ],
])('strategic merge: %s', (_name, patch, read, expected) => {
  expect(read(applyStrategicMerge(schemas, POD, pod, patch) as typeof pod)).toEqual(expected);
});

const base = (spec: JsonObject): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec,
  }) as unknown as KubeObject;
const writer = (manager: string) => ({
  manager,
  subresource: undefined,
  apiVersion: 'apps/v1',
  time: '2026-01-01T00:00:00Z',
});
const template = (image: string) => ({
  spec: { containers: [{ name: 'a', image, ports: [{ containerPort: 80 }] }] },
});

test('fields are named by keys, with defaults of keys filled in', () => {
  expect(paths(fieldsOf(schemas, DEPLOYMENT, base({ replicas: 1, template: template('x') })))).toEqual([
    '.metadata.labels.app',
    '.spec.replicas',
    '.spec.template.spec.containers[name="a"]',
    '.spec.template.spec.containers[name="a"].name',
    '.spec.template.spec.containers[name="a"].image',
    '.spec.template.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"]',
    '.spec.template.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].containerPort',
  ]);
});

test('the last writer of a field holds it', () => {
  const first = base({ replicas: 1, paused: true });
  first.metadata.managedFields = trackUpdate(schemas, DEPLOYMENT, undefined, first, writer('one'));
  const entries = trackUpdate(schemas, DEPLOYMENT, first, base({ replicas: 2 }), writer('two'));
  const held = Object.fromEntries(entries.map((entry) => [entry.manager, paths(entry.fieldsV1)]));
  expect(held).toEqual({ one: ['.metadata.labels', '.metadata.labels.app'], two: ['.spec.replicas'] });
});

test('server-side apply: conflicts, force, and dropping what is applied no more', () => {
  const live = base({ replicas: 3, template: template('a:1') });
  live.metadata.managedFields = trackUpdate(schemas, DEPLOYMENT, undefined, live, writer('kubectl'));
  const config = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 5, minReadySeconds: 4 },
  };
  expect(() => serverSideApply(schemas, DEPLOYMENT, live, config, writer('me'), false)).toThrow(
    'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
  );
  const forced = serverSideApply(schemas, DEPLOYMENT, live, config, writer('me'), true);
  expect(forced.spec).toMatchObject({ replicas: 5, minReadySeconds: 4 });
  const held = Object.fromEntries(
    (forced.metadata.managedFields ?? []).map((entry) => [entry.manager, paths(entry.fieldsV1)]),
  );
  expect(held.me).toEqual(['.spec.replicas', '.spec.minReadySeconds']);
  expect(held.kubectl).not.toContain('.spec.replicas');
  const less = { ...config, spec: { replicas: 5 } };
  const dropped = serverSideApply(schemas, DEPLOYMENT, forced, less, writer('me'), false);
  expect(dropped.spec).not.toHaveProperty('minReadySeconds');
  expect(dropped.spec).toHaveProperty('template');
});

test('applying the same again changes nothing', () => {
  const empty = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
  } as unknown as KubeObject;
  const config = base({ replicas: 2, template: template('a:1') }) as JsonObject;
  const once = serverSideApply(schemas, DEPLOYMENT, empty, config, writer('me'), false);
  expect(
    serverSideApply(schemas, DEPLOYMENT, once, config, { ...writer('me'), time: 'later' }, false),
  ).toEqual(once);
});

test('a refused apply is a Conflict with a cause a field', () => {
  const live = base({ replicas: 3 });
  live.metadata.managedFields = trackUpdate(schemas, DEPLOYMENT, undefined, live, writer('hpa'));
  try {
    serverSideApply(
      schemas,
      DEPLOYMENT,
      live,
      { metadata: { labels: { app: 'x' } }, spec: { replicas: 1 } },
      writer('me'),
      false,
    );
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).details?.causes?.map(({ field }) => field)).toEqual([
      '.metadata.labels.app',
      '.spec.replicas',
    ]);
  }
});
