/** Containers added to a running pod: what may be added, and that nothing else may change on the way. */
import { beforeAll, expect } from 'vitest';
import type { Answer, PatchKind } from './client.ts';
import { topic } from './conform.ts';
import { create, expectCode, expectFailure, image, ownNamespace, parkedPod, read } from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('ephemeral');
const scope = ownNamespace('ephemeral');
const pods = scope.core('pods');

interface Ephemeral {
  name: string;
  [field: string]: unknown;
}

const ephemeralOf = (answer: Answer) => (answer.object.spec.ephemeralContainers ?? []) as Ephemeral[];
const debug = (name: string, rest: object = {}) => ({ name, image, ...rest });

function add(pod: string, containers: object[], kind: PatchKind = 'strategic'): Promise<Answer> {
  const body = { spec: { ephemeralContainers: containers } };
  return admin.patch(`${pods}/${pod}/ephemeralcontainers`, kind, body);
}

async function withOne(pod: string): Promise<void> {
  await create(pods, parkedPod(pod));
  expectCode(await add(pod, [debug('one')]), 200);
}

beforeAll(() => withOne('standing'));

conform('discovery names the subresource with its verbs', async () => {
  const { resources } = (await admin.get('/api/v1')).json as { resources: { name: string }[] };
  expect(resources.find(({ name }) => name === 'pods/ephemeralcontainers')).toEqual({
    name: 'pods/ephemeralcontainers',
    singularName: '',
    namespaced: true,
    kind: 'Pod',
    verbs: ['get', 'patch', 'update'],
  });
});

conform('a read gives the whole pod', async () => {
  const answer = expectCode(await admin.get(`${pods}/standing/ephemeralcontainers`), 200);
  expect(answer.object.kind).toBe('Pod');
  expect(ephemeralOf(answer).map(({ name }) => name)).toEqual(['one']);
});

conform('one is added with defaults, and the pod is of another generation', async () => {
  await create(pods, parkedPod('adding'));
  const before = await read(`${pods}/adding`);
  const answer = expectCode(
    await add('adding', [debug('one', { targetContainerName: 'main', tty: true })]),
    200,
  );
  expect(ephemeralOf(answer)).toEqual([
    {
      name: 'one',
      image,
      imagePullPolicy: 'IfNotPresent',
      resources: {},
      targetContainerName: 'main',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      tty: true,
    },
  ]);
  const generation = answer.object.metadata.generation ?? 0;
  expect(generation).toBe((before.metadata.generation ?? 0) + 1);
  const last = answer.object.metadata.managedFields?.at(-1);
  expect(last?.subresource).toBe('ephemeralcontainers');
});

conform('more are added by PUT', async () => {
  await withOne('putting');
  const pod = await read(`${pods}/putting`);
  (pod.spec.ephemeralContainers as object[]).push(debug('two'));
  const answer = expectCode(await admin.put(`${pods}/putting/ephemeralcontainers`, pod), 200);
  expect(ephemeralOf(answer).map(({ name }) => name)).toEqual(['one', 'two']);
});

conform('everything else in the write is left as it was', async () => {
  await withOne('beside');
  const body = {
    metadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
    spec: { ephemeralContainers: [debug('two')], containers: [{ name: 'main', image: 'other:1' }] },
  };
  const answer = await admin.patch(`${pods}/beside/ephemeralcontainers`, 'strategic', body);
  expectCode(answer, 200);
  expect(answer.object.metadata.annotations).toBeUndefined();
  expect(answer.object.metadata.labels?.a).toBeUndefined();
  expect((answer.object.spec.containers as Ephemeral[])[0]?.image).toBe(image);
});

const FIELD = 'spec.ephemeralContainers';

conform('one that is there may not be changed', async () => {
  const status = expectFailure(await add('standing', [debug('one', { image: 'other:1' })]), {
    code: 422,
    reason: 'Invalid',
    message: /spec\.ephemeralContainers: Forbidden: existing ephemeral containers "one" may not be changed\n/,
  });
  expect(status.details?.causes).toHaveLength(1);
  expect(status.details?.causes?.[0]).toMatchObject({ reason: 'FieldValueForbidden', field: FIELD });
});

conform('nor removed', async () => {
  const message = 'Forbidden: existing ephemeral containers "one" may not be removed\n';
  const patch = [{ op: 'remove', path: '/spec/ephemeralContainers/0' }];
  expectFailure(await admin.patch(`${pods}/standing/ephemeralcontainers`, 'json', patch), {
    code: 422,
    reason: 'Invalid',
    message: `Pod "standing" is invalid: ${FIELD}: ${message}`,
    details: {
      name: 'standing',
      kind: 'Pod',
      causes: [{ reason: 'FieldValueForbidden', message, field: FIELD }],
    },
  });
});

const NOT_SET = 'Forbidden: cannot be set for an Ephemeral Container';

for (const [what, container, causes] of [
  [
    'the name of another container',
    debug('main'),
    [['name', 'FieldValueDuplicate', 'Duplicate value: "main"']],
  ],
  [
    'a target that is not there',
    debug('x', { targetContainerName: 'nope' }),
    [['targetContainerName', 'FieldValueNotFound', 'Not found: "nope"']],
  ],
  ['no image', { name: 'x' }, [['image', 'FieldValueRequired', 'Required value']]],
  [
    'ports, resources, probes and hooks',
    debug('x', {
      ports: [{ containerPort: 80 }],
      resources: { limits: { cpu: '1' } },
      livenessProbe: { exec: { command: ['true'] } },
      lifecycle: { preStop: { exec: { command: ['true'] } } },
    }),
    ['ports', 'resources', 'livenessProbe', 'lifecycle'].map((field) => [
      field,
      'FieldValueForbidden',
      NOT_SET,
    ]),
  ],
] as [string, object, [string, string, string][]][]) {
  conform(`one with ${what} is refused`, async () => {
    const pod = `refused-${what.replace(/\W+/g, '-')}`.slice(0, 60).replace(/-$/, '');
    await create(pods, parkedPod(pod));
    const status = expectFailure(await add(pod, [container]), { code: 422, reason: 'Invalid' });
    expect(status.details?.causes).toEqual(
      causes.map(([field, reason, message]) => ({ reason, message, field: `${FIELD}[0].${field}` })),
    );
    expect((await read(`${pods}/${pod}`)).spec.ephemeralContainers).toBeUndefined();
  });
}

conform('a pod is not made with one', async () => {
  const message = 'Forbidden: cannot be set on create';
  const status = expectFailure(
    await admin.post(pods, parkedPod('born', { ephemeralContainers: [debug('one')] })),
    { code: 422, reason: 'Invalid', message: `Pod "born" is invalid: ${FIELD}: ${message}` },
  );
  expect(status.details?.causes).toEqual([{ reason: 'FieldValueForbidden', message, field: FIELD }]);
});

conform('the pod itself does not take one', async () => {
  const body = { spec: { ephemeralContainers: [debug('two')] } };
  expectFailure(await admin.patch(`${pods}/standing`, 'strategic', body), {
    code: 422,
    reason: 'Invalid',
    message: /pod updates may not change fields other than/,
  });
});

conform('it is neither made nor deleted by itself', async () => {
  const path = `${pods}/standing/ephemeralcontainers`;
  const expected = { code: 405, reason: 'MethodNotAllowed' };
  expectFailure(await admin.post(path, {}), expected);
  expectFailure(await admin.delete(path), expected);
});

conform('of a pod that is not there: 404', async () => {
  expectFailure(await add('nobody', [debug('one')]), {
    code: 404,
    reason: 'NotFound',
    message: 'pods "nobody" not found',
  });
});

conform('a dry run changes nothing', async () => {
  await create(pods, parkedPod('dry'));
  const body = { spec: { ephemeralContainers: [debug('one')] } };
  const path = `${pods}/dry/ephemeralcontainers`;
  const answer = expectCode(await admin.patch(path, 'strategic', body, { dryRun: 'All' }), 200);
  expect(ephemeralOf(answer)).toHaveLength(1);
  expect((await read(`${pods}/dry`)).spec.ephemeralContainers).toBeUndefined();
});
