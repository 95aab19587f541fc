/** The Prometheus text format: one block a metric, label values escaped. */
export interface Sample {
  labels?: Record<string, string>;
  value: number;
  /** Milliseconds since the epoch, where the source gives its own time. */
  atMs?: number;
}

export interface Metric {
  name: string;
  help: string;
  type: 'counter' | 'gauge';
  samples: Sample[];
}

const escaped = (value: string) => value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');

function sampleLine(name: string, { labels, value, atMs }: Sample): string {
  const pairs = Object.entries(labels ?? {}).map(([key, text]) => `${key}="${escaped(text)}"`);
  const where = pairs.length > 0 ? `{${pairs.join(',')}}` : '';
  return `${name}${where} ${value}${atMs === undefined ? '' : ` ${atMs}`}\n`;
}

export const expositionText = (metrics: Metric[]): string =>
  metrics
    .filter(({ samples }) => samples.length > 0)
    .map(
      ({ name, help, type, samples }) =>
        `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map((sample) => sampleLine(name, sample)).join('')}`,
    )
    .join('');
