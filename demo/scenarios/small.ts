/** The default world: the shop of calm.ts on a bad afternoon. Every fault has its cause in the cluster. */
import { object } from '../base/json.ts';
import { CALM } from './calm.ts';
import type { NodeSpec, PodLine, RevisionSpec, Scenario, WorkloadSpec } from './scenario.ts';
import { checkoutFlags, ledgerConfig } from './shop/shop-config.ts';
import { quota } from './shop/shop-objects.ts';

const node = (name: string, age: string, suffix?: string, rest: PodLine = {}): PodLine => ({
  node: name,
  age,
  ...(suffix ? { suffix } : {}),
  ...rest,
});

const old = (suffix: string, on: string, rest: PodLine = {}) => node(on, '9d', suffix, rest);

/** So many more pods on each node. */
const places = (age: string, counts: Record<string, number>): PodLine[] =>
  Object.entries(counts).flatMap(([on, count]) => Array.from({ length: count }, () => node(on, age)));

/** checkout-api 4.19.0 rests paused at stage 2: 5 new and 19 old pods of 20 wanted (surge 4). */
const CHECKOUT: RevisionSpec[] = [
  {
    hash: '65d8f7bb9c',
    revision: 41,
    image: 'shop/checkout-api:4.18.2',
    age: '9d',
    replicas: 19,
    by: 'bob',
    cause: 'CHK-2197 retries',
    pods: [
      old('2bhqs', 'worker-a1'),
      old('5jx8v', 'worker-a2'),
      old('6r9kd', 'worker-b1', { restarts: 1, restarted: '6d' }),
      old('7wlmn', 'worker-b2'),
      old('9cvzf', 'worker-c1'),
      ...places('9d', {
        'worker-a1': 3,
        'worker-a2': 3,
        'worker-b1': 2,
        'worker-b2': 2,
        'worker-c1': 1,
        'worker-c2': 3,
      }),
    ],
  },
  {
    hash: '7f86d9c44b',
    revision: 42,
    image: 'shop/checkout-api:4.19.0',
    age: '27m',
    replicas: 5,
    by: 'bob',
    cause: 'CHK-2214 express pay',
    pods: [
      node('worker-a1', '26m', '4tq9n'),
      node('worker-c2', '16m', '8sdpl'),
      node('worker-b1', '16m', 'd5lxk'),
      node('worker-b1', '16m', 'rw7bz'),
      node('worker-a1', '16m', 'z2m6c'),
    ],
  },
];

const SEARCH_API: RevisionSpec[] = [
  {
    hash: '7d8fbd6c5',
    revision: 28,
    image: 'shop/search-api:3.7.0',
    age: '6d',
    replicas: 12,
    podCount: 13,
    pods: [
      node('worker-c2', '6d', 'hk2wq', { restarts: 2, restarted: '3h', lived: '3h20m' }),
      node('worker-c2', '6d', 'p94zx'),
      node('worker-b1', '24s', 'vv6tm', { state: 'starting' }),
      node('worker-a1', '9s', 'j6q8d', { state: 'creating' }),
      node('worker-c1', '6d', '2fzzk', { state: 'leaving' }),
      node('worker-a1', '6d', 'vk4cx'),
      node('worker-b1', '6d', '9tqbd'),
      node('worker-a1', '6d', 'c4m2z'),
      node('worker-a2', '6d', 'dn8lr'),
      node('worker-a2', '6d', 'fw6hp'),
      node('worker-b2', '6d', 'ktx5s'),
      node('worker-b2', '6d', 'mz27v'),
      node('worker-c1', '6d', 'l2v6x'),
    ],
  },
];

const SUGGEST: RevisionSpec[] = [
  { hash: '6c5df8b7b4', revision: 11, image: 'shop/suggest:2.7.4', age: '33d', replicas: 4, by: 'bob' },
  {
    hash: '5b7c64df9',
    revision: 12,
    image: 'shop/suggest:2.8.O',
    age: '12m',
    replicas: 1,
    by: 'bob',
    pods: [node('worker-b1', '12m', '9wqlz', { state: 'image-missing' })],
  },
];

const CATALOG: RevisionSpec[] = [
  {
    hash: '5f4b9d77c8',
    revision: 63,
    image: 'shop/catalog-api:7.2.0',
    age: '19d',
    replicas: 10,
    by: 'carol',
  },
  {
    hash: '84d6b5f9c',
    revision: 64,
    image: 'shop/catalog-api:7.3.0',
    age: '51m',
    replicas: 3,
    podCount: 0,
    by: 'carol',
    cause: 'CAT-881 facets',
  },
];

const LEDGER: RevisionSpec[] = [
  {
    hash: '6c9f7d8b4',
    revision: 19,
    image: 'shop/ledger-worker:5.2.1',
    age: '38m',
    replicas: 3,
    by: 'argocd-controller',
    pods: [
      node('worker-a1', '38m', 'x2k7p', { state: 'crash', restarts: 14 }),
      node('worker-b1', '38m', 'm8vrt', { state: 'crash', restarts: 13 }),
      node('worker-c1', '3d4h', 'q4w9z'),
    ],
  },
];

const CHANGES: Record<string, Partial<WorkloadSpec>> = {
  'shop-checkout/checkout-api': {
    revisions: CHECKOUT,
    isPaused: true,
    strategy: { maxSurge: 4, maxUnavailable: 0 },
  },
  'shop-search/search-api': { revisions: SEARCH_API },
  'shop-search/search-suggest': { revisions: SUGGEST },
  'shop-catalog/catalog-api': {
    revisions: CATALOG,
    stuckFor: '41m',
    replicaFailure:
      'pods "catalog-api-84d6b5f9c-7wq2n" is forbidden: exceeded quota: compute, requested: limits.memory=1Gi, used: limits.memory=24Gi, limited: limits.memory=24Gi',
  },
  'payments/ledger-worker': { revisions: LEDGER },
};

/** Objects of calm that differ here. */
const REPLACED = new Set(['shop-catalog/compute', 'payments/ledger-config', 'shop-checkout/checkout-flags']);

const NODE_CHANGES: Record<string, Partial<NodeSpec>> = {
  'worker-a2': { cordonedFor: '19d' },
  'worker-b2': { diskPressureFor: '2h24m' },
};

const pod = (namespace: string, kind: string, name: string) => ({ namespace, kind, name });
const CRASH = 'LEDGER_DB_POOL: invalid number "2O"';
const BACKOFF = 'Back-off restarting failed container worker in pod';
const NOT_FOUND =
  'Failed to pull image "shop/suggest:2.8.O": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/shop/suggest:2.8.O": failed to resolve reference "docker.io/shop/suggest:2.8.O": docker.io/shop/suggest:2.8.O: not found';

export const SMALL: Scenario = {
  ...CALM,
  name: 'small',
  nodes: CALM.nodes.map((item) => ({ ...item, ...NODE_CHANGES[item.name] })),
  workloads: CALM.workloads.map((item) => ({ ...item, ...CHANGES[`${item.namespace}/${item.name}`] })),
  jobs: [
    ...CALM.jobs,
    {
      namespace: 'ci',
      name: 'build-7712',
      isJob: true,
      image: 'shop/ci-build:2026.45',
      age: '9m',
      cpu: ['4', '8'],
      memory: ['24Gi', '28Gi'],
      completions: 1,
      pod: { suffix: '4nd8t', state: 'unschedulable' },
    },
  ],
  objects: [
    ...CALM.objects.filter(
      (seed) => !REPLACED.has(`${seed.namespace}/${String(object(seed.object.metadata).name)}`),
    ),
    quota('shop-catalog', '24Gi'),
    ledgerConfig('2O', '39m'),
    checkoutFlags('on', '52m'),
    {
      resource: 'persistentvolumeclaims',
      namespace: 'ci',
      age: '3h10m',
      manager: 'kubectl-client-side-apply',
      object: {
        metadata: { name: 'runner-scratch' },
        spec: {
          accessModes: ['ReadWriteMany'],
          storageClassName: 'shared-nfs',
          resources: { requests: { storage: '200Gi' } },
        },
        status: { phase: 'Pending' },
      },
    },
  ],
  events: [
    {
      ...pod('payments', 'Pod', 'ledger-worker-6c9f7d8b4-x2k7p'),
      type: 'Warning',
      reason: 'BackOff',
      message: `${BACKOFF} %pod`,
      count: 58,
      first: '38m',
      last: '4s',
      source: 'kubelet',
      host: 'worker-a1',
    },
    {
      ...pod('payments', 'Pod', 'ledger-worker-6c9f7d8b4-m8vrt'),
      type: 'Warning',
      reason: 'BackOff',
      message: `${BACKOFF} %pod`,
      count: 52,
      first: '38m',
      last: '7s',
      source: 'kubelet',
      host: 'worker-b1',
    },
    {
      ...pod('shop-catalog', 'ReplicaSet', 'catalog-api-84d6b5f9c'),
      type: 'Warning',
      reason: 'FailedCreate',
      message:
        '(combined from similar events): Error creating: pods "catalog-api-84d6b5f9c-7wq2n" is forbidden: exceeded quota: compute, requested: limits.memory=1Gi, used: limits.memory=24Gi, limited: limits.memory=24Gi',
      count: 41,
      first: '51m',
      last: '9s',
      source: 'replicaset-controller',
    },
    {
      ...pod('shop-search', 'Pod', 'search-suggest-5b7c64df9-9wqlz'),
      type: 'Warning',
      reason: 'Failed',
      message: NOT_FOUND,
      count: 12,
      first: '12m',
      last: '21s',
      source: 'kubelet',
      host: 'worker-b1',
    },
    {
      ...pod('shop-search', 'Pod', 'search-suggest-5b7c64df9-9wqlz'),
      type: 'Normal',
      reason: 'BackOff',
      message: 'Back-off pulling image "shop/suggest:2.8.O"',
      count: 44,
      first: '12m',
      last: '15s',
      source: 'kubelet',
      host: 'worker-b1',
    },
    {
      ...pod('shop-search', 'Pod', 'search-api-7d8fbd6c5-vv6tm'),
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      count: 2,
      first: '18s',
      last: '11s',
      source: 'kubelet',
      host: 'worker-b1',
    },
    {
      ...pod('shop-search', 'Pod', 'search-api-7d8fbd6c5-2fzzk'),
      type: 'Normal',
      reason: 'Killing',
      message: 'Stopping container search-api',
      count: 1,
      first: '18s',
      last: '18s',
      source: 'kubelet',
      host: 'worker-c1',
    },
    {
      ...pod('ci', 'Pod', 'build-7712-4nd8t'),
      type: 'Warning',
      reason: 'FailedScheduling',
      message:
        '0/6 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, 4 Insufficient memory. no new claims to deallocate, preemption: 0/6 nodes are available: 2 Preemption is not helpful for scheduling, 4 No preemption victims found for incoming pod.',
      count: 9,
      first: '9m',
      last: '1m',
      source: 'default-scheduler',
    },
    {
      ...pod('', 'Node', 'worker-b2'),
      type: 'Warning',
      reason: 'FreeDiskSpaceFailed',
      message:
        'Failed to garbage collect required amount of images. Attempted to free 3328599654 bytes, but only found 429496729 bytes eligible to free.',
      count: 3,
      first: '42m',
      last: '6m',
      source: 'kubelet',
      host: 'worker-b2',
    },
    {
      ...pod('shop-search', 'Deployment', 'search-suggest'),
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: 'Scaled up replica set search-suggest-5b7c64df9 from 0 to 1',
      count: 1,
      first: '12m',
      last: '12m',
      source: 'deployment-controller',
    },
    {
      ...pod('shop-checkout', 'Deployment', 'checkout-api'),
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: 'Scaled up replica set checkout-api-7f86d9c44b from 1 to 5',
      count: 1,
      first: '16m',
      last: '16m',
      source: 'deployment-controller',
    },
    {
      ...pod('shop-search', 'HorizontalPodAutoscaler', 'search-api'),
      type: 'Normal',
      reason: 'SuccessfulRescale',
      message: 'New size: 12; reason: All metrics below target',
      count: 2,
      first: '31m',
      last: '31m',
      source: 'horizontal-pod-autoscaler',
    },
    {
      ...pod('ci', 'PersistentVolumeClaim', 'runner-scratch'),
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message: 'storageclass.storage.k8s.io "shared-nfs" not found',
      count: 120,
      first: '59m',
      last: '12s',
      source: 'persistentvolume-controller',
    },
    {
      ...pod('ci', 'StatefulSet', 'runner-cache'),
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: 'create Pod runner-cache-0 in StatefulSet runner-cache successful',
      count: 1,
      first: '55m',
      last: '55m',
      source: 'statefulset-controller',
    },
  ],
  stories: [
    { image: 'shop/suggest:2.8.O', story: { kind: 'image-missing' } },
    {
      image: 'shop/ledger-worker:5.2.1',
      story: { kind: 'crash', exitCode: 1, afterMs: 3_000, message: CRASH },
    },
    { image: 'shop/search-api:3.7.0', story: { kind: 'slow-stop', stopMs: 28_000 } },
    ...CALM.stories,
  ],
};
