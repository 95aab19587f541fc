import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import {
  type ClientMessage,
  type ServerMessage,
  SOCKET_PATH,
  SOCKET_PROTOCOL,
} from '#lib/protocol/frames.ts';
import { parseServerMessage } from '#lib/protocol/short-frames.ts';
import { startNode } from './programs.ts';

/** The built console as a process of its own, and somebody logged in to it. */
export interface BenchConsole {
  readonly origin: string;
  readonly pid: number;
  open(): Promise<Tab>;
  /** A figure of /metrics; 0 when it is not there. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** One tab's socket. */
export interface Tab {
  send(message: ClientMessage): void;
  /** Called with every message, its size in bytes beside it. */
  onMessage(listener: (message: ServerMessage, bytes: number) => void): void;
  close(): void;
}

export async function startConsole(kubeconfig: string): Promise<BenchConsole> {
  const stateDir = mkdtempSync(join(tmpdir(), 'strata-bench-'));
  const words = [
    '--kubeconfig',
    kubeconfig,
    '--port',
    '0',
    '--state-dir',
    stateDir,
    '--no-open',
    '--log-level',
    'error',
  ];
  const program = await startNode(
    [join('server', 'main.ts'), ...words],
    /^Strata Console is ready: (http\S+)$/,
    {
      NODE_ENV: 'production',
    },
  );
  const url = new URL(program.match[1] as string);
  const entered = await fetch(url, { redirect: 'manual' });
  const cookie = entered.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return {
    origin: url.origin,
    pid: program.pid,
    open: () => openTab(url.origin, cookie),
    async metric(name) {
      const text = await (await fetch(`${url.origin}/metrics`)).text();
      return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
    },
    async stop() {
      await program.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

function openTab(origin: string, cookie: string): Promise<Tab> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${SOCKET_PATH}`, SOCKET_PROTOCOL, {
    headers: { cookie, origin },
    perMessageDeflate: false,
  });
  const listeners: ((message: ServerMessage, bytes: number) => void)[] = [];
  // What comes with the socket's own opening waits for the first listener.
  const early: Buffer[] = [];
  const tell = (data: Buffer) => {
    const message = parseServerMessage(data.toString());
    if (message === null) throw new Error('the console sent what is none of its messages');
    for (const listener of listeners) listener(message, data.length);
  };
  socket.on('message', (data: Buffer) => (listeners.length === 0 ? void early.push(data) : tell(data)));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () =>
      resolve({
        send: (message) => socket.send(JSON.stringify(message)),
        onMessage: (listener) => {
          listeners.push(listener);
          for (const data of early.splice(0)) tell(data);
        },
        close: () => socket.close(),
      }),
    );
  });
}
