import { readFileSync } from 'node:fs';
import type { ApiError } from '#lib/resources/api-error.ts';
import { createApiClient } from '../api-client.ts';
import type { Clock } from '../clock.ts';
import { badConfiguration } from '../errors.ts';
import type { ClusterEntry, ClusterIdentity } from '../kubernetes-client.ts';
import { ApiException } from '../kubernetes-client.ts';
import type { Log } from '../log.ts';
import { clusterSlugs } from './cluster-slug.ts';
import { createCredentialSource } from './credential-source.ts';
import { contextSettings, identityOf } from './kubeconfig-entry.ts';
import type { Kubeconfig, NamedEntry } from './kubeconfig-file.ts';
import { readKubeconfig } from './kubeconfig-file.ts';

/**
 * Every context of the operator's kubeconfig as a cluster. Nothing is dialled and no plugin runs here; files that an
 * entry names are read once, so that a broken entry is told at the start. The kubeconfig is read by own code, not by
 * @kubernetes/client-node: that one ignores tokenFile, drops a broken entry or the whole file without saying which,
 * cannot run a plugin again after a 401 or end one that hangs, and costs a second and 87 MB at the start.
 */
export interface LoadOptions {
  /** Each a file, or a list of files as in $KUBECONFIG. */
  readonly kubeconfigPaths: readonly string[];
  /** The context that comes first; absent: the file's current-context. */
  readonly context?: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The chosen (else current) context first, the others in the file's order; never empty. A context that cannot be used
 * is an entry with an error. Throws ApiException (BadConfiguration) when there is no usable file or no such context.
 */
export async function loadClusters(options: LoadOptions): Promise<ClusterEntry[]> {
  const kubeconfig = await readKubeconfig(options.kubeconfigPaths, options.log);
  const names = [...kubeconfig.contexts.keys()];
  const ids = clusterSlugs(names);
  const first = chosenContext(kubeconfig, options);
  const ordered = first === undefined ? names : [first, ...names.filter((name) => name !== first)];
  const userAgent = `strata-console/${ownVersion()}`;
  return Promise.all(
    ordered.map(async (name): Promise<ClusterEntry> => {
      const context = kubeconfig.contexts.get(name) as NamedEntry;
      const cluster = { id: ids.get(name) ?? '', context: name, ...identityOf(kubeconfig, context) };
      return entryOf(kubeconfig, context, cluster, userAgent, options);
    }),
  );
}

function chosenContext(kubeconfig: Kubeconfig, options: LoadOptions): string | undefined {
  const { context } = options;
  const files = kubeconfig.files.join(', ');
  if (context !== undefined && context !== '') {
    if (kubeconfig.contexts.has(context)) return context;
    const names = [...kubeconfig.contexts.keys()].slice(0, 20).join(', ');
    throw badConfiguration(`The kubeconfig ${files} has no context "${context}". It has: ${names}`);
  }
  if (kubeconfig.currentContext === '') return undefined;
  if (kubeconfig.contexts.has(kubeconfig.currentContext)) return kubeconfig.currentContext;
  options.log.warn(
    { files, context: kubeconfig.currentContext },
    'current-context names a context that is not there',
  );
  return undefined;
}

async function entryOf(
  kubeconfig: Kubeconfig,
  context: NamedEntry,
  cluster: ClusterIdentity,
  userAgent: string,
  options: LoadOptions,
): Promise<ClusterEntry> {
  const { clock, log } = options;
  try {
    const { endpoint, user } = contextSettings(kubeconfig, context);
    const credentials = createCredentialSource({ user, endpoint, clock, log });
    // Reads and checks every file the entry names. Plugins run at the first request.
    const { exec: _, ...withoutPlugin } = user;
    await createCredentialSource({ user: withoutPlugin, endpoint, clock, log }).current();
    return { cluster, client: createApiClient({ cluster, endpoint, credentials, clock, userAgent, log }) };
  } catch (failure) {
    const error = entryError(failure, context);
    log.warn({ cluster: cluster.id, reason: error.reason, why: error.message }, 'a context cannot be used');
    return { cluster, error };
  }
}

function entryError(failure: unknown, context: NamedEntry): ApiError {
  if (failure instanceof ApiException) return failure.error;
  const why = failure instanceof Error ? failure.name : 'unknown';
  return badConfiguration(`Context "${context.name}" in ${context.file} cannot be used (${why})`).error;
}

function ownVersion(): string {
  const file = new URL('../../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
