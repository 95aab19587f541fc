/**
 * `npm run controlplane --`: a real Kubernetes control plane on loopback. stdout is KEY=VALUE lines and nothing
 * else; what a person reads goes to stderr.
 */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, parseArguments, UsageError, usage } from './arguments.ts';
import { buildPrograms } from './build.ts';
import {
  type Cluster,
  existingCluster,
  openCluster,
  program,
  purge,
  serverUrl,
  startCluster,
  stopComponents,
} from './cluster.ts';
import { componentNames } from './components.ts';
import { apiserverControl } from './control-plane.ts';
import { defaultDir, kubeconfigPath, type Layout, layoutOf } from './layout.ts';
import { withLock } from './lock.ts';
import { residentBytes, runningProcess } from './processes.ts';
import { currentEnvironment } from './programs.ts';
import { fillCluster } from './workload.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function run(command: Command): Promise<void> {
  const layout = layoutOf(command.dir ?? defaultDir);
  if (command.name === 'build') return buildPrograms(currentEnvironment(), say);
  if (command.name === 'status') return status(layout);
  await withLock(
    `state ${layout.dir}`,
    () => say(`another command works on ${layout.dir}; waiting for it`),
    () => change(command, layout),
  );
}

async function change(
  command: Exclude<Command, { name: 'build' | 'status' }>,
  layout: Layout,
): Promise<void> {
  switch (command.name) {
    case 'up':
      return up(layout, command);
    case 'down':
      return command.purge ? purge(layout) : stopComponents(layout);
    case 'save':
      if (!existsSync(layout.etcd))
        throw new Error(`nothing to save in ${layout.dir}; run: npm run controlplane -- up`);
      await stopComponents(layout);
      mkdirSync(command.to, { recursive: true, mode: 0o700 });
      rmSync(join(command.to, 'etcd'), { recursive: true, force: true });
      cpSync(layout.etcd, join(command.to, 'etcd'), { recursive: true });
      return say(`saved in ${command.to}; the control plane is stopped`);
    case 'load':
      return withCluster(layout, (cluster) => fillCluster(cluster, command.nodes, command.pods));
    case 'kill':
    case 'start':
    case 'pause':
    case 'resume':
      return withCluster(layout, async (cluster) => {
        await apiserverControl(cluster)[command.name]();
      });
  }
}

async function up(layout: Layout, options: { nodes: number; pods: number; from?: string }): Promise<void> {
  const environment = currentEnvironment();
  await buildPrograms(environment, say);
  const startedAt = performance.now();
  const elapsed = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const cluster = await openCluster({
    layout,
    environment,
    say,
    ...(options.from && { from: options.from }),
  });
  try {
    await startCluster(cluster);
    say(`ready after ${elapsed()}`);
    await fillCluster(cluster, options.nodes, options.pods);
    say(`up after ${elapsed()}`);
  } finally {
    cluster.api.close();
  }
  for (const [key, value] of Object.entries(facts(cluster))) process.stdout.write(`${key}=${value}\n`);
}

function facts(cluster: Cluster): Record<string, string> {
  const { layout, ports } = cluster;
  const pids = componentNames.map((name) => {
    const key = `CONTROLPLANE_PID_${name.toUpperCase().replaceAll('-', '_')}`;
    return [key, String(runningProcess(layout, name)?.pid ?? '')];
  });
  return {
    KUBECONFIG: kubeconfigPath(layout, 'admin'),
    KUBECONFIG_ALICE: kubeconfigPath(layout, 'alice'),
    KUBECONFIG_BOB: kubeconfigPath(layout, 'bob'),
    CONTROLPLANE_SERVER: serverUrl(ports),
    CONTROLPLANE_CA: join(layout.pki, 'ca.crt'),
    CONTROLPLANE_TOKENS: join(layout.pki, 'tokens.csv'),
    CONTROLPLANE_ETCD: `http://127.0.0.1:${ports.etcd}`,
    CONTROLPLANE_KUBECTL: program(cluster, 'kubectl'),
    CONTROLPLANE_DIR: layout.dir,
    ...Object.fromEntries(pids),
  };
}

function status(layout: Layout): void {
  for (const name of componentNames) {
    const pid = runningProcess(layout, name)?.pid;
    const mebibytes = pid === undefined ? 0 : Math.round((residentBytes(pid) ?? 0) / 1024 ** 2);
    const words = pid === undefined ? 'not running' : `pid ${pid}, ${mebibytes} MiB`;
    if (pid === undefined) process.exitCode = 1;
    process.stdout.write(`${name.padEnd(24)} ${words}\n`);
  }
}

async function withCluster(layout: Layout, work: (cluster: Cluster) => Promise<void>): Promise<void> {
  const cluster = await existingCluster({ layout, environment: currentEnvironment(), say });
  if (!cluster) throw new Error(`no control plane in ${layout.dir}; run: npm run controlplane -- up`);
  try {
    await work(cluster);
  } finally {
    cluster.api.close();
  }
}

try {
  await run(parseArguments(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof UsageError;
  say(`controlplane: ${error instanceof Error ? error.message : String(error)}`);
  if (isUsage) say(`\n${usage}`);
  process.exitCode = isUsage ? 2 : 1;
}
