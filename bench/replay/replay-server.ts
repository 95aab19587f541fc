/**
 * An API server that costs next to nothing: stored pages of pods and a scripted watch, so that a client's own cost shows.
 * A program of its own (`node bench/replay/replay-server.ts --pods N`); its first line of output names its port. Counts
 * every request. What a test asks of it goes to /replay/*, which no client of Kubernetes uses.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { discoveryAnswer } from './discovery.ts';
import { type Format, Pages } from './pages.ts';
import { Watches } from './watches.ts';

const number = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};

const pages = new Pages(number('pods', 1_000));
const watches = new Watches(pages);
/** `LIST pods`, `WATCH pods`, `GET /readyz`: how often. */
const counts = new Map<string, number>();
const compressed = new Map<Buffer, Buffer>();

const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

const TYPES: Readonly<Record<Format, string>> = {
  protobuf: 'application/vnd.kubernetes.protobuf',
  json: 'application/json',
  table: 'application/json;as=Table;v=v1;g=meta.k8s.io',
};

function formatOf(request: IncomingMessage): Format {
  const accept = request.headers.accept ?? '';
  if (accept.includes('protobuf')) return 'protobuf';
  return accept.includes('as=Table') ? 'table' : 'json';
}

function send(response: ServerResponse, body: string | Buffer, type = 'application/json', code = 200): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function sendPage(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
  const format = formatOf(request);
  const token = Buffer.from(query.get('continue') ?? '', 'base64url').toString();
  const start = Number(/^next (\d+)$/.exec(token)?.[1] ?? 0);
  const page = pages.page(format, start, Number(query.get('limit') ?? 0));
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    send(response, page, TYPES[format]);
    return;
  }
  const zipped = compressed.get(page) ?? gzipSync(page, { level: 1 });
  compressed.set(page, zipped);
  response.setHeader('content-encoding', 'gzip');
  send(response, zipped, TYPES[format]);
}

const EXPIRED = JSON.stringify({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'too old resource version',
  reason: 'Expired',
  code: 410,
});

/** namespace '': all. */
function answerPods(
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  namespace: string,
): void {
  const format = formatOf(request);
  if (query.get('watch') === null) {
    count('LIST pods');
    watches.isCompacted = false;
    if (namespace === '') sendPage(request, response, query);
    else send(response, pages.ofNamespace(format, namespace), TYPES[format]);
    return;
  }
  count('WATCH pods');
  if (watches.isCompacted) {
    send(response, EXPIRED, undefined, 410);
    return;
  }
  const type = format === 'protobuf' ? `${TYPES.protobuf};stream=watch` : 'application/json';
  response.writeHead(200, { 'content-type': type });
  response.flushHeaders();
  watches.add(format, namespace, response, Number(query.get('timeoutSeconds') ?? 300));
}

/** The token `replay` may do everything; any other names the namespaces in which alone its bearer may. */
async function review(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const token = (request.headers.authorization ?? '').replace('Bearer ', '');
  const { spec } = (await bodyOf(request)) as {
    spec?: { resourceAttributes?: { namespace?: string; resource?: string } };
  };
  const { namespace = '', resource } = spec?.resourceAttributes ?? {};
  const isOwn = namespace !== '' && token.split('.').includes(namespace);
  const allowed = token === 'replay' || resource !== 'pods' || isOwn;
  const kind = 'SelfSubjectAccessReview';
  const answer = { kind, apiVersion: 'authorization.k8s.io/v1', spec: {}, status: { allowed } };
  send(response, JSON.stringify(answer), undefined, 201);
}

/** Lists that are empty, and watches of them. */
function answerEmpty(response: ServerResponse, kind: string, query: URLSearchParams): void {
  if (query.get('watch') === null) {
    const metadata = { resourceVersion: String(pages.resourceVersion) };
    send(response, JSON.stringify({ kind: `${kind}List`, apiVersion: 'v1', metadata, items: [] }));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  watches.addEmpty(kind, response, Number(query.get('timeoutSeconds') ?? 300));
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
}

async function control(request: IncomingMessage, response: ServerResponse, what: string): Promise<void> {
  const body = await bodyOf(request);
  if (what === 'churn') watches.churn(Number(body.perSecond ?? 0));
  if (what === 'prepare') {
    for (let at = 0; at < pages.pods; at += 500) pages.page(String(body.format) as Format, at, 500);
  }
  if (what === 'reset') counts.clear();
  if (what === 'drop') watches.drop();
  if (what === 'expire') watches.expire();
  send(
    response,
    JSON.stringify({ counts: Object.fromEntries(counts), sent: watches.sent, open: watches.open }),
  );
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://replay');
  if (pathname.startsWith('/replay/')) return control(request, response, pathname.slice('/replay/'.length));
  const pods = /^\/api\/v1(?:\/namespaces\/([\w-]+))?\/pods$/.exec(pathname);
  if (pods !== null) return answerPods(request, response, searchParams, pods[1] ?? '');
  const empty = /^\/api\/v1\/(namespaces|nodes|events)$/.exec(pathname)?.[1];
  if (empty !== undefined) {
    count(`${searchParams.get('watch') === null ? 'LIST' : 'WATCH'} ${empty}`);
    return answerEmpty(
      response,
      { namespaces: 'Namespace', nodes: 'Node', events: 'Event' }[empty] ?? '',
      searchParams,
    );
  }
  count(`${request.method} ${pathname}`);
  if (pathname === '/readyz' || pathname === '/livez' || pathname === '/healthz')
    return send(response, 'ok', 'text/plain');
  if (pathname.startsWith('/apis/authorization.k8s.io/v1/')) return review(request, response);
  const found = discoveryAnswer(pathname);
  if (found === undefined) return send(response, '404 page not found\n', 'text/plain', 404);
  send(response, JSON.stringify(found));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.destroy();
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
