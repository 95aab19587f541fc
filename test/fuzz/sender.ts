/** Sends well-formed HTTP of any content over a few kept connections, and bytes to the port without TLS. */
import { readFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import type { Shot } from './shot.ts';

export interface HttpAnswer {
  code: number;
  headers: Record<string, string | string[] | undefined>;
  /** Undefined when it was cut. */
  body: Buffer | undefined;
}

export interface Sender {
  /** Undefined when the connection ended without an answer, as it may while a body is refused unread. */
  send(shot: Shot): Promise<HttpAnswer | undefined>;
  close(): void;
}

/** Longer than the longest that a server may take: it waits three seconds for a revision that does not come. */
const TIMEOUT_MS = 20_000;

export function openSender(kubeconfig: string, sockets: number): Sender {
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: Record<string, string> }];
  };
  const decode = (value: string | undefined) => Buffer.from(value ?? '', 'base64');
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const agent = new Agent({
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
    keepAlive: true,
    maxSockets: sockets,
  });
  const { hostname, port } = new URL(cluster.server as string);
  return {
    close: () => agent.destroy(),
    send: ({ method, path, headers, body }) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const sent = request({ host: hostname, port, agent, method, path, headers: { ...headers, ...length } });
      const answer = answerTo(sent);
      sent.end(body);
      return answer;
    },
  };
}

function answerTo(sent: ClientRequest): Promise<HttpAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    let isAnswered = false;
    sent.on('close', () => clearTimeout(late));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (isAnswered) return;
      if (error.code === 'EPIPE' || error.code === 'ECONNRESET') resolve(undefined);
      else reject(error);
    });
    sent.on('response', (response) => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      const { statusCode: code = 0, headers } = response;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve({ code, headers, body: undefined }));
      response.on('end', () => resolve({ code, headers, body: Buffer.concat(chunks) }));
    });
  });
}

/** Bytes to the TLS port without TLS. Resolves when the other side ends it, or says nothing. */
export function sendPlain(server: string, bytes: Buffer, quietMs: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(server).port) });
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
    socket.write(bytes);
  });
}
