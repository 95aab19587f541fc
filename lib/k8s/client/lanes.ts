import type { Dispatcher } from 'undici';
import { Agent, ProxyAgent } from 'undici';
import type { Endpoint, TlsMaterial } from './credentials.ts';

/**
 * Pooled connections to one API server, in three lanes that cannot starve each other: unary requests (at most 32
 * connections), streams (one connection each, without a bound: a watch keeps its own for 30 s) and the heartbeat's.
 * HTTP/1.1 only, so that one lost connection takes one watch with it. Other certificates mean other connections:
 * the old ones are closed as soon as what runs on them has ended.
 */
export type Lane = 'default' | 'stream' | 'probe';

export interface Lanes {
  dispatcher(lane: Lane, tls: TlsMaterial): Dispatcher;
  /** Ends everything at once. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
const CONNECTIONS: Readonly<Record<Lane, number | null>> = { default: 32, stream: null, probe: 1 };

export function createLanes(endpoint: Endpoint): Lanes {
  let fingerprint = '';
  let present: Record<Lane, Dispatcher> | null = null;
  const alive = new Set<Dispatcher>();

  function rebuild(tls: TlsMaterial): Record<Lane, Dispatcher> {
    for (const old of present === null ? [] : Object.values(present)) {
      // close() waits for what runs; a failure to close leaves nothing to do, destroy() in close below takes the rest.
      old.close().then(
        () => alive.delete(old),
        () => alive.delete(old),
      );
    }
    const build = (lane: Lane) => {
      const made = dispatcherOf(endpoint, tls, lane);
      alive.add(made);
      return made;
    };
    fingerprint = tls.fingerprint;
    present = { default: build('default'), stream: build('stream'), probe: build('probe') };
    return present;
  }

  return {
    dispatcher(lane, tls) {
      const lanes = present === null || fingerprint !== tls.fingerprint ? rebuild(tls) : present;
      return lanes[lane];
    },
    async close() {
      const all = [...alive];
      alive.clear();
      present = null;
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function dispatcherOf(endpoint: Endpoint, tls: TlsMaterial, lane: Lane): Dispatcher {
  const secure = {
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.cert !== undefined && { cert: tls.cert, key: tls.key }),
    ...(endpoint.serverName !== undefined && { servername: endpoint.serverName }),
    // Explicit both ways, so that NODE_TLS_REJECT_UNAUTHORIZED cannot weaken a kubeconfig.
    rejectUnauthorized: !endpoint.skipsVerification,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    timeout: CONNECT_TIMEOUT_MS,
  };
  const options = {
    allowH2: false,
    connections: CONNECTIONS[lane],
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Deadlines are the client's own, on the passed clock; a quiet watch is a healthy one.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  if (endpoint.proxyUrl === undefined) return new Agent({ ...options, connect: secure });
  return new ProxyAgent({
    ...options,
    uri: endpoint.proxyUrl,
    requestTls: secure,
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
}
