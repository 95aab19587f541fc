import { expect } from 'vitest';
import { topic } from './conform.ts';
import {
  configMap,
  create,
  eventually,
  expectCode,
  expectFailure,
  image,
  ownNamespace,
  parkedPod,
  read,
  type Scope,
} from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('quotas');

const quotaBody = (name: string, hard: object, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name },
  spec: { hard, ...spec },
});

/** A quota that has been worked out: before that the real server refuses everything under it. */
async function quota(scope: Scope, name: string, hard: Record<string, string>, spec: object = {}) {
  await create(scope.core('resourcequotas'), quotaBody(name, hard, spec));
  await used(scope, name, (now) => Object.keys(now).length === Object.keys(hard).length);
}

const used = (scope: Scope, name: string, isAsWanted: (now: Record<string, string>) => boolean) =>
  eventually(`what quota ${name} counts`, async () => {
    const { status } = await read(scope.core('resourcequotas', name));
    const now = (status?.used ?? {}) as Record<string, string>;
    return isAsWanted(now) ? now : undefined;
  });

const containers = (requests: object, limits: object = {}): object => ({
  containers: [{ name: 'main', image, resources: { requests, limits } }],
});

const compute = ownNamespace('quota-compute');
conform('sums of requests and limits, told in status', async () => {
  await quota(compute, 'compute', {
    'requests.cpu': '1',
    'requests.memory': '1Gi',
    'limits.memory': '2Gi',
    pods: '3',
  });
  const spec = containers({ cpu: '300m', memory: '256Mi' }, { memory: '512Mi' });
  await create(compute.core('pods'), parkedPod('one', spec));
  await create(compute.core('pods'), parkedPod('two', spec));
  expect(await used(compute, 'compute', (now) => now.pods === '2')).toEqual({
    'requests.cpu': '600m',
    'requests.memory': '512Mi',
    'limits.memory': '1Gi',
    pods: '2',
  });
  expectFailure(
    await admin.post(
      compute.core('pods'),
      parkedPod('three', containers({ cpu: '500m', memory: '1Gi' }, { memory: '1Gi' })),
    ),
    {
      code: 403,
      reason: 'Forbidden',
      message:
        'pods "three" is forbidden: exceeded quota: compute, requested: requests.cpu=500m,requests.memory=1Gi, used: requests.cpu=600m,requests.memory=512Mi, limited: requests.cpu=1,requests.memory=1Gi',
      details: { name: 'three', kind: 'pods' },
    },
  );
  expectCode(await admin.delete(compute.core('pods', 'one')), 200);
  await used(compute, 'compute', (now) => now.pods === '1' && now['requests.cpu'] === '300m');
});

conform('init containers count for what they need at their time', async () => {
  const spec = {
    initContainers: [
      {
        name: 'big',
        image,
        resources: { requests: { cpu: '800m', memory: '64Mi' }, limits: { memory: '64Mi' } },
      },
    ],
    ...containers({ cpu: '100m', memory: '64Mi' }, { memory: '64Mi' }),
  };
  expectFailure(await admin.post(compute.core('pods'), parkedPod('initial', spec)), {
    code: 403,
    reason: 'Forbidden',
    message:
      /exceeded quota: compute, requested: requests\.cpu=800m, used: requests\.cpu=\d+m, limited: requests\.cpu=1$/,
  });
});

conform('a quota on cpu or memory wants them said: 403', async () => {
  const spec = {
    initContainers: [{ name: 'first', image }],
    containers: [
      { name: 'main', image },
      {
        name: 'side',
        image,
        resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { memory: '1Mi' } },
      },
    ],
  };
  expectFailure(await admin.post(compute.core('pods'), parkedPod('silent', spec)), {
    code: 403,
    reason: 'Forbidden',
    message:
      'pods "silent" is forbidden: failed quota: compute: must specify limits.memory for: first,main; requests.cpu for: first,main; requests.memory for: first,main',
  });
});

const counted = ownNamespace('quota-counted');
conform('objects of any kind are counted', async () => {
  const now = await read(counted.core('configmaps', 'kube-root-ca.crt')).catch(() => undefined);
  expect(now === undefined || now.kind === 'ConfigMap').toBe(true);
  await quota(counted, 'objects', {
    'count/deployments.apps': '1',
    'count/secrets': '1',
    services: '1',
    'services.nodeports': '0',
  });
  const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name } });
  await create(counted.core('secrets'), secret('one'));
  await used(counted, 'objects', (have) => have['count/secrets'] === '1');
  expectFailure(await admin.post(counted.core('secrets'), secret('two')), {
    code: 403,
    reason: 'Forbidden',
    message:
      'secrets "two" is forbidden: exceeded quota: objects, requested: count/secrets=1, used: count/secrets=1, limited: count/secrets=1',
  });
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'open' },
    spec: { type: 'NodePort', ports: [{ port: 80 }] },
  };
  expectFailure(await admin.post(counted.core('services'), service), {
    code: 403,
    reason: 'Forbidden',
    message:
      'services "open" is forbidden: exceeded quota: objects, requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0',
  });
  const closed = { ...service, spec: { ports: [{ port: 80 }] } };
  await create(counted.core('services'), closed);
  expectFailure(
    await admin.patch(counted.core('services', 'open'), 'merge', { spec: { type: 'NodePort' } }),
    {
      code: 403,
      reason: 'Forbidden',
      message: /exceeded quota: objects, requested: services\.nodeports=1/,
    },
  );
  await create(counted.core('configmaps'), configMap('free'));
});

const storage = ownNamespace('quota-storage');
conform('claims and their storage, also by class', async () => {
  await quota(storage, 'storage', {
    persistentvolumeclaims: '3',
    'requests.storage': '10Gi',
    'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
    'gold.storageclass.storage.k8s.io/requests.storage': '5Gi',
  });
  const claim = (name: string, size: string, storageClassName: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
  });
  const claims = storage.core('persistentvolumeclaims');
  await create(claims, claim('gold', '5Gi', 'gold'));
  await create(claims, claim('tin', '2Gi', 'tin'));
  expect(await used(storage, 'storage', (now) => now.persistentvolumeclaims === '2')).toEqual({
    persistentvolumeclaims: '2',
    'requests.storage': '7Gi',
    'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
    'gold.storageclass.storage.k8s.io/requests.storage': '5Gi',
  });
  expectFailure(await admin.post(claims, claim('more', '1Gi', 'gold')), {
    code: 403,
    reason: 'Forbidden',
    message:
      'persistentvolumeclaims "more" is forbidden: exceeded quota: storage, requested: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/requests.storage=1Gi, used: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/requests.storage=5Gi, limited: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/requests.storage=5Gi',
  });
  expectFailure(await admin.post(claims, claim('large', '4Gi', 'tin')), {
    code: 403,
    reason: 'Forbidden',
    message:
      'persistentvolumeclaims "large" is forbidden: exceeded quota: storage, requested: requests.storage=4Gi, used: requests.storage=7Gi, limited: requests.storage=10Gi',
  });
});

const scoped = ownNamespace('quota-scoped');
conform('a quota with scopes counts only pods within them', async () => {
  const scopes = (...names: string[]) => ({ scopes: names });
  const classIn = (...values: string[]) => ({
    scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values }] },
  });
  await quota(scoped, 'best-effort', { pods: '1' }, scopes('BestEffort'));
  await quota(scoped, 'ending', { pods: '1', 'requests.cpu': '1' }, scopes('Terminating', 'NotBestEffort'));
  await quota(scoped, 'system', { pods: '0' }, classIn('system-node-critical'));
  const post = (name: string, spec: object) => admin.post(scoped.core('pods'), parkedPod(name, spec));
  const some = containers({ cpu: '100m' });
  expectCode(await post('free', some), 201);
  expectCode(await post('effort', {}), 201);
  await used(scoped, 'best-effort', (now) => now.pods === '1');
  expectFailure(await post('efforts', {}), {
    code: 403,
    reason: 'Forbidden',
    message:
      'pods "efforts" is forbidden: exceeded quota: best-effort, requested: pods=1, used: pods=1, limited: pods=1',
  });
  expectCode(await post('ending', { ...some, activeDeadlineSeconds: 600 }), 201);
  expect(await used(scoped, 'ending', (now) => now.pods === '1')).toEqual({
    pods: '1',
    'requests.cpu': '100m',
  });
  expectFailure(await post('ended', { ...some, activeDeadlineSeconds: 600 }), {
    code: 403,
    reason: 'Forbidden',
    message: /exceeded quota: ending, requested: pods=1, used: pods=1, limited: pods=1/,
  });
  // A deadline set later brings a pod into the scope.
  expectFailure(
    await admin.patch(scoped.core('pods', 'free'), 'merge', { spec: { activeDeadlineSeconds: 600 } }),
    { code: 403, reason: 'Forbidden', message: /exceeded quota: ending/ },
  );
  expectFailure(await post('critical', { ...some, priorityClassName: 'system-node-critical' }), {
    code: 403,
    reason: 'Forbidden',
    message:
      'pods "critical" is forbidden: exceeded quota: system, requested: pods=1, used: pods=0, limited: pods=0',
  });
});

const custom = ownNamespace('quota-update');
conform('a quota that is lowered refuses no one who is there', async () => {
  await quota(custom, 'few', { pods: '2' });
  await create(custom.core('pods'), parkedPod('a'));
  await create(custom.core('pods'), parkedPod('b'));
  expectCode(
    await admin.patch(custom.core('resourcequotas', 'few'), 'merge', { spec: { hard: { pods: '1' } } }),
    200,
  );
  await eventually('the new bound', async () => {
    const { status } = await read(custom.core('resourcequotas', 'few'));
    return (status.hard as Record<string, string>).pods === '1' ? true : undefined;
  });
  expectFailure(await admin.post(custom.core('pods'), parkedPod('c')), {
    code: 403,
    reason: 'Forbidden',
    message: 'pods "c" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=1',
  });
  expectCode(await admin.get(custom.core('pods', 'b')), 200);
});
