import { SOCKET_PATH } from '#lib/protocol/frames.ts';
import type { LiveClient, Snapshot } from '../live-client.ts';
import { createLiveClient } from './create-live-client.ts';
import type { SocketTransport } from './live-socket.ts';
import { createTicker } from './ticker.ts';

/** The live client on the browser's own socket and clock. Made on the server too, where it never does anything. */
export function createBrowserLiveClient(): LiveClient {
  return createLiveClient({
    url: () => `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}${SOCKET_PATH}`,
    transport: dialWebSocket,
    // Without an upgrade the address answers a signed-in browser with some refusal, and any other with 401.
    hasSession: async () => (await fetch(SOCKET_PATH, { cache: 'no-store' })).status !== 401,
    clock: {
      nowMs: () => performance.now(),
      after(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    random: Math.random,
    onWake(wake) {
      window.addEventListener('online', wake);
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') wake();
      });
    },
  });
}

export function createBrowserTicker(): Snapshot<number> {
  return createTicker({
    nowMs: () => performance.now(),
    every(periodMs, run) {
      const timer = setInterval(run, periodMs);
      return () => clearInterval(timer);
    },
  });
}

const dialWebSocket: SocketTransport = (url, protocol, handlers) => {
  const socket = new WebSocket(url, protocol);
  let isOver = false;
  const over = (code: number) => {
    if (isOver) return;
    isOver = true;
    handlers.closed(code);
  };
  socket.addEventListener('message', (event) => {
    if (!isOver) handlers.message(typeof event.data === 'string' ? event.data : '');
  });
  // An error is always followed by close, which alone carries a code.
  socket.addEventListener('close', (event) => over(event.code));
  return {
    send: (text) => socket.send(text),
    close() {
      isOver = true;
      socket.close();
    },
  };
};
