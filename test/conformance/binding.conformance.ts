import { expect } from 'vitest';
import { topic } from './conform.ts';
import {
  clusterNodes,
  create,
  eventually,
  expectCode,
  expectFailure,
  ownNamespace,
  parkedPod,
  read,
} from './fixtures.ts';
import { conditionOf, nodeOf } from './own-nodes.ts';
import { admin } from './target.ts';

const conform = topic('binding');
const scope = ownNamespace('binding');

const path = (pod: string) => `${scope.core('pods', pod)}/binding`;
const binding = (name: string, target: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name, ...metadata },
  target,
});
const toNode = (name: string) => ({ apiVersion: 'v1', kind: 'Node', name });
const someNode = async () => {
  return (await clusterNodes())[0]?.metadata.name ?? '';
};
const park = (name: string, spec: object = {}) => create(scope.core('pods'), parkedPod(name, spec));

conform("another scheduler's pod is left alone until somebody binds it", async () => {
  await park('parked');
  const before = await read(scope.core('pods', 'parked'));
  expect(before.status.conditions).toBeUndefined();
  const node = await someNode();
  const { status } = expectCode(await admin.post(path('parked'), binding('parked', toNode(node))), 201);
  expect(status).toMatchObject({ kind: 'Status', status: 'Success', code: 201 });
  const after = await read(scope.core('pods', 'parked'));
  expect(nodeOf(after)).toBe(node);
  expect(after.metadata.generation).toBe(before.metadata.generation);
  expect(conditionOf(after, 'PodScheduled')?.status).toBe('True');
  await eventually('parked running', async () =>
    (await read(scope.core('pods', 'parked'))).status.phase === 'Running' ? true : undefined,
  );
});

conform('labels and annotations of the binding are taken over', async () => {
  await park('dressed');
  const metadata = { labels: { given: 'yes' }, annotations: { 'example.com/by': 'us' } };
  expectCode(await admin.post(path('dressed'), binding('dressed', toNode(await someNode()), metadata)), 201);
  expect((await read(scope.core('pods', 'dressed'))).metadata).toMatchObject(metadata);
});

conform('a pod is bound once', async () => {
  await park('once');
  const node = await someNode();
  expectCode(await admin.post(path('once'), binding('once', toNode(node))), 201);
  expectFailure(await admin.post(path('once'), binding('once', toNode('other'))), {
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on pods/binding "once": pod once is already assigned to node "${node}"`,
    details: { name: 'once', kind: 'pods/binding' },
  });
});

conform('a gated pod is not bound', async () => {
  await park('gated', { schedulingGates: [{ name: 'example.com/wait' }] });
  expectFailure(await admin.post(path('gated'), binding('gated', toNode('any'))), {
    code: 409,
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled on pods/binding "gated": pod gated has non-empty .spec.schedulingGates',
  });
  const more = [{ op: 'add', path: '/spec/schedulingGates/-', value: { name: 'example.com/more' } }];
  expectFailure(await admin.patch(scope.core('pods', 'gated'), 'json', more), {
    code: 422,
    reason: 'Invalid',
    message:
      'Pod "gated" is invalid: spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate \'example.com/more\'',
  });
});

conform('a binding for another pod, of none, or to nothing is refused', async () => {
  await park('target');
  expectFailure(await admin.post(path('target'), binding('other', toNode('any'))), {
    code: 400,
    reason: 'BadRequest',
    message: 'name in URL does not match name in Binding object',
  });
  expectFailure(await admin.post(path('nobody'), binding('nobody', toNode('any'))), {
    code: 404,
    reason: 'NotFound',
    message: 'pods "nobody" not found',
  });
  expectFailure(await admin.post(path('target'), binding('target', toNode(''))), {
    code: 500,
    reason: undefined,
    message: 'target.name: Required value',
  });
  expectFailure(await admin.post(path('target'), binding('target', { kind: 'Pod', name: 'x' })), {
    code: 500,
    reason: undefined,
    message: 'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"',
  });
});

conform('a binding tried dry binds nothing', async () => {
  await park('dry');
  expectCode(await admin.post(path('dry'), binding('dry', toNode(await someNode())), { dryRun: 'All' }), 201);
  expect(nodeOf(await read(scope.core('pods', 'dry')))).toBeUndefined();
});

conform('a binding with preconditions holds them', async () => {
  await park('exact');
  const other = binding('exact', toNode('any'), { uid: '00000000-0000-4000-8000-000000000000' });
  expectFailure(await admin.post(path('exact'), other), { code: 409, reason: 'Conflict' });
  const { metadata } = await read(scope.core('pods', 'exact'));
  const right = binding('exact', toNode(await someNode()), { uid: metadata.uid });
  expectCode(await admin.post(path('exact'), right), 201);
});
