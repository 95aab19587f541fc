/** Puts the demo cluster together: machinery, API server, controllers, kubelets, scenario, control port. */
import { randomBytes } from 'node:crypto';
import { CertificateAuthority } from './apiserver/auth/certificates.ts';
import { Authorizer } from './apiserver/auth/rbac.ts';
import { ServiceAccountTokens } from './apiserver/auth/service-tokens.ts';
import { RequestLog } from './apiserver/request-log.ts';
import { Router } from './apiserver/router.ts';
import { ProtobufDecoder } from './apiserver/schema/protobuf.ts';
import { ApiServer } from './apiserver/server.ts';
import { TablePrinter } from './apiserver/table/printer.ts';
import { DemoClock, realTime } from './base/clock.ts';
import { seededRandom } from './base/random.ts';
import type { ControlTarget } from './control/commands.ts';
import { ControlServer } from './control/server.ts';
import { readProtobufFacts, readTableFacts } from './facts/facts.ts';
import { FaultRegistry, type ServerName } from './faults/faults.ts';
import { makeStateFolder, writeKubeconfig } from './kubeconfigs.ts';
import type { ScaleSize } from './scenarios/scale.ts';
import type { Store } from './storage/store.ts';
import { WatchCache } from './storage/watch-cache.ts';
import { startWorld, type World } from './world.ts';

export interface ClusterOptions {
  scenario: string;
  /** Of the scenario `scale`; the others have their own. */
  size: ScaleSize;
  port: number;
  /** Of the second API server. */
  secondPort: number;
  controlPort: number;
  seed: number;
  dir: string | undefined;
}

export interface RunningCluster {
  server: string;
  /** A second API server of the same cluster, whose watch cache can lag. */
  secondServer: string;
  control: { port: number; token: string };
  /** `second` is the administrator at the second server. */
  kubeconfigs: { admin: string; developer: string; second: string };
  stop(): void;
}

const tellError = (error: unknown) =>
  process.stderr.write(`demo: ${error instanceof Error ? error.stack : String(error)}\n`);

interface Serving {
  servers: Record<ServerName, ApiServer>;
  cache: WatchCache;
  authority: CertificateAuthority;
  developerToken: string;
  log: RequestLog;
  faults: FaultRegistry;
}

function buildApi(
  { machinery, mutations, usage, kubelets }: World,
  authority: CertificateAuthority,
  seed: number,
): Serving {
  const { clock, store } = machinery;
  const [adminToken, developerToken] = [randomToken(), randomToken()];
  const log = new RequestLog();
  const faults = new FaultRegistry(() => performance.now());
  const accounts = new ServiceAccountTokens(machinery);
  const parts = {
    machinery,
    accounts,
    mutations,
    authorizer: new Authorizer(store),
    table: new TablePrinter(readTableFacts(), clock),
    protobuf: new ProtobufDecoder(readProtobufFacts()),
    usage,
    endContainer: kubelets.endContainer,
  };
  const common = {
    faults,
    accounts,
    log,
    clock,
    // Requests must not draw from the world's chance: it would no longer repeat.
    random: seededRandom(~seed),
    serving: authority.server('kube-apiserver'),
    clientCa: authority.cert,
    tokens: [
      { token: adminToken, user: { username: 'admin', groups: ['system:masters'] } },
      { token: developerToken, user: { username: 'developer', groups: ['developers'] } },
    ],
  };
  const cache = new WatchCache(store, realTime);
  const serve = (name: ServerName, seen: () => Store): ApiServer => {
    const server: ApiServer = new ApiServer({
      ...common,
      name,
      router: new Router({ ...parts, seen, address: () => `127.0.0.1:${server.port}` }),
    });
    return server;
  };
  const servers = { first: serve('first', () => store), second: serve('second', () => cache.seen) };
  return { servers, cache, authority, developerToken, log, faults };
}

const randomToken = () => randomBytes(24).toString('base64url');

function controlTarget(
  { machinery: { store, clock }, silent }: World,
  { servers, cache, log, faults }: Serving,
): ControlTarget {
  const both = Object.values(servers);
  const sum = (count: (server: ApiServer) => number) =>
    both.reduce((total, server) => total + count(server), 0);
  return {
    faults,
    hitWatches: (spec) => sum((server) => server.hitWatches(spec)),
    compact: () => {
      store.compact();
      cache.compact();
      return store.revision;
    },
    killConnections: (name) => servers[name].killConnections(),
    pause: (name) => servers[name].pause(),
    resume: (name) => servers[name].resume(),
    clock,
    cache,
    requests: () => log.list().map((entry) => ({ ...entry })),
    clearRequests: () => log.clear(),
    stats: () => ({
      revision: store.revision,
      objects: store.counts(),
      watches: sum((server) => server.openWatches),
      connections: sum((server) => server.openConnections),
      requests: log.total,
      memoryBytes: process.memoryUsage().rss,
      clock: clock.state(),
    }),
    hush: (node, isSilent) => {
      // Every kubelet has a lease; a node that a client made has none.
      if (!store.get('leases.coordination.k8s.io', 'kube-node-lease', node)) return false;
      if (isSilent) silent.add(node);
      else silent.delete(node);
      return true;
    },
  };
}

function writeUsers(dir: string, server: string, second: string, { authority, developerToken }: Serving) {
  const clientCertificate = authority.client('admin', ['system:masters']);
  const admin = {
    name: 'admin',
    context: 'shop-eu-1',
    namespace: 'default',
    credentials: { clientCertificate },
  };
  const developer = {
    name: 'developer',
    context: 'shop-eu-1-developer',
    namespace: 'shop-checkout',
    credentials: { token: developerToken },
  };
  const { cert } = authority;
  return {
    admin: writeKubeconfig(dir, 'admin', server, cert, admin, 'kubeconfig'),
    developer: writeKubeconfig(dir, 'developer', server, cert, developer),
    second: writeKubeconfig(dir, 'second', second, cert, admin),
  };
}

export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const authority = new CertificateAuthority('demo-cluster-ca', Date.now());
  const { scenario, size, seed } = options;
  const clock = new DemoClock(realTime, tellError);
  const world = startWorld({ scenario, size, seed, clock, caCertificate: authority.cert });
  const serving = buildApi(world, authority, seed);
  const server = `https://127.0.0.1:${await serving.servers.first.listen(options.port)}`;
  const secondServer = `https://127.0.0.1:${await serving.servers.second.listen(options.secondPort)}`;
  const folder = makeStateFolder(options.dir);
  const kubeconfigs = writeUsers(folder.path, server, secondServer, serving);
  const token = randomToken();
  const control = new ControlServer(controlTarget(world, serving), token);
  const port = await control.listen(options.controlPort);
  return {
    server,
    secondServer,
    control: { port, token },
    kubeconfigs,
    stop: () => {
      world.stop();
      control.close();
      for (const each of Object.values(serving.servers)) each.killConnections();
      folder.remove();
    },
  };
}
