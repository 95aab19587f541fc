/** What stands around the shop's workloads: services, budgets, quotas, autoscalers, config, access, certificates. */
import type { JsonObject } from '../../base/json.ts';
import type { SeedObject } from '../scenario.ts';
import { seed } from '../seed-object.ts';
import { SHOP_CONFIG } from './shop-config.ts';

const service = (
  namespace: string,
  name: string,
  port: number,
  age: string,
  type = 'ClusterIP',
): SeedObject =>
  seed('services', namespace, age, name, {
    metadata: { name, labels: { app: name } },
    spec: { type, selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: port }] },
  });

const budget = (namespace: string, name: string, minAvailable: number | string): SeedObject =>
  seed('poddisruptionbudgets.policy', namespace, '300d', name, {
    spec: { minAvailable, selector: { matchLabels: { app: name } } },
  });

interface ScalerSpec {
  size: [least: number, now: number, most: number];
  /** Percent of the request: what is aimed at, and what is used. */
  cpu: [target: number, used: number];
  /** What a pod asks for, in millicores. */
  request: number;
  limited: 'TooManyReplicas' | 'ScaleDownLimit' | 'DesiredWithinRange';
  scaled: string;
  behavior?: JsonObject;
}

const LIMITS: Record<ScalerSpec['limited'], string> = {
  TooManyReplicas: 'the desired replica count is more than the maximum replica count',
  ScaleDownLimit: 'the desired replica count is decreasing faster than the maximum scale rate',
  DesiredWithinRange: 'the desired count is within the acceptable range',
};

const scalerConditions = ({ limited, scaled }: ScalerSpec): JsonObject[] => {
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: reason === 'DesiredWithinRange' ? 'False' : 'True',
    reason,
    message,
    lastTransitionTime: `ago:${scaled}`,
  });
  return [
    condition('AbleToScale', 'ReadyForNewScale', 'recommended size matches current size'),
    condition(
      'ScalingActive',
      'ValidMetricFound',
      'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
    ),
    condition('ScalingLimited', limited, LIMITS[limited]),
  ];
};

export const scaler = (namespace: string, name: string, spec: ScalerSpec): SeedObject => {
  const { size, cpu, request, scaled, behavior } = spec;
  const [least, now, most] = size;
  const [averageUtilization, used] = cpu;
  const target = { type: 'Utilization', averageUtilization };
  const current = { averageUtilization: used, averageValue: `${Math.round((used * request) / 100)}m` };
  return seed('horizontalpodautoscalers.autoscaling', namespace, '250d', name, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: least,
      maxReplicas: most,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
      ...(behavior ? { behavior } : {}),
    },
    status: {
      lastScaleTime: `ago:${scaled}`,
      currentReplicas: now,
      desiredReplicas: now,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current } }],
      conditions: scalerConditions(spec),
    },
  });
};

/** checkout-api keeps the pods of its peak: sizes shrink only by hand, after a release. */
const NEVER_DOWN = { scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Disabled' } };

const claim = (namespace: string, name: string, size: string, age: string, volume?: string): SeedObject[] => {
  const spec = {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'fast-ssd',
    resources: { requests: { storage: size } },
  };
  if (!volume)
    return [seed('persistentvolumeclaims', namespace, age, name, { spec, status: { phase: 'Pending' } })];
  return [
    seed('persistentvolumes', '', age, volume, {
      spec: {
        capacity: { storage: size },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'fast-ssd',
        csi: { driver: 'csi.shop.example', volumeHandle: volume },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name },
      },
      status: { phase: 'Bound' },
    }),
    seed('persistentvolumeclaims', namespace, age, name, {
      spec: { ...spec, volumeName: volume },
      status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: size } },
    }),
  ];
};

const certificate = (namespace: string, name: string, isReady: boolean, message: string): SeedObject => ({
  resource: 'certificates.cert-manager.io',
  namespace,
  age: '203d',
  manager: 'cert-manager-certificates-issuing',
  object: {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name },
    spec: {
      secretName: name,
      dnsNames: ['shop.example'],
      issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt' },
    },
    status: {
      conditions: [
        { type: 'Ready', status: isReady ? 'True' : 'False', reason: isReady ? 'Ready' : 'Issuing', message },
      ],
      notAfter: '2027-02-02T09:00:00Z',
      revision: 3,
    },
  },
});

export const quota = (namespace: string, memory: string): SeedObject =>
  seed('resourcequotas', namespace, '1y20d', 'compute', {
    spec: { hard: { 'limits.memory': memory, pods: '60' } },
  });

const UP_TO_DATE = 'Certificate is up to date and has not expired';

export const CERTIFICATE_DEFINITION: SeedObject = seed(
  'customresourcedefinitions.apiextensions.k8s.io',
  '',
  '1y90d',
  'certificates.cert-manager.io',
  {
    spec: {
      group: 'cert-manager.io',
      scope: 'Namespaced',
      names: {
        plural: 'certificates',
        singular: 'certificate',
        kind: 'Certificate',
        listKind: 'CertificateList',
        shortNames: ['cert', 'certs'],
        categories: ['cert-manager'],
      },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          additionalPrinterColumns: [
            { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type == "Ready")].status' },
            { name: 'Secret', type: 'string', jsonPath: '.spec.secretName' },
            { name: 'Issuer', type: 'string', jsonPath: '.spec.issuerRef.name', priority: 1 },
            {
              name: 'Status',
              type: 'string',
              jsonPath: '.status.conditions[?(@.type == "Ready")].message',
              priority: 1,
            },
            {
              name: 'Age',
              type: 'date',
              jsonPath: '.metadata.creationTimestamp',
              description:
                'CreationTimestamp is a timestamp representing the server time when this object was created.',
            },
          ],
        },
      ],
    },
  },
);

export const SHOP_OBJECTS: SeedObject[] = [
  ...SHOP_CONFIG,
  seed(
    'services',
    'default',
    '1y120d',
    'kubernetes',
    { spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] } },
    'kube-apiserver',
  ),
  service('shop-checkout', 'checkout-api', 8080, '1y34d'),
  service('shop-checkout', 'cart', 8080, '1y34d'),
  service('shop-checkout', 'checkout-web', 3000, '1y34d'),
  service('shop-checkout', 'session-store', 6379, '1y34d'),
  service('shop-search', 'search-api', 8080, '1y20d'),
  service('shop-search', 'search-suggest', 8080, '1y20d'),
  service('shop-catalog', 'catalog-api', 8080, '1y30d'),
  service('shop-catalog', 'catalog-web', 3000, '1y30d'),
  service('payments', 'payments-api', 8443, '1y12d'),
  service('payments', 'webhook-relay', 8080, '290d'),
  service('platform', 'gateway', 8443, '1y118d', 'LoadBalancer'),
  service('platform', 'prometheus', 9090, '1y100d'),
  service('platform', 'grafana', 3000, '1y100d'),
  service('kube-system', 'coredns', 53, '1y120d'),
  seed('ingressclasses.networking.k8s.io', '', '1y118d', 'gateway', {
    spec: { controller: 'shop.example/gateway' },
  }),
  budget('shop-checkout', 'checkout-api', '80%'),
  budget('shop-checkout', 'cart', '50%'),
  budget('shop-search', 'search-api', 10),
  budget('payments', 'ledger-worker', 2),
  budget('payments', 'payments-api', 4),
  scaler('shop-checkout', 'checkout-api', {
    size: [12, 20, 30],
    cpu: [70, 40],
    request: 500,
    limited: 'ScaleDownLimit',
    scaled: '3d4h',
    behavior: NEVER_DOWN,
  }),
  scaler('shop-search', 'search-api', {
    size: [12, 12, 18],
    cpu: [65, 58],
    request: 600,
    limited: 'DesiredWithinRange',
    scaled: '31m',
  }),
  scaler('shop-catalog', 'thumbs', {
    size: [2, 6, 6],
    cpu: [70, 99],
    request: 100,
    limited: 'TooManyReplicas',
    scaled: '5h12m',
  }),
  quota('shop-catalog', '40Gi'),
  quota('shop-search', '32Gi'),
  seed('limitranges', 'ci', '330d', 'defaults', {
    spec: {
      limits: [{ type: 'Container', default: { memory: '512Mi' }, defaultRequest: { memory: '256Mi' } }],
    },
  }),
  seed('storageclasses.storage.k8s.io', '', '1y120d', 'fast-ssd', {
    metadata: { name: 'fast-ssd', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'csi.shop.example',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  }),
  seed('priorityclasses.scheduling.k8s.io', '', '1y120d', 'system-cluster-critical', {
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  }),
  ...claim('shop-search', 'search-index', '120Gi', '1y20d', 'pvc-2f1c8a90-search-index'),
  ...claim('payments', 'ledger-db', '200Gi', '1y12d', 'pvc-77b0e1d3-ledger-db'),
  CERTIFICATE_DEFINITION,
  certificate('shop-checkout', 'shop-example-tls', true, UP_TO_DATE),
  certificate('shop-search', 'search-tls', true, UP_TO_DATE),
  certificate('platform', 'gateway-tls', true, UP_TO_DATE),
];
