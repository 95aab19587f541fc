import { Gauge, type Registry } from 'prom-client';
import type { WatchFigures } from '#lib/protocol/about-frame.ts';
import type { SelfView } from './hub/about/self-view.ts';
import { watchesOf } from './hub/about/watch-figures.ts';
import type { ClusterSlot } from './hub/cluster.ts';

export interface WatchSources {
  readonly clusters: () => Iterable<ClusterSlot>;
  /** null until the console serves. */
  readonly self: () => SelfView | null;
  readonly nowMs: () => number;
}

/** What a gauge says of a watch; null: not known, or not to be told, and so left out. */
type Reading = (watch: WatchFigures, nowMs: number) => number | null;

const seconds = (ms: number): number => ms / 1_000;

const GAUGES: Readonly<Record<string, readonly [help: string, read: Reading]>> = {
  strata_store_rows: ['Rows held', ({ rows }) => rows],
  strata_store_bytes: ['About what the rows take in memory', ({ heldBytes }) => heldBytes],
  strata_watch_live: [
    '1 while the watch is live, else 0',
    ({ standing }) => Number(standing.state === 'live'),
  ],
  strata_watch_readers: ['Subscriptions that read it now', ({ readers }) => readers],
  strata_watch_confirmed_age_seconds: [
    'Since the watch last proved alive',
    ({ standing }, nowMs) => (standing.confirmedMs < 0 ? null : seconds(nowMs - standing.confirmedMs)),
  ],
  strata_watch_lag_seconds: [
    'From a change to its event here, p99 of the newest events, at most: changes are dated in whole seconds',
    ({ lag }) => (lag === null ? null : seconds(lag.p99Ms)),
  ],
};

/** The figures of the page about the console that prom-client does not bring by itself. */
export function measureWatches(registry: Registry, sources: WatchSources): void {
  const registers = [registry];
  const labelNames = ['cluster', 'kind'] as const;
  for (const [name, [help, read]] of Object.entries(GAUGES)) {
    const collect = function (this: Gauge<'cluster' | 'kind'>) {
      this.reset();
      for (const { cluster, watch } of everyWatch(sources)) {
        const value = read(watch, sources.nowMs());
        if (value !== null) this.set({ cluster, kind: watch.resource }, value);
      }
    };
    new Gauge({ name, help, labelNames, registers, collect });
  }
  const collectLists = function (this: Gauge<'cluster' | 'kind' | 'cause'>) {
    this.reset();
    for (const { cluster, watch } of everyWatch(sources)) {
      if (watch.lastList === null) continue;
      const { atMs, cause } = watch.lastList;
      this.set({ cluster, kind: watch.resource, cause }, seconds(sources.nowMs() - atMs));
    }
  };
  new Gauge({
    name: 'strata_watch_last_list_age_seconds',
    help: 'Since the last complete LIST, by why it was asked for',
    labelNames: [...labelNames, 'cause'],
    registers,
    collect: collectLists,
  });
  measureProcess(registry, sources);
}

function* everyWatch({ clusters, self }: WatchSources) {
  const view = self();
  for (const { identity, cluster } of clusters()) {
    if (cluster === undefined || view === null) continue;
    for (const watch of watchesOf(cluster, view.eventsPerMinute)) yield { cluster: identity.id, watch };
  }
}

function measureProcess(registry: Registry, { clusters, self }: WatchSources): void {
  const registers = [registry];
  const collectDelay = function (this: Gauge<'what'>) {
    const delay = self()?.console().delay;
    if (delay === null || delay === undefined) return;
    this.set({ what: 'p99' }, seconds(delay.p99Ms));
    this.set({ what: 'worst' }, seconds(delay.worstMs));
  };
  new Gauge({
    name: 'strata_event_loop_delay_seconds',
    help: 'How late timers come: p99 of the last 5 s, and the worst of the last hour',
    labelNames: ['what'],
    registers,
    collect: collectDelay,
  });
  const collectBuild = function (this: Gauge<'version' | 'node'>) {
    const build = self()?.console();
    if (build !== undefined) this.set({ version: build.version, node: build.node }, 1);
  };
  new Gauge({
    name: 'strata_build_info',
    help: 'Always 1',
    labelNames: ['version', 'node'],
    registers,
    collect: collectBuild,
  });
  const collectClusters = function (this: Gauge<'cluster' | 'version'>) {
    this.reset();
    for (const { identity, cluster } of clusters()) {
      const version = cluster?.discovery.snapshot().version ?? '';
      if (version !== '') this.set({ cluster: identity.id, version }, 1);
    }
  };
  new Gauge({
    name: 'strata_cluster_info',
    help: 'Always 1: the versions of API servers that were asked',
    labelNames: ['cluster', 'version'],
    registers,
    collect: collectClusters,
  });
}
