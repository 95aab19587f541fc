/**
 * The channels of exec and attach over one WebSocket: the first byte of a message names its stream. v5 adds 255, with
 * which the client says that one of its streams has ended. The last word is a Status on channel 3.
 */
import type { WebSocket } from 'ws';
import type { JsonObject } from '../../base/json.ts';

export const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;

export interface ChannelEvents {
  onStdin(text: string): void;
  onStdinEnd(): void;
  onResize(columns: number, rows: number): void;
  onGone(): void;
}

export class Channels {
  readonly #socket: WebSocket;
  readonly #decoder = new TextDecoder();

  constructor(socket: WebSocket, events: ChannelEvents) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(data, events));
    socket.on('close', () => events.onGone());
    // A torn connection closes as well; what broke it says nothing more.
    socket.on('error', () => socket.terminate());
  }

  get isV5(): boolean {
    return this.#socket.protocol === PROTOCOLS[0];
  }

  out = (text: string | Buffer): void => this.#send(STDOUT, text);
  err = (text: string | Buffer): void => this.#send(STDERR, text);

  /** Sends the outcome and closes. */
  finish(status: JsonObject): void {
    this.#send(ERROR, JSON.stringify(status));
    this.#socket.close(1000);
  }

  #receive(data: Buffer, events: ChannelEvents): void {
    const [channel] = data;
    const rest = data.subarray(1);
    if (channel === STDIN) events.onStdin(this.#decoder.decode(rest, { stream: true }));
    else if (channel === RESIZE) resize(rest, events);
    else if (channel === CLOSE && this.isV5 && rest[0] === STDIN) events.onStdinEnd();
  }

  #send(channel: number, text: string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text as string)]));
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#socket.terminate();
  }
}

function resize(data: Buffer, events: ChannelEvents): void {
  let size: unknown;
  try {
    size = JSON.parse(data.toString());
  } catch {
    return; // as the real server, which drops what is no size
  }
  const { Width: columns, Height: rows } = (size ?? {}) as { Width?: unknown; Height?: unknown };
  if (Number.isInteger(columns) && Number.isInteger(rows)) events.onResize(columns as number, rows as number);
}

export const success = (isV5: boolean): JsonObject => ({
  ...(isV5 ? { metadata: {} } : {}),
  status: 'Success',
});

/** v5 is worded by the API server, v4 by the kubelet. */
export function exitStatus(code: number, command: string[], isV5: boolean): JsonObject {
  if (code === 0) return success(isV5);
  const why = isV5
    ? `command terminated with exit code ${code}`
    : `error executing command [${command.join(' ')}], exit code ${code}`;
  return {
    ...(isV5 ? { metadata: {} } : {}),
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${why}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

export function internalStatus(why: string): JsonObject {
  const message = `Internal error occurred: ${why}`;
  const details = { causes: [{ message: why }] };
  return { metadata: {}, status: 'Failure', message, reason: 'InternalError', details, code: 500 };
}
