import { expect } from 'vitest';
import { topic } from './conform.ts';
import { expectCode, expectFailure } from './fixtures.ts';
import type { ResourceInfo } from './kube-types.ts';
import { admin } from './target.ts';

const conform = topic('discovery');

interface GroupInfo {
  name: string;
  versions: { groupVersion: string; version: string }[];
  preferredVersion: { groupVersion: string; version: string };
}

async function resources(path: string): Promise<ResourceInfo[]> {
  const { json } = expectCode(await admin.get(path), 200);
  expect(json).toMatchObject({ kind: 'APIResourceList', groupVersion: path.replace(/^\/apis?\//, '') });
  return (json as { resources: ResourceInfo[] }).resources;
}

conform('/version names a version', async () => {
  const { json } = expectCode(await admin.get('/version'), 200);
  expect(json).toMatchObject({
    major: '1',
    minor: expect.stringMatching(/^\d+/),
    gitVersion: expect.stringMatching(/^v1\.\d+\.\d+/),
  });
});

for (const path of ['/healthz', '/livez', '/readyz']) {
  conform(`${path} says ok in plain text`, async () => {
    const answer = expectCode(await admin.get(path), 200);
    expect(answer.text).toBe('ok');
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  });
}

conform('/readyz?verbose names its checks', async () => {
  const { text } = expectCode(await admin.get('/readyz', { verbose: '' }), 200);
  expect(text).toMatch(/^\[\+\]ping ok$/m);
  expect(text).toMatch(/readyz check passed\n$/);
});

conform('/api lists the legacy version', async () => {
  const { json } = expectCode(await admin.get('/api'), 200);
  expect(json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
});

conform('/apis lists groups with their preferred version', async () => {
  const { json } = expectCode(await admin.get('/apis'), 200);
  expect(json).toMatchObject({ kind: 'APIGroupList', apiVersion: 'v1' });
  const groups = (json as { groups: GroupInfo[] }).groups;
  const wanted = [
    'apps',
    'batch',
    'rbac.authorization.k8s.io',
    'apiextensions.k8s.io',
    'authorization.k8s.io',
  ];
  for (const name of wanted) {
    const group = groups.find((each) => each.name === name);
    expect(group?.preferredVersion, name).toEqual({ groupVersion: `${name}/v1`, version: 'v1' });
    expect(group?.versions).toContainEqual(group?.preferredVersion);
  }
});

conform('/apis/apps describes one group', async () => {
  const version = { groupVersion: 'apps/v1', version: 'v1' };
  const { json } = expectCode(await admin.get('/apis/apps'), 200);
  expect(json).toEqual({
    kind: 'APIGroup',
    apiVersion: 'v1',
    name: 'apps',
    versions: [version],
    preferredVersion: version,
  });
});

const everything = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const kinds: [string, ResourceInfo][] = [
  [
    '/api/v1',
    {
      name: 'pods',
      singularName: 'pod',
      namespaced: true,
      kind: 'Pod',
      verbs: everything,
      shortNames: ['po'],
      categories: ['all'],
    },
  ],
  [
    '/api/v1',
    {
      name: 'services',
      singularName: 'service',
      namespaced: true,
      kind: 'Service',
      verbs: everything,
      shortNames: ['svc'],
      categories: ['all'],
    },
  ],
  [
    '/api/v1',
    {
      name: 'nodes',
      singularName: 'node',
      namespaced: false,
      kind: 'Node',
      verbs: everything,
      shortNames: ['no'],
    },
  ],
  [
    '/api/v1',
    {
      name: 'namespaces',
      singularName: 'namespace',
      namespaced: false,
      kind: 'Namespace',
      verbs: everything.filter((verb) => verb !== 'deletecollection'),
      shortNames: ['ns'],
    },
  ],
  [
    '/api/v1',
    {
      name: 'events',
      singularName: 'event',
      namespaced: true,
      kind: 'Event',
      verbs: everything,
      shortNames: ['ev'],
    },
  ],
  [
    '/api/v1',
    {
      name: 'configmaps',
      singularName: 'configmap',
      namespaced: true,
      kind: 'ConfigMap',
      verbs: everything,
      shortNames: ['cm'],
    },
  ],
  [
    '/api/v1',
    { name: 'secrets', singularName: 'secret', namespaced: true, kind: 'Secret', verbs: everything },
  ],
  [
    '/apis/apps/v1',
    {
      name: 'deployments',
      singularName: 'deployment',
      namespaced: true,
      kind: 'Deployment',
      verbs: everything,
      shortNames: ['deploy'],
      categories: ['all'],
    },
  ],
  [
    '/apis/apps/v1',
    {
      name: 'replicasets',
      singularName: 'replicaset',
      namespaced: true,
      kind: 'ReplicaSet',
      verbs: everything,
      shortNames: ['rs'],
      categories: ['all'],
    },
  ],
  [
    '/apis/rbac.authorization.k8s.io/v1',
    {
      name: 'rolebindings',
      singularName: 'rolebinding',
      namespaced: true,
      kind: 'RoleBinding',
      verbs: everything,
    },
  ],
  [
    '/apis/apiextensions.k8s.io/v1',
    {
      name: 'customresourcedefinitions',
      singularName: 'customresourcedefinition',
      namespaced: false,
      kind: 'CustomResourceDefinition',
      verbs: everything,
      shortNames: ['crd', 'crds'],
      categories: ['api-extensions'],
    },
  ],
];

for (const [path, info] of kinds) {
  conform(`${info.name} are described in ${path}`, async () => {
    const found = (await resources(path)).find(({ name }) => name === info.name);
    expect(found).toMatchObject(info);
    expect(found?.categories).toEqual(info.categories);
  });
}

const subresources: [string, string, Partial<ResourceInfo>][] = [
  ['/api/v1', 'pods/log', { kind: 'Pod', verbs: ['get'] }],
  ['/api/v1', 'pods/status', { kind: 'Pod', verbs: ['get', 'patch', 'update'] }],
  ['/api/v1', 'pods/eviction', { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] }],
  [
    '/apis/apps/v1',
    'deployments/scale',
    { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
  ],
];

for (const [path, name, info] of subresources) {
  conform(`${name} is a subresource`, async () => {
    expect((await resources(path)).find((each) => each.name === name)).toMatchObject({
      singularName: '',
      namespaced: true,
      ...info,
    });
  });
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** responseKind's group and version are empty when they are those of the entry above. */
interface AggregatedGroup {
  metadata: { name?: string };
  versions: { version: string; freshness?: string; resources: Record<string, unknown>[] }[];
}

for (const [path, group, resource, wanted] of [
  [
    '/api',
    undefined,
    'pods',
    {
      responseKind: { group: '', version: '', kind: 'Pod' },
      scope: 'Namespaced',
      singularResource: 'pod',
      shortNames: ['po'],
      categories: ['all'],
    },
  ],
  [
    '/api',
    undefined,
    'nodes',
    { responseKind: { group: '', version: '', kind: 'Node' }, scope: 'Cluster', singularResource: 'node' },
  ],
  [
    '/apis',
    'apps',
    'deployments',
    {
      responseKind: { group: '', version: '', kind: 'Deployment' },
      scope: 'Namespaced',
      verbs: everything,
    },
  ],
] as const) {
  conform(`aggregated ${path} describes ${resource}`, async () => {
    const answer = expectCode(await admin.get(path, {}, aggregated), 200);
    expect(answer.headers['content-type']).toBe(aggregated);
    expect(answer.json).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
    });
    const found = (answer.json as { items: AggregatedGroup[] }).items.find(
      ({ metadata }) => metadata.name === group,
    );
    const version = found?.versions.find((each) => each.version === 'v1');
    expect(version?.freshness).toBe('Current');
    expect(version?.resources.find((each) => each.resource === resource)).toMatchObject({
      resource,
      ...wanted,
    });
  });
}

conform('aggregated deployments name their subresources', async () => {
  const { json } = expectCode(await admin.get('/apis', {}, aggregated), 200);
  const apps = (json as { items: AggregatedGroup[] }).items.find(({ metadata }) => metadata.name === 'apps');
  const found = apps?.versions[0]?.resources.find((each) => each.resource === 'deployments');
  expect(found?.subresources).toContainEqual({
    subresource: 'scale',
    responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    verbs: ['get', 'patch', 'update'],
  });
});

conform('a client that also takes plain JSON gets the aggregated form', async () => {
  const answer = expectCode(await admin.get('/apis', {}, `${aggregated},application/json`), 200);
  expect(answer.headers['content-type']).toBe(aggregated);
});

conform('aggregated discovery has an ETag, and 304 answers it', async () => {
  const first = expectCode(await admin.get('/apis', {}, aggregated), 200);
  const etag = first.headers.etag;
  expect(etag).toEqual(expect.stringMatching(/^"[0-9A-F]{64,}"$/i));
  const second = await admin.send('GET', '/apis', {
    accept: aggregated,
    headers: { 'if-none-match': String(etag) },
  });
  expect(second.code).toBe(304);
});

conform('/openapi/v3 names a document for each group and version', async () => {
  const { json } = expectCode(await admin.get('/openapi/v3'), 200);
  const { paths } = json as { paths: Record<string, { serverRelativeURL: string }> };
  for (const each of ['api/v1', 'apis/apps/v1'])
    expect(paths[each]?.serverRelativeURL).toContain(`/openapi/v3/${each}`);
});

conform('/openapi/v3/apis/apps/v1 has the schema of a Deployment', async () => {
  const { json } = expectCode(await admin.get('/openapi/v3/apis/apps/v1'), 200);
  const { components } = json as { components: { schemas: Record<string, Record<string, unknown>> } };
  expect(components.schemas['io.k8s.api.apps.v1.Deployment']).toMatchObject({
    type: 'object',
    properties: { spec: expect.anything() },
    'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }],
  });
});

for (const path of ['/nosuch', '/apis/nosuch.example.com', '/apis/nosuch.example.com/v1/things']) {
  conform(`${path} is not found, in plain text`, async () => {
    const answer = expectCode(await admin.get(path), 404);
    expect(answer.text).toBe('404 page not found\n');
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  });
}

for (const path of ['/api/v1/nosuch', '/api/v1/namespaces/default/nosuch/x', '/apis/apps/v9/deployments']) {
  conform(`${path} is not found, with a Status`, async () => {
    expectFailure(await admin.get(path), {
      code: 404,
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
      details: {},
    });
  });
}
