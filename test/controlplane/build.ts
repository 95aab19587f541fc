/**
 * Builds the missing programs from the one Go module in tools/. Resumable: a program at a time, written beside
 * its place and renamed into it. Safe for two at once: the second waits, then finds the work done.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import {
  availability,
  binDir,
  findProgram,
  type ProgramEnvironment,
  type ProgramName,
  packages,
  programNames,
  sourceHash,
  stampFile,
  toolsDir,
} from './programs.ts';

export type Say = (line: string) => void;

/** After this every program has a path. Throws with words for the user when Go is missing or a build fails. */
export async function buildPrograms(environment: ProgramEnvironment, say: Say): Promise<void> {
  const possible = availability(environment);
  if (!possible.ok) throw new Error(possible.reason);
  if (possible.built) return;
  const target = binDir(environment);
  const onWait = (): void => say(`another process is building ${target}; waiting for it`);
  await withLock(`build ${target}`, onWait, async () => {
    const missing = programNames.filter((name) => findProgram(name, environment) === undefined);
    if (missing.length === 0) return;
    mkdirSync(target, { recursive: true });
    removeUnfinished(target);
    say(`building ${missing.join(', ')} with ${environment.goVersion} into ${target}`);
    say('with empty Go caches this takes about 10 minutes on 2 cores, and 4 GB of disk');
    for (const [index, name] of missing.entries()) {
      const startedAt = performance.now();
      say(`[${index + 1}/${missing.length}] ${name} …`);
      await buildProgram(name, target);
      say(`[${index + 1}/${missing.length}] ${name} built in ${seconds(performance.now() - startedAt)}`);
    }
  });
}

/** What a build that was killed left behind; nobody else writes here while the lock is held. */
function removeUnfinished(target: string): void {
  for (const file of readdirSync(target)) {
    if (file.startsWith('.')) rmSync(join(target, file));
  }
}

async function buildProgram(name: ProgramName, target: string): Promise<void> {
  const unfinished = join(target, `.${name}.${process.pid}`);
  const args = ['build', '-trimpath', '-ldflags', linkerFlags(kubernetesVersion()), '-o', unfinished];
  await run('go', [...args, packages[name]]);
  writeFileSync(stampFile(join(target, name)), `${sourceHash()}\n`);
  renameSync(unfinished, join(target, name));
}

/** The version of Kubernetes that go.mod asks for. */
export function kubernetesVersion(goMod: string = readFileSync(join(toolsDir, 'go.mod'), 'utf8')): string {
  const version = /^\tk8s\.io\/kubernetes (v\S+)/m.exec(goMod)?.[1];
  if (!version) throw new Error('tools/go.mod does not require k8s.io/kubernetes');
  return version;
}

/** Without these stamps the programs call themselves v0.0.0-master, and kubectl and kwok complain. */
export function linkerFlags(version: string): string {
  const [major = '', minor = ''] = version.replace(/^v/, '').split('.');
  const facts = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
  };
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((variable) =>
    Object.entries(facts).map(([key, value]) => `-X ${variable}.${key}=${value}`),
  );
  return ['-s', '-w', ...stamps].join(' ');
}

function run(command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: toolsDir,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 2, 2],
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.at(-1)} ended with ${signal ?? `code ${code}`}`));
    });
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
