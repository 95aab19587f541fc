/**
 * The HTTPS surface: one request after another through log, authentication, faults, authorisation and router, each
 * answered by exactly one document. Whatever a request does, it gets a Status and the process lives.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { malform, malformLine, markStale, overloaded, tear, unavailable } from '../faults/damage.ts';
import {
  type Fault,
  type FaultRegistry,
  type FaultSpec,
  isWatchFault,
  matches,
  type ServerName,
  type Target,
} from '../faults/faults.ts';
import { authenticate, type TokenUser } from './auth/authentication.ts';
import type { KeyPair } from './auth/certificates.ts';
import type { ServiceAccountTokens } from './auth/service-tokens.ts';
import { LogStream } from './connect/log-stream.ts';
import { PodConnection } from './connect/pod-connection.ts';
import { ListStream } from './list-stream.ts';
import { parseRequest, type RequestInfo } from './meta/request-info.ts';
import { ApiError, badRequest, gone, internal, unauthorized } from './meta/status.ts';
import type { RequestLog } from './request-log.ts';
import { WatchStream } from './rest/watch.ts';
import type { Answer, Exchange, Routed, Router } from './router.ts';

/** Answers longer than this are compressed for clients that accept it, as the real server does. */
const GZIP_FROM_BYTES = 128 * 1024;

/** Go's DefaultMaxHeaderBytes and what it adds; the request line counts. */
const MAX_HEADER_BYTES = 1024 * 1024 + 4096;

const CONNECTS = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach)(\?|$)/;

export interface ApiServerOptions {
  name: ServerName;
  router: Router;
  faults: FaultRegistry;
  log: RequestLog;
  clock: Clock;
  random: Random;
  tokens: TokenUser[];
  accounts: ServiceAccountTokens;
  serving: KeyPair;
  clientCa: string;
}

interface OpenWatch {
  stream: WatchStream;
  target: Target;
}

export class ApiServer {
  readonly #options: ApiServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<OpenWatch>();
  #port = 0;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    const { serving, clientCa } = options;
    this.#server = createServer(
      {
        key: serving.key,
        cert: serving.cert,
        ca: clientCa,
        requestCert: true,
        rejectUnauthorized: false,
        ALPNProtocols: ['http/1.1'],
        keepAliveTimeout: 90_000,
        maxHeaderSize: MAX_HEADER_BYTES,
        // Elsewhere the wish to upgrade is passed over, and the request is one like any other.
        shouldUpgradeCallback: ({ url = '' }) => CONNECTS.test(url),
      },
      (request, response) => {
        this.#serve(request, response).catch((error: unknown) => this.#fail(response, error));
      },
    );
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const line =
        error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
      const head = `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close`;
      if (socket.writable) socket.end(`${head}\r\nContent-Length: ${line.length}\r\n\r\n${line}`);
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  get port(): number {
    return this.#port;
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Listens on loopback. Port 0 lets the system choose; a pause keeps the port for the resume. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.removeListener('error', reject);
        const address = this.#server.address();
        this.#port = typeof address === 'object' && address ? address.port : port;
        resolve(this.#port);
      });
    });
  }

  /** Refuses connections and cuts the open ones, like a killed process; all state stays. */
  async pause(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.killConnections();
    await closed;
  }

  async resume(): Promise<void> {
    if (!this.#server.listening) await this.listen(this.#port);
  }

  killConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Applies a fault to the watches that are open now. Returns how many it hit. */
  hitWatches(spec: FaultSpec): number {
    if (!isWatchFault(spec)) return 0;
    const hit = [...this.#watches].filter(({ target }) => matches(spec.match, target));
    for (const { stream } of hit) strikeWatch(stream, spec);
    return hit.length;
  }

  /** An upgrade that is refused is answered like every other request; one that is granted takes the socket over. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const response = new ServerResponse(request);
    response.assignSocket(socket as Socket);
    response.shouldKeepAlive = false;
    response.on('finish', () => socket.end());
    socket.on('error', () => socket.destroy());
    this.#serve(request, response, head).catch((error: unknown) => this.#fail(response, error));
  }

  async #serve(request: IncomingMessage, response: ServerResponse, head?: Buffer): Promise<void> {
    const { clock, random, log, tokens, accounts } = this.#options;
    const user = authenticate(request, tokens, accounts);
    const { method = 'GET', url = '/' } = request;
    const entry = log.add({
      atMs: clock.now(),
      method,
      url,
      user: user?.username ?? '',
      headerNames: request.rawHeaders.filter((_name, index) => index % 2 === 0),
      code: undefined,
    });
    response.on('finish', () => {
      entry.code = response.statusCode;
    });
    const given = request.headers['audit-id'];
    const isOwn = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given);
    response.setHeader('audit-id', isOwn ? given : random.uid());
    response.setHeader('cache-control', 'no-cache, private');
    response.setHeader('date', new Date(clock.now()).toUTCString());
    const info = parseRequest(method, url);
    const target = this.#targetOf(info, user?.username ?? '');
    const faults = this.#options.faults.take(target);
    const skew = faults.find(({ kind }) => kind === 'clock-skew')?.skewSeconds ?? 0;
    if (skew !== 0) response.setHeader('date', new Date(clock.now() + skew * 1000).toUTCString());
    if (!user || faults.some(({ kind }) => kind === 'expired-token')) throw unauthorized();
    if (await this.#strike(faults, info, request, response)) return;
    const answer = await this.#route({ request, response, info, user }, faults);
    if (answer === undefined) this.#reset(request);
    else if (answer instanceof ListStream) await this.#sendList(request, response, answer, faults);
    else if (answer instanceof WatchStream) await this.#startWatch(answer, target, faults, response);
    else if (answer instanceof LogStream) answer.start(response);
    else if (answer instanceof PodConnection) {
      // Without `Connection: upgrade` the header alone asks for nothing.
      if (!head) throw badRequest('Upgrade request required');
      entry.code = 101;
      response.detachSocket(request.socket);
      answer.start(request, request.socket, head);
    } else this.#answer(request, response, answer, faults);
  }

  /** Undefined when the answer, whatever it is, gets lost. */
  async #route(exchange: Exchange, faults: Fault[]): Promise<Routed | undefined> {
    // Whoever knows the whole discovery must be told that it is no longer whole.
    if (faults.some(({ kind }) => kind === 'partial-discovery'))
      delete exchange.request.headers['if-none-match'];
    if (!faults.some(({ kind }) => kind === 'lost-answer')) return this.#options.router.route(exchange);
    await this.#options.router.route(exchange).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    });
    return undefined;
  }

  /** A list that is to be spoilt must be there first. */
  async #sendList(
    request: IncomingMessage,
    response: ServerResponse,
    list: ListStream,
    faults: Fault[],
  ): Promise<void> {
    if (!faults.some(({ kind }) => kind === 'torn' || kind === 'malformed'))
      return list.send(request, response);
    const answer = { code: 200, body: list.whole(), contentType: 'application/json', headers: {} };
    this.#answer(request, response, answer, faults);
  }

  #answer(request: IncomingMessage, response: ServerResponse, answer: Answer, faults: Fault[]): void {
    let given = answer;
    for (const fault of faults) {
      if (fault.kind === 'malformed') given = malform(given, fault.as);
      if (fault.kind === 'partial-discovery') given = markStale(given, fault);
    }
    const torn = faults.find(({ kind }) => kind === 'torn');
    this.#send(request, response, given, torn && ((body) => tear(response, body, torn.cut)));
  }

  #targetOf({ group, resource, verb, namespace, path }: RequestInfo, user: string): Target {
    const qualified = group === '' ? resource : `${resource}.${group}`;
    return { verb, resource: qualified, namespace, user, path, server: this.#options.name };
  }

  /** Lets the faults act. True when the request is dealt with. Throws ApiError for those that are an answer. */
  async #strike(
    faults: Fault[],
    info: RequestInfo,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> {
    for (const fault of faults) {
      switch (fault.kind) {
        case 'latency':
          await new Promise((resolve) => setTimeout(resolve, fault.delayMs ?? 1_000));
          break;
        case 'hang':
          return true;
        case 'reset':
          this.#reset(request);
          return true;
        case 'unauthorized':
          throw unauthorized();
        case 'error':
          throw internal('the demo cluster was told to fail');
        case 'too-many-requests':
          this.#send(request, response, overloaded(fault.retryAfterSeconds ?? 1));
          return true;
        case 'expired':
          this.#expire(info, request, response);
          return true;
        case 'partial-discovery': {
          const instead = unavailable(fault, info.path);
          if (!instead) break;
          this.#send(request, response, instead);
          return true;
        }
      }
    }
    return false;
  }

  /** RST instead of an answer. Only the raw socket below the TLS one can do that. */
  #reset(request: IncomingMessage): void {
    const { remotePort } = request.socket;
    for (const socket of this.#sockets) if (socket.remotePort === remotePort) socket.resetAndDestroy();
  }

  /** 410 as each verb meets it: a watch gets an ERROR event, a list the Status itself. */
  #expire(info: RequestInfo, request: IncomingMessage, response: ServerResponse): void {
    const status = gone(
      `too old resource version: ${info.query.get('resourceVersion') ?? '0'} (${this.#options.clock.now()})`,
    ).toStatus();
    const isWatch = info.verb === 'watch';
    const body = isWatch ? `${JSON.stringify({ type: 'ERROR', object: status })}\n` : JSON.stringify(status);
    this.#send(request, response, {
      code: isWatch ? 200 : 410,
      body,
      contentType: 'application/json',
      headers: {},
    });
  }

  async #startWatch(
    stream: WatchStream,
    target: Target,
    faults: Fault[],
    response: ServerResponse,
  ): Promise<void> {
    const open: OpenWatch = { stream, target };
    this.#watches.add(open);
    response.on('close', () => this.#watches.delete(open));
    const isText = faults.some(({ kind, as }) => kind === 'malformed' && as === 'text');
    response.setHeader('content-type', isText ? 'text/plain; charset=utf-8' : 'application/json');
    response.writeHead(200);
    response.flushHeaders();
    for (const fault of faults) if (fault.kind !== 'drop-watch') strikeWatch(stream, fault);
    await stream.run();
    if (faults.some(({ kind }) => kind === 'drop-watch')) stream.drop();
  }

  /** `put` does what ends the answer otherwise: sending the body. */
  #send(
    request: IncomingMessage,
    response: ServerResponse,
    answer: Answer,
    put?: (body: Buffer) => void,
  ): void {
    let body = Buffer.from(answer.body);
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    if (answer.contentType) response.setHeader('content-type', answer.contentType);
    if (body.length > GZIP_FROM_BYTES && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
      body = gzipSync(body, { level: 1 });
      response.setHeader('content-encoding', 'gzip');
      response.setHeader('vary', 'Accept-Encoding');
    }
    response.setHeader('content-length', body.length);
    // A body that was refused unread must not be taken for the next request.
    if (!request.complete) response.setHeader('connection', 'close');
    response.statusCode = answer.code;
    if (put) put(body);
    else response.end(request.method === 'HEAD' ? undefined : body);
  }

  #fail(response: ServerResponse, error: unknown): void {
    if (response.destroyed) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const refused =
      error instanceof ApiError ? error : internal(error instanceof Error ? error.message : String(error));
    if (!(error instanceof ApiError))
      process.stderr.write(`demo: ${error instanceof Error ? error.stack : String(error)}\n`);
    const retryAfter = refused.details?.retryAfterSeconds;
    const headers: Answer['headers'] = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    this.#send(response.req, response, {
      code: refused.code,
      body: JSON.stringify(refused.toStatus()),
      contentType: 'application/json',
      headers,
    });
  }
}

function strikeWatch(stream: WatchStream, { kind, cut, as }: FaultSpec): void {
  if (kind === 'drop-watch') stream.drop();
  else if (kind === 'silent-watch') stream.silence();
  else if (kind === 'torn')
    stream.spoilNext((line, response) => {
      tear(response, line, cut);
      return true;
    });
  else if (kind === 'malformed')
    stream.spoilNext((line, response) => {
      response.write(malformLine(line, as));
      return false;
    });
}
