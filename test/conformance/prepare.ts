/** Makes a target ready for the suite: starts the demo or a real control plane, or minds somebody else's cluster. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDemo } from '#demo/client.ts';
import { availability, startControlPlane } from '#test/controlplane/control-plane.ts';
import { waitFor } from '#test/controlplane/wait-for.ts';
import type { ConformanceArguments } from './arguments.ts';
import { type Client, openClient } from './client.ts';
import { compactEtcd, serveCompaction } from './compaction.ts';
import type { KubeObject } from './kube-types.ts';
import { namesInJournal } from './own-namespaces.ts';
import type { TargetName } from './target.ts';

/** A target's environment for the suite (target.ts), and how to put the target away. */
export interface Prepared {
  env: Record<string, string>;
  stop(): Promise<void>;
}

export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

export type TargetOptions = Omit<ConformanceArguments, 'target'> & { target: TargetName };

export async function prepare(options: TargetOptions, folder: string): Promise<Prepared> {
  if (options.target === 'real') return prepareReal();
  if (options.target === 'demo') return prepareDemo();
  return prepareOther(options, join(folder, 'namespaces'));
}

/** A cluster of somebody else: what was made in it is written down, and removed at the end whatever happens. */
async function prepareOther(
  { kubeconfig = '', context, limited }: TargetOptions,
  journal: string,
): Promise<Prepared> {
  const client = openClient(kubeconfig, context);
  const isKwok = await hasOnlyKwokNodes(client);
  return {
    env: {
      CONFORMANCE_KUBECONFIG: kubeconfig,
      CONFORMANCE_JOURNAL: journal,
      ...(isKwok && { CONFORMANCE_NODES: 'kwok' }),
      ...(context && { CONFORMANCE_CONTEXT: context }),
      ...(limited && { CONFORMANCE_LIMITED: limited }),
    },
    stop: async () => {
      const names = existsSync(journal) ? namesInJournal(readFileSync(journal, 'utf8')) : [];
      if (names.length > 0) say(`removing ${names.length} namespaces`);
      await removeNamespaces(client, names);
      await client.close();
    },
  };
}

/** Also the first request: throws when the cluster cannot be reached. */
async function hasOnlyKwokNodes(client: Client): Promise<boolean> {
  const { code, list } = await client.get('/api/v1/nodes');
  const isKwok = ({ metadata }: KubeObject): boolean =>
    metadata.annotations?.['kwok.x-k8s.io/node'] !== undefined;
  return code === 200 && list.items.length > 0 && list.items.every(isKwok);
}

const REMOVAL_MS = 120_000;

/** Throws when one is still there in the end, with its name. */
async function removeNamespaces(client: Client, names: readonly string[]): Promise<void> {
  const left = new Set(names);
  for (const name of names) await client.delete(`/api/v1/namespaces/${name}`);
  const what = `end of the namespaces ${names.join(', ')}`;
  await waitFor({ what, timeoutMs: REMOVAL_MS }, async () => {
    for (const name of left) {
      if ((await client.get(`/api/v1/namespaces/${name}`)).code === 404) left.delete(name);
    }
    return left.size === 0 ? true : undefined;
  }).catch(() => {
    throw new Error(`could not remove ${[...left].join(', ')}`);
  });
}

async function prepareReal(): Promise<Prepared> {
  const possible = availability();
  if (!possible.ok) throw new Error(`not run: ${possible.reason}`);
  // Without snapshots in its cache the API server sees at once what we make etcd forget; by default it would
  // notice at its own compaction, every five minutes.
  const apiserverFlags = ['--feature-gates=ListFromCacheSnapshot=false'];
  const plane = await startControlPlane({ nodes: 10, apiserverFlags, say });
  try {
    // A restarted API server has forgotten what came before it, as every long-lived one has.
    await plane.apiserver.kill();
    await plane.apiserver.start();
    const compactor = await serveCompaction(() => compactEtcd(plane.etcd));
    return {
      env: {
        CONFORMANCE_KUBECONFIG: plane.kubeconfig,
        CONFORMANCE_LIMITED: plane.kubeconfigs.bob,
        CONFORMANCE_NODES: 'kwok',
        CONFORMANCE_COMPACT: compactor.url,
      },
      stop: async () => {
        compactor.close();
        await plane.stop();
      },
    };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function prepareDemo(): Promise<Prepared> {
  const log: string[] = [];
  const demo = await startDemo({ scenario: 'calm', onLog: (line) => void log.push(line) });
  const compactor = await serveCompaction(() => demo.control.compact());
  return {
    env: {
      CONFORMANCE_KUBECONFIG: demo.kubeconfigs.admin,
      CONFORMANCE_LIMITED: demo.kubeconfigs.developer,
      CONFORMANCE_COMPACT: compactor.url,
    },
    stop: async () => {
      compactor.close();
      if (!isAlive(demo.pid)) say(`the demo cluster ended during the run:\n${log.slice(-20).join('\n')}`);
      await demo.stop();
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
