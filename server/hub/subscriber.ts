import type { Clock } from '#lib/k8s/client/clock.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import type { Log } from '#lib/k8s/client/log.ts';
import type { SocketFigures } from '#lib/protocol/about-frame.ts';
import { MAX_MESSAGE_BYTES, parseClientMessage } from '#lib/protocol/client-message.ts';
import type { ClientMessage, ServerMessage } from '#lib/protocol/frames.ts';
import { protocolError } from '#lib/protocol/protocol-error.ts';
import type { ApiError } from '#lib/resources/api-error.ts';
import type { HubStanding } from './about/hub-standing.ts';
import type { SelfView } from './about/self-view.ts';
import type { Cluster, ClusterSlot } from './cluster.ts';
import { createHeartbeats } from './heartbeats.ts';
import type { MutableCounters } from './hub-counters.ts';
import type { HubSocket } from './hub-socket.ts';
import { createMessageBudget } from './message-budget.ts';
import { openSubscription, questionOf } from './open-subscription.ts';
import type { Subscription } from './subscription.ts';
import type { StoreReaders } from './tables/store-readers.ts';

/** What all sockets share. */
export interface Surroundings {
  readonly clusters: ReadonlyMap<string, ClusterSlot>;
  readonly clock: Clock;
  readonly log: Log;
  readonly readers: StoreReaders;
  readonly objectJson: (object: object) => string;
  readonly counters: MutableCounters;
  readonly self: SelfView;
  readonly standing: (of: Subscriber) => HubStanding;
  /** Processor time of this thread so far. */
  readonly cpuMs: () => number;
  /** Calls flush() soon. */
  readonly wake: (subscriber: Subscriber) => void;
}

export interface Subscriber {
  /** Sends what there is to say, as far as the socket has room. True when something is left for the next tick. */
  flush(nowMs: number): boolean;
  close(code: number, reason: string): void;
  figures(): Omit<SocketFigures, 'isThis'>;
}

export const MAX_SUBSCRIPTIONS = 64;
export const SLOW_BYTES = 256 * 1024;
/** A socket that takes nothing for so long is of no use to anybody; its client dials again. */
const STUCK_MS = 30_000;

const REST_PER_WORK = 9;

const CLOSE_POLICY = 1008;
const CLOSE_TOO_BIG = 1009;
const CLOSE_TRY_AGAIN = 1013;

interface Held {
  readonly id: number;
  readonly subscription: Subscription;
  readonly unlook: () => void;
  /** Until then updates are answered with the tick. */
  restUntilMs: number;
}

/**
 * The server's end of one socket. Nothing is queued here: a subscription with news is only marked, and asked for a
 * frame when the socket has room. A slow socket sits out ticks and is then given full frames.
 */
export function createSubscriber(
  socket: HubSocket,
  around: Surroundings,
  hello: string,
  ended: (self: Subscriber) => void,
): Subscriber {
  return new SocketSubscriber(socket, around, hello, ended);
}

class SocketSubscriber implements Subscriber {
  readonly #socket: HubSocket;
  readonly #around: Surroundings;
  readonly #budget: ReturnType<typeof createMessageBudget>;
  readonly #heartbeats: ReturnType<typeof createHeartbeats>;
  readonly #ended: (self: Subscriber) => void;
  readonly #held = new Map<number, Held>();
  readonly #dirty = new Set<number>();
  readonly #openedMs: number;
  #skippedTicks = 0;
  #slowSinceMs: number | null = null;
  #isClosed = false;

  constructor(socket: HubSocket, around: Surroundings, hello: string, ended: (self: Subscriber) => void) {
    this.#ended = ended;
    this.#socket = socket;
    this.#around = around;
    this.#openedMs = around.clock.nowMs();
    this.#budget = createMessageBudget(around.clock);
    this.#heartbeats = createHeartbeats(
      around.clock,
      (cluster) => [...around.clusters.keys()].indexOf(cluster.identity.id),
      (text) => {
        if (this.#isSlow()) return false;
        this.#send(text);
        return true;
      },
      () => this.#beat(),
    );
    around.counters.sockets += 1;
    socket.onMessage((text) => this.#hear(text));
    socket.onClose(() => this.#end());
    this.#send(hello);
  }

  flush(nowMs: number): boolean {
    if (this.#isClosed) return false;
    if (this.#isSlow()) return this.#sitOut(nowMs);
    if (this.#slowSinceMs !== null) this.#resynchronise();
    for (const id of [...this.#dirty]) {
      const held = this.#held.get(id);
      if (this.#isSlow()) break;
      this.#dirty.delete(id);
      if (held !== undefined) this.#say(held, nowMs);
    }
    return this.#dirty.size > 0;
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#end();
    this.#socket.close(code, reason);
  }

  figures(): Omit<SocketFigures, 'isThis'> {
    return {
      openedMs: this.#openedMs,
      subscriptions: this.#held.size,
      waitingBytes: this.#socket.bufferedBytes(),
      slowSinceMs: this.#slowSinceMs,
      skippedTicks: this.#skippedTicks,
    };
  }

  #isSlow(): boolean {
    return this.#socket.bufferedBytes() > SLOW_BYTES;
  }

  #sitOut(nowMs: number): boolean {
    this.#slowSinceMs ??= nowMs;
    this.#around.counters.skippedTicks += 1;
    this.#skippedTicks += 1;
    if (nowMs - this.#slowSinceMs < STUCK_MS) return true;
    this.#around.counters.stuckSockets += 1;
    this.#around.log.warn({ sinceMs: this.#slowSinceMs }, 'a socket took nothing for 30 s and was closed');
    this.close(CLOSE_TRY_AGAIN, 'too slow');
    return false;
  }

  #resynchronise(): void {
    this.#slowSinceMs = null;
    for (const held of this.#held.values()) {
      held.subscription.forget();
      this.#dirty.add(held.id);
      this.#around.counters.resyncs += 1;
    }
  }

  #say(held: Held, nowMs: number): void {
    try {
      const frame = held.subscription.take(nowMs);
      if (frame !== null) this.#send(frame);
    } catch (cause) {
      this.#fail(held.id, cause);
    }
  }

  #beat(): void {
    const nowMs = this.#around.clock.nowMs();
    for (const held of this.#held.values()) held.subscription.beat(nowMs);
    // Slow with nothing to say is slow all the same: sitting out is counted, and ends.
    if (this.#isSlow()) this.#around.wake(this);
  }

  #hear(text: string): void {
    if (this.#isClosed) return;
    this.#around.counters.messages += 1;
    if (!this.#budget.take()) this.close(CLOSE_POLICY, 'too many messages');
    else if (text.length > MAX_MESSAGE_BYTES) this.close(CLOSE_TOO_BIG, 'message too long');
    else this.#parse(text);
  }

  #parse(text: string): void {
    const parsed = parseClientMessage(text);
    if (parsed.message === undefined) {
      this.#refuse(parsed.id, parsed.error);
      return;
    }
    try {
      this.#obey(parsed.message);
    } catch (cause) {
      this.#fail(parsed.message.id, cause);
    }
  }

  #obey(message: ClientMessage): void {
    if (message.t === 'subscribe') {
      this.#subscribe(message);
      return;
    }
    const held = this.#held.get(message.id);
    // It was refused while this message was under way: the client knows by now.
    if (held === undefined) return;
    switch (message.t) {
      case 'unsubscribe':
        this.#drop(message.id);
        break;
      case 'retry':
        held.subscription.retry();
        break;
      case 'resync':
        this.#around.counters.resyncs += 1;
        held.subscription.forget();
        this.#mark(message.id);
        break;
      case 'update':
        if (held.subscription.update === undefined) throw badRequest('only rows can be updated');
        held.subscription.update(message.spec);
        this.#answer(held);
        break;
    }
  }

  #subscribe(message: Extract<ClientMessage, { t: 'subscribe' }>): void {
    const { id } = message;
    const cluster = this.#admit(message);
    const { readers, objectJson, log, self, standing } = this.#around;
    let isOpen = false;
    const subscription = openSubscription(cluster, message, {
      id,
      readers,
      objectJson,
      log,
      self,
      standing: () => standing(this),
      changed: () => {
        if (isOpen) this.#mark(id);
      },
      failed: (cause) => this.#fail(id, cause),
    });
    isOpen = true;
    this.#around.counters.subscriptions += 1;
    const held: Held = { id, subscription, unlook: this.#heartbeats.look(cluster), restUntilMs: 0 };
    this.#held.set(id, held);
    if (message.what === 'rows') this.#answer(held);
    else this.#mark(id);
  }

  /** The cluster asked about; throws ApiException when there is none, or no room for one question more. */
  #admit(message: Extract<ClientMessage, { t: 'subscribe' }>): Cluster {
    if (this.#held.has(message.id)) throw badRequest(`subscription ${message.id} is open`);
    if (this.#held.size >= MAX_SUBSCRIPTIONS) {
      throw new ApiException(
        protocolError('TooManyRequests', `more than ${MAX_SUBSCRIPTIONS} subscriptions`),
      );
    }
    const slot = this.#around.clusters.get(questionOf(message).cluster);
    if (slot === undefined) throw new ApiException(protocolError('NotFound', 'there is no such cluster'));
    if (slot.cluster === undefined) throw new ApiException(slot.error);
    return slot.cluster;
  }

  /**
   * Who opens a page or turns it waits for it: it comes at once, not with the tick. What that costs is bounded: answers at once take
   * at most a tenth of a core's time for one question.
   */
  #answer(held: Held): void {
    const { clock, cpuMs } = this.#around;
    const nowMs = clock.nowMs();
    const isResting = nowMs < held.restUntilMs;
    if (isResting || this.#slowSinceMs !== null || this.#isSlow()) {
      this.#mark(held.id);
      return;
    }
    this.#dirty.delete(held.id);
    const beforeMs = cpuMs();
    this.#say(held, nowMs);
    held.restUntilMs = nowMs + REST_PER_WORK * (cpuMs() - beforeMs);
  }

  #mark(id: number): void {
    this.#dirty.add(id);
    this.#around.wake(this);
  }

  #drop(id: number): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#held.delete(id);
    this.#dirty.delete(id);
    this.#around.counters.subscriptions -= 1;
    held.unlook();
    held.subscription.close();
  }

  #refuse(id: number, error: ApiError): void {
    this.#around.counters.refusals += 1;
    this.#drop(id);
    const frame: ServerMessage = { t: 'refused', id, error };
    this.#send(JSON.stringify(frame));
  }

  /** Errors in the shape people may see go to the client; anything else is ours: logged, and named as such. */
  #fail(id: number, cause: unknown): void {
    if (cause instanceof ApiException) {
      this.#refuse(id, cause.error);
      return;
    }
    const stack = cause instanceof Error ? cause.stack : String(cause);
    this.#around.log.warn({ stack }, 'a subscription failed');
    this.#refuse(id, {
      reason: 'InternalError',
      code: 500,
      message: 'The console failed to answer. Its log says more.',
      causes: [],
    });
  }

  #send(text: string): void {
    this.#around.counters.frames += 1;
    this.#around.counters.bytes += text.length;
    this.#socket.send(text);
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const id of [...this.#held.keys()]) this.#drop(id);
    this.#heartbeats.close();
    this.#around.counters.sockets -= 1;
    this.#ended(this);
  }
}

function badRequest(why: string): ApiException {
  return new ApiException(protocolError('BadRequest', why));
}
