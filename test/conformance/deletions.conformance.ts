import { expect } from 'vitest';
import { topic } from './conform.ts';
import {
  configMap,
  create,
  eventually,
  expectCode,
  expectFailure,
  labelled,
  names,
  ownNamespace,
  parkedPod,
  read,
} from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('deletions');
const scope = ownNamespace('deletions');
const configMaps = scope.core('configmaps');
const at = (name: string): string => scope.core('configmaps', name);

conform('deleting answers Success with name, kind and uid, and the object is gone', async () => {
  const made = await create(configMaps, configMap('gone'));
  const { status } = expectCode(await admin.delete(at('gone')), 200);
  expect(status).toMatchObject({
    kind: 'Status',
    status: 'Success',
    details: { name: 'gone', kind: 'configmaps', uid: made.metadata.uid },
  });
  expectCode(await admin.get(at('gone')), 404);
});

conform('deleting what is not there: 404', async () => {
  expectFailure(await admin.delete(at('never')), {
    code: 404,
    reason: 'NotFound',
    message: 'configmaps "never" not found',
  });
});

conform('another uid in the precondition: 409, and the object stays', async () => {
  const { uid } = (await create(configMaps, configMap('guarded'))).metadata;
  expectFailure(await admin.delete(at('guarded'), { preconditions: { uid: 'another' } }), {
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ConfigMap "guarded": the UID in the precondition (another) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    details: { name: 'guarded', kind: 'ConfigMap' },
  });
  expectCode(await admin.delete(at('guarded'), { preconditions: { uid } }), 200);
});

conform('another resourceVersion in the precondition: 409', async () => {
  const { resourceVersion } = (await create(configMaps, configMap('moved-on'))).metadata;
  expectFailure(await admin.delete(at('moved-on'), { preconditions: { resourceVersion: '1' } }), {
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ConfigMap "moved-on": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
  });
});

conform('dryRun=All deletes nothing', async () => {
  const made = await create(configMaps, configMap('rehearsed'));
  expectCode(await admin.delete(at('rehearsed'), undefined, { dryRun: 'All' }), 200);
  expect(await read(at('rehearsed'))).toEqual(made);
});

conform('a finalizer holds the object until it is taken out', async () => {
  await create(
    configMaps,
    configMap('held', { metadata: { name: 'held', finalizers: ['test.example/hold'] } }),
  );
  const { object } = expectCode(await admin.delete(at('held')), 200);
  expect(object.kind).toBe('ConfigMap');
  expect(object.metadata).toMatchObject({
    deletionTimestamp: expect.any(String),
    deletionGracePeriodSeconds: 0,
  });
  expect((await read(at('held'))).metadata.deletionTimestamp).toBe(object.metadata.deletionTimestamp);
  expectCode(await admin.patch(at('held'), 'merge', { metadata: { finalizers: null } }), 200);
  expectCode(await admin.get(at('held')), 404);
});

conform('no finalizer can be added to an object that is being deleted', async () => {
  await create(
    configMaps,
    configMap('late', { metadata: { name: 'late', finalizers: ['test.example/hold'] } }),
  );
  expectCode(await admin.delete(at('late')), 200);
  const finalizers = ['test.example/hold', 'test.example/more'];
  expectFailure(await admin.patch(at('late'), 'merge', { metadata: { finalizers } }), {
    code: 422,
    reason: 'Invalid',
    message: /metadata\.finalizers: Forbidden: no new finalizers can be added if the object is being deleted/,
  });
  expectCode(await admin.patch(at('late'), 'merge', { metadata: { finalizers: null } }), 200);
});

conform('a pod without a node is gone at once', async () => {
  await create(scope.core('pods'), parkedPod('parked'));
  const { object } = expectCode(await admin.delete(scope.core('pods', 'parked')), 200);
  expect(object.kind).toBe('Pod');
  expectCode(await admin.get(scope.core('pods', 'parked')), 404);
});

conform('a running pod is deleted gracefully: marked first, gone when its kubelet is done', async () => {
  await create(
    scope.core('pods'),
    parkedPod('graceful', { schedulerName: 'default-scheduler', terminationGracePeriodSeconds: 7 }),
  );
  await eventually('running pod', async () =>
    (await read(scope.core('pods', 'graceful'))).status.phase === 'Running' ? true : undefined,
  );
  const { resourceVersion } = (await read(scope.core('pods', 'graceful'))).metadata;
  const watch = await admin.watch(scope.core('pods'), {
    fieldSelector: 'metadata.name=graceful',
    resourceVersion,
  });
  const { object } = expectCode(await admin.delete(scope.core('pods', 'graceful')), 200);
  expect(object).toMatchObject({
    kind: 'Pod',
    metadata: { deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 7 },
  });
  const events = await watch.until('DELETED', (all) => all.at(-1)?.type === 'DELETED');
  watch.close();
  const marked = events.find((each) => each.object.metadata.deletionTimestamp !== undefined);
  expect(marked?.type).toBe('MODIFIED');
  expectCode(await admin.get(scope.core('pods', 'graceful')), 404);
});

conform('gracePeriodSeconds=0 deletes a running pod at once', async () => {
  const path = scope.core('pods', 'forced');
  await create(scope.core('pods'), parkedPod('forced', { schedulerName: 'default-scheduler' }));
  await eventually('running pod', async () =>
    (await read(path)).status.phase === 'Running' ? true : undefined,
  );
  expectCode(await admin.delete(path, { gracePeriodSeconds: 0 }), 200);
  expectCode(await admin.get(path), 404);
});

async function family(name: string): Promise<string> {
  const { uid } = (await create(configMaps, configMap(name))).metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid }];
  await create(
    configMaps,
    configMap(`${name}-child`, { metadata: { name: `${name}-child`, ownerReferences } }),
  );
  return `${name}-child`;
}

conform('Background: the owner goes at once, what it owns follows', async () => {
  const child = await family('background');
  expectCode(await admin.delete(at('background'), { propagationPolicy: 'Background' }), 200);
  expectCode(await admin.get(at('background')), 404);
  await eventually('deletion of the child', async () =>
    (await admin.get(at(child))).code === 404 ? true : undefined,
  );
});

conform('Orphan: what it owned stays, without the reference', async () => {
  const child = await family('orphaned');
  expectCode(await admin.delete(at('orphaned'), { propagationPolicy: 'Orphan' }), 200);
  await eventually('deletion of the owner', async () =>
    (await admin.get(at('orphaned'))).code === 404 ? true : undefined,
  );
  expect((await read(at(child))).metadata.ownerReferences).toBeUndefined();
});

conform('Foreground: the owner waits for what blocks it', async () => {
  const child = await family('foreground');
  const { object } = expectCode(
    await admin.delete(at('foreground'), { propagationPolicy: 'Foreground' }),
    200,
  );
  expect(object.metadata.finalizers).toEqual(['foregroundDeletion']);
  await eventually('deletion of both', async () => {
    const codes = [(await admin.get(at('foreground'))).code, (await admin.get(at(child))).code];
    return codes.every((code) => code === 404) ? true : undefined;
  });
});

conform('what names an owner that is not there is collected', async () => {
  const ownerReferences = [
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid: '00000000-0000-4000-8000-000000000000' },
  ];
  await create(configMaps, configMap('stray', { metadata: { name: 'stray', ownerReferences } }));
  await eventually('deletion of the stray', async () =>
    (await admin.get(at('stray'))).code === 404 ? true : undefined,
  );
});

conform('a collection is deleted by selector', async () => {
  for (const name of ['herd-a', 'herd-b']) await create(configMaps, labelled(name, { herd: 'yes' }));
  await create(configMaps, labelled('herd-c', { herd: 'no' }));
  const { json } = expectCode(await admin.delete(configMaps, undefined, { labelSelector: 'herd=yes' }), 200);
  expect(json).toMatchObject({
    kind: 'ConfigMapList',
    items: [{ metadata: { name: 'herd-a' } }, { metadata: { name: 'herd-b' } }],
  });
  const { list } = expectCode(await admin.get(configMaps, { labelSelector: 'herd' }), 200);
  expect(names(list.items)).toEqual(['herd-c']);
});

conform(
  'a deleted namespace is Terminating, takes nothing new, and goes with all that is in it',
  async () => {
    const path = `/api/v1/namespaces/${scope.namespace}-x`;
    await create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `${scope.namespace}-x` },
    });
    await create(
      `${path}/configmaps`,
      configMap('held', { metadata: { name: 'held', finalizers: ['test.example/hold'] } }),
    );
    const { object } = expectCode(await admin.delete(path), 200);
    expect(object).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
    expectFailure(await admin.post(`${path}/configmaps`, configMap('new')), {
      code: 403,
      reason: 'Forbidden',
      message: `configmaps "new" is forbidden: unable to create new content in namespace ${scope.namespace}-x because it is being terminated`,
    });
    await eventually('mark on what it holds', async () =>
      (await read(`${path}/configmaps/held`)).metadata.deletionTimestamp ? true : undefined,
    );
    expectCode(
      await admin.patch(`${path}/configmaps/held`, 'merge', { metadata: { finalizers: null } }),
      200,
    );
    await eventually('deletion of the namespace', async () =>
      (await admin.get(path)).code === 404 ? true : undefined,
    );
  },
);
