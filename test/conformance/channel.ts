/** The suite's own WebSocket client for exec and attach: what came, channel by channel, and how it ended. */
import { WebSocket } from 'ws';
import type { Status } from './kube-types.ts';
import { readAccess } from './kubeconfig.ts';

export interface Session {
  protocol: string;
  /** What has come on a channel by now. */
  text(channel: number): string;
  send(channel: number, text: string): void;
  /** Ends the connection from this side. */
  close(): void;
  /** Resolves with the Status of channel 3 when the server has closed. */
  ended: Promise<Status>;
}

export interface Refused {
  code: number;
  status: Status;
}

export type Opened = { session: Session; refused?: undefined } | { session?: undefined; refused: Refused };

export const v5 = 'v5.channel.k8s.io';
export const v4 = 'v4.channel.k8s.io';

export function openChannels(
  kubeconfig: string,
  path: string,
  protocol: string,
  context?: string,
): Promise<Opened> {
  const { server, token, ...tls } = readAccess(kubeconfig, context);
  const url = `${server.replace(/^http/, 'ws')}${path}`;
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const socket = new WebSocket(url, protocol, { ...tls, headers });
  const came = new Map<number, string>();
  const text = (channel: number) => came.get(channel) ?? '';
  socket.on('message', (data: Buffer) => {
    const channel = data[0] ?? -1;
    came.set(channel, text(channel) + data.subarray(1).toString());
  });
  const ended = new Promise<Status>((resolve) => {
    socket.once('close', () => resolve(text(3) === '' ? ({} as Status) : (JSON.parse(text(3)) as Status)));
  });
  const send = (channel: number, written: string) =>
    socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(written)]));
  return new Promise((resolve, reject) => {
    socket.once('open', () =>
      resolve({ session: { protocol: socket.protocol, text, send, close: () => socket.terminate(), ended } }),
    );
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () =>
        resolve({ refused: { code: response.statusCode ?? 0, status: JSON.parse(body) as Status } }),
      );
    });
  });
}
