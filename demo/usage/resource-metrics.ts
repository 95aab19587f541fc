/** The kubelet's /metrics/resource: what metrics-server reads. */
import { expositionText, type Metric, type Sample } from './exposition.ts';
import type { NodeUsage } from './node-usage.ts';
import { type ContainerUsage, type PodUsage, sumOf } from './pod-usage.ts';

const podLabels = ({ pod }: PodUsage) => ({
  namespace: pod.metadata.namespace ?? '',
  pod: pod.metadata.name,
});

const rounded = (value: number) => Math.round(value * 1e6) / 1e6;

const metric = (name: string, type: Metric['type'], help: string, samples: Sample[]): Metric => ({
  name,
  type,
  help: `[STABLE] ${help}`,
  samples,
});

const CPU = 'Cumulative cpu time consumed by the';
const MEMORY = 'Current working set of the';

function containerMetrics(pods: PodUsage[], atMs: number): Metric[] {
  const each = (value: (container: ContainerUsage) => number): Sample[] =>
    pods.flatMap((pod) =>
      pod.containers.map((container) => ({
        labels: { container: container.name, ...podLabels(pod) },
        value: value(container),
        atMs,
      })),
    );
  const cpu = each(({ cpuSeconds }) => rounded(cpuSeconds));
  const memory = each((container) => Math.round(container.memory));
  const start = each(({ startedMs }) => startedMs / 1_000);
  const since = 'Start time of the container since unix epoch in seconds';
  return [
    metric('container_cpu_usage_seconds_total', 'counter', `${CPU} container in core-seconds`, cpu),
    metric('container_memory_working_set_bytes', 'gauge', `${MEMORY} container in bytes`, memory),
    metric('container_start_time_seconds', 'gauge', since, start),
  ];
}

function podMetrics(pods: PodUsage[], atMs: number): Metric[] {
  const each = (value: (pod: PodUsage) => number): Sample[] =>
    pods.map((pod) => ({ labels: podLabels(pod), value: value(pod), atMs }));
  const cpu = each((pod) => rounded(sumOf(pod, 'cpuSeconds')));
  const memory = each((pod) => Math.round(sumOf(pod, 'memory')));
  return [
    metric('pod_cpu_usage_seconds_total', 'counter', `${CPU} pod in core-seconds`, cpu),
    metric('pod_memory_working_set_bytes', 'gauge', `${MEMORY} pod in bytes`, memory),
  ];
}

export function resourceMetrics(usage: NodeUsage, atMs: number): string {
  const pods = usage.pods.filter(({ containers }) => containers.length > 0);
  const [cpu, memory] = [rounded(usage.cpuSeconds), Math.round(usage.memory)];
  const scraped = '1 if there was an error while getting container metrics, 0 otherwise';
  return expositionText([
    ...containerMetrics(pods, atMs),
    metric('node_cpu_usage_seconds_total', 'counter', `${CPU} node in core-seconds`, [{ value: cpu, atMs }]),
    metric('node_memory_working_set_bytes', 'gauge', `${MEMORY} node in bytes`, [{ value: memory, atMs }]),
    ...podMetrics(pods, atMs),
    metric('resource_scrape_error', 'gauge', scraped, [{ value: 0 }]),
  ]);
}
