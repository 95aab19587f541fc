/**
 * The demo cluster's command: `npm run demo -- [--scenario small] [--port N] [--second-port N] [--control-port N] [--seed N] [--dir DIR]`;
 * the scenario `scale` also takes `--nodes N --pods N --churn PODS_PER_SECOND`.
 * For people it says on stderr where the kubeconfig is; with --json it prints one ready line for demo/client.ts.
 */
import { parseArgs } from 'node:util';
import { launch } from './launch.ts';
import type { ScaleSize } from './scenarios/scale.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'small' },
    port: { type: 'string', default: '0' },
    'second-port': { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    dir: { type: 'string' },
    nodes: { type: 'string' },
    pods: { type: 'string' },
    churn: { type: 'string' },
    json: { type: 'boolean', default: false },
    // Ends when stdin closes: the child of another program must not outlive it.
    'with-parent': { type: 'boolean', default: false },
  },
});

const say = (line: string) => process.stderr.write(`${line}\n`);

function wholeNumber(name: string, written: string, most: number): number {
  const value = Number(written);
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new Error(`--${name} must be a whole number from 0 to ${most}, not ${written}`);
  return value;
}

function scaleSize(): ScaleSize {
  const { nodes, pods, churn } = values;
  if (values.scenario !== 'scale' && (nodes ?? pods ?? churn) !== undefined)
    throw new Error('--nodes, --pods and --churn are for --scenario scale');
  return {
    nodes: wholeNumber('nodes', nodes ?? '100', 20_000),
    pods: wholeNumber('pods', pods ?? '1000', 200_000),
    churnPerSecond: wholeNumber('churn', churn ?? '10', 10_000),
  };
}

/** Started by hand, it starts itself again with what Node must be told at its start. */
function startAgain(): void {
  const child = launch(values.scenario, process.argv.slice(2), ['pipe', 'inherit', 'inherit']);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', fail);
  child.on('exit', (code) => process.exit(code ?? 1));
}

async function main(): Promise<void> {
  const { startCluster } = await import('./cluster.ts');
  const cluster = await startCluster({
    scenario: values.scenario,
    size: scaleSize(),
    port: wholeNumber('port', values.port, 65_535),
    secondPort: wholeNumber('second-port', values['second-port'], 65_535),
    controlPort: wholeNumber('control-port', values['control-port'], 65_535),
    seed: wholeNumber('seed', values.seed, 2 ** 32 - 1),
    dir: values.dir,
  });
  const stop = () => {
    cluster.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stdin.on('end', stop);
  process.stdin.on('close', stop);
  process.stdin.resume();
  if (values.json) {
    const { stop: _stop, ...ready } = cluster;
    process.stdout.write(`${JSON.stringify({ ready: true, ...ready })}\n`);
    return;
  }
  say(`Demo cluster shop-eu-1, scenario ${values.scenario}, is ready at ${cluster.server}`);
  say(`Kubeconfig of the administrator: ${cluster.kubeconfigs.admin}`);
  say(`Kubeconfig of the developer:     ${cluster.kubeconfigs.developer}`);
  say(
    `A second API server of the cluster: ${cluster.secondServer}, kubeconfig ${cluster.kubeconfigs.second}`,
  );
  say(`Control port: http://127.0.0.1:${cluster.control.port}, token ${cluster.control.token}`);
  say(`Try: kubectl --kubeconfig ${cluster.kubeconfigs.admin} get pods -A`);
}

function fail(error: unknown): void {
  say(`The demo cluster cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

if (values['with-parent']) main().catch(fail);
else startAgain();
