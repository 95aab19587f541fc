import { expect } from 'vitest';
import { topic } from './conform.ts';
import {
  configMap,
  create,
  deployment,
  expectCode,
  expectFailure,
  image,
  ownNamespace,
  read,
} from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('patches');
const scope = ownNamespace('patches');
const configMaps = scope.core('configmaps');
const at = (name: string): string => scope.core('configmaps', name);
const rejected = {
  code: 422,
  reason: 'Invalid',
  message: 'the server rejected our request due to an error in our request',
};

conform('JSON patch: test, replace, add, remove, copy and move', async () => {
  const metadata = { name: 'json', annotations: { 'test.example/key': '3' } };
  await create(configMaps, configMap('json', { metadata, data: { a: '1', b: '2' } }));
  const { object } = expectCode(
    await admin.patch(at('json'), 'json', [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '9' },
      { op: 'add', path: '/data/c', value: 'new' },
      { op: 'remove', path: '/data/b' },
      { op: 'copy', from: '/data/a', path: '/data/d' },
      { op: 'move', from: '/metadata/annotations/test.example~1key', path: '/data/e' },
    ]),
    200,
  );
  expect(object.data).toEqual({ a: '9', c: 'new', d: '9', e: '3' });
  expect(object.metadata.annotations).toBeUndefined();
});

conform('JSON patch: a failed test changes nothing', async () => {
  const made = await create(configMaps, configMap('tested', { data: { a: '1' } }));
  const patch = [
    { op: 'replace', path: '/data/a', value: '2' },
    { op: 'test', path: '/metadata/uid', value: 'another' },
  ];
  expectFailure(await admin.patch(at('tested'), 'json', patch), rejected);
  expect(await read(at('tested'))).toEqual(made);
});

conform('JSON patch: removing what is not there is refused', async () => {
  await create(configMaps, configMap('lacking', { data: { a: '1' } }));
  expectFailure(await admin.patch(at('lacking'), 'json', [{ op: 'remove', path: '/data/zz' }]), rejected);
});

conform('JSON patch: an object instead of a list is refused', async () => {
  await create(configMaps, configMap('shapeless'));
  expectFailure(await admin.patch(at('shapeless'), 'json', {}), {
    code: 400,
    reason: 'BadRequest',
    message: /^error decoding patch: /,
  });
});

conform('merge patch: null removes, lists are replaced whole', async () => {
  const metadata = {
    name: 'merged',
    finalizers: ['test.example/a', 'test.example/b'],
    labels: { keep: 'k', drop: 'd' },
  };
  await create(configMaps, configMap('merged', { metadata, data: { a: '1', b: '2' } }));
  const patch = {
    metadata: { finalizers: ['test.example/c'], labels: { drop: null } },
    data: { b: null, c: '3' },
  };
  const { object } = expectCode(await admin.patch(at('merged'), 'merge', patch), 200);
  expect(object.data).toEqual({ a: '1', c: '3' });
  expect(object.metadata).toMatchObject({ finalizers: ['test.example/c'], labels: { keep: 'k' } });
  expect(object.metadata.labels).not.toHaveProperty('drop');
  expectCode(await admin.patch(at('merged'), 'merge', { metadata: { finalizers: null } }), 200);
});

conform('merge patch: an old resourceVersion in it is a precondition', async () => {
  await create(configMaps, configMap('guarded'));
  expectFailure(await admin.patch(at('guarded'), 'merge', { metadata: { resourceVersion: '1' } }), {
    code: 409,
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled on configmaps "guarded": the object has been modified; please apply your changes to the latest version and try again',
  });
});

conform('merge patch: the name cannot be changed', async () => {
  await create(configMaps, configMap('fixed'));
  expectFailure(await admin.patch(at('fixed'), 'merge', { metadata: { name: 'loose' } }), {
    code: 400,
    reason: 'BadRequest',
    message: 'the name of the object (loose) does not match the name on the URL (fixed)',
  });
});

conform('an empty merge patch keeps the resourceVersion', async () => {
  const made = await create(configMaps, configMap('untouched'));
  const { object } = expectCode(await admin.patch(at('untouched'), 'merge', {}), 200);
  expect(object.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
});

interface PodTemplate {
  template: { spec: { containers: { name: string; image: string; env?: unknown[] }[] } };
}

const containersOf = (spec: object) => (spec as PodTemplate).template.spec.containers;

conform('strategic merge patch: containers and env are merged by name', async () => {
  const path = scope.apps('deployments', 'strategic');
  const containers = [
    {
      name: 'main',
      image,
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    },
    { name: 'side', image },
  ];
  const template = { metadata: { labels: { app: 'strategic' } }, spec: { containers } };
  await create(scope.apps('deployments'), deployment('strategic', 0, { template }));
  const change = { containers: [{ name: 'main', env: [{ name: 'B', value: '9' }] }] };
  const { object } = expectCode(
    await admin.patch(path, 'strategic', { spec: { template: { spec: change } } }),
    200,
  );
  const after = containersOf(object.spec);
  expect(after.map(({ name }) => name)).toEqual(['main', 'side']);
  expect(after[0]).toMatchObject({
    image,
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '9' },
    ],
  });
});

conform('strategic merge patch: $patch: delete takes one container out', async () => {
  const path = scope.apps('deployments', 'pruned');
  const containers = [
    { name: 'main', image },
    { name: 'side', image },
  ];
  const template = { metadata: { labels: { app: 'pruned' } }, spec: { containers } };
  await create(scope.apps('deployments'), deployment('pruned', 0, { template }));
  const change = { containers: [{ name: 'side', $patch: 'delete' }] };
  const { object } = expectCode(
    await admin.patch(path, 'strategic', { spec: { template: { spec: change } } }),
    200,
  );
  expect(containersOf(object.spec).map(({ name }) => name)).toEqual(['main']);
});

const apply = (name: string, data: object, query: Record<string, string | boolean>) =>
  admin.patch(at(name), 'apply', configMap(name, { data }), query);

conform('apply: makes the object, then changes it, then takes out what is no longer said', async () => {
  expectCode(await apply('applied', { a: '1', b: '2' }, { fieldManager: 'one' }), 201);
  expect(
    expectCode(await apply('applied', { a: '1', b: '3' }, { fieldManager: 'one' }), 200).object.data,
  ).toEqual({ a: '1', b: '3' });
  const { object } = expectCode(await apply('applied', { b: '3' }, { fieldManager: 'one' }), 200);
  expect(object.data).toEqual({ b: '3' });
  expect(object.metadata.managedFields).toMatchObject([
    { manager: 'one', operation: 'Apply', apiVersion: 'v1' },
  ]);
});

conform('apply: the same again keeps the resourceVersion', async () => {
  const first = expectCode(await apply('settled', { a: '1' }, { fieldManager: 'one' }), 201).object;
  const second = expectCode(await apply('settled', { a: '1' }, { fieldManager: 'one' }), 200).object;
  expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
});

conform('apply: a field of another manager is a conflict, unless forced', async () => {
  expectCode(await apply('disputed', { a: '1' }, { fieldManager: 'one' }), 201);
  expectFailure(await apply('disputed', { a: '2' }, { fieldManager: 'two' }), {
    code: 409,
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
    details: {
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }],
    },
  });
  const { object } = expectCode(
    await apply('disputed', { a: '2' }, { fieldManager: 'two', force: true }),
    200,
  );
  expect(object.data).toEqual({ a: '2' });
  expect(object.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['two']);
});

conform('apply: the same value by two managers is shared', async () => {
  expectCode(await apply('shared', { a: '1' }, { fieldManager: 'one' }), 201);
  expectCode(await apply('shared', { a: '1' }, { fieldManager: 'two' }), 200);
  const { object } = expectCode(await apply('shared', {}, { fieldManager: 'one' }), 200);
  expect(object.data).toEqual({ a: '1' });
});

conform('apply: without fieldManager 422', async () => {
  expectFailure(await apply('unmanaged', { a: '1' }, {}), {
    code: 422,
    reason: 'Invalid',
    message:
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  });
});

conform('apply: an old resourceVersion is a conflict', async () => {
  expectCode(await apply('stale', { a: '1' }, { fieldManager: 'one' }), 201);
  const body = configMap('stale', { metadata: { name: 'stale', resourceVersion: '1' }, data: { a: '2' } });
  expectFailure(await admin.patch(at('stale'), 'apply', body, { fieldManager: 'one' }), {
    code: 409,
    reason: 'Conflict',
  });
});

conform('patching what is not there: 404 (but for apply)', async () => {
  for (const kind of ['merge', 'strategic'] as const) {
    expectFailure(await admin.patch(at('nowhere'), kind, {}), {
      code: 404,
      reason: 'NotFound',
      message: 'configmaps "nowhere" not found',
    });
  }
});

conform('a patch of another media type: 415', async () => {
  await create(configMaps, configMap('typed'));
  expectFailure(await admin.send('PATCH', at('typed'), { body: {}, contentType: 'application/json' }), {
    code: 415,
    reason: 'UnsupportedMediaType',
  });
});

conform('dryRun=All of a patch stores nothing', async () => {
  const made = await create(configMaps, configMap('rehearsed', { data: { a: '1' } }));
  const answer = await admin.patch(at('rehearsed'), 'merge', { data: { a: '2' } }, { dryRun: 'All' });
  expect(expectCode(answer, 200).object.data).toEqual({ a: '2' });
  expect(await read(at('rehearsed'))).toEqual(made);
});

conform('the patch that kubectl rollout restart sends is taken', async () => {
  const path = scope.apps('deployments', 'restarted');
  await create(scope.apps('deployments'), deployment('restarted', 0));
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' };
  const { object } = expectCode(
    await admin.patch(path, 'strategic', { spec: { template: { metadata: { annotations } } } }),
    200,
  );
  expect(object.spec).toMatchObject({ template: { metadata: { annotations } } });
  expect(object.metadata.generation).toBe(2);
});
