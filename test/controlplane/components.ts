/**
 * The command lines of the programs. Facts that cost time to find, kept where they are used:
 * - the `kubernetes` Service's Endpoints may not hold a loopback address, hence no endpoint reconciler;
 * - fake nodes write no Leases (see kwok-config.ts), so the controller manager must not miss them for an hour;
 * - kubectl logs, exec, attach and port-forward go API server -> kwok over TLS on the node's InternalIP.
 */
import { join } from 'node:path';
import { kubeconfigPath, type Layout } from './layout.ts';
import type { Ports } from './ports.ts';
import type { ProgramName } from './programs.ts';

/** In the order of starting; stopped in reverse, so that nobody misses etcd while it still works. */
export const componentNames = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const satisfies readonly ProgramName[];

export type ComponentName = (typeof componentNames)[number];

export function componentArguments(
  name: ComponentName,
  layout: Layout,
  ports: Ports,
  apiserverFlags: readonly string[],
): string[] {
  switch (name) {
    case 'etcd':
      return etcdArguments(layout, ports);
    case 'kube-apiserver':
      return [...apiserverArguments(layout, ports), ...apiserverFlags];
    case 'kube-controller-manager':
      return controllerManagerArguments(layout, ports);
    case 'kube-scheduler':
      return [
        ...controllerKubeconfig(layout, 'scheduler'),
        `--secure-port=${ports.scheduler}`,
        ...['--bind-address=127.0.0.1', '--leader-elect=false', '--profiling=false'],
        ...['--kube-api-qps=500', '--kube-api-burst=1000'],
      ];
    case 'kwok':
      return [`--config=${join(layout.kwok, 'kwok.json')}`, `--kubeconfig=${kubeconfigPath(layout, 'kwok')}`];
  }
}

function etcdArguments(layout: Layout, ports: Ports): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    '--name=e0',
    `--data-dir=${layout.etcd}`,
    '--log-level=warn',
    '--unsafe-no-fsync', // tests lose nothing they could not make again
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=e0=${peer}`,
    `--quota-backend-bytes=${8 * 1024 ** 3}`,
    '--max-txn-ops=2048',
    `--max-request-bytes=${16 * 1024 ** 2}`,
  ];
}

function apiserverArguments(layout: Layout, ports: Ports): string[] {
  const pki = (file: string): string => join(layout.pki, file);
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${ports.apiserver}`,
    '--external-hostname=localhost',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    `--token-auth-file=${pki('tokens.csv')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki('sa.pub')}`,
    `--service-account-signing-key-file=${pki('sa.key')}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
    `--kubelet-client-key=${pki('kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--requestheader-client-ca-file=${pki('ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
    '--event-ttl=4h',
    '--profiling=false',
  ];
}

function controllerManagerArguments(layout: Layout, ports: Ports): string[] {
  return [
    ...controllerKubeconfig(layout, 'controller-manager'),
    `--secure-port=${ports.controllerManager}`,
    ...['--bind-address=127.0.0.1', '--leader-elect=false', '--profiling=false'],
    ...['--kube-api-qps=500', '--kube-api-burst=1000'],
    '--use-service-account-credentials',
    `--service-account-private-key-file=${join(layout.pki, 'sa.key')}`,
    `--root-ca-file=${join(layout.pki, 'ca.crt')}`,
    `--cluster-signing-cert-file=${join(layout.pki, 'ca.crt')}`,
    `--cluster-signing-key-file=${join(layout.pki, 'ca.key')}`,
    '--node-monitor-grace-period=3600s',
  ];
}

function controllerKubeconfig(layout: Layout, user: string): string[] {
  const path = kubeconfigPath(layout, user);
  return ['--kubeconfig', '--authentication-kubeconfig', '--authorization-kubeconfig'].map(
    (flag) => `${flag}=${path}`,
  );
}
