import { afterAll, beforeAll, expect } from 'vitest';
import { tableAccept } from './client.ts';
import { topic } from './conform.ts';
import {
  create,
  eventually,
  expectCode,
  expectFailure,
  names,
  ownNamespace,
  randomSuffix,
  read,
} from './fixtures.ts';
import type { ResourceInfo } from './kube-types.ts';
import { admin } from './target.ts';

const conform = topic('crds', { needs: 'cluster' });
const scope = ownNamespace('crds');
const group = `c${randomSuffix()}.conformance.test`;
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const widgets = `/apis/${group}/v1/namespaces/${scope.namespace}/widgets`;
const oddities = `/apis/${group}/v1/namespaces/${scope.namespace}/oddities`;
const at = (name: string): string => `${widgets}/${name}`;

const widgetSchema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 10 },
        colour: { type: 'string', enum: ['red', 'green'], default: 'green' },
        parts: { type: 'array', items: { type: 'string' } },
      },
    },
    status: { type: 'object', properties: { phase: { type: 'string' } } },
  },
};

function definition(plural: string, kind: string, version: object): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        plural,
        singular: kind.toLowerCase(),
        kind,
        listKind: `${kind}List`,
        shortNames: [kind.slice(0, 2).toLowerCase()],
      },
      versions: [{ name: 'v1', served: true, storage: true, ...version }],
    },
  };
}

const widget = (name: string, spec: object): object => ({
  apiVersion: `${group}/v1`,
  kind: 'Widget',
  metadata: { name },
  spec,
});

async function served(path: string): Promise<void> {
  await eventually(`list of ${path}`, async () => ((await admin.get(path)).code === 200 ? true : undefined));
}

beforeAll(async () => {
  const additionalPrinterColumns = [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size', description: 'How big' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ];
  await create(
    definitions,
    definition('widgets', 'Widget', {
      schema: { openAPIV3Schema: widgetSchema },
      subresources: { status: {} },
      additionalPrinterColumns,
    }),
  );
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await create(definitions, definition('oddities', 'Oddity', { schema: { openAPIV3Schema: anything } }));
  await served(widgets);
  await served(oddities);
});

afterAll(async () => {
  for (const plural of ['widgets', 'oddities', 'rulers'])
    await admin.delete(`${definitions}/${plural}.${group}`);
});

conform('a definition becomes NamesAccepted and Established', async () => {
  const { status } = await read(`${definitions}/widgets.${group}`);
  expect(status).toMatchObject({
    acceptedNames: { plural: 'widgets', kind: 'Widget', shortNames: ['wi'] },
    storedVersions: ['v1'],
    conditions: expect.arrayContaining([
      expect.objectContaining({ type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' }),
      expect.objectContaining({ type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }),
    ]),
  });
});

conform('the new kind is in discovery', async () => {
  const found = await eventually('group in /apis', async () => {
    const { json } = await admin.get(`/apis/${group}/v1`);
    return (json as { resources?: ResourceInfo[] } | undefined)?.resources;
  });
  expect(found.find(({ name }) => name === 'widgets')).toMatchObject({
    kind: 'Widget',
    singularName: 'widget',
    namespaced: true,
    shortNames: ['wi'],
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
  });
  expect(found.find(({ name }) => name === 'widgets/status')).toMatchObject({
    kind: 'Widget',
    verbs: ['get', 'patch', 'update'],
  });
  const { json } = expectCode(await admin.get('/apis'), 200);
  expect((json as { groups: { name: string }[] }).groups.map(({ name }) => name)).toContain(group);
});

conform('the new kind is in aggregated discovery', async () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const entry = await eventually('group in aggregated discovery', async () => {
    const { json } = await admin.get('/apis', {}, accept);
    const { items } = json as {
      items: { metadata: { name: string }; versions: { resources: object[] }[] }[];
    };
    return items.find(({ metadata }) => metadata.name === group);
  });
  expect(entry.versions[0]?.resources).toContainEqual(
    expect.objectContaining({ resource: 'widgets', scope: 'Namespaced', singularResource: 'widget' }),
  );
});

conform('its schema is in /openapi/v3', async () => {
  await eventually('path in /openapi/v3', async () => {
    const { json } = await admin.get('/openapi/v3');
    return (json as { paths: Record<string, unknown> }).paths[`apis/${group}/v1`];
  });
  const { text } = expectCode(await admin.get(`/openapi/v3/apis/${group}/v1`), 200);
  expect(text).toContain('"maximum":10');
});

conform('objects are made with defaults, pruned of unknown fields, and status is dropped', async () => {
  const body = { ...widget('made', { size: 3, unknown: true }), status: { phase: 'Faked' } };
  const made = await create(widgets, body);
  expect(made.spec).toEqual({ size: 3, colour: 'green' });
  expect(made).not.toHaveProperty('status');
  expect(made.metadata.generation).toBe(1);
  expect(await read(at('made'))).toEqual(made);
});

conform('an object against its schema: 422 with each field', async () => {
  const status = expectFailure(await admin.post(widgets, widget('wrong', { size: 11, colour: 'blue' })), {
    code: 422,
    reason: 'Invalid',
  });
  expect(status.message).toMatch(
    new RegExp(`^Widget\\.${group.replaceAll('.', '\\.')} "wrong" is invalid: \\[`),
  );
  expect(status.details).toMatchObject({ name: 'wrong', group, kind: 'Widget' });
  const causes = [...(status.details?.causes ?? [])].sort((a, b) =>
    String(b.field).localeCompare(String(a.field)),
  );
  expect(causes).toEqual([
    {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: 11: spec.size in body should be less than or equal to 10',
      field: 'spec.size',
    },
    {
      reason: 'FieldValueNotSupported',
      message: 'Unsupported value: "blue": supported values: "red", "green"',
      field: 'spec.colour',
    },
  ]);
});

conform('a required field that is missing: 422', async () => {
  const status = expectFailure(await admin.post(widgets, widget('empty', {})), {
    code: 422,
    reason: 'Invalid',
  });
  expect(status.details?.causes).toEqual([
    { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.size' },
  ]);
});

conform('a value of another type: 422', async () => {
  const status = expectFailure(await admin.post(widgets, widget('typed', { size: 'big' })), {
    code: 422,
    reason: 'Invalid',
  });
  expect(status.details?.causes).toEqual([
    {
      reason: 'FieldValueTypeInvalid',
      message: 'Invalid value: "string": spec.size in body must be of type integer: "string"',
      field: 'spec.size',
    },
  ]);
});

conform('a body without apiVersion and kind is refused', async () => {
  expectFailure(await admin.post(widgets, { metadata: { name: 'bare' }, spec: { size: 1 } }), {
    code: 400,
    reason: 'BadRequest',
  });
});

conform('the status subresource changes status only', async () => {
  await create(widgets, widget('stated', { size: 1 }));
  const { object } = expectCode(
    await admin.patch(`${at('stated')}/status`, 'merge', { spec: { size: 9 }, status: { phase: 'Ready' } }),
    200,
  );
  expect(object).toMatchObject({
    spec: { size: 1 },
    status: { phase: 'Ready' },
    metadata: { generation: 1 },
  });
});

conform('its Table has Name and the printer columns', async () => {
  await create(widgets, widget('printed', { size: 4 }));
  expectCode(await admin.patch(`${at('printed')}/status`, 'merge', { status: { phase: 'Ready' } }), 200);
  const { table } = expectCode(await admin.get(at('printed'), {}, tableAccept), 200);
  expect(table.columnDefinitions.map(({ name, type, priority }) => [name, type, priority])).toEqual([
    ['Name', 'string', 0],
    ['Size', 'integer', 0],
    ['Phase', 'string', 1],
    ['Age', 'date', 0],
  ]);
  expect(table.columnDefinitions[1]?.description).toBe('How big');
  expect(table.rows[0]?.cells).toEqual(['printed', 4, 'Ready', expect.stringMatching(/^\d+[smh]$/)]);
  expect(table.rows[0]?.object).toMatchObject({
    kind: 'PartialObjectMetadata',
    metadata: { name: 'printed' },
  });
});

conform('a cell whose field is missing is null', async () => {
  await create(widgets, widget('blank', { size: 4 }));
  const { table } = expectCode(await admin.get(at('blank'), {}, tableAccept), 200);
  expect(table.rows[0]?.cells[2]).toBeNull();
});

conform('a watch tells of its changes', async () => {
  const watch = await admin.watch(widgets, { fieldSelector: 'metadata.name=watched' });
  await create(widgets, widget('watched', { size: 1 }));
  expectCode(await admin.patch(at('watched'), 'merge', { spec: { size: 2 } }), 200);
  expectCode(await admin.delete(at('watched')), 200);
  const events = await watch.until('three events', (all) => all.length >= 3);
  watch.close();
  expect(events.map(({ type, object }) => [type, object.spec.size])).toEqual([
    ['ADDED', 1],
    ['MODIFIED', 2],
    ['DELETED', 2],
  ]);
});

conform('lists are paged and selected like any other', async () => {
  for (const name of ['page-a', 'page-b', 'page-c']) {
    await create(widgets, { ...widget(name, { size: 1 }), metadata: { name, labels: { paged: 'yes' } } });
  }
  const { list } = expectCode(await admin.get(widgets, { labelSelector: 'paged=yes', limit: 2 }), 200);
  expect(list).toMatchObject({ kind: 'WidgetList', apiVersion: `${group}/v1` });
  expect(names(list.items)).toEqual(['page-a', 'page-b']);
  const rest = expectCode(
    await admin.get(widgets, {
      labelSelector: 'paged=yes',
      limit: 2,
      continue: String(list.metadata.continue),
    }),
    200,
  );
  expect(names(rest.list.items)).toEqual(['page-c']);
});

conform('items of a custom list carry kind and apiVersion', async () => {
  await create(widgets, widget('named', { size: 1 }));
  const { list } = expectCode(await admin.get(widgets, { fieldSelector: 'metadata.name=named' }), 200);
  expect(list.items[0]).toMatchObject({ kind: 'Widget', apiVersion: `${group}/v1` });
});

conform('strategic merge patch is not for custom resources: 415', async () => {
  await create(widgets, widget('patched', { size: 1 }));
  expectFailure(await admin.patch(at('patched'), 'strategic', { spec: { size: 2 } }), {
    code: 415,
    reason: 'UnsupportedMediaType',
  });
});

conform('apply works on custom resources', async () => {
  const { object } = expectCode(
    await admin.patch(at('applied'), 'apply', widget('applied', { size: 5 }), { fieldManager: 'one' }),
    201,
  );
  expect(object.spec).toEqual({ size: 5, colour: 'green' });
  expectFailure(
    await admin.patch(at('applied'), 'apply', widget('applied', { size: 6 }), { fieldManager: 'two' }),
    {
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "one": .spec.size',
    },
  );
});

conform('without a schema odd objects are kept as they are', async () => {
  const odd = {
    apiVersion: `${group}/v1`,
    kind: 'Oddity',
    metadata: { name: 'odd' },
    spec: [1, 'two', null],
    status: 'fine',
    conditions: { type: 'object' },
    constructor: { prototype: { polluted: true } },
    nested: { toString: 'x', hasOwnProperty: 1, '': 'empty key' },
  };
  const made = await create(oddities, odd);
  expect(made).toMatchObject(odd);
  expect(await read(`${oddities}/odd`)).toEqual(made);
});

conform('a key __proto__ is a key like any other', async () => {
  const body = `{"apiVersion":"${group}/v1","kind":"Oddity","metadata":{"name":"proto"},"spec":{"__proto__":{"polluted":true}}}`;
  const answer = await admin.send('POST', oddities, { body });
  expect(expectCode(answer, 201).text).toContain('"__proto__":{"polluted":true}');
  expect((await admin.get(`${oddities}/proto`)).text).toContain('"__proto__":{"polluted":true}');
});

conform('a definition whose name is not plural.group: 422', async () => {
  const wrong = {
    ...definition('gadgets', 'Gadget', { schema: { openAPIV3Schema: { type: 'object' } } }),
    metadata: { name: `wrong.${group}` },
  };
  const status = expectFailure(await admin.post(definitions, wrong), { code: 422, reason: 'Invalid' });
  expect(status.message).toContain(
    `metadata.name: Invalid value: "wrong.${group}": must be spec.names.plural+"."+spec.group`,
  );
});

conform('a definition without a schema: 422', async () => {
  const status = expectFailure(await admin.post(definitions, definition('gaps', 'Gap', {})), {
    code: 422,
    reason: 'Invalid',
  });
  expect(status.details?.causes).toContainEqual({
    reason: 'FieldValueRequired',
    message: 'Required value',
    field: 'spec.versions[0].schema.openAPIV3Schema',
  });
});

const rules: [string, object, unknown][] = [
  ['pattern', { type: 'string', pattern: '^a+$' }, 'b'],
  ['maxLength', { type: 'string', maxLength: 2 }, 'abc'],
  ['minLength', { type: 'string', minLength: 2 }, 'a'],
  ['format', { type: 'string', format: 'date-time' }, 'today'],
  ['exclusive', { type: 'integer', minimum: 1, exclusiveMinimum: true }, 1],
  ['multipleOf', { type: 'integer', multipleOf: 2 }, 3],
  ['maxItems', { type: 'array', items: { type: 'string' }, maxItems: 1 }, ['a', 'b']],
  ['minItems', { type: 'array', items: { type: 'string' }, minItems: 2 }, ['a']],
  ['items', { type: 'array', items: { type: 'string' } }, ['a', 1]],
  ['set', { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, ['a', 'a']],
  [
    'minProperties',
    { type: 'object', additionalProperties: { type: 'string' }, minProperties: 2 },
    { a: 'b' },
  ],
  [
    'maxProperties',
    { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 1 },
    { a: 'b', c: 'd' },
  ],
  ['additional', { type: 'object', additionalProperties: { type: 'integer' } }, { a: 'b' }],
  ['enumeration', { type: 'integer', enum: [1, 2] }, 3],
  ['absent', { type: 'integer' }, null],
  ['fraction', { type: 'integer' }, 1.5],
  ['portion', { 'x-kubernetes-int-or-string': true }, true],
];

conform('each rule of a schema is told in its own words', async () => {
  const properties = Object.fromEntries(rules.map(([name, schema]) => [name, schema]));
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties } } };
  await create(definitions, definition('rulers', 'Ruler', { schema: { openAPIV3Schema } }));
  const rulers = `/apis/${group}/v1/namespaces/${scope.namespace}/rulers`;
  await served(rulers);
  const spec = Object.fromEntries(rules.map(([name, , value]) => [name, value]));
  const body = { apiVersion: `${group}/v1`, kind: 'Ruler', metadata: { name: 'all' }, spec };
  const status = expectFailure(await admin.post(rulers, body), { code: 422, reason: 'Invalid' });
  const told = (status.details?.causes ?? []).map(
    ({ field, reason, message }) => `${field} ${reason} ${message}`,
  );
  expect(told.sort()).toEqual([
    '<nil> FieldValueInvalid Invalid value: "": Checked value must be of type integer (default format) in spec.fraction',
    'spec.additional.a FieldValueTypeInvalid Invalid value: "string": spec.additional.a in body must be of type integer: "string"',
    'spec.enumeration FieldValueNotSupported Unsupported value: 3: supported values: "1", "2"',
    'spec.exclusive FieldValueInvalid Invalid value: 1: spec.exclusive in body should be greater than 1',
    'spec.format FieldValueTypeInvalid Invalid value: "today": spec.format in body must be of type date-time: "today"',
    'spec.fraction FieldValueTypeInvalid Invalid value: "number": spec.fraction in body must be of type integer: "number"',
    'spec.items[1] FieldValueTypeInvalid Invalid value: "integer": spec.items[1] in body must be of type string: "integer"',
    'spec.maxItems FieldValueTooMany Too many: 2: must have at most 1 item',
    'spec.maxLength FieldValueTooLong Too long: may not be more than 2 bytes',
    'spec.maxProperties FieldValueTooMany Too many: 2: must have at most 1 item',
    'spec.minItems FieldValueInvalid Invalid value: 1: spec.minItems in body should have at least 2 items',
    'spec.minLength FieldValueInvalid Invalid value: "a": spec.minLength in body should be at least 2 chars long',
    'spec.minProperties FieldValueInvalid Invalid value: 1: spec.minProperties in body should have at least 2 properties',
    'spec.multipleOf FieldValueInvalid Invalid value: 3: spec.multipleOf in body should be a multiple of 2',
    'spec.pattern FieldValueInvalid Invalid value: "b": spec.pattern in body should match \'^a+$\'',
    'spec.portion FieldValueTypeInvalid Invalid value: "boolean": spec.portion in body must be of type integer,string: "boolean"',
    'spec.set[1] FieldValueDuplicate Duplicate value: "a"',
  ]);
});

conform('a deleted definition takes its objects and its paths with it', async () => {
  const gadgets = `/apis/${group}/v1/namespaces/${scope.namespace}/gadgets`;
  await create(
    definitions,
    definition('gadgets', 'Gadget', { schema: { openAPIV3Schema: { type: 'object' } } }),
  );
  await served(gadgets);
  await create(gadgets, { apiVersion: `${group}/v1`, kind: 'Gadget', metadata: { name: 'doomed' } });
  const watch = await admin.watch(gadgets);
  expectCode(await admin.delete(`${definitions}/gadgets.${group}`), 200);
  await watch.until('DELETED', (all) => all.some(({ type }) => type === 'DELETED'));
  watch.close();
  await eventually('end of the path', async () =>
    (await admin.get(gadgets)).code === 404 ? true : undefined,
  );
});
