/**
 * What metrics-server adds to a cluster: the group metrics.k8s.io, its printed columns, and the role that lets readers
 * read it. Written by hand after metrics-server 0.8, because a bare control plane does not have it.
 */
interface Roles {
  clusterroles: Record<string, unknown>[];
  clusterrolebindings: Record<string, unknown>[];
}

export const METRICS_GROUP = 'metrics.k8s.io';

const fact = (resource: string, kind: string, namespaced: boolean) => ({
  group: METRICS_GROUP,
  version: 'v1beta1',
  resource,
  singular: '',
  kind,
  namespaced,
  verbs: ['get', 'list'],
  shortNames: [] as string[],
  categories: [] as string[],
  subresources: [],
});

export const METRICS_RESOURCES = [fact('nodes', 'NodeMetrics', false), fact('pods', 'PodMetrics', true)];

const column = (name: string, format: string, description = '') => ({
  name,
  type: 'string',
  format,
  description,
  priority: 0,
});

const COLUMNS = [
  column('Name', 'name', 'Name of the resource'),
  column('cpu', 'quantity'),
  column('memory', 'quantity'),
  column('Window', 'duration'),
];

export const METRICS_TABLES = {
  'nodes.metrics.k8s.io': COLUMNS,
  'pods.metrics.k8s.io': COLUMNS,
};

const PACKAGE = 'metrics.pkg.apis.metrics.v1beta1';
const META = '#apimachinery.pkg.apis.meta.v1.ObjectMeta';
const USAGE = { m: '#apimachinery.pkg.api.resource.Quantity' };
const OBJECT = { apiVersion: 'string', kind: 'string', metadata: META };
const SAMPLE = {
  timestamp: '#apimachinery.pkg.apis.meta.v1.Time',
  window: '#apimachinery.pkg.apis.meta.v1.Duration',
};

export const METRICS_SCHEMAS = {
  kinds: {
    [`${METRICS_GROUP}/v1beta1/NodeMetrics`]: `${PACKAGE}.NodeMetrics`,
    [`${METRICS_GROUP}/v1beta1/PodMetrics`]: `${PACKAGE}.PodMetrics`,
  },
  definitions: {
    'apimachinery.pkg.apis.meta.v1.Duration': { scalar: 'string' },
    [`${PACKAGE}.NodeMetrics`]: {
      fields: { ...OBJECT, ...SAMPLE, usage: USAGE },
      required: ['timestamp', 'window', 'usage'],
    },
    [`${PACKAGE}.PodMetrics`]: {
      fields: { ...OBJECT, ...SAMPLE, containers: { a: `#${PACKAGE}.ContainerMetrics` } },
      required: ['timestamp', 'window', 'containers'],
    },
    [`${PACKAGE}.ContainerMetrics`]: {
      fields: { name: 'string', usage: USAGE },
      required: ['name', 'usage'],
    },
  },
};

const SAMPLED =
  'The following fields define time interval from which metrics were collected from the interval [Timestamp-Window, Timestamp].';
const MEMORY_USAGE = 'The memory usage is the memory working set.';

export const METRICS_DESCRIPTIONS = {
  [`${PACKAGE}.NodeMetrics`]: {
    text: 'NodeMetrics sets resource usage metrics of a node.',
    fields: { timestamp: SAMPLED, usage: MEMORY_USAGE },
  },
  [`${PACKAGE}.PodMetrics`]: {
    text: 'PodMetrics sets resource usage metrics of a pod.',
    fields: {
      timestamp: SAMPLED,
      containers: 'Metrics for all containers are collected within the same time window.',
    },
  },
  [`${PACKAGE}.ContainerMetrics`]: {
    text: 'ContainerMetrics sets resource usage metrics of a container.',
    fields: {
      name: 'Container name corresponding to the one from pod.spec.containers.',
      usage: MEMORY_USAGE,
    },
  },
};

/** Aggregated into the roles for readers, as the label aggregate-to-view does it. */
const READER_RULE = {
  verbs: ['get', 'list', 'watch'],
  apiGroups: [METRICS_GROUP],
  resources: ['pods', 'nodes'],
};
const READERS = new Set(['admin', 'edit', 'view']);

const aggregate = Object.fromEntries(
  [...READERS].map((name) => [`rbac.authorization.k8s.io/aggregate-to-${name}`, 'true']),
);

const READER_ROLE = {
  metadata: {
    name: 'system:aggregated-metrics-reader',
    labels: { 'k8s-app': 'metrics-server', ...aggregate },
  },
  rules: [READER_RULE],
};

/** The bootstrap roles of a cluster that has metrics-server. */
export function withMetricsReader({ clusterroles, clusterrolebindings }: Roles): Roles {
  const widened = clusterroles.map((role) => {
    const { name } = role.metadata as { name: string };
    return READERS.has(name) ? { ...role, rules: [...(role.rules as unknown[]), READER_RULE] } : role;
  });
  return { clusterroles: [...widened, READER_ROLE], clusterrolebindings };
}
