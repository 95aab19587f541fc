/** Puts the demo cluster together: machinery, API server, controllers, kubelets, scenario, control port. */
import { randomBytes } from 'node:crypto';
import { CertificateAuthority } from './apiserver/auth/certificates.ts';
import { Authorizer } from './apiserver/auth/rbac.ts';
import { RequestLog } from './apiserver/request-log.ts';
import type { Machinery } from './apiserver/rest/context.ts';
import type { Mutations } from './apiserver/rest/mutations.ts';
import { Router } from './apiserver/router.ts';
import { ProtobufDecoder } from './apiserver/schema/protobuf.ts';
import { ApiServer } from './apiserver/server.ts';
import { TablePrinter } from './apiserver/table/printer.ts';
import { DemoClock, realTime } from './base/clock.ts';
import { seededRandom } from './base/random.ts';
import type { ControlTarget } from './control/commands.ts';
import { ControlServer } from './control/server.ts';
import { readProtobufFacts, readTableFacts } from './facts/facts.ts';
import { FaultRegistry } from './faults/faults.ts';
import { makeStateFolder, writeKubeconfigs } from './kubeconfigs.ts';
import type { ScaleSize } from './scenarios/scale.ts';
import { Usage } from './usage/usage.ts';
import { startWorld } from './world.ts';

export interface ClusterOptions {
  scenario: string;
  /** Of the scenario `scale`; the others have their own. */
  size: ScaleSize;
  port: number;
  controlPort: number;
  seed: number;
  dir: string | undefined;
}

export interface RunningCluster {
  server: string;
  control: { port: number; token: string };
  kubeconfigs: { admin: string; developer: string };
  stop(): void;
}

const tellError = (error: unknown) =>
  process.stderr.write(`demo: ${error instanceof Error ? error.stack : String(error)}\n`);

interface Serving {
  api: ApiServer;
  authority: CertificateAuthority;
  developerToken: string;
  log: RequestLog;
  faults: FaultRegistry;
}

function buildApi(
  machinery: Machinery,
  mutations: Mutations,
  authority: CertificateAuthority,
  seed: number,
): Serving {
  const { clock, store } = machinery;
  const [adminToken, developerToken] = [randomToken(), randomToken()];
  const log = new RequestLog();
  const faults = new FaultRegistry(() => performance.now());
  const router = new Router({
    machinery,
    mutations,
    authorizer: new Authorizer(store),
    table: new TablePrinter(readTableFacts(), clock),
    protobuf: new ProtobufDecoder(readProtobufFacts()),
    usage: new Usage(machinery, seed),
    address: () => `127.0.0.1:${api.port}`,
  });
  const api: ApiServer = new ApiServer({
    router,
    faults,
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
  });
  return { api, authority, developerToken, log, faults };
}

const randomToken = () => randomBytes(24).toString('base64url');

function controlTarget(
  { store, clock }: Machinery & { clock: DemoClock },
  { api, log, faults }: Serving,
): ControlTarget {
  return {
    faults,
    hitWatches: (spec) => api.hitWatches(spec),
    compact: () => {
      store.compact();
      return store.revision;
    },
    killConnections: () => api.killConnections(),
    pause: () => api.pause(),
    resume: () => api.resume(),
    clock,
    requests: () => log.list().map((entry) => ({ ...entry })),
    clearRequests: () => log.clear(),
    stats: () => ({
      revision: store.revision,
      objects: store.counts(),
      watches: api.openWatches,
      connections: api.openConnections,
      requests: log.total,
      memoryBytes: process.memoryUsage().rss,
      clock: clock.state(),
    }),
  };
}

function writeUsers(dir: string, server: string, { authority, developerToken }: Serving) {
  const clientCertificate = authority.client('admin', ['system:masters']);
  const paths = writeKubeconfigs(dir, server, authority.cert, [
    { name: 'admin', context: 'shop-eu-1', namespace: 'default', credentials: { clientCertificate } },
    {
      name: 'developer',
      context: 'shop-eu-1-developer',
      namespace: 'shop-checkout',
      credentials: { token: developerToken },
    },
  ]);
  return { admin: paths.admin as string, developer: paths.developer as string };
}

export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const authority = new CertificateAuthority('demo-cluster-ca', Date.now());
  const { scenario, size, seed } = options;
  const clock = new DemoClock(realTime, tellError);
  const world = startWorld({ scenario, size, seed, clock, caCertificate: authority.cert });
  const { machinery } = world;
  const serving = buildApi(machinery, world.mutations, authority, seed);
  const server = `https://127.0.0.1:${await serving.api.listen(options.port)}`;
  const folder = makeStateFolder(options.dir);
  const kubeconfigs = writeUsers(folder.path, server, serving);
  const token = randomToken();
  const control = new ControlServer(controlTarget(machinery, serving), token);
  const port = await control.listen(options.controlPort);
  return {
    server,
    control: { port, token },
    kubeconfigs,
    stop: () => {
      world.stop();
      control.close();
      serving.api.killConnections();
      folder.remove();
    },
  };
}
