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
