import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureCertificates, readTokens } from './certificates.ts';

let dir: string;
const read = (file: string): string => readFileSync(join(dir, file), 'utf8');
const certificate = (name: string): X509Certificate => new X509Certificate(read(`${name}.crt`));

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'certificates-test-'));
  await ensureCertificates(dir);
});

afterAll(() => rmSync(dir, { recursive: true }));

describe('the PKI', () => {
  test.each(['apiserver', 'kubelet', 'admin', 'alice', 'bob', 'kwok', 'front-proxy'])(
    '%s is signed by the CA, and its key fits',
    (name) => {
      const ca = certificate('ca');
      expect(ca.ca).toBe(true);
      expect(certificate(name).checkIssued(ca)).toBe(true);
      expect(certificate(name).verify(ca.publicKey)).toBe(true);
      expect(certificate(name).checkPrivateKey(createPrivateKey(read(`${name}.key`)))).toBe(true);
    },
  );

  test('servers are named for loopback, users by CN and O', () => {
    expect(certificate('apiserver').checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate('apiserver').checkHost('localhost')).toBe('localhost');
    expect(certificate('admin').subject).toBe('O=system:masters\nCN=admin');
    expect(certificate('bob').subject).toBe('O=team-b\nCN=bob');
  });

  test('service accounts have a key pair', () => {
    const own = createPublicKey(createPrivateKey(read('sa.key')));
    expect(own.export({ type: 'spki', format: 'pem' }).toString().trim()).toBe(read('sa.pub').trim());
  });

  test('every user has a token of its own, and files are for the owner only', () => {
    const tokens = Object.values(readTokens(dir));
    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{32}$/);
    for (const file of ['ca.key', 'admin.key', 'tokens.csv'])
      expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
  });

  test('is made once', async () => {
    const before = read('admin.crt');
    await ensureCertificates(dir);
    expect(read('admin.crt')).toBe(before);
  });
});
