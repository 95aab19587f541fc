/** The kubelet's /metrics/cadvisor, as far as dashboards and alerts read it: CPU, throttling, memory and network. */
import { text } from '../base/json.ts';
import { expositionText, type Metric, type Sample } from './exposition.ts';
import type { NodeUsage } from './node-usage.ts';
import { type ContainerUsage, type PodUsage, sumOf } from './pod-usage.ts';

const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
const whole = (value: number) => Math.round(value);

function containerLabels({ pod }: PodUsage, { name }: ContainerUsage): Record<string, string> {
  const { uid, namespace = '', name: podName } = pod.metadata;
  const status = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ].find((item) => item.name === name);
  const id = text(status?.containerID).split('//').at(-1) ?? '';
  return {
    container: name,
    id: `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`,
    image: text(status?.image),
    name: id,
    namespace,
    pod: podName,
  };
}

type Of = (container: ContainerUsage) => number | undefined;

function ofContainers(pods: PodUsage[], atMs: number, of: Of, more: Record<string, string> = {}): Sample[] {
  return pods.flatMap((pod) =>
    pod.containers.flatMap((container) => {
      const value = of(container);
      return value === undefined
        ? []
        : [{ labels: { ...containerLabels(pod, container), ...more }, value, atMs }];
    }),
  );
}

const ROOT = { container: '', id: '/', image: '', name: '', namespace: '', pod: '' };

const metric = (name: string, type: Metric['type'], help: string, samples: Sample[]): Metric => ({
  name: `container_${name}`,
  type,
  help,
  samples,
});

/** Only containers with a limit are ever throttled. */
const limited =
  (of: (container: ContainerUsage) => number): Of =>
  (container) =>
    container.periods > 0 ? whole(of(container)) : undefined;

function networkSamples(pods: NodeUsage['pods'], of: 'received' | 'sent', atMs: number): Sample[] {
  return pods
    .filter(({ pod }) => pod.spec.hostNetwork !== true)
    .map((pod) => ({
      labels: {
        ...ROOT,
        id: `/kubepods.slice/kubepods-pod${pod.pod.metadata.uid.replaceAll('-', '_')}.slice`,
        interface: 'eth0',
        namespace: pod.pod.metadata.namespace ?? '',
        pod: pod.pod.metadata.name,
      },
      value: whole(sumOf(pod, of)),
      atMs,
    }));
}

export function cadvisorMetrics({ pods: all, cpuSeconds, memory }: NodeUsage, atMs: number): string {
  const pods = all.filter(({ containers }) => containers.length > 0);
  const periods = ofContainers(
    pods,
    atMs,
    limited((container) => container.periods),
  );
  const throttled = ofContainers(
    pods,
    atMs,
    limited((container) => container.throttled),
  );
  return expositionText([
    metric('cpu_cfs_periods_total', 'counter', 'Number of elapsed enforcement period intervals.', periods),
    metric('cpu_cfs_throttled_periods_total', 'counter', 'Number of throttled period intervals.', throttled),
    metric('cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed in seconds.', [
      { labels: { ...ROOT, cpu: 'total' }, value: rounded(cpuSeconds), atMs },
      ...ofContainers(pods, atMs, (container) => rounded(container.cpuSeconds), { cpu: 'total' }),
    ]),
    metric('memory_working_set_bytes', 'gauge', 'Current working set in bytes.', [
      { labels: ROOT, value: whole(memory), atMs },
      ...ofContainers(pods, atMs, (container) => whole(container.memory)),
    ]),
    metric(
      'network_receive_bytes_total',
      'counter',
      'Cumulative count of bytes received',
      networkSamples(pods, 'received', atMs),
    ),
    metric(
      'network_transmit_bytes_total',
      'counter',
      'Cumulative count of bytes transmitted',
      networkSamples(pods, 'sent', atMs),
    ),
  ]);
}
