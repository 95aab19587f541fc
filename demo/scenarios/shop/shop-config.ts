/** What the shop's workloads read, by whom they run, how they are reached from outside, and what runs by the clock. */
import type { JsonObject } from '../../base/json.ts';
import type { SeedObject } from '../scenario.ts';
import { seed } from '../seed-object.ts';

const access = (namespace: string, name: string, role: string, kind = 'ClusterRole'): SeedObject =>
  seed('rolebindings.rbac.authorization.k8s.io', namespace, '180d', name, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'developer' }],
  });

/** What a colleague may do in a neighbour's namespace: look, and roll out. */
const rollingOut: SeedObject = seed('roles.rbac.authorization.k8s.io', 'shop-search', '180d', 'roll-out', {
  rules: [
    {
      apiGroups: ['apps'],
      resources: ['deployments', 'deployments/scale', 'statefulsets', 'statefulsets/scale'],
      verbs: ['patch', 'update'],
    },
  ],
});

/** ledger-worker reads its pool size from here, and crashes when it is no number. */
export const ledgerConfig = (pool: string, changed?: string): SeedObject => ({
  ...seed('configmaps', 'payments', '1y12d', 'ledger-config', {
    data: { LEDGER_DB_HOST: 'ledger-db.payments', LEDGER_DB_POOL: pool, LEDGER_BATCH_SIZE: '250' },
  }),
  ...(changed ? { changed } : {}),
});

/** checkout-api reads its flags as environment: only a new pod sees a change. */
export const checkoutFlags = (expressPay: 'on' | 'off', changed?: string): SeedObject => ({
  ...seed('configmaps', 'shop-checkout', '1y34d', 'checkout-flags', {
    data: { express_pay: expressPay, gift_cards: 'off' },
  }),
  ...(changed ? { changed } : {}),
});

/** The account a workload runs as, with the right to read its config. */
const account = (namespace: string, name: string, age: string): SeedObject[] => [
  seed('serviceaccounts', namespace, age, name, {}),
  seed('roles.rbac.authorization.k8s.io', namespace, age, name, {
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
  }),
  seed('rolebindings.rbac.authorization.k8s.io', namespace, age, name, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  }),
];

const ingress = (
  namespace: string,
  name: string,
  age: string,
  service: string,
  secretName: string,
): SeedObject => {
  const backend = { service: { name: service, port: { name: 'http' } } };
  return seed('ingresses.networking.k8s.io', namespace, age, name, {
    spec: {
      ingressClassName: 'gateway',
      tls: [{ hosts: ['shop.example'], secretName }],
      rules: [{ host: 'shop.example', http: { paths: [{ path: `/${name}`, pathType: 'Prefix', backend }] } }],
    },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.20' }] } },
  });
};

interface CronSpec {
  namespace: string;
  name: string;
  age: string;
  schedule: string;
  image: string;
  isSuspended?: boolean;
  manager?: string;
}

function cronJob({
  namespace,
  name,
  age,
  schedule,
  image,
  isSuspended = false,
  manager,
}: CronSpec): SeedObject {
  const resources = { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };
  const container: JsonObject = { name, image, resources };
  const template = { spec: { restartPolicy: 'Never', containers: [container] } };
  const last = isSuspended ? 'ago:96d' : `last:${schedule}`;
  return seed(
    'cronjobs.batch',
    namespace,
    age,
    name,
    {
      spec: {
        schedule,
        ...(isSuspended ? { suspend: true } : {}),
        // What was missed before the start is not made up for.
        startingDeadlineSeconds: 60,
        jobTemplate: { spec: { template } },
      },
      status: { lastScheduleTime: last, lastSuccessfulTime: last },
    },
    manager,
  );
}

export const SHOP_CONFIG: SeedObject[] = [
  ledgerConfig('20'),
  checkoutFlags('off'),
  access('shop-checkout', 'developer-view', 'view'),
  access('shop-checkout', 'developer-edit', 'edit'),
  access('shop-search', 'developer-view', 'view'),
  access('shop-search', 'developer-roll-out', 'roll-out', 'Role'),
  rollingOut,
  ...account('shop-checkout', 'checkout-api', '1y34d'),
  ...account('shop-search', 'search-api', '1y20d'),
  seed('configmaps', 'shop-checkout', '1y34d', 'checkout-routes', {
    data: { 'routes.yaml': 'payments: http://payments-api.payments\n' },
  }),
  seed('configmaps', 'shop-search', '41d', 'search-ranking-v7', { data: { profile: 'v7', boost: '1.4' } }),
  seed('secrets', 'shop-checkout', '84d', 'checkout-db', {
    type: 'Opaque',
    data: { host: 'ZGI=', password: 'bm90LWEtc2VjcmV0', user: 'Y2hlY2tvdXQ=' },
  }),
  seed('secrets', 'shop-search', '84d', 'search-index-key', { type: 'Opaque', data: { key: 'ZGVtbw==' } }),
  ingress('shop-checkout', 'checkout', '1y34d', 'checkout-api', 'shop-example-tls'),
  ingress('shop-search', 'search', '1y20d', 'search-api', 'search-tls'),
  seed('networkpolicies.networking.k8s.io', 'shop-search', '318d', 'search-in', {
    spec: {
      podSelector: { matchLabels: { app: 'search-api' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'platform' } },
              podSelector: { matchLabels: { app: 'gateway' } },
            },
          ],
          ports: [{ protocol: 'TCP', port: 8080 }],
        },
      ],
    },
  }),
  cronJob({
    namespace: 'shop-checkout',
    name: 'cart-expiry',
    age: '1y34d',
    schedule: '40 14 * * *',
    image: 'shop/cart:2.4.1',
  }),
  cronJob({
    namespace: 'shop-search',
    name: 'reindex-nightly',
    age: '1y20d',
    schedule: '0 2 * * *',
    image: 'shop/search-index:9.2.0',
  }),
  cronJob({
    namespace: 'shop-search',
    name: 'synonyms-sync',
    age: '96d',
    schedule: '0 * * * *',
    image: 'shop/search-feed:1.8.2',
    isSuspended: true,
    manager: 'kubectl-patch',
  }),
];
