/**
 * Pods as kube-apiserver returns those of Deployments, about 7 KB of JSON each, 40 % of it managedFields. A pure function
 * of the number: uids, nodes, namespaces, states and times repeat as in a real cluster of 30 pods a node.
 */
export interface PodFacts {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

export const NAMESPACES = 1_000;
const PODS_A_WORKLOAD = 12;
const PODS_A_NODE = 30;
const START_MS = Date.UTC(2026, 9, 1);

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0').slice(-digits);
/** Spreads numbers over 32 bits. */
const mixed = (value: number) => Math.imul(value ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
const instant = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export function podFacts(number: number): PodFacts {
  const workload = Math.floor(number / PODS_A_WORKLOAD);
  const namespace = namespaceName(workload % NAMESPACES);
  const hash = hex(mixed(workload), 8);
  const name = `service-${hex(workload, 5)}-${hash}-${hex(mixed(number), 5)}`;
  return {
    name,
    namespace,
    uid: `${hex(mixed(number), 8)}-${hex(number, 4)}-4${hash.slice(0, 3)}-8000-${hex(number, 12)}`,
  };
}

export const namespaceName = (number: number): string => `team-${hex(number, 3)}`;

/** The pods of a namespace, of so many in all. */
export function numbersIn(namespace: string, pods: number): number[] {
  const numbers: number[] = [];
  for (let first = 0; first < pods; first += PODS_A_WORKLOAD) {
    if (podFacts(first).namespace !== namespace) continue;
    for (let at = first; at < Math.min(pods, first + PODS_A_WORKLOAD); at++) numbers.push(at);
  }
  return numbers;
}

/** The state of a pod: of a thousand, five crash and two wait for an image. */
function statusOf(number: number, startedAt: string, image: string): Record<string, unknown> {
  const place = number % 1_000;
  const running = { running: { startedAt } };
  const state =
    place < 5
      ? { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=app' } }
      : place < 7
        ? { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } }
        : running;
  const isReady = state === running;
  const condition = (type: string, status: boolean) => ({
    type,
    status: status ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: startedAt,
    observedGeneration: 1,
  });
  return {
    phase: place >= 5 && place < 7 ? 'Pending' : 'Running',
    observedGeneration: 1,
    conditions: [
      condition('PodReadyToStartContainers', true),
      condition('Initialized', true),
      condition('Ready', isReady),
      condition('ContainersReady', isReady),
      condition('PodScheduled', true),
    ],
    hostIP: `10.${number % 16}.${Math.floor(number / PODS_A_NODE) % 256}.1`,
    hostIPs: [{ ip: `10.${number % 16}.${Math.floor(number / PODS_A_NODE) % 256}.1` }],
    podIP: podIp(number),
    podIPs: [{ ip: podIp(number) }],
    startTime: startedAt,
    containerStatuses: [
      {
        name: 'app',
        state,
        lastState:
          place < 5 ? { terminated: { exitCode: 1, reason: 'Error', startedAt, finishedAt: startedAt } } : {},
        ready: isReady,
        restartCount: place < 5 ? number % 90 : number % 3,
        image,
        imageID: `docker.io/${image.split(':')[0]}@sha256:${hex(mixed(number), 8).repeat(8)}`,
        containerID: `containerd://${hex(mixed(number + 1), 8).repeat(8)}`,
        started: isReady,
      },
    ],
    qosClass: 'Burstable',
  };
}

const podIp = (number: number) => `10.${128 + ((number >> 16) & 63)}.${(number >> 8) & 255}.${number & 255}`;

export function podJson(number: number, resourceVersion: number): Record<string, unknown> {
  const { name, namespace, uid } = podFacts(number);
  const workload = Math.floor(number / PODS_A_WORKLOAD);
  const hash = hex(mixed(workload), 8);
  const app = `service-${hex(workload, 5)}`;
  const startedAt = instant(START_MS + (mixed(number) % 4_000_000) * 1_000);
  const image = `registry.example/shop/${app}:${1 + (workload % 9)}.${workload % 40}.${number % 2}`;
  const tier = ['web', 'api', 'worker'][workload % 3];
  return {
    metadata: {
      name,
      generateName: `${app}-${hash}-`,
      namespace,
      uid,
      resourceVersion: String(resourceVersion),
      generation: 1,
      creationTimestamp: startedAt,
      labels: { app, 'pod-template-hash': hash, team: namespace, tier },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${app}-${hash}`,
          uid: `${hash}-0000-4000-8000-${hex(workload, 12)}`,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: MANAGED.map((entry) => ({ ...entry, time: startedAt })),
    },
    spec: specOf(`node-${String(Math.floor(number / PODS_A_NODE)).padStart(5, '0')}`, image),
    status: statusOf(number, startedAt, image),
  };
}

function specOf(nodeName: string, image: string): Record<string, unknown> {
  return {
    volumes: [TOKEN_VOLUME],
    containers: [{ name: 'app', image, ...CONTAINER }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    nodeName,
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })),
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}

const PROBE = {
  httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};

const fromField = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
});

const CONTAINER = {
  args: ['--listen=:8080', '--log-format=json', '--config=/etc/service/config.yaml'],
  ports: [
    { name: 'http', containerPort: 8080, protocol: 'TCP' },
    { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
  ],
  env: [
    fromField('POD_NAME', 'metadata.name'),
    fromField('POD_NAMESPACE', 'metadata.namespace'),
    fromField('NODE_NAME', 'spec.nodeName'),
    ...['DATABASE', 'CACHE', 'QUEUE', 'TRACING', 'FLAGS'].map((name) => ({
      name: `${name}_URL`,
      value: `https://${name.toLowerCase()}.platform.svc.cluster.local:8443/v1?timeout=2s`,
    })),
  ],
  resources: { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
  volumeMounts: [
    { name: 'kube-api-access', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
  ],
  readinessProbe: PROBE,
  livenessProbe: PROBE,
  startupProbe: PROBE,
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
  },
};

const TOKEN_VOLUME = {
  name: 'kube-api-access',
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 420,
  },
};

const names = (...keys: string[]) => Object.fromEntries(keys.map((key) => [`f:${key}`, {}]));
const MANAGED = [
  {
    manager: 'kube-controller-manager',
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': {
        ...names('generateName'),
        'f:labels': { '.': {}, ...names('app', 'pod-template-hash', 'team', 'tier') },
      },
      'f:spec': {
        'f:containers': {
          'k:{"name":"app"}': {
            '.': {},
            ...names(
              'args',
              'env',
              'image',
              'imagePullPolicy',
              'livenessProbe',
              'name',
              'ports',
              'readinessProbe',
            ),
            'f:resources': {
              '.': {},
              'f:limits': { '.': {}, ...names('cpu', 'memory') },
              'f:requests': { '.': {}, ...names('cpu', 'memory') },
            },
            ...names('terminationMessagePath', 'terminationMessagePolicy', 'volumeMounts'),
          },
        },
        ...names(
          'dnsPolicy',
          'enableServiceLinks',
          'restartPolicy',
          'schedulerName',
          'securityContext',
          'terminationGracePeriodSeconds',
        ),
      },
    },
  },
  {
    manager: 'kubelet',
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    subresource: 'status',
    fieldsV1: {
      'f:status': {
        'f:conditions': Object.fromEntries(
          ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'].map((type) => [
            `k:{"type":"${type}"}`,
            {
              '.': {},
              ...names('lastProbeTime', 'lastTransitionTime', 'observedGeneration', 'status', 'type'),
            },
          ]),
        ),
        ...names(
          'containerStatuses',
          'hostIP',
          'hostIPs',
          'observedGeneration',
          'phase',
          'podIP',
          'podIPs',
          'startTime',
        ),
      },
    },
  },
];
