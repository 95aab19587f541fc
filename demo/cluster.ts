/** Puts the demo cluster together: machinery, API server, controllers, kubelets, scenario, control port. */
import { randomBytes } from 'node:crypto';
import { CertificateAuthority } from './apiserver/auth/certificates.ts';
import { Authorizer } from './apiserver/auth/rbac.ts';
import { KindRegistry } from './apiserver/meta/kinds.ts';
import { RequestLog } from './apiserver/request-log.ts';
import type { Machinery } from './apiserver/rest/context.ts';
import { Mutations } from './apiserver/rest/mutations.ts';
import { Router } from './apiserver/router.ts';
import { Schemas } from './apiserver/schema/schemas.ts';
import { ApiServer } from './apiserver/server.ts';
import { TablePrinter } from './apiserver/table/printer.ts';
import { DemoClock, realTime } from './base/clock.ts';
import { seededRandom } from './base/random.ts';
import { ControlServer } from './control/server.ts';
import { startControllers } from './controllers/manager.ts';
import { readResourceFacts, readSchemaFacts, readTableFacts } from './facts/facts.ts';
import { FaultRegistry } from './faults/faults.ts';
import { makeStateFolder, writeKubeconfigs } from './kubeconfigs.ts';
import { startKubelets } from './kubelet/kubelet.ts';
import { containerLog } from './kubelet/logs.ts';
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

function buildMachinery(seed: number): Machinery & { clock: DemoClock } {
  const machinery = {
    store: new Store(),
    kinds: new KindRegistry(readResourceFacts()),
    schemas: new Schemas(readSchemaFacts()),
    clock: new DemoClock(realTime, tellError),
    random: seededRandom(seed),
  };
  const definitions = 'customresourcedefinitions.apiextensions.k8s.io';
  machinery.store.subscribe(definitions, () => machinery.kinds.setCustom(machinery.store.list(definitions)));
  return machinery;
}

export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const machinery = buildMachinery(options.seed);
  const { store, clock, random } = machinery;
  const mutations = new Mutations(machinery);
  const scenario = loadScenario(machinery, options.scenario);
  const controllers = startControllers(machinery, mutations);
  const kubelets = startKubelets(machinery, mutations, controllers.recorder, scenario.stories);

  const authority = new CertificateAuthority('demo-cluster-ca', Date.now());
  const tokens = {
    admin: randomBytes(24).toString('base64url'),
    developer: randomBytes(24).toString('base64url'),
  };
  const log = new RequestLog();
  const faults = new FaultRegistry(() => performance.now());
  const authorizer = new Authorizer(store);
  const table = new TablePrinter(readTableFacts(), clock);
  const router = new Router({
    machinery,
    authorizer,
    mutations,
    table,
    logs: containerLog,
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
      { token: tokens.admin, user: { username: 'admin', groups: ['system:masters'] } },
      { token: tokens.developer, user: { username: 'developer', groups: ['developers'] } },
    ],
  });
  const server = `https://127.0.0.1:${await api.listen(options.port)}`;
  const paths = writeKubeconfigs(makeStateFolder(options.dir), server, authority.cert, [
    {
      name: 'admin',
      context: 'shop-eu-1',
      namespace: 'default',
      credentials: { clientCertificate: authority.client('admin', ['system:masters']) },
    },
    {
      name: 'developer',
      context: 'shop-eu-1-developer',
      namespace: 'shop-checkout',
      credentials: { token: tokens.developer },
    },
  ]);

  const controlToken = randomBytes(24).toString('base64url');
  const control = new ControlServer(
    {
      faults,
      hitWatches: (spec) => api.hitWatches(spec),
      compact: () => {
        store.compact();
        return store.revision;
      },
      killConnections: () => api.killConnections(),
      pause: () => api.pause(),
      resume: () => api.resume(),
      clock: {
        freeze: () => clock.freeze(),
        resume: () => clock.resume(),
        step: (ms) => clock.step(ms),
        setSpeed: (speed) => clock.setSpeed(speed),
        state: () => clock.state(),
      },
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
    },
    controlToken,
  );
  const controlPort = await control.listen(options.controlPort);
  return {
    server,
    control: { port: controlPort, token: controlToken },
    kubeconfigs: { admin: paths.admin as string, developer: paths.developer as string },
    stop: () => {
      kubelets.stop();
      controllers.stop();
      clock.stop();
      control.close();
      api.killConnections();
    },
  };
}
