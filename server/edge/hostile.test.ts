import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '#lib/k8s/client/clock.ts';
import { fillIn, HOSTILE_REQUESTS } from '#test/fixtures/hostile-requests.ts';
import { createLaunchToken } from '../session/launch-token.ts';
import { createSessions } from '../session/sessions.ts';
import { createEdge } from './edge.ts';
import type { AnswerRecord } from './edge-options.ts';
import { createGrants } from './grants.ts';
import { createHttpServer } from './http-server.ts';

/** The edge with a recorder behind it, spoken to over raw sockets: what is recorded got through. */
const passed: { what: string; headers: Readonly<Record<string, unknown>> }[] = [];
const records: AnswerRecord[] = [];
const token = createLaunchToken(randomBytes(32));
const clock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: () => () => undefined,
};
const newId = () => randomBytes(24).toString('base64');
const sessions = createSessions({
  secret: randomBytes(32),
  restored: [],
  clock,
  randomBytes,
  keep: () => undefined,
});
const readiness = { now: 'ready' as 'starting' | 'ready' | 'draining' };
let server: Server;
let port = 0;
let sessionId = '';

beforeAll(async () => {
  const edge = createEdge({
    hosts: () => [`127.0.0.1:${port}`, `localhost:${port}`],
    port: () => port,
    readiness: () => readiness.now,
    isDev: false,
    token,
    sessions,
    grants: createGrants(newId),
    clock,
    newId,
    onAnswered: (record) => records.push(record),
    handlers: {
      async next(req, res) {
        passed.push({ what: `${req.method} ${req.url}`, headers: req.headers });
        res.setHeader('x-powered-by', 'recorder');
        res.setHeader('access-control-allow-origin', '*');
        res.end('recorded');
      },
      hasStatic: (path) => path === '/_next/static/a.js',
      metrics: async () => ({ contentType: 'text/plain', body: 'metric 1\n' }),
      socket(req, socket) {
        passed.push({ what: `UPGRADE ${req.url}`, headers: req.headers });
        socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      },
    },
  });
  server = createHttpServer({ edge: () => edge, newId, onMalformed: () => undefined });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  sessionId = sessions.open().id;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  passed.length = 0;
  records.length = 0;
  readiness.now = 'ready';
});

/** All bytes the server answers until it, or a short silence after an answer, ends the connection. */
function speak(raw: string): Promise<string> {
  const text = fillIn(raw, { port, session: sessionId, cluster: 'demo' });
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('connect', () => socket.write(Buffer.from(text, 'latin1')));
    socket.on('data', (chunk) => {
      answer += chunk;
      if (/\r\n\r\n/.test(answer)) socket.end();
    });
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const headersOf = (answer: string): string => answer.slice(0, answer.indexOf('\r\n\r\n')).toLowerCase();
const cookie = 'Cookie: COOKIE';
const object = '/api/clusters/demo/api/v1/namespaces/shop/pods/cart-1';

describe('hostile requests', () => {
  it('are many, each different', () => {
    expect(HOSTILE_REQUESTS.length).toBeGreaterThan(100);
    expect(new Set(HOSTILE_REQUESTS.map(({ raw }) => raw)).size).toBe(HOSTILE_REQUESTS.length);
  });

  it.each(HOSTILE_REQUESTS)('refuses $name', async ({ raw, status }) => {
    const answer = await speak(raw);
    expect([status].flat()).toContain(statusOf(answer));
    expect(passed).toEqual([]);
    expect(answer).not.toContain(token.reveal());
    if (answer !== '') {
      expect(headersOf(answer)).toContain('x-content-type-options: nosniff');
      expect(headersOf(answer)).toContain('cache-control: no-store');
      expect(headersOf(answer)).toContain('content-security-policy: ');
      expect(headersOf(answer)).not.toMatch(/\r\n(?:server|x-powered-by|access-control-[a-z-]+):/);
    }
    expect(statusOf(await speak('GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n'))).toBe(200);
  });

  it('answers a pipelined request behind a refused one by closing', async () => {
    const one = `POST ${object} HTTP/1.1\r\nHost: HOST\r\n${cookie}\r\nContent-Length: 60\r\n\r\n`;
    const answer = await speak(
      `${one}GET /demo/pods HTTP/1.1\r\nHost: HOST\r\n${cookie}\r\n\r\n${' '.repeat(90)}`,
    );
    expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 403']);
    expect(passed).toEqual([]);
  });

  it('survives a reset at every byte of a handshake', async () => {
    const raw = `GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    for (let length = 1; length <= raw.length; length += 7) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(raw.slice(0, length), () => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    expect(statusOf(await speak('GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n'))).toBe(200);
  });
});

describe('honest requests', () => {
  it('pass with the edge’s headers and without the client’s', async () => {
    const answer = await speak(
      `GET /demo/pods?q=a HTTP/1.1\r\nHost: HOST\r\n${cookie}\r\nX-Nonce: evil\r\nContent-Security-Policy: script-src *\r\n` +
        'X-Strata-Request: forged\r\nX-Forwarded-Host: evil.test\r\nAuthorization: Bearer x\r\nAccept: text/html\r\n\r\n',
    );
    expect(statusOf(answer)).toBe(200);
    expect(passed[0]?.what).toBe('GET /demo/pods?q=a');
    const headers = passed[0]?.headers ?? {};
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'content-security-policy',
      'host',
      'x-nonce',
      'x-strata-request',
    ]);
    expect(headers['x-nonce']).not.toBe('evil');
    expect(headers['content-security-policy']).toContain(`'nonce-${headers['x-nonce']}'`);
    expect(headers['x-strata-request']).not.toBe('forged');
    expect(headersOf(answer)).toContain(`'nonce-${String(headers['x-nonce']).toLowerCase()}'`);
    expect(headersOf(answer)).not.toMatch(/x-powered-by|access-control/);
  });

  it('may store hashed files and nothing else; a file that is not there is no page', async () => {
    const file = await speak(`GET /_next/static/a.js HTTP/1.1\r\nHost: HOST\r\n${cookie}\r\n\r\n`);
    expect(statusOf(file)).toBe(200);
    expect(headersOf(file)).not.toContain('no-store');
    const none = await speak(`GET /_next/static/b.js HTTP/1.1\r\nHost: HOST\r\n${cookie}\r\n\r\n`);
    expect(statusOf(none)).toBe(404);
    expect(headersOf(none)).toContain('cache-control: no-store');
  });

  it('may come from a link on another site', async () => {
    const from = 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document';
    expect(
      statusOf(await speak(`GET /demo/pods HTTP/1.1\r\nHost: HOST\r\n${cookie}\r\n${from}\r\n\r\n`)),
    ).toBe(200);
  });

  it('may write and upgrade from our own page', async () => {
    const own = `Host: HOST\r\n${cookie}\r\nOrigin: http://HOST\r\nSec-Fetch-Site: same-origin`;
    const write = `DELETE ${object} HTTP/1.1\r\n${own}\r\nContent-Length: 2\r\n\r\n{}`;
    expect(statusOf(await speak(write))).toBe(200);
    const upgrade =
      `GET /api/live HTTP/1.1\r\n${own}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: strata.v2\r\n\r\n';
    expect(statusOf(await speak(upgrade))).toBe(101);
    expect(passed.map(({ what }) => what)).toEqual([`DELETE ${object}`, 'UPGRADE /api/live']);
  });

  it('exchange the launch token for a cookie, on any page, keeping the rest of the link', async () => {
    const answer = await speak(
      `GET /demo/pods?ns=a,b&token=${token.reveal()}&q=x HTTP/1.1\r\nHost: HOST\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe(303);
    expect(headersOf(answer)).toContain('location: /demo/pods?ns=a%2cb&q=x');
    const id = new RegExp(`strata_session_${port}=([A-Za-z0-9_-]{43}); Path=/; HttpOnly; SameSite=Lax`).exec(
      answer,
    )?.[1];
    expect(sessions.find(id ?? '')).not.toBeNull();
    expect(JSON.stringify(records)).not.toContain(token.reveal());
    expect(JSON.stringify(records)).not.toContain(id);
  });

  it('follow an old link when the session is still good, without a new session', async () => {
    const before = sessions.size;
    const answer = await speak(`GET /?token=old HTTP/1.1\r\nHost: HOST\r\n${cookie}\r\n\r\n`);
    expect(statusOf(answer)).toBe(303);
    expect(headersOf(answer)).toContain('location: /\r\n');
    expect(sessions.size).toBe(before);
  });

  it('without a session: a page of words for people, an error for programs, a result for writes', async () => {
    const page = await speak('GET /demo/pods HTTP/1.1\r\nHost: HOST\r\nAccept: text/html\r\n\r\n');
    expect(statusOf(page)).toBe(401);
    expect(page).toContain('Open the link that was printed in the terminal');
    const api = await speak(`GET ${object} HTTP/1.1\r\nHost: HOST\r\nAccept: application/json\r\n\r\n`);
    expect(JSON.parse(api.slice(api.indexOf('{')))).toMatchObject({ reason: 'Unauthorized', code: 401 });
    const write = await speak(
      `DELETE ${object} HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(JSON.parse(write.slice(write.indexOf('{')))).toMatchObject({
      outcome: 'refused',
      error: { code: 401 },
    });
  });

  it('learn at the socket’s address whether they have a session', async () => {
    const ask = `GET /api/live HTTP/1.1\r\nHost: HOST\r\n`;
    expect(statusOf(await speak(`${ask}\r\n`))).toBe(401);
    expect(statusOf(await speak(`${ask}${cookie}\r\n\r\n`))).toBe(426);
    expect(passed).toEqual([]);
  });

  it('end their session and its sockets', async () => {
    const { id, session } = sessions.open();
    const codes: number[] = [];
    sessions.attach(session.key, (code) => codes.push(code));
    const answer = await speak(
      `POST /api/session/end HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nCookie: strata_session_PORT=${id}\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe(204);
    expect(headersOf(answer)).toContain('clear-site-data: "cache", "storage"');
    expect(headersOf(answer)).toContain('max-age=0');
    expect(codes).toEqual([4401]);
    expect(sessions.find(id)).toBeNull();
  });

  it('learn that the console starts or drains; health and metrics need no session', async () => {
    expect(await speak('GET /metrics HTTP/1.1\r\nHost: HOST\r\n\r\n')).toContain('metric 1');
    expect(statusOf(await speak('GET /readyz HTTP/1.1\r\nHost: HOST\r\n\r\n'))).toBe(200);
    readiness.now = 'draining';
    expect(statusOf(await speak('GET /readyz HTTP/1.1\r\nHost: HOST\r\n\r\n'))).toBe(503);
    expect(statusOf(await speak('GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n'))).toBe(200);
    expect(statusOf(await speak(`GET /demo/pods HTTP/1.1\r\nHost: HOST\r\n${cookie}\r\n\r\n`))).toBe(503);
    expect(passed).toEqual([]);
  });
});
