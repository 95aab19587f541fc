/** Every filter against a small cluster: who is refused, in which words, and whether preemption could help. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { KubeObject, Pod } from '../base/types.ts';
import { Store } from '../storage/store.ts';
import { Attempt, nodesToFind } from './attempt.ts';
import { ClusterState } from './cluster-state.ts';
import { fitError, Histogram } from './fit-error.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';

let uid = 0;
const object = (kind: string, name: string, rest: JsonObject, namespace?: string): KubeObject => {
  uid += 1;
  const { metadata, ...more } = rest;
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      uid: String(uid),
      resourceVersion: '',
      creationTimestamp: '',
      ...(metadata as object),
    },
    ...more,
  };
};

const pod = (name: string, spec: JsonObject = {}, labels: JsonObject = {}, status: JsonObject = {}): Pod =>
  object('Pod', name, { metadata: { labels }, spec: { containers: [], ...spec }, status }, 'ns') as Pod;

interface Planted {
  nodes?: Record<string, JsonObject>;
  pods?: Pod[];
  others?: [resource: string, object: KubeObject][];
}

/** Two nodes, `a` in zone z1 and `b` in z2, with 2 CPUs and room for 3 pods each; what is planted changes them. */
function cluster({ nodes = {}, pods = [], others = [] }: Planted = {}): ClusterState {
  const store = new Store();
  store.create('namespaces', object('Namespace', 'ns', { metadata: { labels: { team: 'x' } } }));
  store.create('namespaces', object('Namespace', 'other', { metadata: { labels: { team: 'y' } } }));
  for (const [name, zone] of [
    ['a', 'z1'],
    ['b', 'z2'],
  ] as const) {
    const { labels, ...spec } = nodes[name] ?? {};
    const status = { allocatable: { cpu: '2', memory: '4Gi', pods: '3' } };
    const all = { [HOST]: name, [ZONE]: zone, ...(labels as object) };
    store.create('nodes', object('Node', name, { metadata: { labels: all }, spec, status }));
  }
  for (const each of pods) store.create('pods', each);
  for (const [resource, each] of others) store.create(resource, each);
  return new ClusterState(store);
}

/** What each node says: '' for one that will do; `!` marks what preemption could not change. */
function verdicts(incoming: Pod, planted: Planted = {}): Record<string, string> | string {
  const state = cluster(planted);
  const attempt = new Attempt(incoming, state, () => []);
  if (attempt.impossible) return attempt.impossible.reason;
  const said = state.nodes().map((info) => {
    const refused = attempt.check(info);
    return [info.name, refused ? `${refused.isResolvable ? '' : '! '}${refused.reasons.join('; ')}` : ''];
  });
  state.stop();
  return Object.fromEntries(said);
}

const requests = (list: JsonObject, rest: JsonObject = {}) => ({
  name: 'c',
  resources: { requests: list },
  ...rest,
});
const on = (node: string, spec: JsonObject = {}, labels: JsonObject = {}) =>
  pod(`on-${node}-${uid}`, { nodeName: node, ...spec }, labels);
const NO_CPU = 'Insufficient cpu';
const ELSEWHERE = "! node(s) didn't match Pod's node affinity/selector";
const terms = (...nodeSelectorTerms: JsonObject[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});
const term = (labels: JsonObject, topologyKey = HOST, more: JsonObject = {}) => ({
  topologyKey,
  labelSelector: { matchLabels: labels },
  ...more,
});
const near = (...list: JsonObject[]) => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: list } },
});
const apart = (...list: JsonObject[]) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: list } },
});

describe('the node itself', () => {
  const TAINT = '! node(s) had untolerated taint(s)';
  const tainted = (effect: string) => ({ nodes: { a: { taints: [{ key: 'k', value: 'v', effect }] } } });
  test.each<[string, JsonObject, Planted, string]>([
    ['cordoned', {}, { nodes: { a: { unschedulable: true } } }, '! node(s) were unschedulable'],
    [
      'cordoned, tolerated',
      { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] },
      { nodes: { a: { unschedulable: true } } },
      '',
    ],
    ['tainted', {}, tainted('NoSchedule'), TAINT],
    ['tainted NoExecute', {}, tainted('NoExecute'), TAINT],
    ['tainted PreferNoSchedule', {}, tainted('PreferNoSchedule'), ''],
    ['all tolerated', { tolerations: [{ operator: 'Exists' }] }, tainted('NoSchedule'), ''],
    ['value tolerated', { tolerations: [{ key: 'k', value: 'v' }] }, tainted('NoSchedule'), ''],
    ['other value', { tolerations: [{ key: 'k', value: 'w' }] }, tainted('NoSchedule'), TAINT],
    [
      'other effect',
      { tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute' }] },
      tainted('NoSchedule'),
      TAINT,
    ],
    ['selected', { nodeSelector: { [ZONE]: 'z1' } }, {}, ''],
    ['not selected', { nodeSelector: { [ZONE]: 'z3' } }, {}, ELSEWHERE],
    ['a key of Object.prototype', { nodeSelector: { constructor: 'x' } }, {}, ELSEWHERE],
    ['In', terms(expression(ZONE, 'In', 'z1', 'z9')), {}, ''],
    ['NotIn', terms(expression(ZONE, 'NotIn', 'z1')), {}, ELSEWHERE],
    ['Exists', terms(expression('none', 'Exists')), {}, ELSEWHERE],
    ['DoesNotExist', terms(expression('none', 'DoesNotExist')), {}, ''],
    ['Gt', terms(expression('size', 'Gt', '4')), { nodes: { a: { labels: { size: '5' } } } }, ''],
    ['Lt', terms(expression('size', 'Lt', '5')), { nodes: { a: { labels: { size: '5' } } } }, ELSEWHERE],
    ['an operator nobody knows', terms(expression(ZONE, 'Like', 'z1')), {}, ELSEWHERE],
    ['one of several terms', terms(expression(ZONE, 'In', 'z9'), expression(ZONE, 'In', 'z1')), {}, ''],
    ['an empty term', terms({}), {}, ELSEWHERE],
    ['no terms', terms(), {}, ELSEWHERE],
    ['by name', terms({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }), {}, ''],
    [
      'by name, not',
      terms({ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['a'] }] }),
      {},
      ELSEWHERE,
    ],
  ])('%s', (_title, spec, planted, said) => {
    expect(verdicts(pod('p', spec), planted)).toMatchObject({ a: said });
  });

  test('names that exclude each other fit no node', () => {
    const names = ['a', 'b'].map((name) => ({ key: 'metadata.name', operator: 'In', values: [name] }));
    expect(verdicts(pod('p', terms({ matchFields: names })))).toBe('pod affinity terms conflict');
  });
});

describe('room', () => {
  test.each<[string, JsonObject, Planted, string]>([
    ['enough', { containers: [requests({ cpu: '2' })] }, {}, ''],
    ['more than there is', { containers: [requests({ cpu: '2001m' })] }, {}, `! ${NO_CPU}`],
    [
      'more than is left',
      { containers: [requests({ cpu: '1' })] },
      { pods: [on('a', { containers: [requests({ cpu: '1500m' })] })] },
      NO_CPU,
    ],
    [
      'of two things',
      { containers: [requests({ cpu: '3', memory: '5Gi' })] },
      {},
      `! ${NO_CPU}; Insufficient memory`,
    ],
    ['of what no node has', { containers: [requests({ 'x.com/gpu': '1' })] }, {}, '! Insufficient x.com/gpu'],
    [
      'the sum of containers',
      { containers: [requests({ cpu: '1' }), requests({ cpu: '1100m' })] },
      {},
      `! ${NO_CPU}`,
    ],
    ['the largest init container', { initContainers: [requests({ cpu: '3' })] }, {}, `! ${NO_CPU}`],
    [
      'sidecars beside init containers',
      { initContainers: [requests({ cpu: '1' }, { restartPolicy: 'Always' }), requests({ cpu: '1500m' })] },
      {},
      `! ${NO_CPU}`,
    ],
    ['overhead', { containers: [requests({ cpu: '2' })], overhead: { cpu: '1m' } }, {}, `! ${NO_CPU}`],
    ['too many', {}, { pods: [on('a'), on('a'), on('a')] }, 'Too many pods'],
    [
      'done pods take none',
      {},
      { pods: [on('a'), on('a'), pod('done', { nodeName: 'a' }, {}, { phase: 'Succeeded' })] },
      '',
    ],
  ])('%s', (_title, spec, planted, said) => {
    expect(verdicts(pod('p', spec), planted)).toMatchObject({ a: said });
  });

  const ports = (hostPort: number, more: JsonObject = {}) => ({
    containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort, ...more }] }],
  });
  const TAKEN = "node(s) didn't have free ports for the requested pod ports";
  test.each<[string, JsonObject, JsonObject, string]>([
    ['the same port', ports(80), ports(80), TAKEN],
    ['another port', ports(80), ports(81), ''],
    ['another protocol', ports(80), ports(80, { protocol: 'UDP' }), ''],
    ['another address', ports(80, { hostIP: '10.0.0.1' }), ports(80, { hostIP: '10.0.0.2' }), ''],
    ['any address', ports(80), ports(80, { hostIP: '10.0.0.2' }), TAKEN],
  ])('%s', (_title, there, wanted, said) => {
    expect(verdicts(pod('p', wanted), { pods: [on('a', there)] })).toEqual({ a: said, b: '' });
  });
});

describe('other pods', () => {
  const hub = (node: string) => on(node, {}, { app: 'hub' });
  const FAR = "! node(s) didn't match pod affinity rules";
  const TOO_NEAR = "node(s) didn't match pod anti-affinity rules";
  const UNWANTED = "node(s) didn't satisfy existing pods anti-affinity rules";
  test.each<[string, Pod, Planted, string, string]>([
    ['beside one', pod('p', near(term({ app: 'hub' }))), { pods: [hub('a')] }, '', FAR],
    ['nobody there', pod('p', near(term({ app: 'hub' }))), {}, FAR, FAR],
    ['the first of its kind', pod('p', near(term({ app: 'hub' })), { app: 'hub' }), {}, '', ''],
    [
      'all terms by one pod',
      pod('p', near(term({ app: 'hub' }), term({ tier: 'x' }))),
      { pods: [hub('a'), on('a', {}, { tier: 'x' })] },
      FAR,
      FAR,
    ],
    [
      'another namespace',
      pod('p', near(term({ app: 'hub' }, HOST, { namespaces: ['other'] }))),
      { pods: [hub('a')] },
      FAR,
      FAR,
    ],
    [
      'by the labels of the namespace',
      pod('p', near(term({ app: 'hub' }, HOST, { namespaceSelector: { matchLabels: { team: 'x' } } }))),
      { pods: [hub('a')] },
      '',
      FAR,
    ],
    [
      'by no label at all',
      pod('p', near(term({ app: 'hub' }, HOST, { namespaceSelector: {} }))),
      { pods: [hub('b')] },
      FAR,
      '',
    ],
    ['apart', pod('p', apart(term({ app: 'hub' }))), { pods: [hub('a')] }, TOO_NEAR, ''],
    ['a node without the key', pod('p', apart(term({ app: 'hub' }, 'none'))), { pods: [hub('a')] }, '', ''],
    [
      'unwanted by one there',
      pod('p', {}, { app: 'noisy' }),
      { pods: [on('b', apart(term({ app: 'noisy' })))] },
      '',
      UNWANTED,
    ],
    [
      'matchLabelKeys',
      pod('p', apart(term({ app: 'hub' }, HOST, { matchLabelKeys: ['rev'] })), { rev: '2' }),
      { pods: [on('a', {}, { app: 'hub', rev: '1' }), on('b', {}, { app: 'hub', rev: '2' })] },
      '',
      TOO_NEAR,
    ],
    ['no selector takes nobody', pod('p', apart({ topologyKey: HOST })), { pods: [hub('a')] }, '', ''],
  ])('%s', (_title, incoming, planted, a, b) => {
    expect(verdicts(incoming, planted)).toEqual({ a, b });
  });
});

describe('spread', () => {
  const even = (node: string) => on(node, {}, { app: 'even' });
  const SKEWED = "node(s) didn't match pod topology spread constraints";
  const spread = (more: JsonObject = {}, rest: JsonObject = {}) =>
    pod(
      'p',
      {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: ZONE,
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: 'even' } },
            ...more,
          },
        ],
        ...rest,
      },
      { app: 'even', rev: '2' },
    );
  const leaving = Object.assign(even('a'), {});
  leaving.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  const cordonedB = { b: { taints: [{ key: 'k', effect: 'NoSchedule' }] } };
  test.each<[string, Pod, Planted, string, string]>([
    ['nobody yet', spread(), {}, '', ''],
    ['one ahead', spread(), { pods: [even('a')] }, SKEWED, ''],
    ['a wider skew', spread({ maxSkew: 2 }), { pods: [even('a')] }, '', ''],
    ['too few domains', spread({ minDomains: 3 }), { pods: [even('a'), even('b')] }, SKEWED, SKEWED],
    ['one on its way out', spread(), { pods: [leaving] }, '', ''],
    [
      'no such key',
      spread({ topologyKey: 'none' }),
      {},
      `! ${SKEWED} (missing required label)`,
      `! ${SKEWED} (missing required label)`,
    ],
    ['only a wish', spread({ whenUnsatisfiable: 'ScheduleAnyway' }), { pods: [even('a')] }, '', ''],
    ['another revision', spread({ matchLabelKeys: ['rev'] }), { pods: [even('a')] }, '', ''],
    [
      'tainted domains count',
      spread(),
      { nodes: cordonedB, pods: [even('a')] },
      SKEWED,
      '! node(s) had untolerated taint(s)',
    ],
    [
      'unless taints are honoured',
      spread({ nodeTaintsPolicy: 'Honor' }),
      { nodes: cordonedB, pods: [even('a')] },
      '',
      '! node(s) had untolerated taint(s)',
    ],
    [
      'nodes not asked for do not count',
      spread({}, { nodeSelector: { [ZONE]: 'z1' } }),
      { pods: [even('a')] },
      '',
      ELSEWHERE,
    ],
    [
      'unless affinity is ignored',
      spread({ nodeAffinityPolicy: 'Ignore' }, { nodeSelector: { [ZONE]: 'z1' } }),
      { pods: [even('a')] },
      SKEWED,
      ELSEWHERE,
    ],
  ])('%s', (_title, incoming, planted, a, b) => {
    expect(verdicts(incoming, planted)).toEqual({ a, b });
  });
});

describe('claims', () => {
  const mounting = pod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] });
  const claim = (spec: JsonObject, phase = 'Pending', metadata: JsonObject = {}): [string, KubeObject] => [
    'persistentvolumeclaims',
    object('PersistentVolumeClaim', 'c', { metadata, spec, status: { phase } }, 'ns'),
  ];
  const volume = (hosts: string[], phase: string): [string, KubeObject] => {
    const nodeSelectorTerms = [expression(HOST, 'In', ...hosts)];
    const spec = { nodeAffinity: { required: { nodeSelectorTerms } }, storageClassName: 'wait' };
    return ['persistentvolumes', object('PersistentVolume', 'pv', { spec, status: { phase } })];
  };
  const waiting = (provisioner: string): [string, KubeObject] => [
    'storageclasses.storage.k8s.io',
    object('StorageClass', 'wait', { provisioner, volumeBindingMode: 'WaitForFirstConsumer' }),
  ];
  const NONE = "! node(s) didn't find available persistent volumes to bind";
  const wanted = { storageClassName: 'wait' };
  test.each<[string, Planted['others'], Record<string, string> | string]>([
    ['not there', [], 'persistentvolumeclaim "c" not found'],
    [
      'going',
      [claim({}, 'Bound', { deletionTimestamp: 'now' })],
      'persistentvolumeclaim "c" is being deleted',
    ],
    [
      'lost',
      [claim({ volumeName: 'pv' }, 'Lost')],
      'persistentvolumeclaim "c" bound to non-existent persistentvolume "pv"',
    ],
    ['unbound', [claim({})], 'pod has unbound immediate PersistentVolumeClaims'],
    [
      'bound to a volume of one node',
      [claim({ volumeName: 'pv' }, 'Bound'), volume(['b'], 'Bound')],
      { a: "! node(s) didn't match PersistentVolume's node affinity", b: '' },
    ],
    [
      'bound to nothing',
      [claim({ volumeName: 'pv' }, 'Bound')],
      {
        a: '! node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
        b: '! node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
      },
    ],
    ['to be made where the pod goes', [waiting('csi'), claim(wanted)], { a: '', b: '' }],
    ['nobody makes any', [waiting('kubernetes.io/no-provisioner'), claim(wanted)], { a: NONE, b: NONE }],
    [
      'one is there, on one node',
      [waiting('kubernetes.io/no-provisioner'), claim(wanted), volume(['b'], 'Available')],
      { a: NONE, b: '' },
    ],
    [
      'asked for elsewhere',
      [
        waiting('csi'),
        claim(wanted, 'Pending', { annotations: { 'volume.kubernetes.io/selected-node': 'b' } }),
      ],
      { a: NONE, b: '' },
    ],
  ])('%s', (_title, others, said) => {
    expect(verdicts(mounting, others ? { others } : {})).toEqual(said);
  });
});

test('promised places count for those who matter no more', () => {
  const state = cluster();
  const promised = pod('promised', { priority: 5, containers: [requests({ cpu: '2' })] });
  const check = (priority: number) =>
    new Attempt(pod('p', { priority, containers: [requests({ cpu: '1' })] }), state, (node) =>
      node === 'a' ? [promised] : [],
    ).search(0);
  expect(check(5).fitting.map(({ name }) => name)).toEqual(['b']);
  expect(check(6).fitting.map(({ name }) => name)).toEqual(['a', 'b']);
  state.stop();
});

test('the sentence sorts its reasons as texts', () => {
  const reasons = new Histogram();
  reasons.add('node(s) were unschedulable');
  reasons.add('Insufficient cpu', 10);
  reasons.add('Too many pods', 2);
  expect(fitError(13, reasons)).toBe(
    '0/13 nodes are available: 1 node(s) were unschedulable, 10 Insufficient cpu, 2 Too many pods.',
  );
});

test('of many nodes only a share is looked for', () => {
  expect([1, 99, 100, 200, 1_000, 5_000, 20_000].map(nodesToFind)).toEqual([
    1, 99, 100, 100, 420, 500, 1_000,
  ]);
});
