/** Raw requests that no browser of ours sends, with what must come of each. Data of hostile.test.ts. */
export interface HostileRequest {
  readonly name: string;
  /** HOST and COOKIE stand for the server's own host and a good session cookie. */
  readonly raw: string;
  /** 0: the connection ends without an answer. */
  readonly status: number | readonly number[];
}

const END = '\r\n\r\n';
const OK = 'Host: HOST\r\nCookie: COOKIE';
const WRITE = `${OK}\r\nOrigin: http://HOST\r\nContent-Type: application/json`;
const OBJECT = '/api/clusters/demo/api/v1/namespaces/shop/pods/cart-1';

const get = (target: string, headers = OK): string => `GET ${target} HTTP/1.1\r\n${headers}${END}`;
const withHeader = (line: string): string => get('/demo/pods', `${OK}\r\n${line}`);
const write = (method: string, target: string, headers: string, body = '{}'): string =>
  `${method} ${target} HTTP/1.1\r\n${headers}\r\nContent-Length: ${body.length}${END}${body}`;
const upgrade = (target: string, headers: string): string =>
  `GET ${target} HTTP/1.1\r\n${headers}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: strata.v1${END}`;

const HOSTS: readonly HostileRequest[] = [
  { name: 'a foreign host', raw: get('/', 'Host: evil.test\r\nCookie: COOKIE'), status: 421 },
  { name: 'our name on another port', raw: get('/', 'Host: 127.0.0.1:1\r\nCookie: COOKIE'), status: 421 },
  { name: 'our name without a port', raw: get('/', 'Host: 127.0.0.1\r\nCookie: COOKIE'), status: 421 },
  {
    name: 'a name that resolves to us',
    raw: get('/', 'Host: 127.0.0.1.nip.io:PORT\r\nCookie: COOKIE'),
    status: 421,
  },
  {
    name: 'a name with a dot at its end',
    raw: get('/', 'Host: localhost.:PORT\r\nCookie: COOKIE'),
    status: 421,
  },
  { name: 'user info in the host', raw: get('/', 'Host: a@HOST\r\nCookie: COOKIE'), status: 421 },
  { name: 'an address of another family', raw: get('/', 'Host: [::1]:PORT\r\nCookie: COOKIE'), status: 421 },
  { name: 'an empty host', raw: get('/', 'Host:\r\nCookie: COOKIE'), status: [400, 421] },
  { name: 'no host', raw: get('/', 'Cookie: COOKIE'), status: 421 },
  { name: 'two hosts', raw: get('/', `${OK}\r\nHost: evil.test`), status: 400 },
  { name: 'two equal hosts', raw: get('/', `${OK}\r\nHost: HOST`), status: 400 },
  {
    name: 'a forwarded host',
    raw: get('/', 'Host: evil.test\r\nX-Forwarded-Host: HOST\r\nCookie: COOKIE'),
    status: 421,
  },
  { name: 'HTTP/1.0 without a host', raw: `GET / HTTP/1.0${END}`, status: 505 },
  { name: 'HTTP/1.0 with a host', raw: `GET / HTTP/1.0\r\n${OK}${END}`, status: 505 },
  { name: 'HTTP/0.9', raw: 'GET /\r\n\r\n', status: [400, 505] },
  { name: 'HTTP/2 preface', raw: `PRI * HTTP/2.0${END}SM${END}`, status: [400, 405, 505] },
  { name: 'no HTTP at all', raw: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', status: [0, 400] },
];

const TARGETS: readonly HostileRequest[] = [
  { name: 'absolute form', raw: get('http://169.254.169.254/latest'), status: 400 },
  { name: 'absolute form of ourselves', raw: get('http://HOST/demo/pods'), status: 400 },
  { name: 'CONNECT', raw: `CONNECT 169.254.169.254:80 HTTP/1.1\r\n${OK}${END}`, status: 405 },
  { name: 'OPTIONS *', raw: `OPTIONS * HTTP/1.1\r\n${OK}${END}`, status: 400 },
  { name: 'TRACE', raw: `TRACE / HTTP/1.1\r\n${OK}${END}`, status: 405 },
  {
    name: 'a CORS preflight',
    raw: `OPTIONS ${OBJECT} HTTP/1.1\r\n${OK}\r\nOrigin: http://evil.test${END}`,
    status: 405,
  },
  { name: 'PROPFIND', raw: `PROPFIND / HTTP/1.1\r\n${OK}${END}`, status: 405 },
  { name: 'a double slash first', raw: get('//evil.test/'), status: 400 },
  { name: 'a double slash within', raw: get('/api/clusters/demo//api/v1/nodes/a'), status: 400 },
  { name: 'dot segments', raw: get('/demo/../api/v1'), status: 400 },
  { name: 'a single dot segment', raw: get('/demo/./pods'), status: 400 },
  { name: 'encoded dot segments', raw: get('/demo/%2e%2e/api'), status: 400 },
  { name: 'half encoded dots', raw: get('/demo/.%2E/api'), status: 400 },
  { name: 'an encoded slash', raw: get('/api/clusters/demo/api/v1%2fnodes/a'), status: 400 },
  { name: 'an encoded slash in capitals', raw: get('/api/clusters/demo/api/v1%2Fnodes/a'), status: 400 },
  { name: 'a doubly encoded slash', raw: get('/demo/pods/a%252fb'), status: 400 },
  { name: 'a backslash', raw: get('/demo\\..\\pods'), status: 400 },
  { name: 'a backslash first', raw: get('/\\evil.test/?token=x'), status: 400 },
  { name: 'an encoded backslash', raw: get('/demo%5cpods'), status: 400 },
  { name: 'an encoded NUL', raw: get('/demo/pods%00.js'), status: 400 },
  { name: 'an encoded line end', raw: get('/demo/pods%0d%0aSet-Cookie:x'), status: 400 },
  { name: 'a raw NUL', raw: get('/demo/pods\x00'), status: 400 },
  { name: 'a semicolon', raw: get('/demo;a=b/pods'), status: 400 },
  { name: 'an encoded semicolon', raw: get('/demo%3ba/pods'), status: 400 },
  { name: 'a broken escape', raw: get('/demo/%zz'), status: 400 },
  { name: 'an escape that is not UTF-8', raw: get('/demo/%c0%af'), status: 400 },
  { name: 'raw bytes above ASCII', raw: get('/demo/\u00e9'), status: 400 },
  { name: 'a fragment', raw: get('/demo#pods'), status: 400 },
  { name: 'a very long target', raw: get(`/demo?q=${'a'.repeat(9_000)}`), status: 414 },
  { name: 'the image optimiser', raw: get('/_next/image?url=%2Fa.png&w=64&q=75'), status: 404 },
  { name: 'an API address that does not exist', raw: get('/api/console'), status: 404 },
];

const HEADERS: readonly HostileRequest[] = [
  ...['Impersonate-User: root', 'impersonate-user: root', 'IMPERSONATE-GROUP: system:masters'],
  ...[
    'Impersonate_User: root',
    'impersonate_extra_x: 1',
    'Impersonate-Extra-a%2fb: 1',
    'Impersonate.User: root',
  ],
  ...[
    'X-Impersonate-User: root',
    'Impersonate-Uid: 1',
    'X-Remote-User: root',
    'x_remote_group: system:masters',
  ],
  ...[
    'X-Remote-Extra-Scopes: all',
    'x-middleware-subrequest: middleware:middleware',
    'X_Middleware_Rewrite: /x',
  ],
  ...[
    'Next-Action: 7f0000',
    'next-resume: 1',
    'Connection: keep-alive, Impersonate-User',
    'Connection: Cookie',
  ],
  ...[
    'Connection: close, X-Strata-Request',
    'Connection: Upgrade, HTTP2-Settings',
    'Trailer: Impersonate-User',
  ],
  ...['Expect: 200-maybe', 'Origin: http://HOST\r\nOrigin: http://evil.test'],
].map(
  (line): HostileRequest => ({
    name: `the header ${JSON.stringify(line)}`,
    raw: withHeader(line),
    status: 400,
  }),
);

const FRAMING: readonly HostileRequest[] = [
  { name: 'a name with a space', raw: withHeader('Impersonate-User : root'), status: 400 },
  { name: 'a bare LF', raw: `GET /demo/pods HTTP/1.1\n${OK.replaceAll('\r', '')}\n\n`, status: 400 },
  { name: 'a folded host', raw: get('/', 'Host: HOST\r\n evil.test\r\nCookie: COOKIE'), status: [400, 421] },
  {
    name: 'a folded header that hides another',
    raw: withHeader('X-A: 1\r\n Impersonate-User: root'),
    status: 400,
  },
  { name: 'a NUL in a header', raw: withHeader('X-A: a\x00b'), status: 400 },
  { name: 'a bare CR in a header', raw: withHeader('X-A: a\rImpersonate-User: root'), status: 400 },
  {
    name: 'more than 100 headers',
    raw: withHeader(Array.from({ length: 120 }, (_, i) => `X-${i}: 1`).join('\r\n')),
    status: 431,
  },
  { name: 'headers above 16 KB', raw: withHeader(`X-Big: ${'a'.repeat(20_000)}`), status: 431 },
  {
    name: 'length and chunks together',
    raw: `POST ${OBJECT} HTTP/1.1\r\n${WRITE}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked${END}0${END}`,
    status: 400,
  },
  {
    name: 'two lengths',
    raw: `POST ${OBJECT} HTTP/1.1\r\n${WRITE}\r\nContent-Length: 2\r\nContent-Length: 40${END}{}`,
    status: 400,
  },
  {
    name: 'a negative length',
    raw: `POST ${OBJECT} HTTP/1.1\r\n${WRITE}\r\nContent-Length: -1${END}`,
    status: 400,
  },
  {
    name: 'a chunked body',
    raw: `POST ${OBJECT} HTTP/1.1\r\n${WRITE}\r\nTransfer-Encoding: chunked${END}2\r\n{}\r\n0${END}`,
    status: 411,
  },
  {
    name: 'an odd transfer coding',
    raw: `POST ${OBJECT} HTTP/1.1\r\n${WRITE}\r\nTransfer-Encoding: xchunked${END}`,
    status: [400, 411],
  },
  {
    name: 'a body above 3 MB',
    raw: `PUT ${OBJECT} HTTP/1.1\r\n${WRITE}\r\nContent-Length: 3145729${END}{`,
    status: 413,
  },
  {
    name: 'a length beyond numbers',
    raw: `PUT ${OBJECT} HTTP/1.1\r\n${WRITE}\r\nContent-Length: 99999999999999999999${END}{`,
    status: 400,
  },
  {
    name: 'a read with a body',
    raw: `GET /demo/pods HTTP/1.1\r\n${OK}\r\nContent-Length: 2${END}{}`,
    status: 400,
  },
  {
    name: 'an expectation of 100-continue',
    raw: `PUT ${OBJECT} HTTP/1.1\r\n${WRITE}\r\nExpect: 100-continue\r\nContent-Length: 2${END}`,
    status: 400,
  },
];

const ORIGINS: readonly HostileRequest[] = [
  { name: 'a write without an origin', raw: write('DELETE', OBJECT, OK), status: 403 },
  { name: 'a write of origin null', raw: write('DELETE', OBJECT, `${OK}\r\nOrigin: null`), status: 403 },
  {
    name: 'a write from another site',
    raw: write('DELETE', OBJECT, `${OK}\r\nOrigin: http://evil.test`),
    status: 403,
  },
  {
    name: 'a write from another port',
    raw: write('DELETE', OBJECT, `${OK}\r\nOrigin: http://127.0.0.1:1`),
    status: 403,
  },
  {
    name: 'a write from another scheme',
    raw: write('DELETE', OBJECT, `${OK}\r\nOrigin: https://HOST`),
    status: 403,
  },
  {
    name: 'a write from our other name',
    raw: write('DELETE', OBJECT, `${OK}\r\nOrigin: http://localhost:PORT`),
    status: 403,
  },
  {
    name: 'a same-site write',
    raw: write('DELETE', OBJECT, `${WRITE}\r\nSec-Fetch-Site: same-site`),
    status: 403,
  },
  {
    name: 'a read by another site’s script',
    raw: get(OBJECT, `${OK}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty`),
    status: 403,
  },
  {
    name: 'an API address opened by another site',
    raw: get(
      OBJECT,
      `${OK}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document`,
    ),
    status: 403,
  },
  {
    name: 'a page framed by another site',
    raw: get(
      '/demo/pods',
      `${OK}\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe`,
    ),
    status: 403,
  },
  { name: 'a form post to a page', raw: write('POST', '/demo/pods', WRITE), status: 405 },
  {
    name: 'an RSC post to a page',
    raw: write('POST', '/', `${OK}\r\nOrigin: http://HOST\r\nRSC: 1\r\nContent-Type: text/x-component`),
    status: 405,
  },
  { name: 'a server action', raw: write('POST', '/demo/pods', `${WRITE}\r\nNext-Action: 40aa`), status: 400 },
  { name: 'a post to health', raw: write('POST', '/healthz', WRITE), status: 405 },
  {
    name: 'a post to the access question',
    raw: write('POST', '/api/clusters/demo/access', WRITE),
    status: 405,
  },
  { name: 'logout by GET', raw: get('/api/session/end'), status: 405 },
  { name: 'a page without a session', raw: get('/demo/pods', 'Host: HOST'), status: 401 },
  { name: 'a static file without a session', raw: get('/_next/static/a.js', 'Host: HOST'), status: 401 },
  { name: 'an API read without a session', raw: get(OBJECT, 'Host: HOST'), status: 401 },
  {
    name: 'a session of another port',
    raw: get('/demo/pods', 'Host: HOST\r\nCookie: strata_session_1=SESSION'),
    status: 401,
  },
  {
    name: 'a wrong launch token',
    raw: get('/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'Host: HOST'),
    status: 401,
  },
  { name: 'a made-up internal header', raw: get(OBJECT, 'Host: HOST\r\nX-Strata-Request: 1'), status: 401 },
];

const UPGRADES: readonly HostileRequest[] = [
  { name: 'an upgrade without an origin', raw: upgrade('/api/live', OK), status: 403 },
  { name: 'an upgrade of origin null', raw: upgrade('/api/live', `${OK}\r\nOrigin: null`), status: 403 },
  {
    name: 'an upgrade from another site',
    raw: upgrade('/api/live', `${OK}\r\nOrigin: http://evil.test`),
    status: 403,
  },
  {
    name: 'an upgrade from another port',
    raw: upgrade('/api/live', `${OK}\r\nOrigin: http://127.0.0.1:1`),
    status: 403,
  },
  {
    name: 'a same-site upgrade',
    raw: upgrade('/api/live', `${OK}\r\nOrigin: http://HOST\r\nSec-Fetch-Site: same-site`),
    status: 403,
  },
  {
    name: 'an upgrade to a foreign host',
    raw: upgrade('/api/live', 'Host: evil.test\r\nOrigin: http://evil.test\r\nCookie: COOKIE'),
    status: 421,
  },
  {
    name: 'an upgrade without a session',
    raw: upgrade('/api/live', 'Host: HOST\r\nOrigin: http://HOST'),
    status: 401,
  },
  {
    name: 'an upgrade of an unknown path',
    raw: upgrade('/demo/pods', `${OK}\r\nOrigin: http://HOST`),
    status: 404,
  },
  {
    name: 'an upgrade to hot reload',
    raw: upgrade('/_next/hmr', `${OK}\r\nOrigin: http://HOST`),
    status: 404,
  },
  {
    name: 'an upgrade with a query',
    raw: upgrade('/api/live?x=1', `${OK}\r\nOrigin: http://HOST`),
    status: 404,
  },
  {
    name: 'an upgrade in absolute form',
    raw: upgrade('http://169.254.169.254/', `${OK}\r\nOrigin: http://HOST`),
    status: 400,
  },
  {
    name: 'an upgrade that impersonates',
    raw: upgrade('/api/live', `${OK}\r\nOrigin: http://HOST\r\nImpersonate-User: root`),
    status: 400,
  },
  {
    name: 'a wrong subprotocol',
    raw: upgrade('/api/live', `${OK}\r\nOrigin: http://HOST`).replace('strata.v1', 'v4.channel.k8s.io'),
    status: 400,
  },
  {
    name: 'two subprotocols',
    raw: upgrade('/api/live', `${OK}\r\nOrigin: http://HOST`).replace(
      'strata.v1',
      'strata.v1, base64url.bearer',
    ),
    status: 400,
  },
  {
    name: 'an upgrade to h2c',
    raw: upgrade('/api/live', `${OK}\r\nOrigin: http://HOST`).replace('Upgrade: websocket', 'Upgrade: h2c'),
    status: 400,
  },
  {
    name: 'an upgrade by POST',
    raw: upgrade('/api/live', `${OK}\r\nOrigin: http://HOST`).replace('GET', 'POST'),
    status: 405,
  },
  { name: 'the socket without an upgrade', raw: get('/api/live'), status: 426 },
];

export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  ...HOSTS,
  ...TARGETS,
  ...HEADERS,
  ...FRAMING,
  ...ORIGINS,
  ...UPGRADES,
];
