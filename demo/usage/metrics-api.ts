/** metrics.k8s.io/v1beta1 as metrics-server serves it: the objects of its two resources. */
import type { KubeObject, ObjectMeta } from '../base/types.ts';
import { METRICS_GROUP } from '../facts/metrics-facts.ts';
import type { NodeUsage } from './node-usage.ts';
import type { PodUsage } from './pod-usage.ts';
import { SAMPLE_EVERY_MS, type Usage } from './usage.ts';

const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const WINDOW = `${SAMPLE_EVERY_MS / 1_000}s`;

/** As metrics-server writes them: nanocores and whole kibibytes. */
const quantities = (cores: number, bytes: number) => ({
  cpu: cores > 0 ? `${Math.max(1, Math.round(cores * 1e9))}n` : '0',
  memory: `${Math.max(0, Math.round(bytes / 1024))}Ki`,
});

const metadata = ({ name, namespace, labels }: ObjectMeta, atMs: number) =>
  ({
    name,
    ...(namespace ? { namespace } : {}),
    creationTimestamp: iso(atMs),
    ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
  }) as ObjectMeta;

const head = (kind: string, of: ObjectMeta, atMs: number): KubeObject => ({
  apiVersion: `${METRICS_GROUP}/v1beta1`,
  kind,
  metadata: metadata(of, atMs),
  timestamp: iso(atMs),
  window: WINDOW,
});

export const nodeMetrics = ({ node, cpu, memory }: NodeUsage, atMs: number): KubeObject => ({
  ...head('NodeMetrics', node.metadata, atMs),
  usage: quantities(cpu, memory),
});

export const podMetrics = ({ pod, containers }: PodUsage, atMs: number): KubeObject => ({
  ...head('PodMetrics', pod.metadata, atMs),
  containers: containers.map(({ name, cpu, memory }) => ({ name, usage: quantities(cpu, memory) })),
});

/** All metrics of a resource, of one namespace when it is not ''. Pods without a running container have none. */
export function metricsObjects(usage: Usage, resource: string, namespace: string): KubeObject[] {
  const atMs = usage.sampledMs();
  if (resource === 'nodes') return usage.nodes().map((node) => nodeMetrics(node, atMs));
  // A container is scraped twice before it has a rate.
  const isMeasured = ({ containers }: PodUsage) =>
    containers.length > 0 && containers.every(({ startedMs }) => startedMs < atMs);
  return usage
    .pods()
    .filter(({ pod }) => namespace === '' || pod.metadata.namespace === namespace)
    .filter(isMeasured)
    .map((pod) => podMetrics(pod, atMs))
    .sort(byPlace);
}

const place = ({ metadata: { namespace = '', name } }: KubeObject) => `${namespace}/${name}`;
const byPlace = (a: KubeObject, b: KubeObject) => (place(a) < place(b) ? -1 : 1);
