// Which clusters `npm start` shows, decided here so that the console knows nothing of a demo.
import type { StartArguments } from './start-arguments.mjs';

export interface Surroundings {
  /** $KUBECONFIG */
  readonly kubeconfigVariable: string | undefined;
  /** whether ~/.kube/config exists */
  readonly hasDefaultFile: boolean;
}

export interface ClusterChoice {
  /** the demo's scenario, when it is to be started */
  readonly scenario?: string;
  /** the file given on the command line; undefined: the server looks where kubectl does */
  readonly kubeconfig?: string;
  /** said to the person when it was not their choice */
  readonly because?: string;
}

/** --kubeconfig, --demo, $KUBECONFIG, ~/.kube/config, demo: the first that is there. A missing $KUBECONFIG file is an error, not a demo. */
export function chooseCluster(given: StartArguments, around: Surroundings): ClusterChoice {
  if (given.kubeconfig !== undefined) return { kubeconfig: given.kubeconfig };
  if (given.demo !== undefined) return { scenario: given.demo };
  if (around.kubeconfigVariable || around.hasDefaultFile) return {};
  return {
    scenario: 'small',
    because: 'No kubeconfig was given or found ($KUBECONFIG, ~/.kube/config): showing the demo cluster.',
  };
}

/** The console's own command line. It never opens a browser: launch does, and only at a terminal. */
export function serverArguments(given: StartArguments, kubeconfig: string | undefined): string[] {
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);
  return [
    ...option('--kubeconfig', kubeconfig),
    ...option('--context', given.context),
    ...option('--port', given.port),
    ...option('--host', given.host),
    ...option('--state-dir', given.stateDir),
    '--no-open',
  ];
}
