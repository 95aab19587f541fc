import { expect } from 'vitest';
import { topic } from './conform.ts';
import { create, eventually, ownNamespace, read } from './fixtures.ts';
import {
  conditionOf,
  eventsOf,
  ownNodes,
  type PodWish,
  placed,
  podFor,
  readReasons,
  readRefusal,
  whyPending,
} from './own-nodes.ts';
import { admin } from './target.ts';

const conform = topic('scheduling');
const scope = ownNamespace('scheduling');
const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const nodes = ownNodes({
  a: { labels: { [ZONE]: 'z1', size: '5' } },
  b: { labels: { [ZONE]: 'z2', size: '10', disk: 'ssd' } },
});
const own = { needs: 'nodes' } as const;
const ELSEWHERE = "node(s) didn't match Pod's node affinity/selector";

const start = (name: string, wish: PodWish = {}) => create(scope.core('pods'), podFor(nodes, name, wish));
const stop = async (...names: string[]) => {
  for (const name of names) await admin.delete(scope.core('pods', name), { gracePeriodSeconds: 0 });
};
/** Starts a pod, waits for the words, and takes it away. */
async function refusedWith(name: string, wish: PodWish, words: string | RegExp): Promise<string> {
  await start(name, wish);
  const message = await whyPending(scope, name, words);
  await stop(name);
  return message;
}
const required = (expressions: object[], fields: object[] = []) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: expressions, matchFields: fields }],
      },
    },
  },
});
const podTerm = (labels: Record<string, string>, topologyKey = HOST, more: object = {}) => ({
  topologyKey,
  labelSelector: { matchLabels: labels },
  ...more,
});
const near = (term: object) => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
});
const apart = (term: object) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
});
const spread = (labels: Record<string, string>, more: object = {}) => ({
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: ZONE,
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: labels },
      ...more,
    },
  ],
});

conform(
  'too little cpu: every node is counted, the reasons are sorted, preemption is of no help',
  async () => {
    const message = await refusedWith('cpu', { requests: { cpu: '3' } }, 'Insufficient cpu');
    const { filters, preemption } = readRefusal(message);
    expect(filters.counts).toMatchObject({ 'Insufficient cpu': 2 });
    expect(filters.told).toEqual([...filters.told].sort());
    expect(Object.values(filters.counts).reduce((sum, count) => sum + count, 0)).toBe(filters.nodes);
    expect(readReasons(preemption)).toMatchObject({
      nodes: filters.nodes,
      told: [`${filters.nodes} Preemption is not helpful for scheduling`],
    });
  },
  own,
);

conform(
  'a node short of several things tells each',
  async () => {
    const requests = { cpu: '3', memory: '5Gi', 'ephemeral-storage': '20Gi', 'example.com/gpu': '1' };
    const limits = { 'example.com/gpu': '1' };
    const containers = [
      { name: 'main', image: 'registry.k8s.io/pause:3.10', resources: { requests, limits } },
    ];
    const message = await refusedWith('several', { spec: { containers } }, 'Insufficient');
    expect(readRefusal(message).filters.counts).toMatchObject({
      'Insufficient cpu': 2,
      'Insufficient memory': 2,
      'Insufficient ephemeral-storage': 2,
      'Insufficient example.com/gpu': 2,
    });
  },
  own,
);

conform(
  'the condition and the event say the same, as the real scheduler writes them',
  async () => {
    await start('told', { requests: { cpu: '3' } });
    await whyPending(scope, 'told', 'Insufficient cpu');
    const pod = await read(scope.core('pods', 'told'));
    expect(conditionOf(pod, 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      observedGeneration: 1,
    });
    const [event] = await eventually('an event', async () => {
      const found = await eventsOf(scope, 'told', 'FailedScheduling');
      return found.length > 0 ? found : undefined;
    });
    expect(event).toMatchObject({
      type: 'Warning',
      action: 'Scheduling',
      reportingComponent: 'default-scheduler',
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    });
    expect((event as unknown as { message: string }).message).toContain('Insufficient cpu');
    await stop('told');
  },
  own,
);

conform(
  'a pod with room gets a node, a condition and an event',
  async () => {
    await start('fine', { requests: { cpu: '100m' } });
    const node = await placed(scope, 'fine');
    expect(conditionOf(await read(scope.core('pods', 'fine')), 'PodScheduled')?.status).toBe('True');
    const [event] = await eventually('an event', async () => {
      const found = await eventsOf(scope, 'fine', 'Scheduled');
      return found.length > 0 ? found : undefined;
    });
    expect(event).toMatchObject({
      type: 'Normal',
      action: 'Binding',
      message: `Successfully assigned ${scope.namespace}/fine to ${node}`,
    });
    await stop('fine');
  },
  own,
);

conform(
  'a selector nobody has',
  async () => {
    const wish = { spec: { nodeSelector: { nobody: 'has' } } };
    const message = await refusedWith('selector', wish, ELSEWHERE);
    expect(readRefusal(message).filters.counts[ELSEWHERE]).toBeGreaterThanOrEqual(2);
  },
  own,
);

const operators: [string, object, string][] = [
  ['In', { key: 'size', operator: 'In', values: ['7', '10'] }, 'b'],
  ['NotIn', { key: 'size', operator: 'NotIn', values: ['5'] }, 'b'],
  ['Exists', { key: 'disk', operator: 'Exists' }, 'b'],
  ['DoesNotExist', { key: 'disk', operator: 'DoesNotExist' }, 'a'],
  ['Gt', { key: 'size', operator: 'Gt', values: ['5'] }, 'b'],
  ['Lt', { key: 'size', operator: 'Lt', values: ['10'] }, 'a'],
];
for (const [operator, expression, node] of operators)
  conform(
    `node affinity: ${operator}`,
    async () => {
      const name = `operator-${operator.toLowerCase()}`;
      await start(name, { spec: required([expression]) });
      expect(await placed(scope, name)).toBe(nodes.name(node));
      await stop(name);
    },
    own,
  );

conform(
  'node affinity by name goes to that node; others are not looked at',
  async () => {
    const byName = (value: string) => [{ key: 'metadata.name', operator: 'In', values: [value] }];
    await start('named', { spec: required([], byName(nodes.name('b'))) });
    expect(await placed(scope, 'named')).toBe(nodes.name('b'));
    await stop('named');
    const message = await refusedWith(
      'nameless',
      { spec: required([], byName('there-is-no-such-node')) },
      "didn't satisfy plugin(s) [NodeAffinity]",
    );
    const { filters } = readRefusal(message);
    expect(filters.told).toEqual([`${filters.nodes} node(s) didn't satisfy plugin(s) [NodeAffinity]`]);
  },
  own,
);

conform(
  'preferred node affinity chooses among those that will do',
  async () => {
    const preference = { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] };
    const preferredDuringSchedulingIgnoredDuringExecution = [{ weight: 100, preference }];
    const spec = { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution } } };
    await start('preferred', { spec });
    expect(await placed(scope, 'preferred')).toBe(nodes.name('b'));
    await stop('preferred');
  },
  own,
);

conform(
  'a taint nobody tolerates',
  async () => {
    const message = await refusedWith('taint', { spec: { tolerations: [] } }, 'untolerated taint(s)');
    expect(readRefusal(message).filters.counts).toMatchObject({ 'node(s) had untolerated taint(s)': 2 });
  },
  own,
);

conform(
  'a toleration of another effect or value does not count',
  async () => {
    const key = 'strata-test/scheduling';
    for (const toleration of [
      { key, operator: 'Exists', effect: 'NoExecute' },
      { key, operator: 'Equal', value: 'other' },
    ])
      await refusedWith('intolerant', { spec: { tolerations: [toleration] } }, 'untolerated taint(s)');
  },
  own,
);

conform(
  'host ports: two of one number do not share a node',
  async () => {
    const wish = { ports: [{ containerPort: 80, hostPort: 8091 }] };
    await start('port-1', wish);
    await start('port-2', wish);
    expect(new Set([await placed(scope, 'port-1'), await placed(scope, 'port-2')]).size).toBe(2);
    const words = "node(s) didn't have free ports for the requested pod ports";
    const { filters, preemption } = readRefusal(await refusedWith('port-3', wish, words));
    expect(filters.counts).toMatchObject({ [words]: 2 });
    expect(readReasons(preemption).counts).toMatchObject({
      'No preemption victims found for incoming pod': 2,
    });
    await stop('port-1', 'port-2');
  },
  own,
);

conform(
  'a claim that is not there, and one nobody binds',
  async () => {
    const mounting = (claimName: string) => ({
      spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] },
    });
    const missing = await refusedWith('claimless', mounting('nowhere'), 'not found');
    expect(missing).toMatch(
      /^0\/\d+ nodes are available: persistentvolumeclaim "nowhere" not found\. not found$/,
    );
    await create(scope.core('persistentvolumeclaims'), {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'unbound' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'there-is-no-such-class',
        resources: { requests: { storage: '1Gi' } },
      },
    });
    const unbound = await refusedWith('unbound', mounting('unbound'), 'unbound');
    expect(unbound).toMatch(
      /^0\/\d+ nodes are available: pod has unbound immediate PersistentVolumeClaims\. not found$/,
    );
  },
  own,
);

conform(
  'pod affinity: nobody there yet, then beside who is there',
  async () => {
    const wish = { spec: near(podTerm({ app: 'hub' })) };
    await start('spoke', wish);
    const message = await whyPending(scope, 'spoke', 'pod affinity rules');
    expect(readRefusal(message).filters.counts).toMatchObject({
      "node(s) didn't match pod affinity rules": 2,
    });
    await start('hub', { labels: { app: 'hub' } });
    expect(await placed(scope, 'spoke')).toBe(await placed(scope, 'hub'));
    await stop('spoke', 'hub');
  },
  own,
);

conform(
  'pod affinity: the first of its kind may go anywhere',
  async () => {
    await start('herd', { labels: { app: 'herd' }, spec: near(podTerm({ app: 'herd' })) });
    await placed(scope, 'herd');
    await stop('herd');
  },
  own,
);

conform(
  'pod affinity reaches other namespaces by selector only',
  async () => {
    await start('here', { labels: { app: 'here' } });
    const elsewhere = podTerm({ app: 'here' }, HOST, { namespaces: ['kube-system'] });
    await refusedWith('far', { spec: near(elsewhere) }, 'pod affinity rules');
    const byLabel = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': scope.namespace } },
    };
    await start('close', { spec: near(podTerm({ app: 'here' }, HOST, byLabel)) });
    expect(await placed(scope, 'close')).toBe(await placed(scope, 'here'));
    await stop('here', 'close');
  },
  own,
);

conform(
  'anti-affinity keeps its own apart, and others away from it',
  async () => {
    const lonely = { labels: { app: 'lonely' }, spec: apart(podTerm({ app: 'lonely' })) };
    await start('lonely-1', lonely);
    await start('lonely-2', lonely);
    expect(new Set([await placed(scope, 'lonely-1'), await placed(scope, 'lonely-2')]).size).toBe(2);
    const third = readRefusal(await refusedWith('lonely-3', lonely, 'anti-affinity'));
    expect(third.filters.counts).toMatchObject({ "node(s) didn't match pod anti-affinity rules": 2 });
    expect(readReasons(third.preemption).counts).toMatchObject({
      'No preemption victims found for incoming pod': 2,
    });
    const guest = readRefusal(
      await refusedWith('guest', { labels: { app: 'lonely' } }, "didn't satisfy existing pods"),
    );
    expect(guest.filters.counts).toMatchObject({
      "node(s) didn't satisfy existing pods anti-affinity rules": 2,
    });
    await stop('lonely-1', 'lonely-2');
  },
  own,
);

conform(
  'spread: zones fill in turn, and a missing domain counts as empty',
  async () => {
    const labels = { app: 'even' };
    const wish = { labels, spec: spread(labels) };
    for (const index of [1, 2, 3, 4]) {
      await start(`even-${index}`, wish);
      await placed(scope, `even-${index}`);
    }
    const where = await Promise.all([1, 2, 3, 4].map((index) => placed(scope, `even-${index}`)));
    expect(where.filter((node) => node === nodes.name('a'))).toHaveLength(2);
    const words = "node(s) didn't match pod topology spread constraints";
    const message = await refusedWith('even-5', { labels, spec: spread(labels, { minDomains: 3 }) }, words);
    const { filters, preemption } = readRefusal(message);
    expect(filters.counts).toMatchObject({ [words]: 2 });
    expect(readReasons(preemption).counts).toMatchObject({
      'No preemption victims found for incoming pod': 2,
    });
    await stop('even-1', 'even-2', 'even-3', 'even-4');
  },
  own,
);

conform(
  'spread: a node without the key will not do, unless the spread is only a wish',
  async () => {
    const labels = { app: 'keyless' };
    const words = "node(s) didn't match pod topology spread constraints (missing required label)";
    const wish = { labels, spec: spread(labels, { topologyKey: 'no-such-key' }) };
    const { filters, preemption } = readRefusal(await refusedWith('keyless', wish, words));
    expect(filters.counts).toMatchObject({ [words]: 2 });
    expect(readReasons(preemption).told).toHaveLength(1);
    const soft = { topologyKey: 'no-such-key', whenUnsatisfiable: 'ScheduleAnyway' };
    await start('wishful', { labels, spec: spread(labels, soft) });
    await placed(scope, 'wishful');
    await stop('wishful');
  },
  own,
);

conform(
  'spread: matchLabelKeys count only pods of the same value',
  async () => {
    const labels = { app: 'keyed', revision: '1' };
    const spec = spread({ app: 'keyed' }, { matchLabelKeys: ['revision'] });
    const onA = { nodeSelector: { 'strata-test/pool': nodes.pool, size: '5' } };
    await start('keyed-1', { labels, spec: { ...spec, ...onA } });
    await placed(scope, 'keyed-1');
    await start('keyed-2', { labels: { ...labels, revision: '2' }, spec: { ...spec, ...onA } });
    expect(await placed(scope, 'keyed-2')).toBe(nodes.name('a'));
    await stop('keyed-1', 'keyed-2');
  },
  own,
);

conform(
  'gates hold a pod back until the last is gone',
  async () => {
    await start('gated', { spec: { schedulingGates: [{ name: 'example.com/wait' }] } });
    const pod = await read(scope.core('pods', 'gated'));
    expect(conditionOf(pod, 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    });
    await admin.patch(scope.core('pods', 'gated'), 'json', [{ op: 'remove', path: '/spec/schedulingGates' }]);
    await placed(scope, 'gated');
    expect(await eventsOf(scope, 'gated', 'FailedScheduling')).toEqual([]);
    await stop('gated');
  },
  own,
);

const claim = (name: string, spec: object) =>
  create(scope.core('persistentvolumeclaims'), {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  });
const mounting = (claimName: string) => ({
  spec: {
    nodeSelector: { 'strata-test/pool': nodes.pool },
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});

conform(
  'a claim bound to a volume goes where the volume is',
  async () => {
    const name = `${nodes.pool}-volume`;
    const volumes = '/api/v1/persistentvolumes';
    const storageClassName = `${nodes.pool}-static`;
    const volume = (node: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${name}-${node}` },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: '/tmp' },
        storageClassName,
        claimRef: { namespace: scope.namespace, name: node },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: HOST, operator: 'In', values: [nodes.name(node)] }] },
            ],
          },
        },
      },
    });
    for (const node of ['b', 'nowhere']) {
      await create(volumes, volume(node));
      await claim(node, { storageClassName, volumeName: `${name}-${node}` });
    }
    await start('at-volume', mounting('b'));
    expect(await placed(scope, 'at-volume')).toBe(nodes.name('b'));
    const words = "node(s) didn't match PersistentVolume's node affinity";
    expect(
      readRefusal(await refusedWith('far-volume', mounting('nowhere'), words)).filters.counts,
    ).toMatchObject({ [words]: 2 });
    await stop('at-volume');
    for (const node of ['b', 'nowhere']) await admin.delete(`${volumes}/${name}-${node}`);
  },
  own,
);

conform(
  'a claim that waits for its consumer finds no volume',
  async () => {
    const name = `${nodes.pool}-wait`;
    const classes = '/apis/storage.k8s.io/v1/storageclasses';
    await create(classes, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
    await claim('waits', { storageClassName: name });
    const words = "node(s) didn't find available persistent volumes to bind";
    const { filters, preemption } = readRefusal(await refusedWith('waits', mounting('waits'), words));
    expect(filters.counts).toMatchObject({ [words]: 2 });
    expect(readReasons(preemption).told).toHaveLength(1);
    await admin.delete(`${classes}/${name}`);
  },
  own,
);

conform(
  'the same refusal again makes a series of its event',
  async () => {
    for (const name of ['room-1', 'room-2']) {
      await start(name, { requests: { cpu: '100m' } });
      await placed(scope, name);
    }
    await start('again', { requests: { cpu: '3' } });
    const events = (count: number) =>
      eventually(`${count} events`, async () => {
        const found = await eventsOf(scope, 'again', 'FailedScheduling');
        return found.length === count ? found : undefined;
      });
    await events(1);
    // Room that comes free is looked at, whether it is enough or not.
    await stop('room-1');
    await events(2);
    await stop('room-2');
    const series = await eventually('a series', async () => {
      const found = await eventsOf(scope, 'again', 'FailedScheduling');
      return found
        .map((event) => (event as unknown as { series?: { count: number } }).series)
        .find((each) => each !== undefined);
    });
    expect(series).toEqual({ count: 2, lastObservedTime: expect.stringMatching(/\.\d{6}Z$/) });
    await stop('again');
  },
  { ...own, timeoutMs: 60_000 },
);
