import { expect } from 'vitest';
import { topic } from './conform.ts';
import { eventually, expectCode, names, ownNamespace, read } from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';
import { changedTemplate, expectOwner, isSeen, parked, readyStatus, workloadsIn } from './workload-cases.ts';

const conform = topic('stateful-sets');
const scope = ownNamespace('stateful');
const { make, messages, play, playReady, pods, podsOf, revisions, until } = workloadsIn(scope);
const at = (name: string): string => scope.apps('statefulsets', name);
const pod = (name: string): string => scope.core('pods', name);
const set = (name: string, replicas: number, spec: object = {}): object =>
  parked('StatefulSet', name, { replicas, serviceName: name, ...spec });
const revisionOf = ({ metadata }: KubeObject): string | undefined =>
  metadata.labels?.['controller-revision-hash'];

/** Waits for a pod and makes it ready. */
async function bringUp(name: string, ...ordinals: number[]): Promise<void> {
  for (const ordinal of ordinals) {
    const each = await until(
      pod(`${name}-${ordinal}`),
      `pod ${ordinal}`,
      ({ metadata }) => !metadata.deletionTimestamp,
    );
    await play(each, readyStatus());
  }
}

async function started(name: string, replicas: number, spec: object = {}): Promise<KubeObject> {
  await make('statefulsets', set(name, replicas, { podManagementPolicy: 'Parallel', ...spec }));
  await playReady(await podsOf(name, replicas));
  return until(
    at(name),
    'all ready',
    (each) => isSeen(each) && (each.status.readyReplicas ?? 0) === replicas,
  );
}

/** A pod of this name with another uid, or the same one changed in a way the case waits for. */
const replaced = (name: string, before: KubeObject | undefined): Promise<KubeObject> =>
  until(pod(name), `a new ${name}`, ({ metadata }) => metadata.uid !== before?.metadata.uid);

conform('pods come one after the other, each with its ordinal and its name in the DNS', async () => {
  const object = await make('statefulsets', set('ordered', 3));
  await until(pod('ordered-0'), 'the first pod', () => true);
  await until(at('ordered'), 'the status', ({ status }) => status.replicas === 1);
  expect(names(await pods('ordered'))).toEqual(['ordered-0']);
  await bringUp('ordered', 0);
  const second = await until(pod('ordered-1'), 'the second pod', () => true);
  expect(names(await pods('ordered'))).toEqual(['ordered-0', 'ordered-1']);
  const [revision] = await revisions('ordered');
  expect(second).toMatchObject({
    metadata: {
      generateName: 'ordered-',
      labels: {
        'apps.kubernetes.io/pod-index': '1',
        'statefulset.kubernetes.io/pod-name': 'ordered-1',
        'controller-revision-hash': revision?.metadata.name,
      },
    },
    spec: { hostname: 'ordered-1', subdomain: 'ordered' },
  });
  expectOwner(second, 'StatefulSet', object.metadata.uid);
  await bringUp('ordered', 1, 2);
  const { status } = await until(at('ordered'), 'all ready', (each) => each.status.readyReplicas === 3);
  expect(status).toMatchObject({
    replicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    availableReplicas: 3,
    collisionCount: 0,
    currentRevision: revision?.metadata.name,
    updateRevision: revision?.metadata.name,
  });
});

conform('Parallel makes all pods at once, from the first ordinal that is asked for', async () => {
  await make('statefulsets', set('parallel', 3, { podManagementPolicy: 'Parallel', ordinals: { start: 5 } }));
  expect(names(await podsOf('parallel', 3))).toEqual(['parallel-5', 'parallel-6', 'parallel-7']);
});

conform('events tell of pods in the controller’s words', async () => {
  const object = await make('statefulsets', set('talking', 1));
  await until(pod('talking-0'), 'the pod', () => true);
  await eventually('the event', async () =>
    (await messages(object.metadata.uid)).includes('Create Pod talking-0 in StatefulSet talking successful')
      ? true
      : undefined,
  );
});

const claimTemplates = {
  volumeClaimTemplates: [
    {
      metadata: { name: 'data', labels: { tier: 'store' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ],
};
const claim = (name: string): string => scope.core('persistentvolumeclaims', name);

conform(
  'claims are made from their templates, before the pod that mounts them, and belong to nobody',
  async () => {
    const object = await make('statefulsets', set('storing', 1, claimTemplates));
    const [first] = await podsOf('storing', 1);
    expect(first?.spec.volumes).toContainEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: 'data-storing-0' },
    });
    const made = await read(claim('data-storing-0'));
    expect(made.metadata.labels).toEqual({ app: 'storing', tier: 'store' });
    expect(made.metadata.ownerReferences).toBeUndefined();
    await eventually('the event', async () =>
      (await messages(object.metadata.uid)).includes(
        'Create Claim data-storing-0 Pod storing-0 in StatefulSet storing success',
      )
        ? true
        : undefined,
    );
  },
);

conform('claims go with the set when it is deleted, if its policy says so', async () => {
  const policy = { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } };
  const object = await make('statefulsets', set('tidy', 1, { ...claimTemplates, ...policy }));
  const owned = await until(
    claim('data-tidy-0'),
    'an owned claim',
    ({ metadata }) => metadata.ownerReferences !== undefined,
  );
  expectOwner(owned, 'StatefulSet', object.metadata.uid);
  expectCode(await admin.delete(at('tidy'), { propagationPolicy: 'Background' }), 200);
  await eventually('the end of the claim', async () =>
    (await admin.get(claim('data-tidy-0'))).code === 404 ? true : undefined,
  );
});

conform('claims of pods that are scaled away go with them, if the policy says so', async () => {
  const policy = { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' } };
  await started('shrinking', 2, { ...claimTemplates, ...policy });
  expectCode(await admin.patch(at('shrinking'), 'merge', { spec: { replicas: 1 } }), 200);
  await eventually('the end of the claim', async () =>
    (await admin.get(claim('data-shrinking-1'))).code === 404 ? true : undefined,
  );
  expectCode(await admin.get(claim('data-shrinking-0')), 200);
});

conform('a changed template is rolled out from the highest ordinal down, one at a time', async () => {
  const before = await started('rolled', 2);
  const [zero, one] = await pods('rolled');
  expectCode(await admin.patch(at('rolled'), 'strategic', changedTemplate('2')), 200);
  await replaced('rolled-1', one);
  expect((await read(pod('rolled-0'))).metadata.uid).toBe(zero?.metadata.uid);
  const midway = await until(at('rolled'), 'half way', ({ status }) => status.updatedReplicas === 1);
  expect(midway.status).toMatchObject({ currentReplicas: 1, currentRevision: before.status.currentRevision });
  expect(midway.status.updateRevision).not.toBe(before.status.currentRevision);
  await bringUp('rolled', 1);
  await replaced('rolled-0', zero);
  await bringUp('rolled', 0);
  const done = await until(
    at('rolled'),
    'the end',
    ({ status }) => status.currentRevision === status.updateRevision,
  );
  expect(done.status).toMatchObject({ currentReplicas: 2, updatedReplicas: 2, readyReplicas: 2 });
});

conform(
  'a partition keeps the lower ordinals at the current revision, also when they are made again',
  async () => {
    const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } };
    const before = await started('parted', 2, spec);
    const [zero, one] = await pods('parted');
    expectCode(await admin.patch(at('parted'), 'strategic', changedTemplate('2')), 200);
    const updated = await replaced('parted-1', one);
    await bringUp('parted', 1);
    await until(
      at('parted'),
      'the partition',
      ({ status }) => status.updatedReplicas === 1 && status.readyReplicas === 2,
    );
    expectCode(await admin.delete(pod('parted-0')), 200);
    const again = await replaced('parted-0', zero);
    expect(revisionOf(again)).toBe(before.status.currentRevision);
    expect(revisionOf(updated)).not.toBe(before.status.currentRevision);
  },
);

conform('with OnDelete a pod is changed only when it is deleted', async () => {
  await started('manual', 1, { updateStrategy: { type: 'OnDelete' } });
  const [first] = await pods('manual');
  expectCode(await admin.patch(at('manual'), 'strategic', changedTemplate('2')), 200);
  const seen = await until(
    at('manual'),
    'the new revision',
    (each) => isSeen(each) && each.status.updateRevision !== each.status.currentRevision,
  );
  expect((await read(pod('manual-0'))).metadata.uid).toBe(first?.metadata.uid);
  expectCode(await admin.delete(pod('manual-0')), 200);
  const second = await replaced('manual-0', first);
  expect(revisionOf(second)).toBe(seen.status.updateRevision);
});

conform(
  'every template is a ControllerRevision, and one that comes back takes up its own under a new number',
  async () => {
    const object = await started('history', 0);
    expectCode(await admin.patch(at('history'), 'strategic', changedTemplate('2')), 200);
    await eventually('two revisions', async () =>
      (await revisions('history')).length === 2 ? true : undefined,
    );
    const [first] = await revisions('history');
    expectOwner(first as KubeObject, 'StatefulSet', object.metadata.uid);
    expect(first).toMatchObject({
      revision: 1,
      data: { spec: { template: { $patch: 'replace', metadata: { labels: { app: 'history' } } } } },
    });
    expect(first?.metadata.name).toBe(`history-${first?.metadata.labels?.['controller.kubernetes.io/hash']}`);
    expectCode(
      await admin.patch(at('history'), 'merge', { spec: { template: { metadata: { annotations: null } } } }),
      200,
    );
    const back = await eventually('the first again', async () =>
      (await revisions('history')).find((each) => each.revision === 3),
    );
    expect(back.metadata.uid).toBe(first?.metadata.uid);
    expect(await revisions('history')).toHaveLength(2);
  },
);

conform('revisions that nothing runs go beyond the history limit', async () => {
  await started('brief', 0, { revisionHistoryLimit: 1 });
  for (const value of ['2', '3', '4']) {
    expectCode(await admin.patch(at('brief'), 'strategic', changedTemplate(value)), 200);
    await until(
      at('brief'),
      'the revision',
      (each) => isSeen(each) && each.status.currentRevision === each.status.updateRevision,
    );
  }
  await eventually('two revisions', async () => {
    const left = (await revisions('brief')).map(({ revision }) => revision);
    return left.length === 2 && left.join() === '3,4' ? true : undefined;
  });
});

conform('a rollout that is stuck on a broken pod stays stuck when the template is mended', async () => {
  await make('statefulsets', set('stuck', 1));
  await bringUp('stuck', 0);
  await until(at('stuck'), 'ready', ({ status }) => status.readyReplicas === 1);
  const [first] = await pods('stuck');
  expectCode(await admin.patch(at('stuck'), 'strategic', changedTemplate('broken')), 200);
  const broken = await replaced('stuck-0', first);
  await until(at('stuck'), 'its revision', ({ status }) => status.updatedReplicas === 1);
  expectCode(await admin.patch(at('stuck'), 'strategic', changedTemplate('mended')), 200);
  await until(
    at('stuck'),
    'the mended revision',
    (each) => isSeen(each) && each.status.updatedReplicas === undefined,
  );
  expect((await read(pod('stuck-0'))).metadata.uid).toBe(broken.metadata.uid);
  expectCode(await admin.delete(pod('stuck-0')), 200);
  const mended = await replaced('stuck-0', broken);
  expect(revisionOf(mended)).toBe((await read(at('stuck'))).status.updateRevision);
});

conform('scaling down takes the highest ordinal first and waits for it', async () => {
  await make('statefulsets', set('falling', 1));
  await bringUp('falling', 0);
  expectCode(await admin.patch(at('falling'), 'merge', { spec: { replicas: 3 } }), 200);
  await bringUp('falling', 1, 2);
  await until(at('falling'), 'all ready', ({ status }) => status.readyReplicas === 3);
  const { list: now } = expectCode(
    await admin.get(scope.core('pods'), { labelSelector: 'app=falling' }),
    200,
  );
  const watch = await admin.watch(scope.core('pods'), {
    labelSelector: 'app=falling',
    resourceVersion: now.metadata.resourceVersion ?? '',
  });
  expectCode(await admin.patch(at('falling'), 'merge', { spec: { replicas: 1 } }), 200);
  const deletions = (all: typeof watch.events) => all.filter(({ type }) => type === 'DELETED');
  await watch.until('both are gone', (all) => deletions(all).length === 2);
  await podsOf('falling', 1);
  watch.close();
  const gone = deletions(watch.events).map(({ object }) => object.metadata.name);
  expect(gone).toEqual(['falling-2', 'falling-1']);
});

conform('a ready pod is available only after minReadySeconds', async () => {
  await make('statefulsets', set('patient', 1, { minReadySeconds: 3 }));
  const watch = await admin.watch(scope.apps('statefulsets'), { fieldSelector: 'metadata.name=patient' });
  await bringUp('patient', 0);
  await until(at('patient'), 'availability', ({ status }) => status.availableReplicas === 1);
  watch.close();
  const states = watch.events.map(
    ({ object }) => object.status as { readyReplicas?: number; availableReplicas?: number },
  );
  expect(states.some((status) => status.readyReplicas === 1 && !status.availableReplicas)).toBe(true);
});

conform('a pod that has ended is made again', async () => {
  await started('ended', 1);
  const [first] = await pods('ended');
  await play(first as KubeObject, { phase: 'Failed' });
  await replaced('ended-0', first);
});

conform('a pod that the set orphaned is adopted by the next one of its name', async () => {
  await make('statefulsets', set('heir', 1));
  const [first] = await podsOf('heir', 1);
  expectCode(await admin.delete(at('heir'), { propagationPolicy: 'Orphan' }), 200);
  await eventually('the end of the set', async () =>
    (await admin.get(at('heir'))).code === 404 ? true : undefined,
  );
  const again = await make('statefulsets', set('heir', 1));
  const adopted = await until(
    pod('heir-0'),
    'its adoption',
    ({ metadata }) => metadata.ownerReferences !== undefined,
  );
  expect(adopted.metadata.uid).toBe(first?.metadata.uid);
  expectOwner(adopted, 'StatefulSet', again.metadata.uid);
});
