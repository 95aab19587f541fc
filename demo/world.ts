/**
 * Everything of the demo cluster that has no socket: machinery, scenario, controllers, scheduler, kubelets and what the
 * scenario makes happen.
 *
 * Contract: as long as no client writes, what happens is a pure function of options, seed, start and clock.
 */
import { KindRegistry } from './apiserver/meta/kinds.ts';
import type { Machinery } from './apiserver/rest/context.ts';
import { Mutations } from './apiserver/rest/mutations.ts';
import { Schemas } from './apiserver/schema/schemas.ts';
import type { DemoClock } from './base/clock.ts';
import { seededRandom } from './base/random.ts';
import { HorizontalAutoscalers } from './controllers/autoscaling/horizontal-autoscalers.ts';
import { serveDefinitions } from './controllers/definitions.ts';
import { startControllers } from './controllers/manager.ts';
import { NodeLifecycle } from './controllers/nodes/node-lifecycle.ts';
import { PodGarbage } from './controllers/nodes/pod-garbage.ts';
import { TaintEviction } from './controllers/nodes/taint-eviction.ts';
import { readResourceFacts, readSchemaFacts } from './facts/facts.ts';
import { type RunningKubelets, startKubelets } from './kubelet/start-kubelets.ts';
import { startDrivers } from './scenarios/drivers.ts';
import { loadScenario } from './scenarios/load.ts';
import type { ScaleSize } from './scenarios/scale.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { Store } from './storage/store.ts';
import { metricsObjects } from './usage/metrics-api.ts';
import { Usage } from './usage/usage.ts';

export interface WorldOptions {
  scenario: string;
  size: ScaleSize;
  seed: number;
  clock: DemoClock;
  /** PEM handed out in kube-root-ca.crt. */
  caCertificate: string;
}

export interface World {
  machinery: Machinery & { clock: DemoClock };
  mutations: Mutations;
  kubelets: Pick<RunningKubelets, 'endContainer'>;
  usage: Usage;
  /** Nodes whose kubelets are silent; who adds a name cuts one off. */
  silent: Set<string>;
  stop(): void;
}

/** Throws when there is no such scenario. */
export function startWorld({ scenario: name, size, seed, clock, caCertificate }: WorldOptions): World {
  const machinery = {
    caCertificate,
    store: new Store(),
    kinds: new KindRegistry(readResourceFacts()),
    schemas: new Schemas(readSchemaFacts()),
    clock,
    random: seededRandom(seed),
  };
  serveDefinitions(machinery);
  const mutations = new Mutations(machinery);
  const scenario = loadScenario(machinery, name, size);
  const silent = new Set<string>();
  const usage = new Usage(machinery, seed, silent);
  const controllers = startControllers(machinery, mutations);
  const { recorder } = controllers;
  const podMetrics = (namespace: string) => metricsObjects(usage, 'pods', namespace);
  const autoscalers = new HorizontalAutoscalers({ machinery, mutations, recorder }, podMetrics);
  const kubelets = startKubelets({ machinery, mutations, recorder, rules: scenario.stories, silent }, seed);
  const scheduler = new Scheduler(machinery, mutations);
  const lifecycle = new NodeLifecycle({ machinery, mutations, recorder, silent });
  const evictions = new TaintEviction({ machinery, mutations, recorder });
  const garbage = new PodGarbage({ machinery, mutations });
  const stopDrivers = startDrivers({ machinery, mutations, recorder, scenario, size, silent });
  return {
    machinery,
    mutations,
    kubelets,
    usage,
    silent,
    stop: () => {
      stopDrivers();
      garbage.stop();
      evictions.stop();
      lifecycle.stop();
      autoscalers.stop();
      scheduler.stop();
      kubelets.stop();
      controllers.stop();
      clock.stop();
    },
  };
}
