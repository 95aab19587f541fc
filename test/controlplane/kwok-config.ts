/**
 * kwok's configuration: one file that also holds what would otherwise be custom resources (stages, logs, exec),
 * so that nothing of kwok is installed in the cluster.
 *
 * nodeLeaseDurationSeconds is 0: with Leases a restarted kwok leaves every node alone until the last one's
 * Leases have run out, and takes a node's pods only once it holds its Lease.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stageDocuments } from './kwok-stages.ts';
import type { Layout } from './layout.ts';
import type { Ports } from './ports.ts';

/** Writes kwok.json and the log files that `kubectl logs` reads. */
export function writeKwokConfig(layout: Layout, ports: Ports, now: Date): void {
  const log = join(layout.kwok, 'pod.log');
  const previous = join(layout.kwok, 'pod.previous.log');
  if (!existsSync(log)) {
    writeFileSync(log, logLines(now, 200));
    writeFileSync(previous, logLines(now, 20));
  }
  const documents = [options(layout, ports), ...subresources(layout, log, previous), ...stageDocuments()];
  const text = documents.map((document) => `---\n${JSON.stringify(document, null, 2)}\n`).join('');
  writeFileSync(join(layout.kwok, 'kwok.json'), text, { mode: 0o600 });
}

function options(layout: Layout, ports: Ports): object {
  return {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    options: {
      cidr: '10.64.0.0/10',
      nodeIP: '127.0.0.1',
      nodePort: ports.kubelet,
      serverAddress: `127.0.0.1:${ports.kubelet}`,
      tlsCertFile: join(layout.pki, 'kubelet.crt'),
      tlsPrivateKeyFile: join(layout.pki, 'kubelet.key'),
      manageAllNodes: false,
      manageNodesWithAnnotationSelector: 'kwok.x-k8s.io/node=fake',
      nodeLeaseDurationSeconds: 0,
      podPlayStageParallelism: 16,
      nodePlayStageParallelism: 8,
      podsOnNodeSyncParallelism: 32, // one LIST a node, 0.1-0.2 s each: the default of 1 takes minutes
      enableDebuggingHandlers: true,
    },
  };
}

function subresources(layout: Layout, log: string, previous: string): object[] {
  const asNobody =
    process.getuid?.() === 0 ? { securityContext: { runAsUser: 65_534, runAsGroup: 65_534 } } : {};
  const envs = Object.entries({ PATH: '/usr/bin:/bin', HOME: '/', TERM: 'xterm-256color' });
  const exec = {
    workDir: layout.execRoot,
    envs: envs.map(([name, value]) => ({ name, value })),
    ...asNobody,
  };
  const hello =
    'read -r line; printf "HTTP/1.0 200 OK\\r\\ncontent-type: text/plain\\r\\n\\r\\na fake pod\\n"';
  const specs = {
    ClusterLogs: { logs: [{ logsFile: log, previousLogsFile: previous, follow: true }] },
    ClusterExec: { execs: [{ local: exec }] },
    ClusterAttach: { attaches: [{ logsFile: log }] },
    ClusterPortForward: { forwards: [{ command: ['sh', '-c', hello] }] },
  };
  return Object.entries(specs).map(([kind, spec]) => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind,
    metadata: { name: 'all-pods' },
    spec,
  }));
}

/** A container log in CRI's format: a line a second up to now, every tenth a warning on stderr. */
export function logLines(now: Date, count: number): string {
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(now.getTime() - (count - index) * 1000).toISOString();
    const number = index + 1;
    return number % 10 === 0
      ? `${at} stderr F warn: request ${number} took too long, trying again\n`
      : `${at} stdout F info: request ${number} answered\n`;
  }).join('');
}
