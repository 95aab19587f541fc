import { WebSocket } from 'ws';
import { applyFrame, type TableState, WAITING_TABLE } from '#lib/protocol/apply-frame.ts';
import { type ServerMessage, SOCKET_PATH, SOCKET_PROTOCOL } from '#lib/protocol/frames.ts';
import { parseServerMessage } from '#lib/protocol/short-frames.ts';
import type { Cell } from '#lib/resources/cell.ts';
import type { ConnectionState } from '#lib/resources/connection.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';

/**
 * A tab without a browser: one socket, one rows subscription, and a record of every state it was shown. It holds
 * what a person would have seen, so that tests can hold that against the API server.
 */
export interface LiveProbe {
  state(): TableState;
  /** uid → cells of the rows in the window. */
  rows(): ReadonlyMap<string, readonly Cell[]>;
  /** Connection states in the order they were shown, without repeats. */
  readonly connections: readonly ConnectionState['state'][];
  /** Resolves when the condition holds, looked at after every frame; rejects after timeoutMs with what was seen last. */
  until(what: string, holds: (state: TableState) => boolean, timeoutMs?: number): Promise<void>;
  close(): void;
}

/** origin: 'http://127.0.0.1:7070'; cookie: what the exchange of the launch token gave (signIn). */
export async function openProbe(origin: string, cookie: string, spec: QuerySpec): Promise<LiveProbe> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${SOCKET_PATH}`, SOCKET_PROTOCOL, {
    headers: { origin, cookie, 'sec-fetch-site': 'same-origin' },
  });
  let state = WAITING_TABLE;
  const connections: ConnectionState['state'][] = [];
  const waiters = new Set<() => void>();
  const ended = new Promise<never>((_, reject) => {
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`the console closed the socket: ${code}`)));
  });
  ended.catch(() => undefined);
  const take = (message: ServerMessage | null): void => {
    if (message === null) throw new Error('the console sent what is none of its messages');
    if (message.t === 'refused') throw new Error(`refused: ${message.error.message}`);
    if (message.t !== 'rows') return;
    const applied = applyFrame(state, message);
    state = applied.state;
    if (applied.resync) socket.send(JSON.stringify({ t: 'resync', id: 1 }));
    if (connections.at(-1) !== state.connection.state) connections.push(state.connection.state);
    for (const wake of waiters) wake();
  };
  socket.on('message', (data: Buffer) => take(parseServerMessage(data.toString('utf8'))));
  await Promise.race([new Promise<void>((resolve) => socket.once('open', () => resolve())), ended]);
  socket.send(JSON.stringify({ t: 'subscribe', id: 1, what: 'rows', spec }));
  return {
    state: () => state,
    rows: () => new Map(state.rows.map((row) => [row.uid, row.cells])),
    connections,
    until: (what, holds, timeoutMs = 30_000) =>
      waitFor({ what, holds: () => holds(state), waiters, timeoutMs, seen: () => state }, ended),
    close: () => socket.close(),
  };
}

interface Wait {
  readonly what: string;
  readonly holds: () => boolean;
  readonly waiters: Set<() => void>;
  readonly timeoutMs: number;
  readonly seen: () => TableState;
}

function waitFor(wait: Wait, ended: Promise<never>): Promise<void> {
  if (wait.holds()) return Promise.resolve();
  let wake: (() => void) | undefined;
  const held = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      const { connection, rows } = wait.seen();
      reject(
        new Error(
          `not within ${wait.timeoutMs} ms: ${wait.what}; last seen: ${JSON.stringify(connection)}, ${rows.length} rows`,
        ),
      );
    }, wait.timeoutMs);
    wake = () => {
      if (!wait.holds()) return;
      clearTimeout(timer);
      resolve();
    };
    wait.waiters.add(wake);
  });
  return Promise.race([held, ended]).finally(() => wake && wait.waiters.delete(wake));
}

/** Exchanges the launch link for a session; gives the Cookie header. */
export async function signIn(launchUrl: string): Promise<string> {
  const answer = await fetch(launchUrl, { redirect: 'manual' });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (answer.status !== 303 || cookie === undefined)
    throw new Error(`the launch link was answered with ${answer.status}`);
  return cookie;
}
