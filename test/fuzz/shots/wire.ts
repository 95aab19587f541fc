/** Bytes that are hardly HTTP: both framings at once, floods, halves, pipelines, and garbage in upgraded streams. */
import type { Luck } from '../luck.ts';
import type { Maker, Surroundings } from '../shot.ts';
import { hostileName } from '../values.ts';

const END = '\r\n\r\n';
const MAPS = '/api/v1/namespaces/fuzz-a/configmaps';
const post = (headers: string, body: string) =>
  `POST ${MAPS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}${END}${body}`;
const get = (path = '/version', headers = '') =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}${headers ? '\r\n' : ''}\r\n`;
const SMUGGLED = get('/api/v1/secrets');

const FRAMES: readonly ((luck: Luck) => string)[] = [
  () => post('Content-Length: 4\r\nTransfer-Encoding: chunked', `0${END}${SMUGGLED}`),
  () => post('Transfer-Encoding: chunked\r\nContent-Length: 99', `2\r\n{}\r\n0${END}`),
  () => post('Transfer-Encoding: chunked, identity', `0${END}`),
  () => post('Transfer-Encoding: xchunked', `0${END}`),
  () => post('Transfer-Encoding:\x0bchunked', `0${END}`),
  () => post('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked', `0${END}${SMUGGLED}`),
  () => post('Content-Length: 2\r\nContent-Length: 40', `{}${SMUGGLED}`),
  (luck) =>
    post(`Content-Length: ${luck.pick(['-1', '+2', '0x2', '2 2', '1e1', '99999999999999999999', ''])}`, '{}'),
  () => post('Content-Length : 2', '{}'),
  () => post('Content-Length: 5000000', '{'),
  () => post('Content-Length: 900', '{"metadata":{"name":"half"}'),
  (luck) =>
    post(
      'Transfer-Encoding: chunked',
      `${luck.pick(['ffffffffffffffff', 'zz', '-1', '2;x="', `2;${'e'.repeat(20_000)}`, '7fffffff'])}\r\n{}\r\n`,
    ),
  () => post('Transfer-Encoding: chunked', `2\r\n{}\r\n0\r\nX-Trailer: ${'t'.repeat(20_000)}${END}`),
  () => post('Transfer-Encoding: chunked', '1\r\n{\r\n'.repeat(20_000)),
  () => post('Transfer-Encoding: chunked', `${'1\n{\n'.repeat(9)}0\n\n`),
  () => post('Expect: 100-continue\r\nContent-Length: 2', ''),
  () => post('Expect: 200-maybe\r\nContent-Length: 2', '{}'),
  () => `GET /version HTTP/1.1\nHost: x\n\n`,
  () => get('/version', ' folded: x'),
  () => get('/version', 'X-A: 1\r\n folded: x'),
  () => get('/version', 'X-A: a\x00b'),
  () => get('/version', 'X-A: a\rb'),
  () => get('/version', ': no name'),
  () => get('/version', Array.from({ length: 300 }, (_, index) => `X-${index}: 1`).join('\r\n')),
  () => get('/version', Array.from({ length: 1_900 }, () => 'a: b').join('\r\n')),
  () => get('/version', `X-Big: ${'b'.repeat(64_000)}`),
  () => get('/version', `X-Big: ${'b'.repeat(1_200_000)}`),
  () => get(`/version?${'q'.repeat(100_000)}`),
  () => get().replace('\r\nHost: x', ''),
  () => get('/version', 'Host: y'),
  () => get('http://169.254.169.254/latest'),
  () => get('http://x/api/v1/namespaces'),
  () => `CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: x${END}`,
  () => `OPTIONS * HTTP/1.1\r\nHost: x${END}`,
  () => `PRI * HTTP/2.0${END}SM${END}`,
  (luck) => `GET /version HTTP/${luck.pick(['1.0', '0.9', '2.0', '3', '1.1.1', '9999999'])}\r\nHost: x${END}`,
  () => 'GET /version\r\n\r\n',
  (luck) =>
    `${luck.pick(['get', 'G E T', 'GET\t', '', 'A'.repeat(5_000), 'SOURCE', 'M-SEARCH'])} /version HTTP/1.1\r\nHost: x${END}`,
  () => 'GET /vers',
  () => '\r\n'.repeat(5_000),
  () => get().repeat(80),
  () => `${get().repeat(3)}\x00\x01garbage${get()}`,
  () => `${get('/api/v1/namespaces/fuzz-a/configmaps?watch=1&timeoutSeconds=1')}${get()}`,
  () => `${post('Content-Length: 8', '{"a":1}}')}${get()}`,
  () =>
    get(
      '/version',
      'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
    ),
  () => get('/version', 'Upgrade: websocket\r\nConnection: Upgrade'),
  () => get(MAPS, 'Connection: close, keep-alive, Host, Content-Length'),
  () => get('/version', 'Authorization: Bearer x\r\nAuthorization: Bearer y'),
  () => `${get(`${MAPS}?limit=1`, 'Content-Length: 3')}{}x`,
];

export const frames: Maker = (luck) => {
  const make = luck.pick(FRAMES);
  return [
    {
      name: `frame ${FRAMES.indexOf(make)}`,
      raw: Buffer.from(make(luck), 'latin1'),
      isHalfClosed: luck.is(0.4),
      isPlain: luck.is(0.1),
    },
  ];
};

export const noise: Maker = (luck) => [
  { name: 'noise', raw: luck.bytes(luck.below(2_000)), isHalfClosed: luck.is(0.5), isPlain: luck.is(0.3) },
];

function frame(luck: Luck): Buffer {
  const first = luck.pick([0x81, 0x82, 0x88, 0x89, 0x8a, 0x02, 0x00, 0xf2, 0x83, 0xc2]);
  const payload = luck.pick([
    () => luck.bytes(luck.below(120)),
    () => Buffer.from('\u0000ls -la\n'),
    () => Buffer.from(`\u0004{"Width":${luck.pick(['-1', '1e9', '"x"', '{}'])},"Height":0}`),
    () => Buffer.from('\u0004{{{{'),
    () => Buffer.from([255, luck.below(256)]),
    () => Buffer.alloc(0),
    () => Buffer.from(`\u0000${'\u0003\u001b[A'.repeat(30)}`),
    () => Buffer.from(`\u0000${'echo x; '.repeat(4_000)}\n`),
  ])();
  const isMasked = luck.is(0.9);
  const length =
    payload.length < 126
      ? [payload.length]
      : payload.length < 65_536
        ? [126, payload.length >> 8, payload.length & 0xff]
        : [127, 0, 0, 0, 0, 0, 1, 0, 0];
  const claimed = luck.is(0.05) ? [127, 255, 255, 255, 255, 255, 255, 255, 255] : length;
  claimed[0] = (claimed[0] as number) | (isMasked ? 0x80 : 0);
  return Buffer.concat([
    Buffer.from([first, ...claimed]),
    isMasked ? Buffer.alloc(4) : Buffer.alloc(0),
    payload,
  ]);
}

function upgradePath(luck: Luck, { pods }: Surroundings): string {
  const { namespace, name } = luck.pick(pods);
  const path = `/api/v1/namespaces/${namespace}/pods/${luck.is(0.9) ? name : encodeURIComponent(hostileName(luck))}`;
  const commands = luck.pick([
    'command=sh',
    'command=top',
    'command=',
    `command=${'x'.repeat(5_000)}`,
    'command=__proto__',
    'command=cat&command=/etc/passwd',
    '',
    'command=sh&command=-c&command=ls',
  ]);
  const flags = luck.pick([
    'stdin=true&stdout=true',
    'stdin=true&stdout=true&tty=true',
    'stdout=x',
    'stderr=true&tty=true',
    '',
  ]);
  const container = luck.is(0.2) ? `&container=${encodeURIComponent(hostileName(luck))}` : '';
  return `${path}/${luck.pick(['exec', 'exec', 'exec', 'attach', 'portforward'])}?${commands}&${flags}${container}`;
}

/** Streams of exec and attach: hostile options, protocols, and frames that break the rules. */
export const upgrades: Maker = (luck, around) => {
  const protocol = luck.pick([
    'v5.channel.k8s.io',
    'v5.channel.k8s.io',
    'v5.channel.k8s.io',
    'v5.channel.k8s.io',
    'v4.channel.k8s.io',
    'v9.channel.k8s.io',
    'SPDY/3.1',
    '',
    'v5.channel.k8s.io, v4.channel.k8s.io',
    'v2.portforward.k8s.io',
  ]);
  const key = luck.is(0.9) ? 'dGhlIHNhbXBsZSBub25jZQ==' : 'x';
  const head = `${luck.is(0.97) ? 'GET' : 'POST'} ${upgradePath(luck, around)} HTTP/1.1\r\nHost: x\r\nConnection: ${luck.is(0.97) ? 'Upgrade' : 'close'}\r\nUpgrade: ${luck.is(0.97) ? 'websocket' : 'SPDY/3.1'}\r\nSec-WebSocket-Version: ${luck.is(0.95) ? 13 : 7}\r\nSec-WebSocket-Key: ${key}\r\n${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''}\r\n`;
  const sent = Array.from({ length: luck.below(12) }, () => frame(luck));
  return [{ name: 'upgrade', raw: Buffer.concat([Buffer.from(head), ...sent]), isHalfClosed: luck.is(0.2) }];
};
