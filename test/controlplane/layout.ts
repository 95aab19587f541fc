/**
 * Where things lie in a state folder. Everything is for its owner only (0700), but for the folder in which the
 * commands of `kubectl exec` run: as root they run as nobody, who must be able to enter it.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Layout {
  dir: string;
  pki: string;
  pids: string;
  logs: string;
  kubeconfigs: string;
  etcd: string;
  kwok: string;
  /** Outside `dir`, 0755, empty. */
  execRoot: string;
  ports: string;
}

export const defaultDir = join(tmpdir(), 'strata-controlplane');

export function layoutOf(dir: string): Layout {
  const root = resolve(dir);
  return {
    dir: root,
    pki: join(root, 'pki'),
    pids: join(root, 'pids'),
    logs: join(root, 'logs'),
    kubeconfigs: join(root, 'kubeconfig'),
    etcd: join(root, 'etcd'),
    kwok: join(root, 'kwok'),
    execRoot: `${root}.exec`,
    ports: join(root, 'ports.json'),
  };
}

export function createFolders(layout: Layout): void {
  for (const path of [layout.dir, layout.pki, layout.pids, layout.logs, layout.kubeconfigs, layout.kwok]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
  mkdirSync(layout.execRoot, { recursive: true, mode: 0o755 });
}

export function kubeconfigPath(layout: Layout, user: string): string {
  return join(layout.kubeconfigs, `${user}.kubeconfig`);
}
