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
import { type Program, startNode } from './programs.ts';

/** The built console as a process of its own, and somebody logged in to it. */
export interface BenchConsole {
  readonly origin: string;
  readonly pid: number;
  open(): Promise<Tab>;
  /** The figures of /metrics by name; 0 when one is not there. Reading them begins the event-loop delay anew. */
  metrics(): Promise<(name: string) => number>;
  /** The process anew, at the same address and with the same sessions. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** As the browser's client. */
export const DIAL_MS = 10_000;
/** A session has at most 64 sockets. */
const TABS_A_SESSION = 50;
const MOST_SESSIONS = 8;

/** One tab's socket. */
export interface Tab {
  send(message: ClientMessage): void;
  /** Called with every message, its size in bytes beside it. */
  onMessage(listener: (message: ServerMessage, bytes: number) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

export async function startConsole(kubeconfig: string): Promise<BenchConsole> {
  const stateDir = mkdtempSync(join(tmpdir(), 'strata-bench-'));
  let running = await launch(kubeconfig, stateDir, 0);
  const link = running.match[1] as string;
  const { origin } = new URL(link);
  const cookies: Promise<string>[] = [];
  let opened = 0;
  return {
    origin,
    get pid() {
      return running.pid;
    },
    async open() {
      const session = Math.floor(opened++ / TABS_A_SESSION) % MOST_SESSIONS;
      cookies[session] ??= enter(link);
      return openTab(origin, await cookies[session]);
    },
    async metrics() {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return (name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
    },
    async restart() {
      await running.stop();
      running = await launch(kubeconfig, stateDir, Number(new URL(origin).port));
    },
    async stop() {
      await running.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

function launch(kubeconfig: string, stateDir: string, port: number): Promise<Program> {
  const words = [
    '--kubeconfig',
    kubeconfig,
    '--port',
    String(port),
    '--state-dir',
    stateDir,
    '--no-open',
    '--log-level',
    'error',
  ];
  return startNode([join('server', 'main.ts'), ...words], /^Strata Console is ready: (http\S+)$/, {
    NODE_ENV: 'production',
  });
}

/** Exchanges the launch link for a session, which outlives a restart. */
async function enter(link: string): Promise<string> {
  const url = new URL(link);
  const entered = await fetch(url, { redirect: 'manual' });
  const cookies = entered.headers.getSetCookie().map((one) => one.split(';')[0]);
  return cookies.join('; ');
}

function openTab(origin: string, cookie: string): Promise<Tab> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${SOCKET_PATH}`, SOCKET_PROTOCOL, {
    headers: { cookie, origin },
    perMessageDeflate: false,
    handshakeTimeout: DIAL_MS,
  });
  const listeners: ((message: ServerMessage, bytes: number) => void)[] = [];
  // What comes with the socket's own opening waits for the first listener.
  const early: Buffer[] = [];
  const tell = (data: Buffer) => {
    const message = parseServerMessage(data.toString());
    if (message === null) throw new Error('the console sent what is none of its messages');
    for (const listener of listeners) listener(message, data.length);
  };
  // A connection that breaks is told by close.
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => (listeners.length === 0 ? void early.push(data) : tell(data)));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`the console closed the socket: ${code}`)));
    socket.once('open', () =>
      resolve({
        send: (message) => socket.send(JSON.stringify(message)),
        onMessage: (listener) => {
          listeners.push(listener);
          for (const data of early.splice(0)) tell(data);
        },
        onClose: (listener) => void socket.once('close', listener),
        close: () => socket.close(),
      }),
    );
  });
}
