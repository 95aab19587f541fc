import { expect } from 'vitest';
import { topic } from './conform.ts';
import { configMap, create, deployment, expectCode, expectFailure, ownNamespace, read } from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('objects');
const scope = ownNamespace('objects');
const configMaps = scope.core('configmaps');
const at = (name: string): string => scope.core('configmaps', name);

conform(
  'a created object has name, namespace, uid, resourceVersion and time, and is read back the same',
  async () => {
    const made = await create(configMaps, configMap('made', { data: { a: '1' } }));
    expect(made).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { a: '1' },
      metadata: { name: 'made', namespace: scope.namespace },
    });
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(made.metadata.resourceVersion).toMatch(/^[1-9]\d*$/);
    expect(made.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await read(at('made'))).toEqual(made);
  },
);

conform('what a client may not set is set by the server', async () => {
  const body = configMap('forged', {
    metadata: {
      name: 'forged',
      uid: 'mine',
      creationTimestamp: '2001-01-01T00:00:00Z',
      generation: 7,
      selfLink: '/x',
    },
  });
  const { metadata } = await create(configMaps, body);
  expect(metadata.uid).not.toBe('mine');
  expect(metadata.creationTimestamp).not.toBe('2001-01-01T00:00:00Z');
  expect(metadata).not.toHaveProperty('selfLink');
});

conform('status sent with a new Deployment is dropped, defaults are filled in', async () => {
  const made = await create(scope.apps('deployments'), {
    ...deployment('defaults', 0),
    status: { replicas: 99 },
  });
  expect(made.status).toEqual({});
  expect(made.metadata.generation).toBe(1);
  expect(made.spec).toMatchObject({
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    template: {
      spec: {
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        terminationGracePeriodSeconds: 30,
        schedulerName: 'default-scheduler',
      },
    },
  });
});

conform('generateName adds five letters', async () => {
  const made = await create(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { generateName: 'some-' },
  });
  expect(made.metadata.name).toMatch(/^some-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(made.metadata.generateName).toBe('some-');
});

conform('the body may leave out kind and apiVersion', async () => {
  expect(await create(configMaps, { metadata: { name: 'bare' } })).toMatchObject({
    kind: 'ConfigMap',
    apiVersion: 'v1',
  });
});

conform('a body in YAML is taken', async () => {
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: from-yaml\ndata:\n  a: "1"\n';
  const answer = await admin.send('POST', configMaps, { body, contentType: 'application/yaml' });
  expect(expectCode(answer, 201).object.data).toEqual({ a: '1' });
});

conform('an object is answered in YAML when asked', async () => {
  await create(configMaps, configMap('as-yaml', { data: { a: '1' } }));
  const answer = expectCode(await admin.get(at('as-yaml'), {}, 'application/yaml'), 200);
  expect(answer.headers['content-type']).toBe('application/yaml');
  expect(answer.text).toMatch(/^apiVersion: v1\ndata:\n {2}a: "1"\nkind: ConfigMap\n/);
});

conform('creating what exists: 409 AlreadyExists', async () => {
  await create(configMaps, configMap('twice'));
  expectFailure(await admin.post(configMaps, configMap('twice')), {
    code: 409,
    reason: 'AlreadyExists',
    message: 'configmaps "twice" already exists',
    details: { name: 'twice', kind: 'configmaps' },
  });
});

conform('reading what is not there: 404 with name and kind', async () => {
  expectFailure(await admin.get(at('absent')), {
    code: 404,
    reason: 'NotFound',
    message: 'configmaps "absent" not found',
    details: { name: 'absent', kind: 'configmaps' },
  });
});

conform('a kind of a group is named with it: deployments.apps', async () => {
  expectFailure(await admin.get(scope.apps('deployments', 'absent')), {
    code: 404,
    reason: 'NotFound',
    message: 'deployments.apps "absent" not found',
    details: { name: 'absent', group: 'apps', kind: 'deployments' },
  });
});

conform('creating in a namespace that is not there: 404 of the namespace', async () => {
  expectFailure(await admin.post('/api/v1/namespaces/strata-absent/configmaps', configMap('x')), {
    code: 404,
    reason: 'NotFound',
    message: 'namespaces "strata-absent" not found',
    details: { name: 'strata-absent', kind: 'namespaces' },
  });
});

conform('resourceVersion on a new object is refused', async () => {
  const body = configMap('versioned', { metadata: { name: 'versioned', resourceVersion: '7' } });
  expectFailure(await admin.post(configMaps, body), {
    code: 500,
    reason: undefined,
    message: 'resourceVersion should not be set on objects to be created',
  });
});

conform('an update raises the resourceVersion and keeps uid and creationTimestamp', async () => {
  const made = await create(configMaps, configMap('updated', { data: { a: '1' } }));
  const { object } = expectCode(await admin.put(at('updated'), { ...made, data: { a: '2' } }), 200);
  expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
  expect(object.metadata).toMatchObject({
    uid: made.metadata.uid,
    creationTimestamp: made.metadata.creationTimestamp,
  });
  expect(object.data).toEqual({ a: '2' });
});

conform('an update that changes nothing keeps the resourceVersion', async () => {
  const made = await create(configMaps, configMap('same', { data: { a: '1' } }));
  const { object } = expectCode(await admin.put(at('same'), made), 200);
  expect(object.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
});

conform('an update of an older version: 409 Conflict', async () => {
  const made = await create(configMaps, configMap('contested', { data: { a: '1' } }));
  expectCode(await admin.put(at('contested'), { ...made, data: { a: '2' } }), 200);
  expectFailure(await admin.put(at('contested'), { ...made, data: { a: '3' } }), {
    code: 409,
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled on configmaps "contested": the object has been modified; please apply your changes to the latest version and try again',
    details: { name: 'contested', kind: 'configmaps' },
  });
  expect((await read(at('contested'))).data).toEqual({ a: '2' });
});

conform('an update without a resourceVersion wins', async () => {
  await create(configMaps, configMap('blind', { data: { a: '1' } }));
  expectCode(await admin.put(at('blind'), configMap('blind', { data: { a: '2' } })), 200);
  expect((await read(at('blind'))).data).toEqual({ a: '2' });
});

conform('an update with another uid: 409 Conflict', async () => {
  const made = await create(configMaps, configMap('replaced'));
  const body = configMap('replaced', { metadata: { name: 'replaced', uid: '0000' } });
  expectFailure(await admin.put(at('replaced'), body), {
    code: 409,
    reason: 'Conflict',
    message: new RegExp(
      `Precondition failed: UID in precondition: 0000, UID in object meta: ${made.metadata.uid}$`,
    ),
    details: { name: 'replaced', kind: 'configmaps' },
  });
});

conform('an update of what is not there: 404', async () => {
  expectFailure(await admin.put(at('nowhere'), configMap('nowhere')), {
    code: 404,
    reason: 'NotFound',
    message: 'configmaps "nowhere" not found',
  });
});

conform('the name in the body must be the one in the path', async () => {
  await create(configMaps, configMap('named'));
  expectFailure(await admin.put(at('named'), configMap('other')), {
    code: 400,
    reason: 'BadRequest',
    message: 'the name of the object (other) does not match the name on the URL (named)',
  });
});

conform('the namespace in the body must be the one in the path', async () => {
  const body = configMap('astray', { metadata: { name: 'astray', namespace: 'elsewhere' } });
  expectFailure(await admin.post(configMaps, body), {
    code: 400,
    reason: 'BadRequest',
    message: 'the namespace of the provided object does not match the namespace sent on the request',
  });
});

conform('generation follows spec, not metadata', async () => {
  const path = scope.apps('deployments', 'generation');
  await create(scope.apps('deployments'), deployment('generation', 0));
  const labels = { metadata: { labels: { touched: 'yes' } } };
  expect(expectCode(await admin.patch(path, 'merge', labels), 200).object.metadata.generation).toBe(1);
  expect(
    expectCode(await admin.patch(path, 'merge', { spec: { paused: true } }), 200).object.metadata.generation,
  ).toBe(2);
});

conform('dryRun=All answers like the real thing and stores nothing', async () => {
  const answer = expectCode(await admin.post(configMaps, configMap('rehearsed'), { dryRun: 'All' }), 201);
  expect(answer.object.metadata.uid).toBeTruthy();
  expect(answer.object.metadata).not.toHaveProperty('resourceVersion');
  expectCode(await admin.get(at('rehearsed')), 404);
});

conform('dryRun=All of an update leaves the object as it is', async () => {
  const made = await create(configMaps, configMap('rehearsed-update', { data: { a: '1' } }));
  const answer = await admin.put(at('rehearsed-update'), { ...made, data: { a: '2' } }, { dryRun: 'All' });
  expect(expectCode(answer, 200).object.data).toEqual({ a: '2' });
  expect((await read(at('rehearsed-update'))).data).toEqual({ a: '1' });
});

conform('another value of dryRun: 422', async () => {
  const status = expectFailure(await admin.post(configMaps, configMap('x'), { dryRun: 'Some' }), {
    code: 422,
    reason: 'Invalid',
    message:
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
  });
  expect(status.details?.causes?.[0]).toMatchObject({ reason: 'FieldValueNotSupported', field: 'dryRun' });
});

conform('fieldManager is kept in managedFields', async () => {
  const { object } = expectCode(
    await admin.post(configMaps, configMap('managed', { data: { a: '1' } }), { fieldManager: 'tester' }),
    201,
  );
  expect(object.metadata.managedFields).toEqual([
    {
      manager: 'tester',
      operation: 'Update',
      apiVersion: 'v1',
      time: expect.any(String),
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
    },
  ]);
});

conform('fieldValidation=Strict refuses an unknown field', async () => {
  expectFailure(
    await admin.post(configMaps, configMap('strict', { datum: {} }), { fieldValidation: 'Strict' }),
    {
      code: 400,
      reason: 'BadRequest',
      message:
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "datum"',
    },
  );
});

conform('fieldValidation=Warn drops an unknown field with a Warning header', async () => {
  const answer = await admin.post(configMaps, configMap('warned', { datum: {} }), {
    fieldValidation: 'Warn',
  });
  expect(expectCode(answer, 201).headers.warning).toBe('299 - "unknown field \\"datum\\""');
  expect(answer.object).not.toHaveProperty('datum');
});

conform('an immutable field cannot be changed: 422 with the field', async () => {
  const path = scope.apps('deployments', 'immutable');
  await create(scope.apps('deployments'), deployment('immutable', 0));
  const body = {
    spec: {
      selector: { matchLabels: { app: 'immutable', more: 'x' } },
      template: { metadata: { labels: { more: 'x' } } },
    },
  };
  const status = expectFailure(await admin.patch(path, 'merge', body), {
    code: 422,
    reason: 'Invalid',
    message:
      /^Deployment\.apps "immutable" is invalid: spec\.selector: Invalid value: .*: field is immutable$/,
  });
  expect(status.details).toMatchObject({
    name: 'immutable',
    group: 'apps',
    kind: 'Deployment',
    causes: [{ reason: 'FieldValueInvalid', field: 'spec.selector' }],
  });
});

conform('the scale subresource reads and writes replicas', async () => {
  const path = scope.apps('deployments', 'scaled');
  await create(scope.apps('deployments'), deployment('scaled', 0, { paused: true }));
  const scale = await read(`${path}/scale`);
  // Without resourceVersion: the controller may have written status meanwhile.
  const unversioned = {
    ...scale,
    metadata: { name: 'scaled', namespace: scope.namespace },
    spec: { replicas: 2 },
  };
  expect(scale).toMatchObject({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'scaled' },
    spec: {},
    status: { replicas: 0, selector: 'app=scaled' },
  });
  const { object } = expectCode(await admin.put(`${path}/scale`, unversioned), 200);
  expect(object.spec).toEqual({ replicas: 2 });
  expect((await read(path)).spec.replicas).toBe(2);
});

conform('the status subresource changes status only', async () => {
  const path = `/api/v1/namespaces/${scope.namespace}`;
  const body = {
    metadata: { labels: { sneaked: 'in' } },
    spec: { finalizers: [] },
    status: {
      conditions: [{ type: 'Tested', status: 'True', reason: 'Test', message: '', lastTransitionTime: null }],
    },
  };
  const { object } = expectCode(await admin.patch(`${path}/status`, 'merge', body), 200);
  expect(object.status.conditions).toMatchObject([{ type: 'Tested', status: 'True' }]);
  expect(object.spec).toEqual({ finalizers: ['kubernetes'] });
});
