import type { AboutFigures, AboutFrame } from '#lib/protocol/about-frame.ts';
import type { Cluster } from '../cluster.ts';
import type { Subscription, SubscriptionContext } from '../subscription.ts';
import type { HubStanding } from './hub-standing.ts';
import type { SelfView } from './self-view.ts';
import { watchesOf } from './watch-figures.ts';

/** The console's figures and those of one cluster's watches: a frame every 2 s, which time alone makes. */
export function createAboutSubscription(cluster: Cluster, context: SubscriptionContext): Subscription {
  return new AboutSubscription(cluster, context);
}

class AboutSubscription implements Subscription {
  readonly #cluster: Cluster;
  readonly #context: SubscriptionContext;
  #seq = 0;
  /** Of the newest point told; null: the next frame is a full one. */
  #toldMs: number | null = null;

  constructor(cluster: Cluster, context: SubscriptionContext) {
    this.#cluster = cluster;
    this.#context = context;
  }

  take(nowMs: number): string {
    const { id, self } = this.#context;
    const points = self.points(this.#cluster.identity.id, this.#toldMs ?? Number.NEGATIVE_INFINITY);
    const figures = figuresOf(this.#cluster, self, this.#context.standing());
    const full = this.#toldMs === null;
    const frame: AboutFrame = { t: 'about', id, seq: this.#seq, nowMs, full, figures, points };
    this.#seq += 1;
    this.#toldMs = points.at(-1)?.[0] ?? this.#toldMs ?? Number.NEGATIVE_INFINITY;
    return JSON.stringify(frame);
  }

  forget(): void {
    this.#toldMs = null;
  }

  /** Whatever waits tries now: the page speaks of every watch. */
  retry(): void {
    const { discovery, informers } = this.#cluster;
    discovery.retry();
    for (const informer of informers.running()) informer.retry();
  }

  beat(): void {
    this.#context.changed();
  }

  close(): void {}
}

function figuresOf(cluster: Cluster, self: SelfView, standing: HubStanding): AboutFigures {
  const watches = watchesOf(cluster, self.eventsPerMinute);
  const rowBytes = watches.reduce((sum, watch) => sum + (watch.heldBytes ?? 0), 0);
  const { memory, ...process } = self.console();
  return {
    console: { ...process, memory: { ...memory, rowBytes } },
    cluster: clusterFigures(cluster, self),
    watches,
    objectWatches: cluster.objects.running().length,
    requests: self.requests(cluster.identity.id),
    ...standing,
  };
}

function clusterFigures({ discovery, heartbeat }: Cluster, self: SelfView): AboutFigures['cluster'] {
  const { confirmedMs, latencyMs, clusterOffsetMs } = heartbeat.snapshot();
  return {
    version: discovery.snapshot().version,
    latencyMs,
    confirmedMs,
    clockAheadMs: clusterOffsetMs === null ? null : self.clockAheadMs(clusterOffsetMs),
  };
}
