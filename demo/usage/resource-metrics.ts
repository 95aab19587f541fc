/** The kubelet's /metrics/resource: what metrics-server reads. */
import { expositionText, type Metric, type Sample } from './exposition.ts';
import type { NodeUsage } from './node-usage.ts';
import { type ContainerUsage, type PodUsage, sumOf } from './pod-usage.ts';

const podLabels = ({ pod }: PodUsage) => ({
  namespace: pod.metadata.namespace ?? '',
  pod: pod.metadata.name,
});

const rounded = (value: number) => Math.round(value * 1e6) / 1e6;

export function resourceMetrics(usage: NodeUsage, atMs: number): string {
  const pods = usage.pods.filter(({ containers }) => containers.length > 0);
  const ofContainers = (value: (container: ContainerUsage) => number): Sample[] =>
    pods.flatMap((pod) =>
      pod.containers.map((container) => ({
        labels: { container: container.name, ...podLabels(pod) },
        value: value(container),
        atMs,
      })),
    );
  const ofPods = (value: (pod: PodUsage) => number): Sample[] =>
    pods.map((pod) => ({ labels: podLabels(pod), value: value(pod), atMs }));
  const metric = (name: string, type: Metric['type'], help: string, samples: Sample[]): Metric => ({
    name,
    type,
    help: `[STABLE] ${help}`,
    samples,
  });
  const cpu = 'Cumulative cpu time consumed by the';
  const memory = 'Current working set of the';
  return expositionText([
    metric(
      'container_cpu_usage_seconds_total',
      'counter',
      `${cpu} container in core-seconds`,
      ofContainers(({ cpuSeconds }) => rounded(cpuSeconds)),
    ),
    metric(
      'container_memory_working_set_bytes',
      'gauge',
      `${memory} container in bytes`,
      ofContainers((container) => Math.round(container.memory)),
    ),
    metric(
      'container_start_time_seconds',
      'gauge',
      'Start time of the container since unix epoch in seconds',
      ofContainers(({ startedMs }) => startedMs / 1_000),
    ),
    metric('node_cpu_usage_seconds_total', 'counter', `${cpu} node in core-seconds`, [
      { value: rounded(usage.cpuSeconds), atMs },
    ]),
    metric('node_memory_working_set_bytes', 'gauge', `${memory} node in bytes`, [
      { value: Math.round(usage.memory), atMs },
    ]),
    metric(
      'pod_cpu_usage_seconds_total',
      'counter',
      `${cpu} pod in core-seconds`,
      ofPods((pod) => rounded(sumOf(pod, 'cpuSeconds'))),
    ),
    metric(
      'pod_memory_working_set_bytes',
      'gauge',
      `${memory} pod in bytes`,
      ofPods((pod) => Math.round(sumOf(pod, 'memory'))),
    ),
    metric(
      'resource_scrape_error',
      'gauge',
      '1 if there was an error while getting container metrics, 0 otherwise',
      [{ value: 0 }],
    ),
  ]);
}
