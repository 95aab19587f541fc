import type { AboutFrame } from '#lib/protocol/about-frame.ts';
import type {
  ClientMessage,
  ClusterFrame,
  ObjectFrame,
  RefusedFrame,
  RowsFrame,
} from '#lib/protocol/frames.ts';
import type { Connection } from '#lib/resources/connection.ts';

/**
 * One subscription on the wire: what to ask, and how frames become a value. Pure but for its own state; the client
 * (create-live-client.ts) gives it frames and sends what it asks for.
 */
export interface Channel<T> {
  value(): T;
  subscribeMessage(id: number): ClientMessage;
  /** Returns true when a full frame must be asked for. */
  receive(frame: ChannelFrame, receivedMs: number): boolean;
  refused(frame: RefusedFrame): void;
  /** The socket is gone: the value stays, but nothing in it may look live, and the next frame starts anew. */
  lost(): void;
}

export type ChannelFrame = RowsFrame | ObjectFrame | ClusterFrame | AboutFrame;

/** A live connection whose socket is gone is only as good as its last confirmation. */
export function withoutSocket(connection: Connection): Connection {
  if (connection.state !== 'live') return connection;
  return {
    state: 'stale',
    sinceMs: connection.confirmedMs,
    retryMs: 0,
    ...(connection.namespaces === undefined ? {} : { namespaces: connection.namespaces }),
  };
}
