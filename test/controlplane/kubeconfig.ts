/** Kubeconfigs of the control plane's users, with everything inline. JSON, which every YAML reader takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigPath, type Layout } from './layout.ts';

/** `certificate` is the file name in pki/ without its ending, and the context's name. */
export function writeKubeconfig(layout: Layout, server: string, certificate: string): void {
  const data = (file: string): string => readFileSync(join(layout.pki, file)).toString('base64');
  const name = 'controlplane';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': data('ca.crt') } }],
    users: [
      {
        name: certificate,
        user: {
          'client-certificate-data': data(`${certificate}.crt`),
          'client-key-data': data(`${certificate}.key`),
        },
      },
    ],
    contexts: [{ name: certificate, context: { cluster: name, user: certificate } }],
    'current-context': certificate,
  };
  writeFileSync(kubeconfigPath(layout, certificate), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}
