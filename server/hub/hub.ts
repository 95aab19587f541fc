import type { Clock } from '#lib/k8s/client/clock.ts';
import type { Log } from '#lib/k8s/client/log.ts';
import {
  CLOSE_RESTART,
  type ClusterSummary,
  type HelloFrame,
  PROTOCOL_VERSION,
} from '#lib/protocol/frames.ts';
import { hubStanding } from './about/hub-standing.ts';
import type { SelfView } from './about/self-view.ts';
import type { ClusterSlot } from './cluster.ts';
import { createHubCounters, type HubCounters } from './hub-counters.ts';
import type { HubSocket } from './hub-socket.ts';
import { createSubscriber, type Subscriber, type Surroundings } from './subscriber.ts';
import { createStoreReaders, type StoreReaders } from './tables/store-readers.ts';
import { createTick, LONG_FLUSH_MS, type Tick } from './tick.ts';

/**
 * Stores → queries → sockets. Each socket of an authenticated session is given to connect(); what it asks for is held
 * by subscriptions over shared informers, and told in frames once a tick (docs/protocol.md).
 */
export interface Hub {
  /** Says hello and serves the socket until it closes. The handle ends it from our side (the session's end). */
  connect(socket: HubSocket): { close(code: number): void };
  /** Closes all sockets with 1012 (the server restarts) and takes no more. */
  close(): void;
  counters(): HubCounters;
  /** Sockets that sit out ticks now. */
  slowSockets(): number;
}

export interface HubOptions {
  /** By id; in the order clusters are offered. */
  readonly clusters: ReadonlyMap<string, ClusterSlot>;
  readonly clock: Clock;
  /** Different for every start of this process. */
  readonly instance: string;
  readonly log: Log;
  readonly self: SelfView;
  /** Shared with whoever reads the same stores beside the hub; its own when absent. */
  readonly readers?: StoreReaders;
  /** Processor time of this thread so far, ms. */
  readonly cpuMs?: () => number;
}

export function createHub(options: HubOptions): Hub {
  return new SocketHub(options);
}

class SocketHub implements Hub {
  readonly #counters = createHubCounters();
  readonly #subscribers = new Set<Subscriber>();
  /** Those with news. */
  readonly #waiting = new Set<Subscriber>();
  readonly #clock: Clock;
  readonly #tick: Tick;
  readonly #around: Surroundings;
  readonly #hello: string;
  #isClosed = false;

  constructor({ clusters, clock, log, instance, self, readers, cpuMs = threadCpuMs }: HubOptions) {
    this.#clock = clock;
    this.#tick = createTick(clock, () => this.#flush(), {
      cpuMs,
      flushed: (usedMs) => this.#flushed(usedMs),
    });
    this.#around = {
      clusters,
      clock,
      log,
      counters: this.#counters,
      cpuMs,
      self,
      standing: (of) => {
        const sockets = [...this.#subscribers].map((one) => ({ ...one.figures(), isThis: one === of }));
        return hubStanding(this.#counters, self.ticksPerSecond(), sockets, clusters.values());
      },
      readers: readers ?? createStoreReaders(),
      objectJson: createObjectJson(),
      wake: (subscriber) => {
        this.#waiting.add(subscriber);
        this.#tick.wake();
      },
    };
    const summaries = [...clusters.values()].map(summaryOf);
    const hello: HelloFrame = { t: 'hello', protocol: PROTOCOL_VERSION, instance, clusters: summaries };
    this.#hello = JSON.stringify(hello);
  }

  connect(socket: HubSocket): { close(code: number): void } {
    if (this.#isClosed) {
      socket.close(CLOSE_RESTART, 'the console stops');
      return { close: () => {} };
    }
    const subscriber = createSubscriber(socket, this.#around, this.#hello, (ended) => {
      this.#subscribers.delete(ended);
      this.#waiting.delete(ended);
    });
    this.#subscribers.add(subscriber);
    return { close: (code) => subscriber.close(code, '') };
  }

  close(): void {
    this.#isClosed = true;
    this.#tick.stop();
    for (const subscriber of [...this.#subscribers]) subscriber.close(CLOSE_RESTART, 'the console stops');
  }

  counters(): HubCounters {
    return { ...this.#counters };
  }

  slowSockets(): number {
    return [...this.#subscribers].filter((one) => one.figures().slowSinceMs !== null).length;
  }

  #flushed(usedMs: number): void {
    this.#counters.tickMs += usedMs;
    if (usedMs > LONG_FLUSH_MS) this.#counters.longTicks += 1;
  }

  #flush(): void {
    const nowMs = this.#clock.nowMs();
    this.#counters.ticks += 1;
    for (const subscriber of [...this.#waiting]) {
      this.#waiting.delete(subscriber);
      if (subscriber.flush(nowMs)) this.#waiting.add(subscriber);
    }
    if (this.#waiting.size > 0) this.#tick.wake();
  }
}

/** JSON of objects that many may look at, made once each. Informers never change an object, they replace it. */
function createObjectJson(): (object: object) => string {
  const known = new WeakMap<object, string>();
  return (object) => {
    const json = known.get(object) ?? JSON.stringify(object);
    known.set(object, json);
    return json;
  };
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function summaryOf(slot: ClusterSlot): ClusterSummary {
  const { id, context, server, user } = slot.identity;
  return { id, context, server, user, ...(slot.error === undefined ? {} : { error: slot.error }) };
}
