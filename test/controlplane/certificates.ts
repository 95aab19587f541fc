/**
 * The control plane's own PKI: one CA, server certificates for loopback, client certificates that carry the
 * user in CN and the groups in O (as Kubernetes reads them), the service accounts' key pair, and bearer tokens
 * for the same users. Written once for a state folder; every file is 0600.
 */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const validMs = 10 * 365 * 24 * 3600 * 1000;

/** The people of the tests: user name -> group. */
export const users = { admin: 'system:masters', alice: 'team-a', bob: 'team-b' } as const;

export type User = keyof typeof users;

const clients: readonly { file: string; name: string; group?: string }[] = [
  { file: 'kubelet-client', name: 'kube-apiserver-kubelet-client', group: 'system:masters' },
  { file: 'front-proxy', name: 'front-proxy-client' },
  { file: 'kwok', name: 'kwok', group: 'system:masters' },
  { file: 'controller-manager', name: 'system:kube-controller-manager' },
  { file: 'scheduler', name: 'system:kube-scheduler' },
  ...Object.entries(users).map(([name, group]) => ({ file: name, name, group })),
];

const serverNames: x509.JsonGeneralNames = [
  ...[
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ].map((value) => ({ type: 'dns' as const, value })),
  ...['127.0.0.1', '10.96.0.1'].map((value) => ({ type: 'ip' as const, value })),
];

interface Authority {
  certificate: x509.X509Certificate;
  keys: CryptoKeyPair;
}

/** Fills `dir` unless it is complete; `done` is written last, so a half-made PKI is made again. */
export async function ensureCertificates(dir: string): Promise<void> {
  const done = join(dir, 'done');
  if (existsSync(done)) return;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const authority = await createAuthority();
  write(dir, 'ca.crt', authority.certificate.toString('pem'));
  write(dir, 'ca.key', await privatePem(authority.keys.privateKey)); // the controller manager signs with it
  for (const name of ['apiserver', 'kubelet']) {
    const names = new x509.SubjectAlternativeNameExtension(serverNames);
    await issue(dir, authority, { file: name, name, extensions: [names, usage('serverAuth')] });
  }
  for (const client of clients) {
    await issue(dir, authority, { ...client, extensions: [usage('clientAuth')] });
  }
  const serviceAccounts = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  write(dir, 'sa.key', await privatePem(serviceAccounts.privateKey));
  const publicKey = await crypto.subtle.exportKey('spki', serviceAccounts.publicKey);
  write(dir, 'sa.pub', x509.PemConverter.encode(publicKey, 'PUBLIC KEY'));
  const tokens = Object.entries(users).map(
    ([name, group]) => `${randomBytes(16).toString('hex')},${name},${name},"${group}"\n`,
  );
  write(dir, 'tokens.csv', tokens.join(''));
  write(dir, 'done', '');
}

/** Bearer tokens by user, out of tokens.csv. */
export function readTokens(dir: string): Record<User, string> {
  const byUser = new Map(
    readFileSync(join(dir, 'tokens.csv'), 'utf8')
      .split('\n')
      .map((line) => line.split(','))
      .map(([token = '', user = '']) => [user, token]),
  );
  const names = Object.keys(users) as User[];
  return Object.fromEntries(names.map((name) => [name, byUser.get(name) ?? ''])) as Record<User, string>;
}

async function createAuthority(): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const flags =
    x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: [{ CN: ['strata-controlplane-ca'] }],
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(flags, true),
    ],
  });
  return { certificate, keys };
}

async function issue(
  dir: string,
  authority: Authority,
  subject: { file: string; name: string; group?: string; extensions: x509.Extension[] },
): Promise<void> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject: [...(subject.group ? [{ O: [subject.group] }] : []), { CN: [subject.name] }],
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...subject.extensions,
    ],
  });
  write(dir, `${subject.file}.crt`, certificate.toString('pem'));
  write(dir, `${subject.file}.key`, await privatePem(keys.privateKey));
}

/** Starts an hour ago: a machine whose clock was set back a little still takes it. */
function validity() {
  const serial = randomBytes(8);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40; // positive, and never shortened
  const now = Date.now();
  return {
    serialNumber: serial.toString('hex'),
    notBefore: new Date(now - 3600_000),
    notAfter: new Date(now + validMs),
    signingAlgorithm: algorithm,
  };
}

function usage(kind: 'serverAuth' | 'clientAuth'): x509.ExtendedKeyUsageExtension {
  return new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[kind]]);
}

async function privatePem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function write(dir: string, file: string, text: string): void {
  writeFileSync(join(dir, file), text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 });
}
