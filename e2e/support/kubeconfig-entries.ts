// Kubeconfigs as operators get them wrong: the demo's own, with entries beside it that cannot be used.
import { readFileSync, writeFileSync } from 'node:fs';

/** Stands in every kubeconfig made here; may be seen nowhere else. */
export const CANARY = 'CANARY-2f9c41d7';

interface Kubeconfig {
  readonly clusters: readonly { name: string; cluster: Record<string, unknown> }[];
  readonly users: readonly { name: string; user: Record<string, unknown> }[];
  readonly contexts: readonly { name: string; context: Record<string, string> }[];
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Kubeconfig;

/**
 * The kubeconfig at `good` with contexts that are wrong, named for what is wrong: no-user, unknown-user,
 * unknown-cluster, unreachable, wrong-ca (foreign: a kubeconfig of another cluster) and expired-token.
 */
export function writeWithBadEntries(path: string, good: string, foreign: string): void {
  const config = read(good);
  const [own] = config.clusters;
  const [user] = config.users;
  if (own === undefined || user === undefined) throw new Error(`${good} names no cluster or user`);
  const ca = read(foreign).clusters[0]?.cluster['certificate-authority-data'];
  const context = (name: string, cluster: string, as?: string) => ({
    name,
    context: { cluster, ...(as === undefined ? {} : { user: as }) },
  });
  const written = {
    ...config,
    clusters: [
      ...config.clusters,
      { name: 'nothing', cluster: { ...own.cluster, server: 'https://127.0.0.1:9' } },
      { name: 'other', cluster: { ...own.cluster, 'certificate-authority-data': ca } },
    ],
    users: [...config.users, { name: 'expired', user: { token: CANARY } }],
    contexts: [
      ...config.contexts,
      context('no-user', own.name),
      context('unknown-user', own.name, 'nobody'),
      context('unknown-cluster', 'nowhere', user.name),
      context('unreachable', 'nothing', user.name),
      context('wrong-ca', 'other', user.name),
      context('expired-token', own.name, 'expired'),
    ],
  };
  writeFileSync(path, JSON.stringify(written), { mode: 0o600 });
}

/** What of a kubeconfig must be seen nowhere: its keys and tokens, as they stand there and decoded. */
export function secretsOf(path: string): readonly string[] {
  return read(path).users.flatMap(({ user }) => {
    const key = String(user['client-key-data'] ?? '');
    // A line of the PEM that is the key itself, not its head.
    const line = Buffer.from(key, 'base64').toString().split('\n')[1] ?? '';
    return [key, line, String(user.token ?? '')].filter((secret) => secret.length > 8);
  });
}
