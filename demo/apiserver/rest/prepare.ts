/** What the real server's strategies do to an object on its way in, kind by kind. */
import { array, equal, isObject, type JsonObject, object, objects } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { DEFINITIONS } from '../definitions/definition-faults.ts';
import { completeDefinition, definitionStatus } from '../definitions/definition-status.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { foldStringData, qosClass, requestFromLimits } from '../schema/defaults.ts';
import type { Machinery } from './context.ts';

/** Kinds whose status a client cannot set on create or on an ordinary update. */
export const hasStatusSubresource = (type: ResourceType): boolean =>
  type.subresources.some(({ name }) => name === 'status');

/** Kinds that count generations: every custom one, and the built-in ones with a controller that observes them. */
const GENERATIONS = new Set([
  'pods',
  'deployments.apps',
  'replicasets.apps',
  'replicationcontrollers',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'poddisruptionbudgets.policy',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'endpointslices.discovery.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'ingressclasses.networking.k8s.io',
  'priorityclasses.scheduling.k8s.io',
]);

export const countsGenerations = (type: ResourceType): boolean =>
  type.custom !== undefined || GENERATIONS.has(type.key);

/** What a new object's status says before its controller has seen it. */
const FIRST_STATUS: Record<string, JsonObject> = {
  'deployments.apps': {},
  'replicasets.apps': { replicas: 0 },
  replicationcontrollers: { replicas: 0 },
  'statefulsets.apps': { replicas: 0, availableReplicas: 0 },
  'daemonsets.apps': {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  },
  'jobs.batch': {},
  'cronjobs.batch': {},
  'horizontalpodautoscalers.autoscaling': { desiredReplicas: 0, currentMetrics: null },
  'poddisruptionbudgets.policy': {
    disruptionsAllowed: 0,
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
  },
  'ingresses.networking.k8s.io': { loadBalancer: {} },
  resourcequotas: {},
};

/** Sets in place what a new object of this kind starts with. Its metadata is complete already. */
export function prepareCreate(machinery: Machinery, type: ResourceType, value: KubeObject): void {
  const spec = object(value.spec);
  const first = Object.hasOwn(FIRST_STATUS, type.key) ? FIRST_STATUS[type.key] : undefined;
  if (first) value.status = { ...first };
  switch (type.key) {
    case 'pods':
      preparePod(spec, value);
      break;
    case 'namespaces':
      value.spec = { finalizers: [...new Set([...array(spec.finalizers), 'kubernetes'])] };
      value.status = { phase: 'Active' };
      value.metadata.labels = {
        ...value.metadata.labels,
        'kubernetes.io/metadata.name': value.metadata.name,
      };
      break;
    case 'persistentvolumeclaims':
      value.status = { phase: 'Pending' };
      break;
    case 'services':
      prepareService(machinery, spec, value);
      break;
    case 'secrets':
      foldStringData(value);
      break;
    case 'jobs.batch':
      prepareJob(spec, value);
      break;
    case 'daemonsets.apps':
      countTemplates(value, undefined);
      break;
    case 'replicationcontrollers':
      prepareReplicationController(spec, value);
      break;
    case 'customresourcedefinitions.apiextensions.k8s.io':
      completeDefinition(spec);
      value.status = definitionStatus(machinery, { ...value, status: {} });
      break;
  }
}

export function prepareUpdate(machinery: Machinery, type: ResourceType, value: KubeObject): void {
  if (type.key === 'secrets') foldStringData(value);
  if (type.key === 'daemonsets.apps')
    countTemplates(value, machinery.store.get(type.key, value.metadata.namespace ?? '', value.metadata.name));
  if (type.key === DEFINITIONS) {
    completeDefinition(object(value.spec));
    value.status = definitionStatus(machinery, value);
  }
}

function preparePod(spec: JsonObject, value: KubeObject): void {
  requestFromLimits(spec);
  spec.serviceAccountName ??= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  spec.enableServiceLinks ??= true;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  spec.priority ??= 0;
  const tolerations = array(spec.tolerations).filter(isObject);
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    if (
      !tolerations.some((item) => (item.key === key || item.key === undefined) && item.operator === 'Exists')
    ) {
      tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
    }
  }
  spec.tolerations = tolerations;
  value.status = { phase: 'Pending', qosClass: qosClass(spec), ...gated(spec, value) };
}

/** A pod that is held back says so from the first. */
function gated(spec: JsonObject, { metadata }: KubeObject): JsonObject {
  if (array(spec.schedulingGates).length === 0) return {};
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: metadata.creationTimestamp,
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
  return { conditions: [condition] };
}

function prepareService(machinery: Machinery, spec: JsonObject, value: KubeObject): void {
  value.status = { loadBalancer: {} };
  if (spec.type === 'ExternalName') return;
  spec.clusterIP ??= freeAddress(machinery);
  spec.clusterIPs ??= [spec.clusterIP];
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
  spec.externalTrafficPolicy ??= 'Cluster';
  for (const port of objects(spec.ports)) port.nodePort ??= 30_000 + machinery.random.below(2_768);
}

function freeAddress({ store, random }: Machinery): string {
  const used = new Set(store.list('services').map((service) => object(service.spec).clusterIP));
  for (;;) {
    const address = `10.96.${random.below(256)}.${1 + random.below(254)}`;
    if (!used.has(address)) return address;
  }
}

const TEMPLATE_COUNT = 'deprecated.daemonset.template.generation';

/** A DaemonSet's annotation counts its templates; clients cannot set it. */
function countTemplates(value: KubeObject, current: KubeObject | undefined): void {
  const before = Number(current?.metadata.annotations?.[TEMPLATE_COUNT] ?? 0);
  const isChanged = !current || !equal(object(current.spec).template, object(value.spec).template);
  const count = String(isChanged ? before + 1 : before);
  value.metadata.annotations = { ...value.metadata.annotations, [TEMPLATE_COUNT]: count };
}

/** Without a selector, or labels, it takes its template's labels. */
function prepareReplicationController(spec: JsonObject, value: KubeObject): void {
  const labels = object(object(object(spec.template).metadata).labels) as Record<string, string>;
  if (Object.keys(labels).length === 0) return;
  if (Object.keys(object(spec.selector)).length === 0) spec.selector = { ...labels };
  if (Object.keys(value.metadata.labels ?? {}).length === 0) value.metadata.labels = { ...labels };
}

function prepareJob(spec: JsonObject, value: KubeObject): void {
  const template = object(spec.template);
  const metadata = object(template.metadata);
  const { uid, name } = value.metadata;
  const generated = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  if (spec.manualSelector === true) return;
  spec.manualSelector ??= false;
  spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  const labels = { ...object(metadata.labels), ...generated };
  spec.template = { ...template, metadata: { ...metadata, labels } };
  // A job without labels of its own takes its template's.
  if (Object.keys(value.metadata.labels ?? {}).length === 0)
    value.metadata.labels = labels as Record<string, string>;
}
