import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createKubeconfigFolder, type KubeconfigFolder } from '#test/fixtures/kubeconfig-folder.ts';
import { silentLog } from '../log.ts';
import { contextSettings } from './kubeconfig-entry.ts';
import { readKubeconfig } from './kubeconfig-file.ts';

/**
 * The kubeconfig is read by own code (docs/decisions/0006). Where the well-known client reads the same file without
 * loss, both must say the same: server, authority, client certificate, token, user, namespace.
 */
let folder: KubeconfigFolder;

beforeAll(async () => {
  folder = await createKubeconfigFolder();
});

afterAll(() => folder.remove());

const name = fc.stringMatching(/^[a-z][a-z0-9@:.-]{0,12}$/);
const data = fc.string({ minLength: 1, maxLength: 40 }).map((text) => Buffer.from(text).toString('base64'));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const cluster = fc.record({
  server: fc
    .tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 }))
    .map(([host, port]) => `https://${host}:${port}`),
  'certificate-authority-data': optional(data),
  'insecure-skip-tls-verify': optional(fc.constant(true)),
  'tls-server-name': optional(fc.domain()),
});
const user = fc.oneof(
  fc.record({ token: fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/) }),
  fc.record({ 'client-certificate-data': data, 'client-key-data': data }),
  fc.record({
    username: fc.stringMatching(/^[a-z]{1,8}$/),
    password: fc.stringMatching(/^[A-Za-z0-9:]{1,12}$/),
  }),
);
const kubeconfig = fc.record({
  cluster,
  user,
  names: fc.tuple(name, name, name),
  namespace: optional(fc.stringMatching(/^[a-z]{1,10}$/)),
});

test('our reading agrees with the client library', async () => {
  await fc.assert(
    fc.asyncProperty(kubeconfig, async (given) => {
      const [context, clusterName, userName] = given.names;
      const file = await folder.write(
        'agreement',
        stringify({
          apiVersion: 'v1',
          kind: 'Config',
          'current-context': context,
          clusters: [{ name: clusterName, cluster: given.cluster }],
          users: [{ name: userName, user: given.user }],
          contexts: [
            { name: context, context: { cluster: clusterName, user: userName, namespace: given.namespace } },
          ],
        }),
      );
      expect(await ours(file, context)).toEqual(await theirs(file));
    }),
    { numRuns: 60 },
  );
});

async function ours(file: string, context: string) {
  const read = await readKubeconfig([file], silentLog);
  const entry = read.contexts.get(context);
  if (entry === undefined) throw new Error('the context is lost');
  const { endpoint, user: who, namespace } = contextSettings(read, entry);
  return {
    server: endpoint.server,
    skipsVerification: endpoint.skipsVerification,
    serverName: endpoint.serverName,
    authority: decoded(endpoint.authority),
    certificate: decoded(who.certificate),
    key: decoded(who.key),
    authorization: who.token === undefined ? who.basic && `Basic ${who.basic}` : `Bearer ${who.token}`,
    user: who.name,
    namespace,
  };
}

async function theirs(file: string) {
  const config = new KubeConfig();
  config.loadFromFile(file);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
  const headers = options.headers as Record<string, string> | undefined;
  return {
    server: config.getCurrentCluster()?.server,
    skipsVerification: options.rejectUnauthorized === false,
    serverName: options.servername,
    authority: text(options.ca),
    certificate: text(options.cert),
    key: text(options.key),
    authorization:
      headers?.Authorization ?? (options.auth && `Basic ${Buffer.from(options.auth).toString('base64')}`),
    user: config.getCurrentUser()?.name,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? '',
  };
}

function decoded(source: unknown): string | undefined {
  return typeof source === 'object' && source !== null && 'pem' in source ? String(source.pem) : undefined;
}
