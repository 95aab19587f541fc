/**
 * One state folder's control plane as a set of processes: brings it up from whatever state it is in (nothing,
 * stopped, half running), and ends what it started. Everything here may be called again without harm.
 */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AdminApi, openAdminApi } from './admin-api.ts';
import type { Say } from './build.ts';
import { ensureCertificates, users } from './certificates.ts';
import { type ComponentName, componentArguments, componentNames } from './components.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { writeKwokConfig } from './kwok-config.ts';
import { createFolders, type Layout } from './layout.ts';
import { userRights } from './objects.ts';
import { choosePorts, isPortFree, type Ports, parsePorts } from './ports.ts';
import { logTail, runningProcess, startProcess, stopProcess } from './processes.ts';
import { findProgram, type ProgramEnvironment, type ProgramName } from './programs.ts';
import { waitFor } from './wait-for.ts';

export interface Cluster {
  layout: Layout;
  ports: Ports;
  environment: ProgramEnvironment;
  /** Appended to kube-apiserver's own flags, so they win. */
  apiserverFlags: readonly string[];
  api: AdminApi;
  say: Say;
}

export interface OpenOptions {
  layout: Layout;
  environment: ProgramEnvironment;
  apiserverFlags?: readonly string[];
  /** A folder that `save` wrote: taken when this one has no etcd data yet. */
  from?: string;
  say: Say;
}

const kubeconfigFiles = [...Object.keys(users), 'kwok', 'controller-manager', 'scheduler'];

export function serverUrl(ports: Ports): string {
  return `https://127.0.0.1:${ports.apiserver}`;
}

/** Prepares folders, ports, certificates and configuration; starts nothing. */
export async function openCluster(options: OpenOptions): Promise<Cluster> {
  const { layout, environment, say } = options;
  createFolders(layout);
  if (options.from && !existsSync(layout.etcd))
    cpSync(`${options.from}/etcd`, layout.etcd, { recursive: true });
  const ports = existsSync(layout.ports)
    ? parsePorts(readFileSync(layout.ports, 'utf8'))
    : await choosePorts(Math.random);
  writeFileSync(layout.ports, JSON.stringify(ports), { mode: 0o600 });
  await ensureCertificates(layout.pki);
  for (const user of kubeconfigFiles) writeKubeconfig(layout, serverUrl(ports), user);
  writeKwokConfig(layout, ports, new Date());
  const apiserverFlags =
    options.apiserverFlags ?? (environment.env.CONTROLPLANE_APISERVER_FLAGS ?? '').split(' ').filter(Boolean);
  return { layout, ports, environment, apiserverFlags, api: openAdminApi(layout, ports), say };
}

/** The cluster of a folder that `up` was run for, or undefined. */
export async function existingCluster(options: OpenOptions): Promise<Cluster | undefined> {
  return existsSync(options.layout.ports) ? await openCluster(options) : undefined;
}

/** Starts what does not run and waits until the API server is ready and the users have their rights. */
export async function startCluster(cluster: Cluster): Promise<void> {
  await startComponent(cluster, 'etcd');
  await startApiserver(cluster);
  await Promise.all(
    (['kube-controller-manager', 'kube-scheduler', 'kwok'] as const).map((name) =>
      startComponent(cluster, name),
    ),
  );
  for (const { path, object } of userRights()) await cluster.api.apply(path, object);
  // Pods cannot be made before the controller manager has made their service account.
  await waitUntil(
    cluster,
    'default service account',
    'kube-controller-manager',
    '/api/v1/namespaces/default/serviceaccounts/default',
  );
}

export async function startApiserver(cluster: Cluster): Promise<void> {
  await startComponent(cluster, 'kube-apiserver');
  await waitUntil(cluster, 'answer of /readyz', 'kube-apiserver', '/readyz');
}

export async function startComponent(cluster: Cluster, name: ComponentName): Promise<void> {
  const { layout, ports } = cluster;
  if (runningProcess(layout, name)) return;
  const port = {
    etcd: ports.etcd,
    'kube-apiserver': ports.apiserver,
    kwok: ports.kubelet,
    'kube-scheduler': ports.scheduler,
    'kube-controller-manager': ports.controllerManager,
  }[name];
  if (!(await isPortFree(port))) {
    throw new Error(
      `port ${port} of ${name} is taken by another program; run: npm run controlplane -- down --purge`,
    );
  }
  const args = componentArguments(name, layout, ports, cluster.apiserverFlags);
  await startProcess(layout, name, program(cluster, name), args);
}

export function program(cluster: Cluster, name: ProgramName): string {
  const path = findProgram(name, cluster.environment);
  if (!path) throw new Error(`${name} is not built; run: npm run controlplane -- build`);
  return path;
}

export async function stopComponents(
  layout: Layout,
  names: readonly ComponentName[] = componentNames,
): Promise<void> {
  for (const name of [...names].reverse()) await stopProcess(layout, name, 20_000);
}

/** Stops everything and removes the state. */
export async function purge(layout: Layout): Promise<void> {
  await stopComponents(layout);
  rmSync(layout.dir, { recursive: true, force: true });
  rmSync(layout.execRoot, { recursive: true, force: true });
}

async function waitUntil(cluster: Cluster, what: string, from: ComponentName, path: string): Promise<void> {
  const giveUp = (): void => {
    if (!runningProcess(cluster.layout, from)) {
      throw new Error(`${from} ended while waiting for the ${what}:\n${logTail(cluster.layout, from, 5)}`);
    }
  };
  await waitFor({ what, giveUp }, async () => {
    const { code } = await cluster.api.request('GET', path);
    return code === 200 ? true : undefined;
  });
}
