import { expect } from 'vitest';
import { topic } from './conform.ts';
import {
  configMap,
  create,
  createNamespace,
  eventually,
  expectCode,
  expectFailure,
  parkedPod,
  randomSuffix,
  read,
} from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';

const conform = topic('namespaces');
const namespaces = '/api/v1/namespaces';
const fresh = (): string => `strata-conformance-ns-${randomSuffix()}`;
const at = (name: string): string => `${namespaces}/${name}`;

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

const gone = (name: string, timeoutMs = 15_000) =>
  eventually(
    `the end of ${name}`,
    async () => ((await admin.get(at(name))).code === 404 ? true : undefined),
    timeoutMs,
  );

const conditionsOf = (name: string): Promise<Condition[]> =>
  eventually(
    'conditions',
    async () => (await read(at(name))).status.conditions as Condition[] | undefined,
    15_000,
  );

conform('a new one is Active, with a finalizer, a name label, an account and a certificate', async () => {
  const name = fresh();
  const made = await create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  expect(made).toMatchObject({
    metadata: { labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
  for (const path of ['serviceaccounts/default', 'configmaps/kube-root-ca.crt'])
    await eventually(path, async () =>
      (await admin.get(`${at(name)}/${path}`)).code === 200 ? true : undefined,
    );
  expectCode(await admin.delete(at(name)), 200);
});

conform('those of the system are there', async () => {
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
    expect((await read(at(name))).status.phase).toBe('Active');
});

for (const name of ['default', 'kube-system', 'kube-public']) {
  conform(`${name} may not be deleted: 403`, async () => {
    expectFailure(await admin.send('DELETE', at(name), { query: { dryRun: 'All' } }), {
      code: 403,
      reason: 'Forbidden',
      message: `namespaces "${name}" is forbidden: this namespace may not be deleted`,
      details: { name, kind: 'namespaces' },
    });
  });
}

conform('nothing is made in one that is not there: 404', async () => {
  expectFailure(await admin.post(`${at('strata-absent')}/configmaps`, configMap('a')), {
    code: 404,
    reason: 'NotFound',
    message: 'namespaces "strata-absent" not found',
    details: { name: 'strata-absent', kind: 'namespaces' },
  });
});

conform('one that is deleted says Terminating and takes nothing new', async () => {
  const name = fresh();
  await createNamespace(name);
  await create(`${at(name)}/configmaps`, {
    ...configMap('held'),
    metadata: { name: 'held', finalizers: ['strata.test/hold'] },
  });
  const { object } = expectCode(await admin.delete(at(name)), 200);
  expect(object).toMatchObject({ status: { phase: 'Terminating' }, spec: { finalizers: ['kubernetes'] } });
  expect(object.metadata).not.toHaveProperty('deletionGracePeriodSeconds');
  expectFailure(await admin.post(`${at(name)}/configmaps`, configMap('late')), {
    code: 403,
    reason: 'Forbidden',
    message: `configmaps "late" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
    details: {
      name: 'late',
      kind: 'configmaps',
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${name} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  });
  const conditions = await conditionsOf(name);
  expect(conditions.map(({ type, status, reason, message }) => [type, status, reason, message])).toEqual([
    [
      'NamespaceDeletionDiscoveryFailure',
      'False',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      'NamespaceContentRemaining',
      'True',
      'SomeResourcesRemain',
      'Some resources are remaining: configmaps. has 1 resource instances',
    ],
    [
      'NamespaceFinalizersRemaining',
      'True',
      'SomeFinalizersRemain',
      'Some content in the namespace has finalizers remaining: strata.test/hold in 1 resource instances',
    ],
  ]);
  expectCode(await admin.get(`${at(name)}/serviceaccounts/default`), 404);
  // A label on it does not end it.
  expectCode(await admin.patch(at(name), 'merge', { metadata: { labels: { seen: 'yes' } } }), 200);
  expectCode(
    await admin.patch(`${at(name)}/configmaps/held`, 'merge', { metadata: { finalizers: null } }),
    200,
  );
  await gone(name);
});

conform(
  'pods go before everything else',
  async () => {
    const name = fresh();
    await createNamespace(name);
    const pod = { ...parkedPod('held'), metadata: { name: 'held', finalizers: ['strata.test/hold'] } };
    await create(`${at(name)}/pods`, pod);
    await create(`${at(name)}/configmaps`, configMap('waiting'));
    expectCode(await admin.delete(at(name)), 200);
    await eventually(
      'the pod to be deleted',
      async () => (await read(`${at(name)}/pods/held`)).metadata.deletionTimestamp,
      15_000,
    );
    await conditionsOf(name);
    expectCode(await admin.get(`${at(name)}/configmaps/waiting`), 200);
    expectCode(await admin.patch(`${at(name)}/pods/held`, 'merge', { metadata: { finalizers: null } }), 200);
    await gone(name, 25_000);
  },
  { timeoutMs: 60_000 },
);

conform('one with nothing in it goes after a short rest', async () => {
  const name = fresh();
  await createNamespace(name);
  expectCode(await admin.delete(at(name)), 200);
  // A second request finds it on its way.
  expect(expectCode(await admin.delete(at(name)), 200).object.status.phase).toBe('Terminating');
  await gone(name);
});

conform('spec.finalizers change through finalize alone', async () => {
  const name = fresh();
  const body = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
    spec: { finalizers: ['strata.test/own'] },
  };
  const made = await create(namespaces, body);
  expect(made.spec.finalizers).toEqual(['strata.test/own', 'kubernetes']);
  const put = await admin.put(at(name), { ...made, spec: {} });
  expect(expectCode(put, 200).object.spec.finalizers).toEqual(['strata.test/own', 'kubernetes']);
  expectCode(await admin.delete(at(name)), 200);
  const left: KubeObject = await eventually(
    'the controller to be done with it',
    async () => {
      const now = await read(at(name));
      return (now.spec.finalizers as string[]).includes('kubernetes') ? undefined : now;
    },
    15_000,
  );
  expect(left.spec.finalizers).toEqual(['strata.test/own']);
  expect(left.status.phase).toBe('Terminating');
  expectCode(await admin.put(`${at(name)}/finalize`, { ...left, spec: {} }), 200);
  await gone(name, 2_000);
});
