/** What plain kubectl leans on beyond the verbs: found by the transcript (test/transcript), held here for good. */
import { expect } from 'vitest';
import { tableAccept } from './client.ts';
import { topic } from './conform.ts';
import {
  clusterNodes,
  configMap,
  create,
  deployment,
  expectCode,
  expectFailure,
  image,
  ownNamespace,
  parkedPod,
  read,
} from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('kubectl');
const scope = ownNamespace('kubectl');
const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
const batch = (resource: string): string => `/apis/batch/v1/namespaces/${scope.namespace}/${resource}`;

const withLastApplied = (name: string, data: Record<string, string>): object => ({
  ...configMap(name, { data }),
  metadata: {
    name,
    annotations: { [annotation]: JSON.stringify({ ...configMap(name), data }) },
  },
});

const applied = (name: string, data: Record<string, string>, fieldManager = 'kubectl') =>
  admin.patch(scope.core('configmaps', name), 'apply', JSON.stringify(configMap(name, { data })), {
    fieldManager,
  });

conform('server-side apply by kubectl takes over what client-side apply set', async () => {
  await create(scope.core('configmaps'), withLastApplied('taken', { a: '1' }));
  const { object } = expectCode(await applied('taken', { a: '2' }), 200);
  expect(object.data).toEqual({ a: '2' });
  const words: unknown = JSON.parse(object.metadata.annotations?.[annotation] ?? '');
  expect(words).toEqual(configMap('taken', { data: { a: '2' } }));
});

conform('not by another manager', async () => {
  await create(scope.core('configmaps'), withLastApplied('held', { a: '1' }));
  expectCode(await applied('held', { a: '2' }, 'somebody'), 409);
});

conform('not what was changed since', async () => {
  await create(scope.core('configmaps'), withLastApplied('drifted', { a: '1', b: '1' }));
  const path = scope.core('configmaps', 'drifted');
  expectCode(await admin.patch(path, 'merge', { data: { b: '3' } }, { fieldManager: 'hand' }), 200);
  const status = expectFailure(await applied('drifted', { a: '2', b: '2' }), {
    code: 409,
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "hand" using v1: .data.b',
  });
  expect(status.details?.causes).toEqual([
    { reason: 'FieldManagerConflict', message: 'conflict with "hand" using v1', field: '.data.b' },
  ]);
});

conform('managers are listed with those who applied first', async () => {
  await create(scope.core('configmaps'), configMap('listed', { data: { a: '1' } }));
  expectCode(await applied('listed', { b: '1' }, 'zebra'), 200);
  const { metadata } = await read(scope.core('configmaps', 'listed'));
  expect(metadata.managedFields?.map(({ operation }) => operation)).toEqual(['Apply', 'Update']);
});

conform('an apply that changes nothing is noted without a time', async () => {
  await create(scope.core('configmaps'), configMap('noted', { data: { a: '1' } }));
  const { object } = expectCode(await applied('noted', { a: '1' }, 'another'), 200);
  const [first, second] = object.metadata.managedFields ?? [];
  expect(first).toMatchObject({ manager: 'another', operation: 'Apply' });
  expect(first).not.toHaveProperty('time');
  expect(second).toMatchObject({ operation: 'Update', time: expect.any(String) });
});

conform('what an applier drops goes, what others hold beneath it stays', async () => {
  await create(scope.core('configmaps'), configMap('beneath'));
  const path = scope.core('configmaps', 'beneath');
  const annotated = (annotations: object, fieldManager: string) =>
    admin.patch(
      path,
      'apply',
      JSON.stringify({ ...configMap('beneath'), metadata: { name: 'beneath', annotations } }),
      {
        fieldManager,
      },
    );
  expectCode(await annotated({ a: '1', b: '1' }, 'one'), 200);
  expectCode(await annotated({ b: '1' }, 'two'), 200);
  const { object } = expectCode(await annotated({}, 'one'), 200);
  expect(object.metadata.annotations).toEqual({ b: '1' });
});

conform('a writer may say who holds what, as kubectl does when it migrates', async () => {
  await create(scope.core('configmaps'), configMap('stated', { data: { a: '1' } }));
  const path = scope.core('configmaps', 'stated');
  const { metadata } = await read(path);
  const managedFields = metadata.managedFields?.map((entry) => ({ ...entry, manager: 'renamed' }));
  const patch = [{ op: 'replace', path: '/metadata/managedFields', value: managedFields }];
  const { object } = expectCode(await admin.patch(path, 'json', patch), 200);
  expect(object.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['renamed']);
  const emptied = expectCode(await admin.patch(path, 'merge', { metadata: { managedFields: [{}] } }), 200);
  expect(emptied.object.metadata).not.toHaveProperty('managedFields');
});

conform('a pod is given the zone of the node it is bound to', async () => {
  const node = (await clusterNodes()).find(
    ({ metadata }) => metadata.labels?.['topology.kubernetes.io/zone'],
  );
  if (!node) return; // a cluster without zones gives none
  await create(scope.core('pods'), parkedPod('zoned'));
  const target = { apiVersion: 'v1', kind: 'Node', name: node.metadata.name };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'zoned' }, target };
  expectCode(await admin.post(`${scope.core('pods', 'zoned')}/binding`, binding), 201);
  const { metadata } = await read(scope.core('pods', 'zoned'));
  const zone = 'topology.kubernetes.io/zone';
  expect(metadata.labels?.[zone]).toBe(node.metadata.labels?.[zone]);
});

const misfits: [object, string][] = [
  [{ spec: { replicas: 'two' } }, '"map[spec:map[replicas:two]]": unrecognized type: int32'],
  [{ spec: { template: 'x' } }, '"map[spec:map[template:x]]": cannot restore struct from: string'],
  [
    { metadata: { labels: { a: 1 } } },
    '"map[metadata:map[labels:map[a:1]]]": cannot convert int64 to string',
  ],
];

for (const [patch, words] of misfits) {
  conform(`a strategic merge patch that does not fit is shown as Go prints it: ${words}`, async () => {
    const name = `misfit-${misfits.findIndex(([each]) => each === patch)}`;
    await create(scope.apps('deployments'), deployment(name, 0));
    expectFailure(await admin.patch(scope.apps('deployments', name), 'strategic', patch), {
      code: 422,
      reason: 'Invalid',
      message: ` "" is invalid: patch: Invalid value: ${words}`,
    });
  });
}

const pod = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } };

conform('a Job has its defaults, the Job of a CronJob has not', async () => {
  const metadata = { name: 'defaults' };
  const spec = { suspend: true, template: pod };
  const job = await create(batch('jobs'), { apiVersion: 'batch/v1', kind: 'Job', metadata, spec });
  expect(job.spec).toMatchObject({
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    podReplacementPolicy: 'TerminatingOrFailed',
    manualSelector: false,
  });
  const cronJob = await create(batch('cronjobs'), {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template: pod } } },
  });
  const { template: _template, ...rest } = (cronJob.spec.jobTemplate as { spec: Record<string, unknown> })
    .spec;
  expect(rest).toEqual({});
});

conform('a Job with a parallelism and no completions keeps it so', async () => {
  const job = await create(batch('jobs'), {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'queue' },
    spec: { suspend: true, parallelism: 1, template: pod },
  });
  expect(job.spec).not.toHaveProperty('completions');
});

conform('nodes print their architecture with the kernel', async () => {
  const [node] = await clusterNodes();
  const { table } = expectCode(await admin.get(`/api/v1/nodes/${node?.metadata.name}`, {}, tableAccept), 200);
  const column = table.columnDefinitions.findIndex(({ name }) => name === 'Kernel-Version');
  expect(table.rows[0]?.cells[column]).toMatch(/ \(\w+\)$/);
});

conform('the rules of an administrator are those of all his bindings', async () => {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview' };
  const answer = await admin.post('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    ...review,
    spec: { namespace: scope.namespace },
  });
  const { status } = expectCode(answer, 201).object;
  expect(status.resourceRules).toEqual(
    expect.arrayContaining([
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
    ]),
  );
});
