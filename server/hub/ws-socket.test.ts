import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createFakeClock, type FakeClock } from '#test/fixtures/fake-clock.ts';
import type { HubSocket } from './hub-socket.ts';
import { wsSocket } from './ws-socket.ts';

let server: WebSocketServer;
let clock: FakeClock;
let browser: WebSocket;
let socket: HubSocket;
let raw: WebSocket;

beforeEach(async () => {
  clock = createFakeClock();
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 1_024 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  browser = new WebSocket(`ws://127.0.0.1:${port}`);
  const [connected] = (await once(server, 'connection')) as [WebSocket];
  raw = connected;
  socket = wsSocket(raw, clock);
  await once(browser, 'open');
});
afterEach(async () => {
  browser.terminate();
  await new Promise((resolve) => server.close(resolve));
});

const closed = () => new Promise<void>((resolve) => socket.onClose(resolve));

it('passes text both ways and leaves binary messages out', async () => {
  const heard: string[] = [];
  const done = new Promise<void>((resolve) =>
    socket.onMessage((text) => {
      heard.push(text);
      if (text === 'end') resolve();
    }),
  );
  browser.send(Buffer.from('binary'));
  browser.send('hällo');
  browser.send('end');
  await done;
  expect(heard).toEqual(['hällo', 'end']);
  socket.send('back');
  const [data] = (await once(browser, 'message')) as [Buffer];
  expect(data.toString()).toBe('back');
  expect(socket.bufferedBytes()).toBe(0);
});

it('closes with a code, and does not mind what is sent afterwards', async () => {
  const gone = closed();
  socket.close(1012, 'restart');
  const [code] = (await once(browser, 'close')) as [number];
  expect(code).toBe(1012);
  await gone;
  socket.send('late');
  expect(clock.pendingTimers).toBe(0);
});

it('ends quietly when the other side breaks the protocol', async () => {
  const gone = closed();
  browser.send('x'.repeat(2_000));
  await gone;
});

it('gives up a peer that answers no ping', async () => {
  const gone = closed();
  const pong = once(raw, 'pong');
  await clock.advance(20_000);
  await pong;
  browser.pause();
  await clock.advance(20_000);
  expect(raw.readyState).toBe(WebSocket.OPEN);
  await clock.advance(20_000);
  await gone;
});
