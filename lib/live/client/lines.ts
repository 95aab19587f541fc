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
  return new TabLines(socket);
}

class TabLines implements Lines {
  readonly #socket: LineSocket;
  readonly #held = new Set<Line<unknown>>();
  readonly #open = new Map<number, Line<unknown>>();
  #lastId = 0;

  constructor(socket: LineSocket) {
    this.#socket = socket;
  }

  hold(line: Line<unknown>): void {
    line.holders += 1;
    if (line.holders > 1) return;
    this.#held.add(line);
    this.#socket.start();
    this.#ask(line);
  }

  letGo(line: Line<unknown>): void {
    line.holders -= 1;
    if (line.holders > 0) return;
    this.#held.delete(line);
    if (line.id === 0) return;
    this.#socket.send({ t: 'unsubscribe', id: line.id });
    this.#shut(line);
    line.channel.lost();
  }

  retry(line: Line<unknown>): void {
    this.#socket.wake();
    if (line.id !== 0) this.#socket.send({ t: 'retry', id: line.id });
    else if (line.isRefused && this.#held.has(line)) this.#ask(line);
  }

  change(line: Line<unknown>, message: (id: number) => ClientMessage): void {
    if (line.id !== 0) this.#socket.send(message(line.id));
    else if (line.isRefused && this.#held.has(line)) this.#ask(line);
  }

  opened(): void {
    for (const line of this.#held) this.#ask(line);
  }

  lost(): void {
    const lines = [...this.#open.values()];
    for (const line of lines) {
      this.#shut(line);
      line.channel.lost();
    }
    for (const line of lines) line.emitter.emit();
  }

  receive(frame: ChannelFrame | RefusedFrame, receivedMs: number): void {
    const line = this.#open.get(frame.id);
    // The last frames of a line that was let go are still on their way: nobody waits for them.
    if (line === undefined) return;
    if (frame.t === 'refused') {
      this.#shut(line);
      line.isRefused = true;
      line.channel.refused(frame);
    } else if (line.channel.receive(frame, receivedMs)) {
      this.#socket.send({ t: 'resync', id: line.id });
      return;
    }
    line.emitter.emit();
  }

  #ask(line: Line<unknown>): void {
    const id = this.#lastId + 1;
    if (!this.#socket.send(line.channel.subscribeMessage(id))) return;
    this.#lastId = id;
    line.id = id;
    line.isRefused = false;
    this.#open.set(id, line);
    this.#socket.expectWords(true);
  }

  #shut(line: Line<unknown>): void {
    this.#open.delete(line.id);
    line.id = 0;
    this.#socket.expectWords(this.#open.size > 0);
  }
}
