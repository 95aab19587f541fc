/** Puts the demo cluster together: machinery, API server, controllers, kubelets, scenario, control port. */
import { randomBytes } from 'node:crypto';
import { CertificateAuthority } from './apiserver/auth/certificates.ts';
import { Authorizer } from './apiserver/auth/rbac.ts';
import { KindRegistry } from './apiserver/meta/kinds.ts';
import { RequestLog } from './apiserver/request-log.ts';
import type { Machinery } from './apiserver/rest/context.ts';
import { Mutations } from './apiserver/rest/mutations.ts';
import { Router } from './apiserver/router.ts';
import { ProtobufDecoder } from './apiserver/schema/protobuf.ts';
import { Schemas } from './apiserver/schema/schemas.ts';
import { ApiServer } from './apiserver/server.ts';
import { TablePrinter } from './apiserver/table/printer.ts';
import { DemoClock, realTime } from './base/clock.ts';
import { seededRandom } from './base/random.ts';
import type { ControlTarget } from './control/commands.ts';
import { ControlServer } from './control/server.ts';
import { serveDefinitions } from './controllers/definitions.ts';
import { startControllers } from './controllers/manager.ts';
import { readProtobufFacts, readResourceFacts, readSchemaFacts, readTableFacts } from './facts/facts.ts';
import { FaultRegistry } from './faults/faults.ts';
import { makeStateFolder, writeKubeconfigs } from './kubeconfigs.ts';
import { startKubelets } from './kubelet/kubelet.ts';
import { loadScenario } from './scenarios/load.ts';
import { Store } from './storage/store.ts';

export interface ClusterOptions {
  scenario: string;
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

function buildMachinery(seed: number, caCertificate: string): Machinery & { clock: DemoClock } {
  const machinery = {
    caCertificate,
    store: new Store(),
    kinds: new KindRegistry(readResourceFacts()),
    schemas: new Schemas(readSchemaFacts()),
    clock: new DemoClock(realTime, tellError),
    random: seededRandom(seed),
  };
  serveDefinitions(machinery);
  return machinery;
}

interface Serving {
  api: ApiServer;
  authority: CertificateAuthority;
  developerToken: string;
  log: RequestLog;
  faults: FaultRegistry;
}

function buildApi(machinery: Machinery, mutations: Mutations, authority: CertificateAuthority): Serving {
  const { clock, random, store } = machinery;
  const [adminToken, developerToken] = [randomToken(), randomToken()];
  const log = new RequestLog();
  const faults = new FaultRegistry(() => performance.now());
  const router = new Router({
    machinery,
    mutations,
    authorizer: new Authorizer(store),
    table: new TablePrinter(readTableFacts(), clock),
    protobuf: new ProtobufDecoder(readProtobufFacts()),
    address: () => `127.0.0.1:${api.port}`,
  });
  const api: ApiServer = new ApiServer({
    router,
    faults,
    log,
    clock,
    random,
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
  const machinery = buildMachinery(options.seed, authority.cert);
  const mutations = new Mutations(machinery);
  const scenario = loadScenario(machinery, options.scenario);
  const controllers = startControllers(machinery, mutations);
  const kubelets = startKubelets(machinery, mutations, controllers.recorder, scenario.stories);
  const serving = buildApi(machinery, mutations, authority);
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
      kubelets.stop();
      controllers.stop();
      machinery.clock.stop();
      control.close();
      serving.api.killConnections();
      folder.remove();
    },
  };
}
