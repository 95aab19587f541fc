import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { resourceName } from '#lib/resources/resource-type.ts';
import type { AnswerRecord } from './edge/edge-options.ts';
import type { ClusterSlot } from './hub/cluster.ts';
import type { HubCounters } from './hub/hub-counters.ts';
import { measureWatches, type WatchSources } from './watch-metrics.ts';

/** What the process counts. Labels hold cluster ids, kinds, routes and codes: no name of any object, no person. */
export interface Metrics {
  answered(record: AnswerRecord): void;
  malformed(code: string): void;
  upstream(cluster: string, code: number): void;
  /** A promise nobody handled ('rejection') or an exception nobody caught ('exception'). */
  fault(kind: 'rejection' | 'exception'): void;
  /** Text for Prometheus. */
  read(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface MetricsSources extends WatchSources {
  readonly hub: () => (HubCounters & { readonly slowSockets: number }) | null;
  readonly sessions: () => number;
}

const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'strata_http_requests_total',
    help: 'Requests and upgrades by route and status; refused ones have the route they asked for, or "refused"',
    labelNames: ['route', 'code'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'strata_http_request_seconds',
    help: 'Time until the answer was written',
    labelNames: ['route'] as const,
    buckets: SECONDS,
    registers,
  });
  const malformed = new Counter({
    name: 'strata_http_malformed_total',
    help: 'Bytes that were no HTTP request, by the code of the parser',
    labelNames: ['code'] as const,
    registers,
  });
  const upstream = new Counter({
    name: 'strata_upstream_answers_total',
    help: 'Answers of API servers by status; 0: none came',
    labelNames: ['cluster', 'code'] as const,
    registers,
  });
  const faults = new Counter({
    name: 'strata_faults_total',
    help: 'Rejections and exceptions nobody handled: each is a bug',
    labelNames: ['kind'] as const,
    registers,
  });
  measureHub(registry, sources);
  measureInformers(registry, sources.clusters);
  measureWatches(registry, sources);
  return {
    answered({ route, status, durationMs }) {
      requests.inc({ route, code: String(status) });
      if (status !== 101) seconds.observe({ route }, durationMs / 1000);
    },
    malformed: (code) => malformed.inc({ code: /^[A-Z_]{1,40}$/.test(code) ? code : 'unknown' }),
    upstream: (cluster, code) => upstream.inc({ cluster, code: String(code) }),
    fault: (kind) => faults.inc({ kind }),
    read: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

const HUB_GAUGES = {
  sockets: 'WebSockets open',
  subscriptions: 'Subscriptions open',
  slowSockets: 'WebSockets that sit out ticks now',
} as const;
const HUB_COUNTERS = {
  ticks: 'Rounds in which frames were made',
  frames: 'Frames sent',
  bytes: 'Characters of frames sent',
  skippedTicks: 'Ticks a slow socket sat out',
  resyncs: 'Full frames after a gap or slowness',
  stuckSockets: 'Sockets closed because they took nothing for 30 s',
  longTicks: 'Ticks that took more than 100 ms, after which frames pause for a second',
  tickMs: 'Milliseconds of processor time spent making frames',
  messages: 'Messages received',
  refusals: 'Messages and subscriptions refused',
} as const;

type HubFigure = keyof HubCounters | 'slowSockets';

function measureHub(registry: Registry, sources: MetricsSources): void {
  const registers = [registry];
  const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const read = (name: HubFigure) => sources.hub()?.[name] ?? 0;
  for (const [name, help] of Object.entries(HUB_GAUGES) as [HubFigure, string][]) {
    const collect = function (this: Gauge) {
      this.set(read(name));
    };
    new Gauge({ name: `strata_hub_${snake(name)}`, help, registers, collect });
  }
  for (const [name, help] of Object.entries(HUB_COUNTERS) as [keyof HubCounters, string][]) {
    const collect = function (this: Counter) {
      this.reset();
      this.inc(read(name));
    };
    new Counter({ name: `strata_hub_${snake(name)}_total`, help, registers, collect });
  }
  const collect = function (this: Gauge) {
    this.set(sources.sessions());
  };
  new Gauge({ name: 'strata_sessions', help: 'Sessions that are good now', registers, collect });
}

const REFLECTOR_COUNTERS = {
  lists: 'LIST chains begun',
  watches: 'WATCHes opened',
  events: 'Events of watches',
  bytes: 'Bytes read',
  malformed: 'Objects and events that could not be read',
  dropped: 'Rows dropped because their kind is bounded',
} as const;

/** One pass a scrape over the informers that run; those that ended leave the list. */
function measureInformers(registry: Registry, clusters: () => Iterable<ClusterSlot>): void {
  const labelNames = ['cluster', 'kind'] as const;
  const registers = [registry];
  const each = function* () {
    for (const { identity, cluster } of clusters()) {
      for (const informer of cluster?.informers.running() ?? [])
        yield { labels: { cluster: identity.id, kind: resourceName(informer.type) }, informer };
    }
  };
  for (const [name, help] of Object.entries(REFLECTOR_COUNTERS) as [
    keyof typeof REFLECTOR_COUNTERS,
    string,
  ][]) {
    const collect = function (this: Counter<'cluster' | 'kind'>) {
      this.reset();
      for (const { labels, informer } of each()) this.inc(labels, informer.stats[name]);
    };
    new Counter({ name: `strata_reflector_${name}_total`, help, labelNames, registers, collect });
  }
  const collectRelists = function (this: Counter<'cluster' | 'kind' | 'cause'>) {
    this.reset();
    for (const { labels, informer } of each()) {
      for (const [cause, count] of Object.entries(informer.stats.relists))
        this.inc({ ...labels, cause }, count);
    }
  };
  new Counter({
    name: 'strata_reflector_relists_total',
    help: 'LISTs after the first, by cause',
    labelNames: [...labelNames, 'cause'],
    registers,
    collect: collectRelists,
  });
}
