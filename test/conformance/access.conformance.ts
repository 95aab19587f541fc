import { beforeAll, expect } from 'vitest';
import type { Client } from './client.ts';
import { openClient } from './client.ts';
import { topic } from './conform.ts';
import { configMap, create, eventually, expectCode, expectFailure, ownNamespace } from './fixtures.ts';
import { admin, target } from './target.ts';

const conform = topic('access');
const scope = ownNamespace('access');
const rbac = 'rbac.authorization.k8s.io';
const roles = `/apis/${rbac}/v1/namespaces/${scope.namespace}/roles`;
const bindings = `/apis/${rbac}/v1/namespaces/${scope.namespace}/rolebindings`;
const reviews = '/apis/authorization.k8s.io/v1';

const limited = target.limited as Client; // cases that use it say `needs: 'limited'`
const needs = { needs: 'limited' } as const;
let user = '';

async function whoIs(client: Client): Promise<{ username: string; groups: string[] }> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const { object } = expectCode(
    await client.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', body),
    201,
  );
  return (object.status as { userInfo: { username: string; groups: string[] } }).userInfo;
}

async function may(client: Client, resourceAttributes: object): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const { object } = expectCode(await client.post(`${reviews}/selfsubjectaccessreviews`, body), 201);
  return object.status.allowed === true;
}

async function grant(name: string, rules: object[]): Promise<void> {
  await create(roles, { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name }, rules });
  await create(bindings, {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'Role', name },
    subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
  });
}

beforeAll(async () => {
  if (!target.limited) return;
  user = (await whoIs(limited)).username;
  await grant('reads-configmaps', [
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
  ]);
  await create(scope.core('configmaps'), configMap('seen'));
  await eventually('the grant to take effect', async () =>
    (await limited.get(scope.core('configmaps'))).code === 200 ? true : undefined,
  );
});

conform('SelfSubjectReview tells the administrator apart', async () => {
  const { username, groups } = await whoIs(admin);
  expect(username).toBeTruthy();
  expect(groups).toContain('system:authenticated');
});

conform(
  'SelfSubjectReview tells who the limited user is',
  async () => {
    const { groups } = await whoIs(limited);
    expect(groups).toContain('system:authenticated');
    expect(groups).not.toContain('system:masters');
  },
  needs,
);

const refusals: [string, string, string, string | undefined, string][] = [
  [
    'list across namespaces',
    'GET',
    '/api/v1/pods',
    undefined,
    'pods is forbidden: User "USER" cannot list resource "pods" in API group "" at the cluster scope',
  ],
  [
    'list in a namespace',
    'GET',
    scope.core('secrets'),
    undefined,
    `secrets is forbidden: User "USER" cannot list resource "secrets" in API group "" in the namespace "${scope.namespace}"`,
  ],
  [
    'get by name',
    'GET',
    scope.core('secrets', 'x'),
    'x',
    `secrets "x" is forbidden: User "USER" cannot get resource "secrets" in API group "" in the namespace "${scope.namespace}"`,
  ],
  [
    'get of a cluster-wide kind',
    'GET',
    '/api/v1/nodes/x',
    'x',
    'nodes "x" is forbidden: User "USER" cannot get resource "nodes" in API group "" at the cluster scope',
  ],
  [
    'watch',
    'GET',
    `${scope.core('secrets')}?watch=true`,
    undefined,
    `secrets is forbidden: User "USER" cannot watch resource "secrets" in API group "" in the namespace "${scope.namespace}"`,
  ],
  [
    'a kind of a group',
    'GET',
    scope.apps('deployments'),
    undefined,
    `deployments.apps is forbidden: User "USER" cannot list resource "deployments" in API group "apps" in the namespace "${scope.namespace}"`,
  ],
  [
    'a subresource',
    'GET',
    scope.core('pods', 'x/log'),
    'x',
    `pods "x" is forbidden: User "USER" cannot get resource "pods/log" in API group "" in the namespace "${scope.namespace}"`,
  ],
  [
    'delete',
    'DELETE',
    scope.core('configmaps', 'seen'),
    'seen',
    `configmaps "seen" is forbidden: User "USER" cannot delete resource "configmaps" in API group "" in the namespace "${scope.namespace}"`,
  ],
  [
    'delete of a collection',
    'DELETE',
    scope.core('configmaps'),
    undefined,
    `configmaps is forbidden: User "USER" cannot deletecollection resource "configmaps" in API group "" in the namespace "${scope.namespace}"`,
  ],
];

for (const [title, method, path, name, message] of refusals) {
  conform(
    `403: ${title}`,
    async () => {
      const status = expectFailure(await limited.send(method, path), {
        code: 403,
        reason: 'Forbidden',
        message: message.replace('USER', user),
      });
      expect(status.details?.name).toBe(name);
      expect(status.details?.kind).toBe(message.split(/[ .]/)[0]);
    },
    needs,
  );
}

const writes: [string, string, string, object][] = [
  ['create', 'POST', scope.core('configmaps'), configMap('new')],
  ['update', 'PUT', scope.core('configmaps', 'seen'), configMap('seen')],
  ['patch', 'PATCH', scope.core('configmaps', 'seen'), {}],
];

for (const [verb, method, path, body] of writes) {
  conform(
    `403: ${verb}`,
    async () => {
      const contentType = method === 'PATCH' ? 'application/merge-patch+json' : undefined;
      const name = path.endsWith('/seen') ? ' "seen"' : '';
      expectFailure(await limited.send(method, path, { body, contentType }), {
        code: 403,
        reason: 'Forbidden',
        message: `configmaps${name} is forbidden: User "${user}" cannot ${verb} resource "configmaps" in API group "" in the namespace "${scope.namespace}"`,
      });
    },
    needs,
  );
}

conform(
  '403: a path that is no resource',
  async () => {
    expectFailure(await limited.get('/metrics'), {
      code: 403,
      reason: 'Forbidden',
      message: `forbidden: User "${user}" cannot get path "/metrics"`,
      details: {},
    });
  },
  needs,
);

conform(
  '403 comes before 404: what is there is not told',
  async () => {
    expectFailure(await limited.get(scope.core('secrets', 'absent')), { code: 403, reason: 'Forbidden' });
  },
  needs,
);

conform(
  'what is granted is answered',
  async () => {
    expect(expectCode(await limited.get(scope.core('configmaps', 'seen')), 200).object.metadata.name).toBe(
      'seen',
    );
    expectCode(await limited.get(scope.core('configmaps')), 200);
  },
  needs,
);

conform(
  'discovery and version are for everyone who is known',
  async () => {
    for (const path of ['/api', '/apis', '/api/v1', '/version', '/openapi/v3'])
      expectCode(await limited.get(path), 200);
  },
  needs,
);

conform(
  'SelfSubjectAccessReview: yes for what is granted, no for the rest',
  async () => {
    const { namespace } = scope;
    expect(await may(limited, { verb: 'list', resource: 'configmaps', namespace })).toBe(true);
    expect(await may(limited, { verb: 'delete', resource: 'configmaps', namespace })).toBe(false);
    expect(await may(limited, { verb: 'list', resource: 'configmaps' })).toBe(false);
    expect(await may(limited, { verb: 'list', resource: 'pods', namespace })).toBe(false);
    expect(await may(limited, { verb: 'list', group: 'apps', resource: 'configmaps', namespace })).toBe(
      false,
    );
    expect(
      await may(limited, { verb: 'get', resource: 'configmaps', subresource: 'status', namespace }),
    ).toBe(false);
  },
  needs,
);

conform('SelfSubjectAccessReview: the administrator may do everything', async () => {
  expect(await may(admin, { verb: '*', group: '*', resource: '*' })).toBe(true);
});

conform(
  'SelfSubjectAccessReview: a path',
  async () => {
    const ask = async (path: string) => {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { nonResourceAttributes: { path, verb: 'get' } },
      };
      return expectCode(await limited.post(`${reviews}/selfsubjectaccessreviews`, body), 201).object.status
        .allowed;
    };
    expect(await ask('/version')).toBe(true);
    expect(await ask('/metrics')).toBe(false);
  },
  needs,
);

conform('SelfSubjectAccessReview needs something to review: 422', async () => {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: {} };
  expectFailure(await admin.post(`${reviews}/selfsubjectaccessreviews`, body), {
    code: 422,
    reason: 'Invalid',
  });
});

conform(
  'SelfSubjectRulesReview lists what is granted in the namespace',
  async () => {
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace: scope.namespace },
    };
    const { status } = expectCode(await limited.post(`${reviews}/selfsubjectrulesreviews`, body), 201).object;
    expect(status).toMatchObject({ incomplete: false });
    expect(status.resourceRules).toContainEqual({
      verbs: ['get', 'list', 'watch'],
      apiGroups: [''],
      resources: ['configmaps'],
    });
    expect(status.nonResourceRules).toEqual(expect.any(Array));
  },
  needs,
);

conform(
  'SubjectAccessReview asks about another user',
  async () => {
    const ask = async (verb: string) => {
      const resourceAttributes = { verb, resource: 'configmaps', namespace: scope.namespace };
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user, resourceAttributes },
      };
      return expectCode(await admin.post(`${reviews}/subjectaccessreviews`, body), 201).object.status.allowed;
    };
    expect(await ask('list')).toBe(true);
    expect(await ask('delete')).toBe(false);
  },
  needs,
);

conform(
  'a right that is taken away is gone',
  async () => {
    await grant('reads-services', [{ apiGroups: [''], resources: ['services'], verbs: ['list'] }]);
    await eventually('the grant', async () =>
      (await limited.get(scope.core('services'))).code === 200 ? true : undefined,
    );
    expectCode(await admin.delete(`${bindings}/reads-services`), 200);
    await eventually('its end', async () =>
      (await limited.get(scope.core('services'))).code === 403 ? true : undefined,
    );
  },
  needs,
);

conform(
  'resourceNames narrow a right to those names',
  async () => {
    await grant('reads-one', [
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] },
    ]);
    await eventually('the grant', async () =>
      (await limited.get(scope.core('secrets', 'one'))).code === 404 ? true : undefined,
    );
    expectFailure(await limited.get(scope.core('secrets', 'two')), { code: 403, reason: 'Forbidden' });
  },
  needs,
);

conform(
  'a role that gives more than one has cannot be made: 403',
  async () => {
    await grant('makes-roles', [{ apiGroups: [rbac], resources: ['roles'], verbs: ['create'] }]);
    await eventually('the grant', async () =>
      (await may(limited, { verb: 'create', group: rbac, resource: 'roles', namespace: scope.namespace }))
        ? true
        : undefined,
    );
    const role = {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name: 'greedy' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }],
    };
    expectFailure(await limited.post(roles, role), {
      code: 403,
      reason: 'Forbidden',
      message: /is attempting to grant RBAC permissions not currently held/,
    });
  },
  needs,
);

conform(
  'a role that gives more than one has cannot be bound: 403',
  async () => {
    await create(roles, {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name: 'wide' },
      rules: [
        { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] },
        { apiGroups: [''], resources: ['secrets', 'pods'], resourceNames: ['a'], verbs: ['get', 'delete'] },
      ],
    });
    await grant('makes-bindings', [{ apiGroups: [rbac], resources: ['rolebindings'], verbs: ['create'] }]);
    await eventually('the grant', async () =>
      (await may(limited, {
        verb: 'create',
        group: rbac,
        resource: 'rolebindings',
        namespace: scope.namespace,
      }))
        ? true
        : undefined,
    );
    const binding = {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'wide' },
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'wide' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
    };
    const status = expectFailure(await limited.post(bindings, binding), { code: 403, reason: 'Forbidden' });
    expect(String(status.message).split('\n').slice(1)).toEqual([
      '{APIGroups:[""], Resources:["pods"], ResourceNames:["a"], Verbs:["get" "delete"]}',
      '{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get" "delete"]}',
    ]);
  },
  needs,
);

conform('a token that is not known: 401', async () => {
  const stranger = openClient(target.kubeconfig, target.context, { token: 'nobody' });
  expectFailure(await stranger.get('/api/v1/pods'), {
    code: 401,
    reason: 'Unauthorized',
    message: 'Unauthorized',
  });
  expectFailure(await stranger.get('/version'), {
    code: 401,
    reason: 'Unauthorized',
    message: 'Unauthorized',
  });
  await stranger.close();
});

conform('no credentials: system:anonymous, 403', async () => {
  const nobody = openClient(target.kubeconfig, target.context, 'none');
  expectFailure(await nobody.get('/api/v1/pods'), {
    code: 403,
    reason: 'Forbidden',
    message:
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
  });
  expectCode(await nobody.get('/readyz'), 200);
  await nobody.close();
});

conform(
  'impersonation is a right of its own: 403',
  async () => {
    const answer = await limited.send('GET', scope.core('configmaps'), {
      headers: { 'impersonate-user': 'someone' },
    });
    expectFailure(answer, {
      code: 403,
      reason: 'Forbidden',
      message: /User ".+" cannot impersonate/,
    });
  },
  needs,
);

conform(
  'the administrator may impersonate, and then has those rights',
  async () => {
    const headers = { 'impersonate-user': user };
    expectCode(await admin.send('GET', scope.core('configmaps'), { headers }), 200);
    expectFailure(await admin.send('GET', scope.core('secrets'), { headers }), {
      code: 403,
      reason: 'Forbidden',
    });
  },
  needs,
);
