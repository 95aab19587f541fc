import { afterAll, beforeAll, expect } from 'vitest';
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
import { admin } from './target.ts';

const conform = topic('definitions', { needs: 'cluster' });
const scope = ownNamespace('definitions');
const group = `d${randomSuffix()}.conformance.test`;
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const gadgets = `/apis/${group}/v1/namespaces/${scope.namespace}/gadgets`;
const at = (name: string): string => `${gadgets}/${name}`;

interface Spec {
  group?: string;
  scope?: string;
  names: Record<string, unknown>;
  versions?: Record<string, unknown>[];
}

const schemaOf = (spec: object): object => ({
  openAPIV3Schema: {
    type: 'object',
    properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  },
});

function definition(plural: string, kind: string, change: (spec: Spec) => void = () => {}): object {
  const spec: Spec = {
    group,
    scope: 'Namespaced',
    names: { plural, kind },
    versions: [{ name: 'v1', served: true, storage: true, schema: schemaOf({ type: 'object' }) }],
  };
  change(spec);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec,
  };
}

const gadget = (name: string, spec: object, rest: object = {}): object => ({
  apiVersion: `${group}/v1`,
  kind: 'Gadget',
  metadata: { name },
  spec,
  ...rest,
});

const item = {
  type: 'object',
  properties: { id: { type: 'string' }, size: { type: 'integer' } },
  required: ['id'],
};
const gadgetSpec = {
  type: 'object',
  properties: {
    colour: { type: 'string' },
    code: { type: 'string', pattern: '^(a+)+$' },
    replicas: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    parts: {
      type: 'array',
      items: item,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['id'],
    },
    plain: { type: 'array', items: { type: 'string' } },
  },
};

beforeAll(async () => {
  await create(
    definitions,
    definition('gadgets', 'Gadget', (spec) => {
      spec.names.shortNames = ['gdg'];
      spec.versions = [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: schemaOf(gadgetSpec),
          selectableFields: [{ jsonPath: '.spec.colour' }],
          subresources: {
            status: {},
            scale: {
              specReplicasPath: '.spec.replicas',
              statusReplicasPath: '.status.replicas',
              labelSelectorPath: '.status.selector',
            },
          },
        },
      ];
    }),
  );
  await eventually('gadgets', async () => ((await admin.get(gadgets)).code === 200 ? true : undefined));
});

afterAll(async () => {
  for (const plural of ['gadgets', 'gizmos', 'doomed'])
    await admin.delete(`${definitions}/${plural}.${group}`);
});

const faults: [string, (spec: Spec) => void, [string, string | RegExp][]][] = [
  [
    'no group',
    (spec) => delete spec.group,
    [
      ['metadata.name', /must be spec\.names\.plural\+"\."\+spec\.group$/],
      ['spec.group', 'Required value'],
    ],
  ],
  [
    'an unknown scope',
    (spec) => {
      spec.scope = 'Everywhere';
    },
    [['spec.scope', 'Unsupported value: "Everywhere": supported values: "Cluster", "Namespaced"']],
  ],
  [
    'names that are no labels',
    (spec) => {
      spec.names = { ...spec.names, singular: 'One', kind: 'bad!', listKind: 'BadList' };
    },
    [
      [
        'spec.names.kind',
        /^Invalid value: "bad!": may have mixed case, but should otherwise match: a DNS-1035 label/,
      ],
      ['spec.names.singular', /^Invalid value: "One": a DNS-1035 label must consist of/],
    ],
  ],
  [
    'no kind',
    (spec) => delete spec.names.kind,
    [
      ['spec.names.kind', 'Required value'],
      ['spec.names.listKind', 'Required value'],
      ['spec.names.singular', 'Required value'],
    ],
  ],
  [
    'no version that is stored',
    (spec) => {
      Object.assign(spec.versions?.[0] ?? {}, { storage: false });
    },
    [
      ['spec.versions', /must have exactly one version marked as storage version$/],
      ['status.storedVersions', 'Invalid value: null: must have at least one stored version'],
    ],
  ],
  [
    'no schema',
    (spec) => delete spec.versions?.[0]?.schema,
    [['spec.versions[0].schema.openAPIV3Schema', 'Required value']],
  ],
  [
    'a column of no type',
    (spec) => {
      Object.assign(spec.versions?.[0] ?? {}, {
        additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'spec.a' }],
      });
    },
    [
      [
        'spec.additionalPrinterColumns[0].JSONPath',
        'Invalid value: "spec.a": must be a simple json path starting with .',
      ],
      [
        'spec.additionalPrinterColumns[0].type',
        'Invalid value: "text": must be one of boolean,date,integer,number,string',
      ],
    ],
  ],
  [
    'a scale without paths',
    (spec) => {
      Object.assign(spec.versions?.[0] ?? {}, { subresources: { scale: {} } });
    },
    [
      ['spec.subresources.scale.specReplicasPath', 'Required value'],
      ['spec.subresources.scale.statusReplicasPath', 'Required value'],
    ],
  ],
];

const schema = 'spec.validation.openAPIV3Schema';
const schemaFaults: [string, object, [string, string | RegExp][]][] = [
  [
    'a root that is no object',
    { type: 'string' },
    [[`${schema}.type`, 'Invalid value: "string": must be object at the root']],
  ],
  [
    'a field without a type',
    { type: 'object', properties: { a: {}, b: { type: 'array', items: {} } } },
    [
      [`${schema}.properties[a].type`, 'Required value: must not be empty for specified object fields'],
      [`${schema}.properties[b].items.type`, 'Required value: must not be empty for specified array items'],
    ],
  ],
  [
    'an unknown type',
    { type: 'object', properties: { a: { type: 'map' } } },
    [
      [
        `${schema}.properties[a].type`,
        'Unsupported value: "map": supported values: "array", "boolean", "integer", "number", "object", "string"',
      ],
    ],
  ],
  [
    'a list without items',
    { type: 'object', properties: { a: { type: 'array' } } },
    [[`${schema}.properties[a].items`, 'Required value: must be specified']],
  ],
  [
    'structure in anyOf',
    { type: 'object', properties: { a: { anyOf: [{ type: 'string' }] } } },
    [
      [`${schema}.properties[a].anyOf[0].type`, 'Forbidden: must be empty to be structural'],
      [`${schema}.properties[a].type`, 'Required value: must not be empty for specified object fields'],
    ],
  ],
  [
    'properties and others',
    {
      type: 'object',
      properties: {
        a: {
          type: 'object',
          properties: { b: { type: 'string' } },
          additionalProperties: { type: 'string' },
        },
      },
    },
    [
      [
        `${schema}.properties[a].additionalProperties`,
        'Forbidden: additionalProperties and properties are mutual exclusive',
      ],
    ],
  ],
  [
    'a pattern that is none',
    { type: 'object', properties: { a: { type: 'string', pattern: '(?=a)' } } },
    [
      [
        `${schema}.properties[a].pattern`,
        'Invalid value: "(?=a)": must be a valid regular expression, but isn\'t: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
      ],
    ],
  ],
  [
    'a default of another type',
    { type: 'object', properties: { a: { type: 'integer', default: 'x' } } },
    [
      [
        `${schema}.properties[a].default`,
        'Invalid value: "string":  in body must be of type integer: "string"',
      ],
    ],
  ],
  [
    'a list map without keys',
    {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } },
    },
    [
      [
        `${schema}.properties[a].x-kubernetes-list-map-keys`,
        'Required value: must not be empty if x-kubernetes-list-type is map',
      ],
    ],
  ],
  [
    'rules for metadata',
    {
      type: 'object',
      properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
    },
    [
      [
        `${schema}.properties[metadata]`,
        'Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
      ],
    ],
  ],
];

async function expectFaults(body: object, expected: [string, string | RegExp][]): Promise<void> {
  const status = expectFailure(await admin.post(definitions, body), { code: 422, reason: 'Invalid' });
  const found = (status.details?.causes ?? []).map(({ field, message }) => [String(field), message] as const);
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(sorted.map(([field]) => field)).toEqual(expected.map(([field]) => field));
  for (const [index, [, words]] of expected.entries()) {
    if (typeof words === 'string') expect(sorted[index]?.[1]).toBe(words);
    else expect(sorted[index]?.[1]).toMatch(words);
  }
}

for (const [title, change, expected] of faults)
  conform(`422: ${title}`, () => expectFaults(definition('faulty', 'Faulty', change), expected));

for (const [title, openAPIV3Schema, expected] of schemaFaults)
  conform(`a schema must be structural: ${title}: 422`, () =>
    expectFaults(
      definition('faulty', 'Faulty', (spec) => {
        Object.assign(spec.versions?.[0] ?? {}, { schema: { openAPIV3Schema } });
      }),
      expected,
    ),
  );

conform('a name is its plural and its group: 422', async () => {
  const body = { ...definition('faulty', 'Faulty'), metadata: { name: `fault.${group}` } };
  await expectFaults(body, [
    ['metadata.name', `Invalid value: "fault.${group}": must be spec.names.plural+"."+spec.group`],
  ]);
});

conform('names that are left out are made from the kind', async () => {
  const { spec, status } = await read(`${definitions}/gadgets.${group}`);
  const expected = {
    plural: 'gadgets',
    singular: 'gadget',
    kind: 'Gadget',
    listKind: 'GadgetList',
    shortNames: ['gdg'],
  };
  expect(spec.names).toEqual(expected);
  expect(status.acceptedNames).toEqual(expected);
  expect(spec.conversion).toEqual({ strategy: 'None' });
});

conform('a name that is taken is not accepted, and the kind is not served', async () => {
  await create(
    definitions,
    definition('gizmos', 'Gizmo', (spec) => {
      spec.names.shortNames = ['gdg'];
    }),
  );
  const conditions = await eventually('conditions', async () => {
    const { status } = await read(`${definitions}/gizmos.${group}`);
    return (status?.conditions as { type: string; status: string; reason: string; message: string }[])?.length
      ? (status.conditions as { type: string; status: string; reason: string; message: string }[])
      : undefined;
  });
  expect(conditions).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        type: 'NamesAccepted',
        status: 'False',
        reason: 'ShortNamesConflict',
        message: '"gdg" is already in use',
      }),
      expect.objectContaining({
        type: 'Established',
        status: 'False',
        reason: 'NotAccepted',
        message: 'not all names are accepted',
      }),
    ]),
  );
  expectCode(await admin.get(`/apis/${group}/v1/namespaces/${scope.namespace}/gizmos`), 404);
  expectCode(await admin.delete(`${definitions}/gizmos.${group}`), 200);
});

conform('a pattern is RE2: no text makes it slow', async () => {
  const started = performance.now();
  const code = `${'a'.repeat(20_000)}!`;
  const status = expectFailure(await admin.post(gadgets, gadget('slow', { code })), {
    code: 422,
    reason: 'Invalid',
  });
  expect(status.details?.causes?.[0]?.message).toMatch(/spec\.code in body should match '\^\(a\+\)\+\$'$/);
  expect(performance.now() - started).toBeLessThan(10_000);
  await create(gadgets, gadget('quick', { code: 'aaa' }));
});

conform('its scale is read and written', async () => {
  await create(gadgets, gadget('scaled', { replicas: 3 }));
  const status = { replicas: 2, selector: 'app=scaled' };
  expectCode(await admin.patch(`${at('scaled')}/status`, 'merge', { status }), 200);
  const scale = await read(`${at('scaled')}/scale`);
  expect(scale).toMatchObject({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'scaled', namespace: scope.namespace },
    spec: { replicas: 3 },
    status: { replicas: 2, selector: 'app=scaled' },
  });
  const put = await admin.put(`${at('scaled')}/scale`, { ...scale, spec: { replicas: 5 } });
  expect(expectCode(put, 200).object.spec).toEqual({ replicas: 5 });
  expectCode(await admin.patch(`${at('scaled')}/scale`, 'merge', { spec: { replicas: 7 } }), 200);
  const { spec, metadata } = await read(at('scaled'));
  expect(spec.replicas).toBe(7);
  expect(metadata.generation).toBe(3);
});

conform('it can be selected by the fields it names', async () => {
  await create(gadgets, gadget('red', { colour: 'red' }));
  await create(gadgets, gadget('green', { colour: 'green' }));
  const { list } = expectCode(await admin.get(gadgets, { fieldSelector: 'spec.colour=red' }), 200);
  expect(names(list.items)).toEqual(['red']);
  expectFailure(await admin.get(gadgets, { fieldSelector: 'spec.code=x' }), {
    code: 400,
    reason: 'BadRequest',
    message: 'field label not supported: spec.code',
  });
});

const apply = (name: string, manager: string, spec: object) =>
  admin.patch(at(name), 'apply', gadget(name, spec), { fieldManager: manager });

conform('server-side apply merges its list maps and sets by their keys', async () => {
  expectCode(await apply('merged', 'one', { tags: ['a'], parts: [{ id: 'x', size: 1 }], plain: ['p'] }), 201);
  const { object } = expectCode(
    await apply('merged', 'two', { tags: ['b'], parts: [{ id: 'y', size: 2 }] }),
    200,
  );
  expect(object.spec).toEqual({
    tags: ['a', 'b'],
    parts: [
      { id: 'x', size: 1 },
      { id: 'y', size: 2 },
    ],
    plain: ['p'],
  });
  expectFailure(await apply('merged', 'two', { parts: [{ id: 'x', size: 3 }] }), {
    code: 409,
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "one": .spec.parts[id="x"].size',
  });
  // What one leaves out goes; what the other holds stays.
  const left = expectCode(await apply('merged', 'one', { plain: ['q'] }), 200).object;
  expect(left.spec).toEqual({ tags: ['b'], parts: [{ id: 'y', size: 2 }], plain: ['q'] });
});

conform('managedFields name the items of its lists', async () => {
  expectCode(await apply('tracked', 'one', { tags: ['a'], parts: [{ id: 'x' }] }), 201);
  const { metadata } = await read(at('tracked'));
  expect((metadata.managedFields?.[0] as { fieldsV1?: object } | undefined)?.fieldsV1).toEqual({
    'f:spec': {
      'f:tags': { 'v:"a"': {} },
      'f:parts': { 'k:{"id":"x"}': { '.': {}, 'f:id': {} } },
    },
  });
});

conform('one that is deleted takes its objects along, and waits for their finalizers', async () => {
  const path = `${definitions}/doomed.${group}`;
  const objects = `/apis/${group}/v1/namespaces/${scope.namespace}/doomed`;
  await create(definitions, definition('doomed', 'Doomed'));
  await eventually('doomed', async () => ((await admin.get(objects)).code === 200 ? true : undefined));
  const doomed = (name: string, finalizers?: string[]) => ({
    apiVersion: `${group}/v1`,
    kind: 'Doomed',
    metadata: { name, ...(finalizers ? { finalizers } : {}) },
  });
  await eventually('a first one', async () =>
    (await admin.post(objects, doomed('held', ['strata.test/hold']))).code === 201 ? true : undefined,
  );
  await create(objects, doomed('free'));
  expectCode(await admin.delete(path), 200);
  const { metadata, status } = await read(path);
  expect(metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
  expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Terminating', status: 'True' }));
  await eventually('the free one to go', async () =>
    (await admin.get(`${objects}/free`)).code === 404 ? true : undefined,
  );
  expectFailure(await admin.post(objects, doomed('late')), {
    code: 403,
    reason: 'Forbidden',
    message: `doomed.${group} "late" is forbidden: create not allowed while custom resource definition is terminating`,
  });
  expectCode(await admin.patch(`${objects}/held`, 'merge', { metadata: { finalizers: null } }), 200);
  await eventually('its end', async () => ((await admin.get(path)).code === 404 ? true : undefined), 15_000);
  expectCode(await admin.get(objects), 404);
});
