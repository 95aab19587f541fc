/** The shop's workloads, one a line: requests/limits in cpu and memory, `-` for no port. What does not fit a line follows below. */
import type { WorkloadSpec } from '../scenario.ts';

const TABLE = `
kind         namespace      name               pods  image                                                 age     cpu         memory       port   tier
Deployment   shop-checkout  checkout-api       20    shop/checkout-api:4.18.2                              1y34d   500m/1      384Mi/512Mi  8080   backend
Deployment   shop-checkout  cart               6     shop/cart:2.4.1                                       1y34d   150m/500m   192Mi/256Mi  8080   backend
Deployment   shop-checkout  checkout-web       4     shop/checkout-web:8.0.3                               1y34d   100m/300m   128Mi/256Mi  3000   frontend
StatefulSet  shop-checkout  session-store      3     valkey/valkey:7.4                                     1y34d   200m/500m   512Mi/768Mi  6379   cache
Deployment   shop-checkout  tax-rates          2     shop/tax-rates:1.12.0                                 203d    50m/200m    96Mi/128Mi   8080   backend
Deployment   shop-checkout  receipts           2     shop/receipts:3.1.4                                   203d    50m/200m    128Mi/256Mi  8080   backend
Deployment   shop-search    search-api         12    shop/search-api:3.7.0                                 1y20d   600m/1500m  1Gi/1536Mi   8080   backend
Deployment   shop-search    search-suggest     4     shop/suggest:2.7.4                                    1y47d   100m/400m   256Mi/384Mi  8080   backend
StatefulSet  shop-search    search-index       3     shop/search-index:9.2.0                               1y20d   500m/2      2Gi/3Gi      9200   database
Deployment   shop-search    search-feed        2     shop/search-feed:1.8.2                                318d    50m/200m    128Mi/192Mi  -      worker
Deployment   shop-catalog   catalog-api        10    shop/catalog-api:7.2.0                                1y30d   200m/800m   512Mi/1Gi    8080   backend
Deployment   shop-catalog   catalog-web        4     shop/catalog-web:5.4.0                                1y30d   100m/300m   128Mi/512Mi  3000   frontend
Deployment   shop-catalog   thumbs             6     shop/thumbs:2.0.9                                     280d    100m/500m   256Mi/1Gi    -      worker
StatefulSet  shop-catalog   catalog-db         2     postgres:17.2                                         1y30d   250m/1      1Gi/3Gi      5432   database
Deployment   payments       payments-api       6     shop/payments-api:6.3.1                               1y12d   300m/1      384Mi/512Mi  8443   backend
Deployment   payments       ledger-worker      3     shop/ledger-worker:5.2.1                              1y12d   200m/500m   256Mi/512Mi  -      worker
Deployment   payments       webhook-relay      4     shop/webhook-relay:1.3.0                              290d    50m/200m    96Mi/128Mi   8080   backend
StatefulSet  payments       ledger-db          3     postgres:17.2                                         1y12d   500m/2      2Gi/4Gi      5432   database
Deployment   platform       gateway            6     envoyproxy/envoy:v1.33.2                              1y118d  200m/1      192Mi/384Mi  8443   edge
StatefulSet  platform       prometheus         2     prom/prometheus:v3.5.0                                1y100d  1/2         3Gi/4Gi      9090   monitoring
StatefulSet  platform       loki-write         2     grafana/loki:3.4.2                                    1y100d  250m/1      1536Mi/3Gi   3100   monitoring
StatefulSet  platform       alertmanager       2     prom/alertmanager:v0.28.1                             1y100d  50m/200m    64Mi/128Mi   9093   monitoring
Deployment   platform       grafana            1     grafana/grafana:12.1.0                                1y100d  100m/500m   256Mi/512Mi  3000   monitoring
StatefulSet  platform       argocd-controller  1     argoproj/argocd:v3.1.1                                1y90d   250m/1      768Mi/2Gi    -      delivery
Deployment   platform       cert-manager       1     jetstack/cert-manager-controller:v1.18.2              1y90d   20m/200m    64Mi/128Mi   -      security
Deployment   ci             runner             8     shop/ci-runner:2026.45                                330d    50m/2       512Mi/4Gi    -      worker
StatefulSet  ci             runner-cache       1     shop/runner-cache:1.4.0                               5h51m   250m/1      1Gi/2Gi      -      cache
Deployment   kube-system    coredns            2     registry.k8s.io/coredns/coredns:v1.12.2               1y120d  100m/500m   70Mi/170Mi   53     system
Deployment   kube-system    metrics-server     2     registry.k8s.io/metrics-server/metrics-server:v0.8.0  1y120d  100m/300m   200Mi/400Mi  10250  system
DaemonSet    kube-system    kube-proxy         6     registry.k8s.io/kube-proxy:v1.36.1                    1y120d  50m/200m    64Mi/128Mi   -      system
DaemonSet    kube-system    cilium             6     quay.io/cilium/cilium:v1.18.1                         1y120d  100m/1      256Mi/1Gi    -      system
DaemonSet    kube-system    node-exporter      6     quay.io/prometheus/node-exporter:v1.9.1               1y100d  20m/100m    32Mi/64Mi    9100   monitoring
DaemonSet    kube-system    update-agent       6     ghcr.io/flatcar/flatcar-linux-update-operator:v0.9.0  330d    10m/50m     32Mi/64Mi    -      system
Deployment   default        status-page        1     shop/status-page:1.0.6                                97d     10m/100m    32Mi/64Mi    8080   frontend
`;

const noneUnavailable = (maxSurge: number | string) => ({ strategy: { maxSurge, maxUnavailable: 0 } });

const fromKey = (name: string, kind: 'configMapKeyRef' | 'secretKeyRef', object: string, key: string) => ({
  name,
  valueFrom: { [kind]: { name: object, key } },
});

const MORE: Record<string, Partial<WorkloadSpec>> = {
  'shop-checkout/checkout-api': {
    container: 'api',
    account: 'checkout-api',
    volumes: [{ name: 'routes', configMap: { name: 'checkout-routes' } }],
    more: {
      envFrom: [{ configMapRef: { name: 'checkout-flags' } }],
      env: [fromKey('DB_PASSWORD', 'secretKeyRef', 'checkout-db', 'password')],
      volumeMounts: [{ name: 'routes', mountPath: '/etc/routes', readOnly: true }],
    },
    ...noneUnavailable('25%'),
  },
  'shop-search/search-api': {
    account: 'search-api',
    more: {
      env: [
        { name: 'INDEX_SHARDS', value: '12' },
        { name: 'LOG_LEVEL', value: 'info' },
        fromKey('RANKING_PROFILE', 'configMapKeyRef', 'search-ranking-v7', 'profile'),
        fromKey('INDEX_KEY', 'secretKeyRef', 'search-index-key', 'key'),
        { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
    },
  },
  'shop-search/search-suggest': { container: 'suggest', ...noneUnavailable(1) },
  'shop-catalog/catalog-api': noneUnavailable('25%'),
  'payments/ledger-worker': {
    container: 'worker',
    more: { env: [fromKey('LEDGER_DB_POOL', 'configMapKeyRef', 'ledger-config', 'LEDGER_DB_POOL')] },
  },
  'platform/gateway': { graceSeconds: 60 },
  'ci/runner-cache': {
    volumes: [{ name: 'cache', hostPath: { path: '/var/lib/runner-cache', type: 'DirectoryOrCreate' } }],
    pods: [{ node: 'worker-b2' }],
  },
};

function readLine(line: string): WorkloadSpec {
  const [
    kind = '',
    namespace = '',
    name = '',
    pods = '',
    image = '',
    age = '',
    cpu = '',
    memory = '',
    port = '',
    tier = '',
  ] = line.split(/ +/);
  return {
    kind: kind as WorkloadSpec['kind'],
    namespace,
    name,
    replicas: Number(pods),
    image,
    age,
    cpu: cpu.split('/') as [string, string],
    memory: memory.split('/') as [string, string],
    ...(port === '-' ? {} : { port: Number(port) }),
    tier,
    ...MORE[`${namespace}/${name}`],
  };
}

export const WORKLOADS: WorkloadSpec[] = TABLE.trim().split('\n').slice(1).map(readLine);
