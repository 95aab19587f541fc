/**
 * Which programs a control plane is made of, and where they are found.
 *
 * Order of preference for each program: $KUBEBUILDER_ASSETS, when that folder holds kube-apiserver and etcd
 * (the contract that users of setup-envtest know), else the cache of what `build` made. The cache lies outside
 * the checkout, in a folder named for everything a build depends on, so that two checkouts share it and a
 * changed go.mod never meets an old binary.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const packages = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  load: './cmd/load',
} as const;

export type ProgramName = keyof typeof packages;

export const programNames = Object.keys(packages) as ProgramName[];

export const toolsDir = join(import.meta.dirname, 'tools');

export interface ProgramEnvironment {
  env: Record<string, string | undefined>;
  /** `go1.26.4`, or undefined when there is no Go on PATH. */
  goVersion: string | undefined;
}

/** Reads Go's version once; the answer is part of the cache folder's name. */
export function currentEnvironment(): ProgramEnvironment {
  let goVersion: string | undefined;
  try {
    goVersion = execFileSync('go', ['env', 'GOVERSION'], {
      cwd: toolsDir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    goVersion = undefined; // no Go here: what was built earlier may still serve
  }
  return { env: process.env, goVersion };
}

/** Hash of every source that a build reads. */
export function sourceHash(dir: string = toolsDir): string {
  const hash = createHash('sha256');
  const loader = readdirSync(join(dir, 'cmd/load')).filter((file) => file.endsWith('.go'));
  for (const file of ['go.mod', 'go.sum', ...loader.sort().map((name) => `cmd/load/${name}`)]) {
    hash.update(`${file}\n`).update(readFileSync(join(dir, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

export function cacheRoot(env: ProgramEnvironment['env']): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'strata-console', 'controlplane');
}

/**
 * The folder of built programs. Without Go the version is unknown: then the newest folder built from the same
 * sources serves, whatever Go built it.
 */
export function binDir({ env, goVersion }: ProgramEnvironment, hash: string = sourceHash()): string {
  if (env.STRATA_CONTROLPLANE_BIN) return env.STRATA_CONTROLPLANE_BIN;
  const root = cacheRoot(env);
  if (goVersion) return join(root, `${hash}-${goVersion}`);
  const found = listFolders(root).filter((name) => name.startsWith(`${hash}-`));
  return join(root, found.sort().at(-1) ?? `${hash}-none`);
}

/** Path of a usable program, or undefined when it must be built first. */
export function findProgram(name: ProgramName, environment: ProgramEnvironment): string | undefined {
  const assets = environment.env.KUBEBUILDER_ASSETS;
  if (assets && ['kube-apiserver', 'etcd', name].every((each) => isExecutable(join(assets, each)))) {
    return join(assets, name);
  }
  const hash = sourceHash();
  const built = join(binDir(environment, hash), name);
  // A folder given by $STRATA_CONTROLPLANE_BIN has no hash in its name, so each program carries its own.
  return isExecutable(built) && readStamp(built) === hash ? built : undefined;
}

export function stampFile(program: string): string {
  return `${program}.stamp`;
}

function readStamp(program: string): string | undefined {
  try {
    return readFileSync(stampFile(program), 'utf8').trim();
  } catch {
    return undefined;
  }
}

export type Availability = { ok: true; built: boolean } | { ok: false; reason: string };

/** Can the real control plane be had here? `built: false` means: yes, after minutes of compiling. */
export function availability(environment: ProgramEnvironment = currentEnvironment()): Availability {
  if (process.platform !== 'linux') {
    return { ok: false, reason: 'the real control plane runs on Linux only (it reads /proc)' };
  }
  const missing = programNames.filter((name) => findProgram(name, environment) === undefined);
  if (missing.length === 0) return { ok: true, built: true };
  if (environment.goVersion) return { ok: true, built: false };
  return {
    ok: false,
    reason: `${missing.join(', ')} not built and Go is not installed; install Go 1.26 or newer and run: npm run controlplane -- build`,
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function listFolders(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
