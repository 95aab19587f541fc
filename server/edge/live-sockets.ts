import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '#lib/k8s/client/clock.ts';
import { CLOSE_RESTART, SOCKET_PROTOCOL } from '#lib/protocol/frames.ts';
import type { Session, Sessions } from '../session/sessions.ts';
import { rawRefusal } from './answers.ts';

/**
 * WebSockets of admitted upgrades. Each belongs to a session and ends with it (4401) or with the server (1012); the
 * hub's side of it (server/hub/ws-socket.ts) ends those whose browser has gone.
 */
export interface LiveSockets {
  accept(req: IncomingMessage, socket: Duplex, head: Buffer, session: Session): void;
  /** Tells every browser to connect again later; resolves when all are closed or the time is over. */
  closeAll(timeoutMs: number): Promise<void>;
  readonly size: number;
}

export interface LiveSocketsOptions {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly connect: (ws: WebSocket) => void;
  readonly newId: () => string;
}

const MAX_MESSAGE_BYTES = 262_144;
/** How long a browser has for its side of the closing handshake. */
const CLOSE_MS = 2_000;
const CLOSE_TOO_MANY = 1013;

export function createLiveSockets(options: LiveSocketsOptions): LiveSockets {
  const { sessions, clock } = options;
  const open = new Set<WebSocket>();
  const waiters = new Set<() => void>();
  const wss = socketServer(options.newId);
  const shut = (ws: WebSocket, code: number, reason: string) => {
    ws.close(code, reason);
    clock.after(CLOSE_MS, () => ws.terminate());
  };
  const take = (ws: WebSocket, session: Session) => {
    open.add(ws);
    ws.on('error', () => ws.terminate());
    const untie = sessions.attach(session.key, (code) => shut(ws, code, 'session ended'));
    ws.on('close', () => {
      untie?.();
      open.delete(ws);
      if (open.size === 0) for (const resolve of waiters) resolve();
    });
    if (untie === null) return shut(ws, CLOSE_TOO_MANY, 'too many sockets');
    ws.on('message', () => sessions.touch(session.key));
    options.connect(ws);
  };
  return {
    accept(req, socket, head, session) {
      wss.handleUpgrade(req, socket, head, (ws) => take(ws, session));
    },
    async closeAll(timeoutMs) {
      for (const ws of open) shut(ws, CLOSE_RESTART, 'restart');
      if (open.size === 0) return;
      await new Promise<void>((resolve) => {
        waiters.add(resolve);
        clock.after(timeoutMs, resolve);
      });
      for (const ws of open) ws.terminate();
    },
    get size() {
      return open.size;
    },
  };
}

/** Limits far below ws's own: what browsers send here are small questions. */
function socketServer(newId: () => string): WebSocketServer {
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: 64,
    maxBufferedChunks: 1_024,
    handleProtocols: () => SOCKET_PROTOCOL,
  });
  wss.on('wsClientError', (_error, socket) => {
    const context = { shape: 'error', requestId: newId(), nonce: '' } as const;
    socket.end(rawRefusal({ status: 400, message: 'The handshake of the socket is malformed.' }, context));
  });
  return wss;
}
