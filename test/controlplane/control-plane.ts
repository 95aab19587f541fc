/**
 * A real Kubernetes control plane for tests: kube-apiserver, etcd, controller manager, scheduler and kwok on
 * loopback, with users of different rights.
 *
 *   const possible = availability();          // one line to print when the real lane cannot run
 *   const plane = await startControlPlane({ nodes: 10 });
 *   … plane.kubeconfig … await plane.apiserver.kill(); await plane.apiserver.start(); …
 *   await plane.stop();
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPrograms, type Say } from './build.ts';
import { readTokens, type User } from './certificates.ts';
import {
  type Cluster,
  openCluster,
  program,
  purge,
  serverUrl,
  startApiserver,
  startCluster,
  stopComponents,
} from './cluster.ts';
import { componentNames } from './components.ts';
import { kubeconfigPath, layoutOf } from './layout.ts';
import { killProcess, runningProcess, signalProcess } from './processes.ts';
import { availability, currentEnvironment, type ProgramName } from './programs.ts';
import { fillCluster } from './workload.ts';

export { availability };

export interface ControlPlaneOptions {
  nodes: number;
  pods?: number;
  /** State folder to use or continue; by default a fresh one that stop() removes. */
  dir?: string;
  /** Appended to kube-apiserver's command line. */
  apiserverFlags?: readonly string[];
  say?: Say;
}

export interface ApiserverControl {
  /** Undefined while it is not running. */
  pid(): number | undefined;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** On the same port, with the same state; resolves when /readyz says ok. */
  start(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
}

export interface ControlPlane {
  dir: string;
  server: string;
  /** Of the administrator. */
  kubeconfig: string;
  kubeconfigs: Record<User, string>;
  tokens: Record<User, string>;
  /** PEM file of the CA that signed the server's certificate. */
  caFile: string;
  /** etcd's client URL. */
  etcd: string;
  /** Path of the kubectl of the same version. */
  kubectl: string;
  bin(name: ProgramName): string;
  apiserver: ApiserverControl;
  /** More nodes and pods; see fillCluster. */
  load(nodes: number, pods: number): Promise<void>;
  stop(): Promise<void>;
}

/** Builds what is missing (minutes, the first time), starts everything and waits until it is ready. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const say = options.say ?? (() => {});
  const environment = currentEnvironment();
  await buildPrograms(environment, say);
  const layout = layoutOf(options.dir ?? mkdtempSync(join(tmpdir(), 'strata-controlplane-')));
  const { apiserverFlags } = options;
  const cluster = await openCluster({ layout, environment, say, ...(apiserverFlags && { apiserverFlags }) });
  const endAtExit = (): void => {
    for (const name of componentNames) signalProcess(layout, name, 'SIGKILL');
  };
  process.once('exit', endAtExit);
  const stop = async (): Promise<void> => {
    cluster.api.close();
    await (options.dir ? stopComponents(layout) : purge(layout));
    process.off('exit', endAtExit);
  };
  try {
    await startCluster(cluster);
    await fillCluster(cluster, options.nodes, options.pods ?? 0);
  } catch (error) {
    await stop();
    throw error;
  }
  return describe(cluster, stop);
}

function describe(cluster: Cluster, stop: () => Promise<void>): ControlPlane {
  const { layout, ports } = cluster;
  const kubeconfig = (user: User): string => kubeconfigPath(layout, user);
  return {
    dir: layout.dir,
    server: serverUrl(ports),
    kubeconfig: kubeconfig('admin'),
    kubeconfigs: { admin: kubeconfig('admin'), alice: kubeconfig('alice'), bob: kubeconfig('bob') },
    tokens: readTokens(layout.pki),
    caFile: join(layout.pki, 'ca.crt'),
    etcd: `http://127.0.0.1:${ports.etcd}`,
    kubectl: program(cluster, 'kubectl'),
    bin: (name) => program(cluster, name),
    apiserver: apiserverControl(cluster),
    load: (nodes, pods) => fillCluster(cluster, nodes, pods),
    stop,
  };
}

export function apiserverControl(cluster: Cluster): ApiserverControl {
  const name = 'kube-apiserver';
  const demand = (done: boolean): void => {
    if (!done) throw new Error(`${name} is not running`);
  };
  return {
    pid: () => runningProcess(cluster.layout, name)?.pid,
    kill: async () => demand(await killProcess(cluster.layout, name)),
    start: () => startApiserver(cluster),
    pause: () => demand(signalProcess(cluster.layout, name, 'SIGSTOP')),
    resume: () => demand(signalProcess(cluster.layout, name, 'SIGCONT')),
  };
}
