import type { WebSocket } from 'ws';
import type { Clock } from '#lib/k8s/client/clock.ts';
import type { HubSocket } from './hub-socket.ts';

const PING_MS = 20_000;

/**
 * A ws WebSocket as the hub sees it. Pings every 20 s, so that a peer that left without a word is noticed at the
 * second ping instead of when the system gives up. The server's maxPayload bounds what is received at all.
 */
export function wsSocket(ws: WebSocket, clock: Clock): HubSocket {
  let isAlive = true;
  let cancel = () => {};
  const ping = () => {
    if (!isAlive) return ws.terminate();
    isAlive = false;
    if (ws.readyState === ws.OPEN) ws.ping();
    cancel = clock.after(PING_MS, ping);
  };
  cancel = clock.after(PING_MS, ping);
  ws.on('pong', () => {
    isAlive = true;
  });
  // Always followed by close, which is where the hub hears of it.
  ws.on('error', () => ws.terminate());
  ws.on('close', () => cancel());
  return {
    send(text) {
      // The callback takes write errors, which would be thrown otherwise; close follows them.
      if (ws.readyState === ws.OPEN) ws.send(text, () => {});
    },
    bufferedBytes: () => ws.bufferedAmount,
    close: (code, reason) => ws.close(code, reason),
    onMessage(listener) {
      ws.on('message', (data, isBinary) => {
        isAlive = true;
        if (!isBinary) listener(textOf(data));
      });
    },
    onClose(listener) {
      ws.once('close', () => listener());
    },
  };
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}
