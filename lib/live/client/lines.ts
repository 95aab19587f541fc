import type { ClientMessage, RefusedFrame } from '#lib/protocol/frames.ts';
import type { Channel, ChannelFrame } from './channel.ts';
import type { Emitter } from './emitter.ts';
import { createEmitter } from './emitter.ts';

/** A channel with its place on the wire. */
export interface Line<T> {
  readonly channel: Channel<T>;
  readonly emitter: Emitter;
  /** 0: not subscribed. */
  id: number;
  /** The server closed it; asked again when its question changes, when it is retried, or on a new socket. */
  isRefused: boolean;
  holders: number;
}

export function createLine<T>(channel: Channel<T>): Line<T> {
  return { channel, emitter: createEmitter(), id: 0, isRefused: false, holders: 0 };
}

/** What the lines need of the socket. */
export interface LineSocket {
  start(): void;
  send(message: ClientMessage): boolean;
  expectWords(isExpected: boolean): void;
  wake(): void;
}

/** All lines of a tab. A held line is subscribed whenever the socket is open; ids are never used twice. */
export interface Lines {
  hold(line: Line<unknown>): void;
  letGo(line: Line<unknown>): void;
  retry(line: Line<unknown>): void;
  /** Its question changed: tells the server, or asks anew when the last question was refused. */
  change(line: Line<unknown>, message: (id: number) => ClientMessage): void;
  /** A new socket is open. */
  opened(): void;
  /** The socket is gone. */
  lost(): void;
  receive(frame: ChannelFrame | RefusedFrame, receivedMs: number): void;
}

export function createLines(socket: LineSocket): Lines {
  const held = new Set<Line<unknown>>();
  const open = new Map<number, Line<unknown>>();
  let lastId = 0;

  const ask = (line: Line<unknown>) => {
    const id = lastId + 1;
    if (!socket.send(line.channel.subscribeMessage(id))) return;
    lastId = id;
    line.id = id;
    line.isRefused = false;
    open.set(id, line);
    socket.expectWords(true);
  };
  const shut = (line: Line<unknown>) => {
    open.delete(line.id);
    line.id = 0;
    socket.expectWords(open.size > 0);
  };

  return {
    hold(line) {
      line.holders += 1;
      if (line.holders > 1) return;
      held.add(line);
      socket.start();
      ask(line);
    },
    letGo(line) {
      line.holders -= 1;
      if (line.holders > 0) return;
      held.delete(line);
      if (line.id === 0) return;
      socket.send({ t: 'unsubscribe', id: line.id });
      shut(line);
      line.channel.lost();
    },
    retry(line) {
      socket.wake();
      if (line.id !== 0) socket.send({ t: 'retry', id: line.id });
      else if (line.isRefused && held.has(line)) ask(line);
    },
    change(line, message) {
      if (line.id !== 0) socket.send(message(line.id));
      else if (line.isRefused && held.has(line)) ask(line);
    },
    opened() {
      for (const line of held) ask(line);
    },
    lost() {
      const lines = [...open.values()];
      for (const line of lines) {
        shut(line);
        line.channel.lost();
      }
      for (const line of lines) line.emitter.emit();
    },
    receive(frame, receivedMs) {
      const line = open.get(frame.id);
      // The last frames of a line that was let go are still on their way: nobody waits for them.
      if (line === undefined) return;
      if (frame.t === 'refused') {
        shut(line);
        line.isRefused = true;
        line.channel.refused(frame);
      } else if (line.channel.receive(frame, receivedMs)) {
        socket.send({ t: 'resync', id: line.id });
        return;
      }
      line.emitter.emit();
    },
  };
}
