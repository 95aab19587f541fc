import { beforeAll, expect } from 'vitest';
import { openClient } from './client.ts';
import { topic } from './conform.ts';
import { create, eventually, expectCode, expectFailure, ownNamespace, parkedPod, read } from './fixtures.ts';
import { admin, target } from './target.ts';

const conform = topic('tokens');
const scope = ownNamespace('tokens');
const accounts = scope.core('serviceaccounts');
const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

const account = (name: string): object => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
const wish = (spec: object = {}): object => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  spec,
});

interface Issued {
  token: string;
  expirationTimestamp: string;
}

async function issue(name: string, spec: object = {}): Promise<Issued> {
  const { object } = expectCode(await admin.post(`${accounts}/${name}/token`, wish(spec)), 201);
  return object.status as unknown as Issued;
}

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

/** Who a token speaks for; undefined when it is refused. */
async function whoIs(token: string) {
  const client = openClient(target.kubeconfig, target.context, { token });
  try {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = await client.post(reviews, body);
    if (answer.code === 401) return undefined;
    return (expectCode(answer, 201).object.status as { userInfo: Record<string, unknown> }).userInfo;
  } finally {
    await client.close();
  }
}

beforeAll(() => create(accounts, account('robot')));

conform('one is issued for an account, with the claims that say so', async () => {
  const { object } = expectCode(await admin.post(`${accounts}/robot/token`, wish()), 201);
  expect(object).toMatchObject({
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: 'robot', namespace: scope.namespace },
    spec: { expirationSeconds: 3600 },
  });
  const { token, expirationTimestamp } = object.status as unknown as Issued;
  const { metadata } = await read(`${accounts}/robot`);
  const claims = claimsOf(token);
  expect(claims).toMatchObject({
    sub: `system:serviceaccount:${scope.namespace}:robot`,
    aud: object.spec.audiences,
    'kubernetes.io': {
      namespace: scope.namespace,
      serviceaccount: { name: 'robot', uid: metadata.uid },
    },
  });
  expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
  expect(Math.abs(Date.parse(expirationTimestamp) / 1000 - Number(claims.exp))).toBeLessThanOrEqual(1);
});

conform('who comes with it is the account', async () => {
  const { token } = await issue('robot', { expirationSeconds: 600 });
  const { metadata } = await read(`${accounts}/robot`);
  expect(await whoIs(token)).toMatchObject({
    username: `system:serviceaccount:${scope.namespace}:robot`,
    uid: metadata.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${scope.namespace}`, 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${String(claimsOf(token).jti)}`] },
  });
});

conform('it may do what the account is granted, and no more', async () => {
  const { token } = await issue('robot');
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${scope.namespace}`;
  await create(`${rbac}/rolebindings`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'robot-views' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: scope.namespace }],
  });
  const robot = openClient(target.kubeconfig, target.context, { token });
  await eventually('the grant', async () =>
    (await robot.get(scope.core('pods'))).code === 200 ? true : undefined,
  );
  expectFailure(await robot.get(scope.core('secrets')), {
    code: 403,
    reason: 'Forbidden',
    message: `secrets is forbidden: User "system:serviceaccount:${scope.namespace}:robot" cannot list resource "secrets" in API group "" in the namespace "${scope.namespace}"`,
  });
  await robot.close();
});

conform('bound to a pod, it tells the pod, and ends with it', async () => {
  await create(scope.core('pods'), parkedPod('holder', { serviceAccountName: 'robot' }));
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'holder' };
  const { token } = await issue('robot', { boundObjectRef });
  const { metadata } = await read(scope.core('pods', 'holder'));
  expect(claimsOf(token)['kubernetes.io']).toMatchObject({ pod: { name: 'holder', uid: metadata.uid } });
  expect((await whoIs(token))?.extra).toMatchObject({
    'authentication.kubernetes.io/pod-name': ['holder'],
    'authentication.kubernetes.io/pod-uid': [metadata.uid],
  });
  expectCode(await admin.delete(scope.core('pods', 'holder')), 200);
  // The real server remembers a good token for ten seconds.
  await eventually('its end', async () => ((await whoIs(token)) ? undefined : true), 20_000);
});

conform('one for another audience is not taken here', async () => {
  const { token } = await issue('robot', { audiences: ['elsewhere'] });
  expect(claimsOf(token).aud).toEqual(['elsewhere']);
  expect(await whoIs(token)).toBeUndefined();
});

conform('one that was changed is not taken', async () => {
  const { token } = await issue('robot');
  const [head, , signature] = token.split('.');
  const claims = { ...claimsOf(token), sub: 'system:serviceaccount:kube-system:default' };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  expect(await whoIs(`${head}.${payload}.${signature}`)).toBeUndefined();
});

conform('an account that is not there: 404', async () => {
  expectFailure(await admin.post(`${accounts}/absent/token`, wish()), {
    code: 404,
    reason: 'NotFound',
    message: 'serviceaccounts "absent" not found',
    details: { name: 'absent', kind: 'serviceaccounts' },
  });
});

conform('less than ten minutes: 422', async () => {
  const status = expectFailure(await admin.post(`${accounts}/robot/token`, wish({ expirationSeconds: 60 })), {
    code: 422,
    reason: 'Invalid',
  });
  expect(status.details?.causes).toEqual([
    {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: 60: may not specify a duration less than 10 minutes',
      field: 'spec.expirationSeconds',
    },
  ]);
});

conform('a pod of another account cannot hold it: 400', async () => {
  await create(scope.core('pods'), parkedPod('stranger'));
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'stranger' };
  expectFailure(await admin.post(`${accounts}/robot/token`, wish({ boundObjectRef })), {
    code: 400,
    reason: 'BadRequest',
    message:
      'cannot bind token for serviceaccount "robot" to pod running with different serviceaccount name.',
  });
});
