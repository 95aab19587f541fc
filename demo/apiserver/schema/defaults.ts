/**
 * Defaults of the built-in kinds: those the schema facts carry, and those the real server sets in code, as data by
 * definition name. Applied wherever such a struct occurs, so a pod template gets a pod's defaults.
 */

import { clone, isObject, type JsonObject, object, objects, own, text } from '../../base/json.ts';
import type { Shape } from '../../facts/facts.ts';
import { listShape, type Schemas } from './schemas.ts';

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

const STATIC: Record<string, JsonObject> = {
  'api.apps.v1.DeploymentSpec': {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: {},
  },
  'api.apps.v1.DeploymentStrategy': { type: 'RollingUpdate' },
  'api.apps.v1.ReplicaSetSpec': { replicas: 1 },
  'api.core.v1.ReplicationControllerSpec': { replicas: 1 },
  'api.core.v1.ObjectFieldSelector': { apiVersion: 'v1' },
  'api.apps.v1.StatefulSetSpec': {
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  },
  'api.apps.v1.DaemonSetSpec': {
    revisionHistoryLimit: 10,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  },
  'api.batch.v1.CronJobSpec': {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  },
  'api.core.v1.PodSpec': {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  },
  'api.core.v1.Container': {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  },
  'api.core.v1.EphemeralContainer': {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  },
  'api.core.v1.ContainerPort': { protocol: 'TCP' },
  'api.core.v1.Probe': PROBE,
  'api.core.v1.HTTPGetAction': { path: '/', scheme: 'HTTP' },
  'api.core.v1.ServiceSpec': { sessionAffinity: 'None', type: 'ClusterIP', internalTrafficPolicy: 'Cluster' },
  'api.core.v1.ServicePort': { protocol: 'TCP' },
  'api.core.v1.ConfigMapVolumeSource': { defaultMode: 420 },
  'api.core.v1.SecretVolumeSource': { defaultMode: 420, optional: undefined },
  'api.core.v1.PersistentVolumeClaimSpec': { volumeMode: 'Filesystem' },
  'api.core.v1.PersistentVolumeSpec': { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
  'api.core.v1.Secret': { type: 'Opaque' },
  'api.autoscaling.v2.HorizontalPodAutoscalerSpec': { minReplicas: 1 },
  'api.networking.v1.NetworkPolicyPort': { protocol: 'TCP' },
  'api.scheduling.v1.PriorityClass': { preemptionPolicy: 'PreemptLowerPriority' },
  'api.storage.v1.StorageClass': { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
};

function setPullPolicy(container: JsonObject): void {
  const image = text(container.image);
  const tag = image.includes('@') ? 'digest' : (image.split('/').at(-1)?.split(':')[1] ?? 'latest');
  container.imagePullPolicy ??= tag === 'latest' ? 'Always' : 'IfNotPresent';
}

const SCALED_BY_CPU = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
];
const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const SCALE_DOWN = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

const COMPUTED: Record<string, (struct: JsonObject) => void> = {
  'api.apps.v1.DeploymentStrategy': (strategy) => {
    if (strategy.type !== 'RollingUpdate') return;
    strategy.rollingUpdate = { maxUnavailable: '25%', maxSurge: '25%', ...object(strategy.rollingUpdate) };
  },
  'api.apps.v1.StatefulSetSpec': (spec) => {
    const strategy = object(spec.updateStrategy);
    if (strategy.type === 'RollingUpdate')
      strategy.rollingUpdate = { partition: 0, ...object(strategy.rollingUpdate) };
  },
  'api.apps.v1.DaemonSetSpec': (spec) => {
    const strategy = object(spec.updateStrategy);
    if (strategy.type === 'RollingUpdate')
      strategy.rollingUpdate = { maxSurge: 0, maxUnavailable: 1, ...object(strategy.rollingUpdate) };
  },
  // Those of a Job, not of the template in a CronJob.
  'api.batch.v1.Job': ({ spec }) => {
    if (isObject(spec)) setJobDefaults(spec);
  },
  'api.core.v1.Container': setPullPolicy,
  'api.core.v1.EphemeralContainer': setPullPolicy,
  'api.core.v1.PodSpec': (spec) => {
    if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
  },
  'api.core.v1.LimitRangeItem': (limit) => {
    if (limit.type !== 'Container') return;
    limit.default = orNothing({ ...object(limit.max), ...object(limit.default) });
    limit.defaultRequest = orNothing({
      ...object(limit.min),
      ...object(limit.default),
      ...object(limit.defaultRequest),
    });
  },
  'api.core.v1.ServicePort': (port) => {
    port.targetPort ??= port.port;
  },
  'api.autoscaling.v2.HorizontalPodAutoscalerSpec': (spec) => {
    if (!Array.isArray(spec.metrics) || spec.metrics.length === 0) spec.metrics = clone(SCALED_BY_CPU);
    if (!isObject(spec.behavior)) return;
    const { scaleUp, scaleDown } = spec.behavior;
    spec.behavior.scaleUp = { ...clone(SCALE_UP), ...object(scaleUp) };
    spec.behavior.scaleDown = { ...clone(SCALE_DOWN), ...object(scaleDown) };
  },
};

function setJobDefaults(spec: JsonObject): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  spec.manualSelector ??= false;
}

const orNothing = (map: JsonObject) => (Object.keys(map).length > 0 ? map : undefined);

/** Fills in place the defaults of a whole object. Its spec is a struct, so it is never missing, only empty. */
export function applyObjectDefaults(schemas: Schemas, shape: Shape | undefined, value: JsonObject): void {
  for (const key of ['spec', 'status']) {
    if (schemas.isStruct(schemas.field(shape, key))) value[key] ??= {};
  }
  applyDefaults(schemas, shape, value);
}

/** Fills in place the defaults of a value and of everything in it. */
function applyDefaults(schemas: Schemas, shape: Shape | undefined, value: unknown): void {
  const list = listShape(shape);
  if (list) {
    if (Array.isArray(value)) for (const item of value) applyDefaults(schemas, list.a, item);
    return;
  }
  if (!isObject(value) || shape === undefined) return;
  if (typeof shape === 'object') {
    for (const item of Object.values(value)) applyDefaults(schemas, (shape as { m: Shape }).m, item);
    return;
  }
  const definition = schemas.definition(shape);
  if (!definition?.fields) return;
  const name = shape.slice(1);
  for (const [key, preset] of Object.entries({ ...definition.defaults, ...STATIC[name] })) {
    if (value[key] === undefined && preset !== undefined) value[key] = clone(preset);
  }
  for (const [key, item] of Object.entries(value))
    applyDefaults(schemas, own(definition.fields, key) as Shape | undefined, item);
  COMPUTED[name]?.(value);
}

/** A limit without a request is also the request: in pods, not yet in the templates they come from. */
export function requestFromLimits(podSpec: JsonObject): void {
  for (const container of [...objects(podSpec.containers), ...objects(podSpec.initContainers)]) {
    const resources = object(container.resources);
    if (isObject(resources.limits))
      resources.requests = { ...resources.limits, ...object(resources.requests) };
  }
}

/** Secrets: stringData is written over data, then gone. */
export function foldStringData(secret: JsonObject): void {
  if (!isObject(secret.stringData)) return;
  const encoded = Object.entries(secret.stringData).map(([key, value]) => [
    key,
    Buffer.from(text(value)).toString('base64'),
  ]);
  secret.data = { ...object(secret.data), ...Object.fromEntries(encoded) };
  delete secret.stringData;
}

/** BestEffort, Burstable or Guaranteed, as the kubelet computes it. */
export function qosClass(podSpec: JsonObject): string {
  const containers = [...objects(podSpec.containers), ...objects(podSpec.initContainers)];
  const pairs = containers.map((container) => {
    const resources = object(container.resources);
    return { requests: object(resources.requests), limits: object(resources.limits) };
  });
  if (
    pairs.every(
      ({ requests, limits }) => Object.keys(requests).length === 0 && Object.keys(limits).length === 0,
    )
  )
    return 'BestEffort';
  const isGuaranteed = pairs.every(({ requests, limits }) =>
    ['cpu', 'memory'].every(
      (name) => limits[name] !== undefined && String(requests[name] ?? limits[name]) === String(limits[name]),
    ),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
