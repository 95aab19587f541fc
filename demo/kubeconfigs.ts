/** Writes the kubeconfigs of the demo's two users. They hold keys: 0600, in a folder of 0700. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyPair } from './apiserver/auth/certificates.ts';

export interface DemoUser {
  name: string;
  context: string;
  namespace: string;
  credentials: { clientCertificate: KeyPair } | { token: string };
}

export interface StateFolder {
  path: string;
  /** Takes it away again when it was made for this run only. */
  remove(): void;
}

export function makeStateFolder(wanted: string | undefined): StateFolder {
  if (wanted !== undefined) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    return { path: wanted, remove: () => undefined };
  }
  const path = mkdtempSync(join(tmpdir(), 'strata-demo-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

const base64 = (value: string) => Buffer.from(value).toString('base64');

/** JSON is YAML: every client reads it, and nothing has to be loaded to write it. */
function kubeconfig(server: string, ca: string, user: DemoUser): string {
  const credentials =
    'token' in user.credentials
      ? { token: user.credentials.token }
      : {
          'client-certificate-data': base64(user.credentials.clientCertificate.cert),
          'client-key-data': base64(user.credentials.clientCertificate.key),
        };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'shop-eu-1', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: user.name, user: credentials }],
    contexts: [
      { name: user.context, context: { cluster: 'shop-eu-1', user: user.name, namespace: user.namespace } },
    ],
    'current-context': user.context,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Writes one user's kubeconfig as NAME.kubeconfig, and under `also`. Returns its path. */
export function writeKubeconfig(
  dir: string,
  name: string,
  server: string,
  ca: string,
  user: DemoUser,
  also?: string,
): string {
  const written = kubeconfig(server, ca, user);
  const path = join(dir, `${name}.kubeconfig`);
  writeFileSync(path, written, { mode: 0o600 });
  if (also !== undefined) writeFileSync(join(dir, also), written, { mode: 0o600 });
  return path;
}
