import { afterAll, beforeAll, expect } from 'vitest';
import { topic } from './conform.ts';
import {
  create,
  expectCode,
  expectFailure,
  image,
  ownNamespace,
  parkedPod,
  randomSuffix,
  read,
} from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('admission', { needs: 'cluster' });
const scope = ownNamespace('admission');
const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
const high = `strata-conformance-high-${randomSuffix()}`;

const priorityClass = (name: string, value: number, rest: object = {}): object => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  ...rest,
});

beforeAll(() => create(classes, priorityClass(high, 1000, { preemptionPolicy: 'Never' })));
afterAll(() => admin.delete(`${classes}/${high}`));

conform('priority: the two classes of the system are there', async () => {
  for (const [name, value] of [
    ['system-cluster-critical', 2_000_000_000],
    ['system-node-critical', 2_000_001_000],
  ] as const)
    expect(await read(`${classes}/${name}`)).toMatchObject({
      value,
      preemptionPolicy: 'PreemptLowerPriority',
    });
});

conform('priority: a pod has its class’s, or none', async () => {
  const pod = await create(scope.core('pods'), parkedPod('high', { priorityClassName: high }));
  expect(pod.spec).toMatchObject({ priorityClassName: high, priority: 1000, preemptionPolicy: 'Never' });
  const plain = await create(scope.core('pods'), parkedPod('plain'));
  expect(plain.spec).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  expect(plain.spec).not.toHaveProperty('priorityClassName');
  const system = await create(
    scope.core('pods'),
    parkedPod('system', { priorityClassName: 'system-node-critical' }),
  );
  expect(system.spec.priority).toBe(2_000_001_000);
});

const refusals: [string, object, string][] = [
  [
    'a class that is not there',
    { priorityClassName: 'absent' },
    'no PriorityClass with name absent was found',
  ],
  [
    'a number of one’s own',
    { priority: 5 },
    'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
  ],
  [
    'a policy of one’s own',
    { priorityClassName: high, preemptionPolicy: 'PreemptLowerPriority' },
    'the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority admission controller computed Never from the given PriorityClass name',
  ],
];

for (const [title, spec, words] of refusals) {
  conform(`priority: ${title}: 403`, async () => {
    expectFailure(await admin.post(scope.core('pods'), parkedPod('refused', spec)), {
      code: 403,
      reason: 'Forbidden',
      message: `pods "refused" is forbidden: ${words}`,
      details: { name: 'refused', kind: 'pods' },
    });
  });
}

conform('priority: a pod says its class’s number again', async () => {
  const pod = await create(
    scope.core('pods'),
    parkedPod('again', { priorityClassName: high, priority: 1000 }),
  );
  expect(pod.spec.priority).toBe(1000);
});

conform('service account: default, its token mounted into every container', async () => {
  const spec = { initContainers: [{ name: 'first', image }], volumes: [{ name: 'mine', emptyDir: {} }] };
  const pod = await create(scope.core('pods'), parkedPod('mounted', spec));
  expect(pod.spec).toMatchObject({ serviceAccountName: 'default', serviceAccount: 'default' });
  const volumes = pod.spec.volumes as { name: string; projected?: object }[];
  expect(volumes.map(({ name }) => name)).toEqual([
    'mine',
    expect.stringMatching(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/),
  ]);
  expect(volumes[1]?.projected).toEqual({
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  });
  const mounts = [
    { name: volumes[1]?.name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
  ];
  for (const list of [pod.spec.containers, pod.spec.initContainers] as { volumeMounts: object[] }[][])
    expect(list[0]?.volumeMounts).toEqual(mounts);
});

conform('service account: no token when the pod or the account says so', async () => {
  const accounts = scope.core('serviceaccounts');
  const silent = await create(
    scope.core('pods'),
    parkedPod('silent', { automountServiceAccountToken: false }),
  );
  expect(silent.spec).not.toHaveProperty('volumes');
  await create(accounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'quiet' },
    automountServiceAccountToken: false,
    imagePullSecrets: [{ name: 'registry' }],
  });
  const pod = await create(scope.core('pods'), parkedPod('quiet', { serviceAccountName: 'quiet' }));
  expect(pod.spec).not.toHaveProperty('volumes');
  expect(pod.spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
  const louder = await create(
    scope.core('pods'),
    parkedPod('louder', {
      serviceAccountName: 'quiet',
      automountServiceAccountToken: true,
      imagePullSecrets: [{ name: 'own' }],
    }),
  );
  expect(louder.spec.volumes).toHaveLength(1);
  expect(louder.spec.imagePullSecrets).toEqual([{ name: 'own' }]);
});

conform('service account: one that is not there: 403', async () => {
  expectFailure(await admin.post(scope.core('pods'), parkedPod('lost', { serviceAccountName: 'absent' })), {
    code: 403,
    reason: 'Forbidden',
    message: `pods "lost" is forbidden: error looking up service account ${scope.namespace}/absent: serviceaccount "absent" not found`,
    details: { name: 'lost', kind: 'pods' },
  });
});

conform('a generated name is not drawn yet when a pod is refused its account', async () => {
  const body = {
    ...parkedPod('', { serviceAccountName: 'absent' }),
    metadata: { generateName: 'lost-' },
  };
  const status = expectFailure(await admin.post(scope.core('pods'), body), {
    code: 403,
    reason: 'Forbidden',
  });
  expect(status.message).toMatch(/^pods "lost-(\w{5})?" is forbidden: error looking up service account/);
});

conform('one class only can be the default: 403', async () => {
  const others = expectCode(await admin.get(classes), 200).list.items;
  if (others.some((item) => (item as { globalDefault?: boolean }).globalDefault)) return;
  const name = `${high}-default`;
  await create(classes, priorityClass(name, -1, { globalDefault: true }));
  try {
    expectFailure(await admin.post(classes, priorityClass(`${name}-2`, 7, { globalDefault: true })), {
      code: 403,
      reason: 'Forbidden',
      message: `priorityclasses.scheduling.k8s.io "${name}-2" is forbidden: PriorityClass ${name} is already marked as default. Only one default can exist`,
    });
  } finally {
    await admin.delete(`${classes}/${name}`);
  }
});
