import type { BeatFrame } from '#lib/protocol/frames.ts';
import { heartbeatAfter } from '#lib/protocol/short-frames.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { Heartbeat, LiveClient, LiveRows, LiveSubscription, SocketState } from '../live-client.ts';
import { createClusterChannel } from './cluster-channel.ts';
import { createEmitter } from './emitter.ts';
import { createLine, createLines, type Line, type Lines } from './lines.ts';
import { createLiveSocket, type LiveClock, type SocketTransport } from './live-socket.ts';
import { createObjectChannel } from './object-channel.ts';
import { createRowsChannel } from './rows-channel.ts';

export interface LiveClientOptions {
  readonly url: () => string;
  readonly transport: SocketTransport;
  /** False when the console answers that this browser has no session; rejects when it does not answer. */
  readonly hasSession: () => Promise<boolean>;
  readonly clock: LiveClock;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  /** Is given what to call when the machine is online again or the tab is looked at again. */
  readonly onWake: (wake: () => void) => void;
}

/**
 * Nothing is dialled before somebody listens. Equal questions about objects and clusters share one line (one
 * subscription on the wire); rows do not, for each view moves a window of its own.
 */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const socketEmitter = createEmitter();
  const beats = createHeartbeats();
  const socket = createLiveSocket({
    url: options.url,
    transport: options.transport,
    hasSession: options.hasSession,
    clock: options.clock,
    random: options.random,
    changed() {
      if (socket.state().state !== 'open') lines.lost();
      socketEmitter.emit();
    },
    opened: () => lines.opened(),
    message(message) {
      const receivedMs = options.clock.nowMs();
      if (message.t === 'heartbeat') beats.beat({ ...message, receivedMs });
      else if (message.t === 'beat') beats.again(clusterAt(socket.state(), message.at), message, receivedMs);
      else lines.receive(message, receivedMs);
    },
  });
  const start = () => {
    if (socket.start()) options.onWake(() => socket.wake());
  };
  const lines: Lines = createLines({
    start,
    send: (message) => socket.send(message),
    expectWords: (isExpected) => socket.expectWords(isExpected),
    wake: () => socket.wake(),
  });
  const objects = createShared(lines, createObjectChannel);
  const clusters = createShared(lines, createClusterChannel);
  return {
    socket: {
      get: () => socket.state(),
      subscribe(listener) {
        start();
        return socketEmitter.on(listener);
      },
    },
    heartbeat: beats.of,
    rows: (spec) => liveRows(lines, spec),
    object: ({ cluster, resource, namespace, name }) => objects({ cluster, resource, namespace, name }),
    cluster: (id) => clusters(id),
    open: (channel) => openOwn(lines, channel),
    close: () => socket.close(),
  };
}

function openOwn<T>(lines: Lines, channel: Line<T>['channel']): LiveSubscription<T> {
  const line = createLine(channel);
  return subscriptionOf(lines, () => line);
}

function liveRows(lines: Lines, first: QuerySpec): LiveRows {
  let spec = first;
  const channel = createRowsChannel(() => spec);
  const line = createLine(channel);
  return {
    ...subscriptionOf(lines, () => line),
    update(next) {
      if (JSON.stringify(next) === JSON.stringify(spec)) return;
      spec = next;
      channel.asked();
      lines.change(line, (id) => ({ t: 'update', id, spec }));
    },
  };
}

/** One line a question while somebody holds it. */
function createShared<Q, T>(lines: Lines, channelOf: (question: Q) => Line<T>['channel']) {
  const known = new Map<string, Line<T>>();
  return (question: Q): LiveSubscription<T> => {
    const key = JSON.stringify(question);
    const own = createLine(channelOf(question));
    const line = () => {
      const shared = known.get(key) ?? own;
      known.set(key, shared);
      return shared;
    };
    const released = (of: Line<T>) => {
      if (of.holders === 0 && known.get(key) === of) known.delete(key);
    };
    return subscriptionOf(lines, line, released, () => known.get(key) ?? own);
  };
}

/** A view's hold on a line: from its first listener to release(). It may be taken up again after that. */
function subscriptionOf<T>(
  lines: Lines,
  take: () => Line<T>,
  released: (line: Line<T>) => void = () => {},
  peek: () => Line<T> = take,
): LiveSubscription<T> {
  let held: Line<T> | null = null;
  return {
    get: () => (held ?? peek()).channel.value(),
    subscribe(listener) {
      if (held === null) {
        held = take();
        const unsubscribe = held.emitter.on(listener);
        lines.hold(held);
        return unsubscribe;
      }
      return held.emitter.on(listener);
    },
    retry() {
      if (held !== null) lines.retry(held);
    },
    release() {
      if (held === null) return;
      const line = held;
      held = null;
      lines.letGo(line);
      released(line);
    },
  };
}

/** The last heartbeat of each cluster heard of. Ids come from the console's own list: few. */
function createHeartbeats() {
  const known = new Map<string, ReturnType<typeof createHeartbeat>>();
  const of = (cluster: string) => {
    const heartbeat = known.get(cluster) ?? createHeartbeat();
    known.set(cluster, heartbeat);
    return heartbeat.snapshot;
  };
  return {
    of,
    beat(heartbeat: Heartbeat) {
      of(heartbeat.cluster);
      known.get(heartbeat.cluster)?.beat(heartbeat);
    },
    /** Counted on from the last one; without any there is nothing to count from. */
    again(cluster: string, beat: BeatFrame, receivedMs: number) {
      const heartbeat = known.get(cluster);
      const last = heartbeat?.snapshot.get() ?? null;
      if (last !== null) heartbeat?.beat({ ...heartbeatAfter(last, beat), receivedMs });
    },
  };
}

function clusterAt(socket: SocketState, at: number): string {
  return socket.state === 'open' ? (socket.clusters[at]?.id ?? '') : '';
}

function createHeartbeat() {
  const emitter = createEmitter();
  let last: Heartbeat | null = null;
  return {
    snapshot: { get: () => last, subscribe: emitter.on },
    beat(heartbeat: Heartbeat) {
      last = heartbeat;
      emitter.emit();
    },
  };
}
