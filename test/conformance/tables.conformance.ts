import { beforeAll, expect } from 'vitest';
import { partialAccept, partialListAccept, tableAccept } from './client.ts';
import { topic } from './conform.ts';
import {
  configMap,
  create,
  deployment,
  expectCode,
  expectFailure,
  labelled,
  ownNamespace,
  parkedPod,
} from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('tables');
const scope = ownNamespace('tables');
const configMaps = scope.core('configmaps');
const orJson = (accept: string): string => `${accept},application/json`;

beforeAll(async () => {
  await create(
    configMaps,
    configMap('one', { metadata: { name: 'one', labels: { table: 'yes' } }, data: { a: '1', b: '2' } }),
  );
  await create(configMaps, labelled('two', { table: 'yes' }));
  await create(scope.core('pods'), parkedPod('parked'));
  await create(scope.apps('deployments'), deployment('rows', 0));
});

/** Column names; those with a priority above 0 (kubectl's -o wide) in brackets. */
const columns: [string, string][] = [
  [scope.core('pods'), 'Name Ready Status Restarts Age [IP] [Node] [Nominated Node] [Readiness Gates]'],
  [scope.apps('deployments'), 'Name Ready Up-to-date Available Age [Containers] [Images] [Selector]'],
  [scope.apps('replicasets'), 'Name Desired Current Ready Age [Containers] [Images] [Selector]'],
  [scope.core('services'), 'Name Type Cluster-IP External-IP Port(s) Age [Selector]'],
  [configMaps, 'Name Data Age'],
  [scope.core('secrets'), 'Name Type Data Age'],
  [
    scope.core('events'),
    'Last Seen Type Reason Object [Subobject] [Source] Message [First Seen] [Count] [Name]',
  ],
  [
    '/api/v1/nodes',
    'Name Status Roles Age Version [Internal-IP] [External-IP] [OS-Image] [Kernel-Version] [Container-Runtime]',
  ],
  ['/api/v1/namespaces', 'Name Status Age'],
  ['/apis/rbac.authorization.k8s.io/v1/clusterroles', 'Name Created At'],
];

for (const [path, expected] of columns) {
  conform(`columns of ${path.split('/').at(-1)}: ${expected}`, async () => {
    const { table } = expectCode(await admin.get(path, { limit: 1 }, tableAccept), 200);
    const found = table.columnDefinitions.map(({ name, priority }) => (priority > 0 ? `[${name}]` : name));
    expect(found.join(' ')).toBe(expected);
  });
}

conform('a Table has columns with type, format, description and priority', async () => {
  const answer = expectCode(await admin.get(configMaps, {}, tableAccept), 200);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.table).toMatchObject({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
  });
  expect(answer.table.columnDefinitions[0]).toEqual({
    name: 'Name',
    type: 'string',
    format: 'name',
    description: expect.stringMatching(/^Name must be unique within a namespace\./),
    priority: 0,
  });
});

conform('a row has a cell a column, and the metadata of its object', async () => {
  const { table } = expectCode(await admin.get(configMaps, { labelSelector: 'table=yes' }, tableAccept), 200);
  expect(table.rows).toHaveLength(2);
  expect(table.rows[0]?.cells).toEqual(['one', 2, expect.stringMatching(/^\d+[smh]$/)]);
  expect(table.rows[0]?.object).toMatchObject({
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {
      name: 'one',
      namespace: scope.namespace,
      labels: { table: 'yes' },
      uid: expect.any(String),
      resourceVersion: expect.any(String),
    },
  });
  expect(table.rows[0]?.object).not.toHaveProperty('data');
});

conform('the cells of a pod that waits for a node', async () => {
  const { table } = expectCode(await admin.get(scope.core('pods', 'parked'), {}, tableAccept), 200);
  expect(table.rows).toHaveLength(1);
  expect(table.rows[0]?.cells).toEqual([
    'parked',
    '0/1',
    'Pending',
    '0',
    expect.any(String),
    '<none>',
    '<none>',
    '<none>',
    '<none>',
  ]);
});

conform('the cells of a Deployment', async () => {
  const { table } = expectCode(await admin.get(scope.apps('deployments', 'rows'), {}, tableAccept), 200);
  expect(table.rows[0]?.cells).toEqual([
    'rows',
    '0/0',
    0,
    0,
    expect.any(String),
    'main',
    expect.stringContaining('pause'),
    'app=rows',
  ]);
});

conform('includeObject=None leaves the object out, Object sends it whole', async () => {
  const bare = expectCode(await admin.get(configMaps, { includeObject: 'None' }, tableAccept), 200).table;
  expect(bare.rows[0]?.object).toBeNull();
  const whole = expectCode(
    await admin.get(configMaps, { includeObject: 'Object', labelSelector: 'table=yes' }, tableAccept),
    200,
  ).table;
  expect(whole.rows[0]?.object).toMatchObject({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    data: { a: '1', b: '2' },
  });
});

conform('another includeObject: 400', async () => {
  expectFailure(await admin.get(configMaps, { includeObject: 'Some' }, tableAccept), {
    code: 400,
    reason: 'BadRequest',
  });
});

conform('a Table is paged like a list', async () => {
  const { table } = expectCode(await admin.get(configMaps, { limit: 1 }, tableAccept), 200);
  expect(table.rows).toHaveLength(1);
  expect(table.metadata.continue).toBeTruthy();
  expect(table.metadata.remainingItemCount).toBeGreaterThan(0);
});

conform('the first acceptable form of several is taken', async () => {
  expect(expectCode(await admin.get(configMaps, {}, orJson(tableAccept)), 200).table.kind).toBe('Table');
  expect(expectCode(await admin.get(configMaps, {}, `application/json,${tableAccept}`), 200).list.kind).toBe(
    'ConfigMapList',
  );
});

conform('an error is a Status, also when a Table was asked for', async () => {
  expectFailure(await admin.get(scope.core('configmaps', 'absent'), {}, tableAccept), {
    code: 404,
    reason: 'NotFound',
  });
});

conform('a watch as Table: one row an event, columns only with the first', async () => {
  const { table } = expectCode(await admin.get(configMaps, {}, tableAccept), 200);
  const query = { resourceVersion: String(table.metadata.resourceVersion), labelSelector: 'tabled=yes' };
  const watch = await admin.watch(configMaps, query, tableAccept);
  await create(configMaps, labelled('tabled-a', { tabled: 'yes' }));
  await create(configMaps, labelled('tabled-b', { tabled: 'yes' }));
  const events = await watch.until('two events', (all) => all.length >= 2);
  watch.close();
  for (const [index, event] of events.entries()) {
    expect(event).toMatchObject({ type: 'ADDED', object: { kind: 'Table', apiVersion: 'meta.k8s.io/v1' } });
    expect(event.object.rows?.map(({ object }) => object.metadata.name)).toEqual([
      ['tabled-a', 'tabled-b'][index],
    ]);
  }
  expect(events[0]?.object.columnDefinitions).toHaveLength(3);
  expect(events[1]?.object.columnDefinitions).toBeNull();
});

conform('a bookmark of a watch as Table is a Table with one row that is no object', async () => {
  const { table } = expectCode(await admin.get(configMaps, {}, tableAccept), 200);
  const query = {
    resourceVersion: String(table.metadata.resourceVersion),
    allowWatchBookmarks: true,
    timeoutSeconds: 5,
    labelSelector: 'nothing=matches',
  };
  const watch = await admin.watch(configMaps, query, tableAccept);
  await create(configMaps, configMap('moves-the-version-on'));
  await watch.ended;
  const bookmark = watch.events.at(-1);
  expect(bookmark).toMatchObject({
    type: 'BOOKMARK',
    object: { kind: 'Table', apiVersion: 'meta.k8s.io/v1' },
  });
  expect(bookmark?.object.rows).toHaveLength(1);
  expect(bookmark?.object.rows?.[0]?.object).toMatchObject({
    kind: 'PartialObjectMetadata',
    metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
  });
  expect(bookmark?.object.rows?.[0]?.object.metadata).not.toHaveProperty('name');
});

conform('one object as PartialObjectMetadata is its metadata', async () => {
  const answer = expectCode(await admin.get(scope.core('configmaps', 'one'), {}, partialAccept), 200);
  expect(answer.object).toMatchObject({
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { name: 'one' },
  });
  expect(answer.object).not.toHaveProperty('data');
});

conform('a list as PartialObjectMetadataList', async () => {
  const { list } = expectCode(
    await admin.get(configMaps, { labelSelector: 'table=yes' }, partialListAccept),
    200,
  );
  expect(list).toMatchObject({
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: expect.any(String) },
  });
  expect(list.items.map(({ metadata }) => metadata.name)).toEqual(['one', 'two']);
  for (const item of list.items) expect(item).not.toHaveProperty('data');
});

conform('a watch as PartialObjectMetadata', async () => {
  const watch = await admin.watch(configMaps, { labelSelector: 'table=yes' }, partialAccept);
  const events = await watch.until('two events', (all) => all.length >= 2);
  watch.close();
  for (const { object } of events) {
    expect(object).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' });
    expect(object).not.toHaveProperty('data');
  }
});

conform('a form that is not known: 406', async () => {
  expectFailure(await admin.get(configMaps, {}, 'application/json;as=Foo;g=meta.k8s.io;v=v1'), {
    code: 406,
    reason: 'NotAcceptable',
    message:
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  });
});

conform('a media type that is not known: 406', async () => {
  expectFailure(await admin.get(configMaps, {}, 'text/csv'), { code: 406, reason: 'NotAcceptable' });
});
