/** node-exporter's text of one node: the collectors a console reads (cpu, loadavg, meminfo, filesystem, netdev, diskstats). */
import { expositionText, type Metric, type Sample } from './exposition.ts';
import type { NodeUsage } from './node-usage.ts';

const rounded = (value: number) => Math.round(value * 100) / 100;
const whole = (value: number) => Math.max(0, Math.round(value));

const gauge = (name: string, help: string, ...samples: Sample[]): Metric => ({
  name,
  help,
  type: 'gauge',
  samples,
});
const counter = (name: string, help: string, ...samples: Sample[]): Metric => ({
  name,
  help,
  type: 'counter',
  samples,
});

/** How a core's busy seconds fall to the modes. */
const MODES: [mode: string, share: number][] = [
  ['iowait', 0.03],
  ['irq', 0],
  ['nice', 0],
  ['softirq', 0.04],
  ['steal', 0],
  ['system', 0.23],
  ['user', 0.7],
];

function cpuMetrics({ capacity, cpuSeconds, bootMs }: NodeUsage, atMs: number): Metric[] {
  const cores = Math.max(1, Math.floor(capacity.cores));
  const busy = cpuSeconds / cores;
  const idle = Math.max(0, (atMs - bootMs) / 1_000 - busy);
  const samples = Array.from({ length: cores }, (_, cpu) => [
    { labels: { cpu: String(cpu), mode: 'idle' }, value: rounded(idle) },
    ...MODES.map(([mode, share]) => ({ labels: { cpu: String(cpu), mode }, value: rounded(busy * share) })),
  ]);
  return [counter('node_cpu_seconds_total', 'Seconds the CPUs spent in each mode.', ...samples.flat())];
}

function memoryMetrics({ capacity, memory }: NodeUsage): Metric[] {
  const total = capacity.memoryBytes;
  const available = total - memory;
  const parts: [name: string, value: number][] = [
    ['MemTotal', total],
    ['MemAvailable', available],
    ['MemFree', available * 0.35],
    ['Cached', available * 0.55],
    ['Buffers', available * 0.05],
    ['SwapTotal', 0],
    ['SwapFree', 0],
  ];
  return parts.map(([name, value]) =>
    gauge(`node_memory_${name}_bytes`, `Memory information field ${name}_bytes.`, { value: whole(value) }),
  );
}

function diskMetrics(usage: NodeUsage): Metric[] {
  const { capacity, diskUsed, inodes, inodesUsed, read, written } = usage;
  const labels = { device: '/dev/nvme0n1p9', fstype: 'ext4', mountpoint: '/' };
  const fs = (name: string, help: string, value: number) =>
    gauge(`node_filesystem_${name}`, `Filesystem ${help}.`, { labels, value: whole(value) });
  const device = { device: 'nvme0n1' };
  const free = capacity.diskBytes - diskUsed;
  const io = (name: string, help: string, value: number) =>
    counter(`node_disk_${name}`, help, { labels: device, value: rounded(value) });
  return [
    fs('size_bytes', 'size in bytes', capacity.diskBytes),
    fs('free_bytes', 'free space in bytes', free),
    fs('avail_bytes', 'space available to non-root users in bytes', free),
    fs('files', 'total file nodes', inodes),
    fs('files_free', 'total free file nodes', inodes - inodesUsed),
    fs('readonly', 'read-only status', 0),
    io('read_bytes_total', 'The total number of bytes read successfully.', whole(read)),
    io('written_bytes_total', 'The total number of bytes written successfully.', whole(written)),
    io('reads_completed_total', 'The total number of reads completed successfully.', whole(read / 16_384)),
    io(
      'writes_completed_total',
      'The total number of writes completed successfully.',
      whole(written / 8_192),
    ),
    io('io_time_seconds_total', 'Total seconds spent doing I/Os.', (read + written) / 60e6),
  ];
}

function networkMetrics({ received, sent }: NodeUsage): Metric[] {
  const labels = { device: 'eth0' };
  const net = (way: string, value: number) =>
    counter(`node_network_${way}_bytes_total`, `Network device statistic ${way}_bytes.`, {
      labels,
      value: whole(value),
    });
  return [net('receive', received), net('transmit', sent)];
}

export function nodeExporterText(usage: NodeUsage, load: [number, number, number], atMs: number): string {
  const names = ['node_load1', 'node_load5', 'node_load15'];
  const minutes = ['1m', '5m', '15m'];
  const { kernelVersion = '', architecture = '' } = usage.node.status?.nodeInfo ?? {};
  const uname = {
    machine: architecture === 'amd64' ? 'x86_64' : architecture,
    nodename: usage.node.metadata.name,
    release: kernelVersion,
    sysname: 'Linux',
  };
  return expositionText([
    gauge('node_boot_time_seconds', 'Node boot time, in unixtime.', { value: usage.bootMs / 1_000 }),
    ...cpuMetrics(usage, atMs),
    ...diskMetrics(usage),
    ...names.map((name, index) =>
      gauge(name, `${minutes[index]} load average.`, { value: rounded(load[index] ?? 0) }),
    ),
    ...memoryMetrics(usage),
    ...networkMetrics(usage),
    gauge('node_time_seconds', 'System time in seconds since epoch (1970).', { value: atMs / 1_000 }),
    gauge('node_uname_info', 'Labeled system information as provided by the uname system call.', {
      labels: uname,
      value: 1,
    }),
  ]);
}
