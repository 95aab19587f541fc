/** The shop on a good day: six nodes in three zones, eight namespaces of its own, everything healthy. */
import type { JobPodSpec, NamespaceSpec, NodeSpec, Scenario } from './scenario.ts';
import { SHOP_OBJECTS } from './shop/shop-objects.ts';
import { WORKLOADS } from './shop/shop-workloads.ts';

const flatcar = {
  'flatcar-linux-update.v1.flatcar-linux.net/id': 'flatcar',
  'flatcar-linux-update.v1.flatcar-linux.net/group': 'stable',
};

export const NODES: NodeSpec[] = [
  {
    name: 'worker-a1',
    zone: 'eu-1a',
    ip: '10.0.1.11',
    os: 'Flatcar Container Linux by Kinvolk 4152.2.3 (Oklo)',
    kernel: '6.6.74-flatcar',
    kubelet: 'v1.36.1',
    runtime: 'containerd://2.1.4',
    age: '41d',
    labels: { ...flatcar, 'flatcar-linux-update.v1.flatcar-linux.net/version': '4152.2.3' },
  },
  {
    name: 'worker-a2',
    zone: 'eu-1a',
    ip: '10.0.1.12',
    os: 'Flatcar Container Linux by Kinvolk 4081.3.2 (Oklo)',
    kernel: '6.6.65-flatcar',
    kubelet: 'v1.36.0',
    runtime: 'containerd://2.1.4',
    age: '211d',
    labels: { ...flatcar, 'flatcar-linux-update.v1.flatcar-linux.net/version': '4081.3.2' },
    annotations: {
      'flatcar-linux-update.v1.flatcar-linux.net/status': 'UPDATE_STATUS_UPDATED_NEED_REBOOT',
      'flatcar-linux-update.v1.flatcar-linux.net/new-version': '4152.2.3',
      'flatcar-linux-update.v1.flatcar-linux.net/reboot-needed': 'true',
    },
  },
  {
    name: 'worker-b1',
    zone: 'eu-1b',
    ip: '10.0.2.11',
    os: 'Flatcar Container Linux by Kinvolk 4152.2.3 (Oklo)',
    kernel: '6.6.74-flatcar',
    kubelet: 'v1.36.1',
    runtime: 'containerd://2.1.4',
    age: '41d',
    labels: { ...flatcar, 'flatcar-linux-update.v1.flatcar-linux.net/version': '4152.2.3' },
  },
  {
    name: 'worker-b2',
    zone: 'eu-1b',
    ip: '10.0.2.12',
    os: 'Flatcar Container Linux by Kinvolk 4152.2.3 (Oklo)',
    kernel: '6.6.74-flatcar',
    kubelet: 'v1.36.1',
    runtime: 'containerd://2.1.4',
    age: '41d',
    labels: { ...flatcar, 'flatcar-linux-update.v1.flatcar-linux.net/version': '4152.2.3' },
  },
  {
    name: 'worker-c1',
    zone: 'eu-1c',
    ip: '10.0.3.11',
    os: 'Flatcar Container Linux by Kinvolk 4152.2.1 (Oklo)',
    kernel: '6.6.71-flatcar',
    kubelet: 'v1.36.1',
    runtime: 'containerd://2.1.4',
    age: '96d',
    labels: { ...flatcar, 'flatcar-linux-update.v1.flatcar-linux.net/version': '4152.2.1' },
  },
  {
    name: 'worker-c2',
    zone: 'eu-1c',
    ip: '10.0.3.12',
    os: 'Flatcar Container Linux by Kinvolk 4152.2.3 (Oklo)',
    kernel: '6.6.74-flatcar',
    kubelet: 'v1.36.1',
    runtime: 'containerd://2.1.4',
    age: '41d',
    labels: { ...flatcar, 'flatcar-linux-update.v1.flatcar-linux.net/version': '4152.2.3' },
  },
];

export const NAMESPACES: NamespaceSpec[] = [
  { name: 'default', team: '', age: '1y120d' },
  { name: 'kube-system', team: 'platform', age: '1y120d' },
  { name: 'kube-node-lease', team: '', age: '1y120d' },
  { name: 'shop-checkout', team: 'checkout', age: '1y34d' },
  { name: 'shop-search', team: 'search', age: '1y34d' },
  { name: 'shop-catalog', team: 'catalog', age: '1y30d' },
  { name: 'payments', team: 'payments', age: '1y12d' },
  { name: 'platform', team: 'platform', age: '1y118d' },
  { name: 'ci', team: 'platform', age: '330d' },
];

export const JOBS: JobPodSpec[] = [
  {
    namespace: 'shop-checkout',
    name: 'receipts-backfill',
    isJob: true,
    image: 'shop/receipts:3.1.4',
    age: '5h',
    cpu: ['100m', '500m'],
    memory: ['128Mi', '256Mi'],
    completions: 41,
    pod: { state: 'completed' },
  },
  {
    namespace: 'ci',
    name: 'build-7709',
    isJob: true,
    image: 'shop/ci-build:2026.45',
    age: '14m',
    cpu: ['800m', '2'],
    memory: ['2Gi', '4Gi'],
    completions: 1,
    pod: { suffix: 'x7cq4', node: 'worker-b2' },
  },
  {
    namespace: 'ci',
    name: 'debug-bob',
    isJob: false,
    image: 'busybox:1.37',
    age: '2d3h',
    cpu: ['10m', '100m'],
    memory: ['16Mi', '64Mi'],
    pod: { node: 'worker-c1' },
    labels: { owner: 'bob' },
  },
];

export const CALM: Scenario = {
  name: 'calm',
  nodes: NODES,
  namespaces: NAMESPACES,
  workloads: WORKLOADS,
  jobs: JOBS,
  objects: SHOP_OBJECTS,
  events: [],
  stories: [
    { image: 'shop/ci-build:', story: { kind: 'completes', afterMs: 900_000 } },
    { image: 'shop/reindex:', story: { kind: 'completes', afterMs: 45_000 } },
    { image: 'envoyproxy/envoy:', story: { kind: 'slow-stop', stopMs: 50_000 } },
  ],
};
