/**
 * A cluster of any size: N nodes and N pods, settled. One node and one pod of every workload are made with all the
 * care of a scenario; the rest are copies of them with names, uids and addresses of their own, which share what does
 * not differ. So 50,000 pods take seconds and little memory.
 */
import type { Machinery } from '../apiserver/rest/context.ts';
import type { KubeObject, NodeObject, Pod } from '../base/types.ts';
import { containerId } from '../kubelet/pod/pod-status.ts';
import { NODES } from './calm.ts';
import type { NamespaceSpec, NodeSpec, Scenario, WorkloadSpec } from './scenario.ts';

/** How large the scenario `scale` is, and how many pods change in a second. */
export interface ScaleSize {
  nodes: number;
  pods: number;
  churnPerSecond: number;
}

const PODS_PER_WORKLOAD = 100;
const WORKLOADS_PER_NAMESPACE = 10;
const ZONES = ['eu-1a', 'eu-1b', 'eu-1c'];
const TIERS = ['backend', 'frontend', 'worker', 'cache'];
const ALWAYS: NamespaceSpec[] = [
  'default',
  'kube-system',
  'kube-node-lease',
  'shop-checkout',
  'payments',
].map((name) => ({ name, team: '', age: '1y120d' }));
/** The label the churn moves, on every pod from the start, so that no row changes its shape. */
export const WAVE = 'demo.strata-console.dev/wave';

const numbered = (index: number, digits: number) => String(index + 1).padStart(digits, '0');
const lease = 'leases.coordination.k8s.io';

function nodeSpec(index: number): NodeSpec {
  const { labels: _labels, annotations: _annotations, ...common } = NODES[0] as NodeSpec;
  return {
    ...common,
    name: `node-${numbered(index, 4)}`,
    zone: ZONES[index % ZONES.length] as string,
    ip: `10.${1 + (index >> 14)}.${(index >> 6) & 255}.${10 + (index & 63)}`,
    age: '41d',
  };
}

function workload(index: number): WorkloadSpec {
  return {
    kind: 'Deployment',
    namespace: `team-${numbered(Math.floor(index / WORKLOADS_PER_NAMESPACE), 3)}`,
    name: `service-${numbered(index, 4)}`,
    tier: TIERS[index % TIERS.length] as string,
    age: '90d',
    image: `shop/service-${numbered(index, 4)}:1.${index % 20}.0`,
    // The others are copies.
    replicas: 1,
    port: 8080,
    cpu: ['50m', '500m'],
    memory: ['64Mi', '256Mi'],
  };
}

/** The scenario without its copies: `fillScale` adds them once it is planted. */
export function scaleScenario({ nodes, pods }: ScaleSize): Scenario {
  const workloads: WorkloadSpec[] = [];
  for (let left = pods; left > 0; left -= PODS_PER_WORKLOAD) workloads.push(workload(workloads.length));
  const teams = [...new Set(workloads.map(({ namespace }) => namespace))];
  return {
    name: 'scale',
    nodes: nodes > 0 ? [nodeSpec(0)] : [],
    namespaces: [...ALWAYS, ...teams.map((name) => ({ name, team: name, age: '1y30d' }))],
    workloads,
    jobs: [],
    objects: [],
    events: [],
    stories: [],
  };
}

/** Copies the planted node and pods until the size is reached. */
export function fillScale(machinery: Machinery, size: ScaleSize): void {
  const addresses = fillNodes(machinery, size.nodes);
  if (addresses.length === 0) return;
  const planted = machinery.store.list('pods') as Pod[];
  let turn = 0;
  for (const [index, first] of planted.entries()) {
    const wanted = Math.min(PODS_PER_WORKLOAD, size.pods - index * PODS_PER_WORKLOAD);
    grow(machinery, first, wanted);
    placeFirst(machinery, first, addresses, turn++);
    for (let copy = 1; copy < wanted; copy += 1) copyPod(machinery, first, addresses, turn++);
  }
}

interface Place {
  name: string;
  ip: string;
  /** `10.300.4`: what pod addresses begin with. */
  subnet: string;
}

function fillNodes({ store, random }: Machinery, count: number): Place[] {
  const first = store.list('nodes')[0] as NodeObject | undefined;
  if (!first) return [];
  const firstLease = store.list(lease, 'kube-node-lease')[0] as KubeObject;
  const places: Place[] = [];
  for (let index = 0; index < count; index += 1) {
    const spec = nodeSpec(index);
    const subnet = `10.${64 + (index >> 8)}.${index & 255}`;
    places.push({ name: spec.name, ip: spec.ip, subnet });
    if (index === 0) continue;
    store.create('nodes', copyNode(first, spec, `${subnet}.0/24`, random.uid(), random.hex(32)));
    store.create(lease, {
      ...firstLease,
      metadata: { ...firstLease.metadata, name: spec.name, uid: random.uid() },
      spec: { ...(firstLease.spec as object), holderIdentity: spec.name },
    });
  }
  return places;
}

function copyNode(
  first: NodeObject,
  spec: NodeSpec,
  podCIDR: string,
  uid: string,
  machineID: string,
): KubeObject {
  const { metadata, status } = first;
  const labels = {
    ...metadata.labels,
    'kubernetes.io/hostname': spec.name,
    'topology.kubernetes.io/zone': spec.zone,
  };
  const addresses = [
    { type: 'InternalIP', address: spec.ip },
    { type: 'Hostname', address: spec.name },
  ];
  const nodeInfo = { ...(status as unknown as { nodeInfo: object }).nodeInfo, machineID, systemUUID: uid };
  return {
    ...first,
    metadata: { ...metadata, name: spec.name, uid, labels },
    spec: { ...first.spec, podCIDR, podCIDRs: [podCIDR] },
    status: { ...status, addresses, nodeInfo },
  } as KubeObject;
}

/** A pod of the same workload at its turn's place: nodes are filled in turn. */
function moved(pod: Pod, name: string, uid: string, places: Place[], turn: number): KubeObject {
  const place = places[turn % places.length] as Place;
  const podIP = `${place.subnet}.${5 + (Math.floor(turn / places.length) % 250)}`;
  const { metadata, spec, status } = pod;
  const containerStatuses = status.containerStatuses?.map((container) => ({
    ...container,
    containerID: containerId(uid, container.name, 0),
  }));
  return {
    ...pod,
    metadata: { ...metadata, name, uid, labels: { ...metadata.labels, [WAVE]: '0' } },
    spec: { ...spec, nodeName: place.name },
    status: {
      ...status,
      hostIP: place.ip,
      hostIPs: [{ ip: place.ip }],
      podIP,
      podIPs: [{ ip: podIP }],
      containerStatuses,
    },
  } as unknown as KubeObject;
}

/** Tells a workload's ReplicaSet and Deployment how many pods there are. */
function grow({ store }: Machinery, pod: Pod, pods: number): void {
  const { namespace = '', ownerReferences, labels } = pod.metadata;
  const set = store.get('replicasets.apps', namespace, ownerReferences?.[0]?.name ?? '');
  const deployment = store.get('deployments.apps', namespace, labels?.app ?? '');
  for (const [resource, owner] of [
    ['replicasets.apps', set],
    ['deployments.apps', deployment],
  ] as const)
    if (owner) store.update(resource, owner, grown(owner, pods));
}

const GROWING = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'updatedReplicas'];

function grown(owner: KubeObject, pods: number): KubeObject {
  const status = { ...(owner.status as Record<string, unknown>) };
  for (const key of GROWING) if (key in status) status[key] = pods;
  const annotations = { ...owner.metadata.annotations };
  if (owner.kind === 'ReplicaSet') {
    annotations['deployment.kubernetes.io/desired-replicas'] = String(pods);
    annotations['deployment.kubernetes.io/max-replicas'] = String(pods + Math.ceil(pods / 4));
  }
  const spec = { ...(owner.spec as object), replicas: pods };
  return { ...owner, metadata: { ...owner.metadata, annotations }, spec, status };
}

function placeFirst({ store }: Machinery, pod: Pod, places: Place[], turn: number): void {
  store.update('pods', pod, moved(pod, pod.metadata.name, pod.metadata.uid, places, turn));
}

function copyPod({ store, random }: Machinery, pod: Pod, places: Place[], turn: number): void {
  const prefix = pod.metadata.generateName ?? `${pod.metadata.name}-`;
  const namespace = pod.metadata.namespace ?? '';
  let name = `${prefix}${random.suffix()}`;
  while (store.get('pods', namespace, name)) name = `${prefix}${random.suffix()}`;
  store.create('pods', moved(pod, name, random.uid(), places, turn));
}
