import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { rawRefusal } from './answers.ts';
import type { Edge } from './edge.ts';
import { notReady } from './edge-refusals.ts';
import { MAX_HEADER_BYTES } from './header-rules.ts';
import type { Refusal } from './refusal.ts';

export interface HttpServerOptions {
  /** null until it stands: the port is needed to build it. */
  readonly edge: () => Edge | null;
  readonly newId: () => string;
  /** Bytes that were no request, by Node's code ('HPE_INVALID_HEADER_TOKEN', …). */
  readonly onMalformed: (code: string) => void;
}

const MAX_CONNECTIONS = 2_048;
const MAX_REQUESTS_PER_CONNECTION = 10_000;

/** Node's strict parser with limits, everything it understands handed to the edge, everything else closed with words. */
export function createHttpServer(options: HttpServerOptions): Server {
  const server = createServer({
    insecureHTTPParser: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 15_000,
    connectionsCheckingInterval: 2_000,
    // The edge refuses a missing host itself: Node's own answer lacks our headers.
    requireHostHeader: false,
    noDelay: true,
  });
  // Node drops headers above this count in silence; the edge counts them and refuses.
  server.maxHeadersCount = 0;
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  const close = (socket: Duplex, refusal: Refusal) => {
    socket.on('error', () => socket.destroy());
    if (!socket.writable) return void socket.destroy();
    const requestId = options
      .newId()
      .replaceAll(/[^A-Za-z0-9]/g, '')
      .slice(0, 16);
    socket.end(rawRefusal(refusal, { shape: 'error', requestId, nonce: '' }), () => socket.destroy());
  };
  const request = (req: IncomingMessage, res: ServerResponse) => {
    const edge = options.edge();
    if (edge === null) close(req.socket, notReady);
    else edge.request(req, res);
  };
  server.on('request', request);
  // An expectation is refused with the rest of the header rules: nobody of ours sends one.
  server.on('checkContinue', request);
  server.on('checkExpectation', request);
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    const edge = options.edge();
    if (edge === null) close(socket, notReady);
    else edge.upgrade(req, socket, head);
  });
  server.on('connect', (_req: IncomingMessage, socket: Duplex) =>
    close(socket, { status: 405, reason: 'MethodNotAllowed', message: 'The console is no proxy.' }),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    options.onMalformed(error.code ?? 'unknown');
    if (error.code === 'ECONNRESET') socket.destroy();
    else close(socket, malformed(error.code));
  });
  return server;
}

function malformed(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, message: 'The headers are larger than 16 KB.' };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, message: 'The request took too long to arrive.' };
  return { status: 400, message: 'This is not a request the console understands.' };
}
