import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import type { KubeconfigFolder } from '#test/fixtures/kubeconfig-folder.ts';
import { base64, createKubeconfigFolder } from '#test/fixtures/kubeconfig-folder.ts';
import type { TlsAuthority, TlsPair } from '#test/fixtures/tls-authority.ts';
import { createTlsAuthority } from '#test/fixtures/tls-authority.ts';
import type { ClusterEntry } from '../kubernetes-client.ts';
import { ApiException } from '../kubernetes-client.ts';
import { loadClusters } from './load-clusters.ts';

const SECRET = 'eyJhbGciOiJub25lIn0.c2VjcmV0LWNhbmFyeQ';

let authority: TlsAuthority;
let alice: TlsPair;
let bob: TlsPair;
let folder: KubeconfigFolder;
let logged: string[];

beforeAll(async () => {
  authority = await createTlsAuthority();
  [alice, bob] = await Promise.all([authority.issue({ user: 'alice' }), authority.issue({ user: 'bob' })]);
});

beforeEach(async () => {
  folder = await createKubeconfigFolder();
  logged = [];
});

afterEach(() => folder.remove());

async function load(paths: string | string[], context?: string): Promise<ClusterEntry[]> {
  const note = (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`);
  const log = { info: note, warn: note };
  const entries = await loadClusters({
    kubeconfigPaths: [paths].flat(),
    clock: createFakeClock(),
    log,
    ...(context !== undefined && { context }),
  });
  for (const entry of entries) if ('client' in entry) await entry.client.close();
  return entries;
}

/** The words of a kubeconfig that cannot be used at all. */
async function wordsOf(content: string): Promise<string> {
  const path = await folder.write('config', content);
  return failureOf(load(path));
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  const failure = await work.then(
    () => 'nothing failed',
    (caught: unknown) => caught,
  );
  if (!(failure instanceof ApiException)) throw new Error(`no ApiException but ${String(failure)}`);
  expect(failure.error.reason).toBe('BadConfiguration');
  expect(failure.message).not.toContain(SECRET);
  return failure.message.replaceAll(folder.path, 'DIR');
}

describe('files that are no kubeconfig', () => {
  const contents: [string, string, string][] = [
    ['empty', '', 'The kubeconfig DIR/config is empty'],
    ['blank', ' \n\n', 'The kubeconfig DIR/config is empty'],
    ['a text', `${SECRET}\n`, 'DIR/config is not a kubeconfig: it has no fields'],
    ['a list', '- a\n- b', 'is not a kubeconfig: it has no fields'],
    ['of another kind', 'kind: Deployment\n', 'its kind is not Config'],
    ['something else', 'name: x\n', 'it has neither contexts nor clusters nor users'],
    ['without contexts', 'kind: Config\ncontexts: []', 'has no context: it names no cluster to show'],
    ['with odd contexts', 'kind: Config\ncontexts: {a: b}', 'is malformed: contexts is not a list'],
    ['torn YAML', `kind: Config\nusers:\n- user: {token: "${SECRET}`, 'is not valid YAML: line 3'],
    ['a tab', `kind: Config\nusers:\n\t- token: ${SECRET}`, 'is not valid YAML: line'],
    [
      'a bomb',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\ncontexts: [*c,*c,*c,*c,*c]`,
      'uses YAML anchors without measure',
    ],
  ];
  it.each(contents)('%s', async (_, content, words) => {
    expect(await wordsOf(content)).toContain(words);
  });

  it('missing, a directory, a list of missing ones, none', async () => {
    const missing = join(folder.path, 'nope');
    expect(await failureOf(load(missing))).toBe('The kubeconfig DIR/nope does not exist');
    await mkdir(join(folder.path, 'sub'));
    expect(await failureOf(load(join(folder.path, 'sub')))).toContain('is a directory');
    expect(await failureOf(load(`${missing}:${missing}2`))).toContain(
      'None of these kubeconfig files exists',
    );
    expect(await failureOf(load([]))).toBe('No kubeconfig file is named');
  });
});

/** The error of the one entry of a kubeconfig whose parts are given. */
async function entryError(cluster: object, user: object = {}, context: object = {}): Promise<string> {
  const [entry] = await load(await folder.kubeconfig(cluster, user, context));
  if (entry === undefined || !('error' in entry)) return 'usable';
  expect(entry.error).toMatchObject({ reason: 'BadConfiguration', code: 0 });
  for (const text of [JSON.stringify(entry), ...logged]) {
    for (const secret of [SECRET, base64(alice.key), alice.key.slice(40, 80)])
      expect(text).not.toContain(secret);
  }
  return entry.error.message.replaceAll(folder.path, 'DIR');
}

const SERVER = { server: 'https://127.0.0.1:1' };

describe('entries that cannot be used', () => {
  const cases: [string, () => Promise<string>, string][] = [
    ['no user', () => entryError(SERVER, {}, { user: '' }), 'Context "test" in DIR/config names no user'],
    ['unknown user', () => entryError(SERVER, {}, { user: 'x' }), 'names the user "x", which is not there'],
    ['no cluster', () => entryError(SERVER, {}, { cluster: null }), 'names no cluster'],
    [
      'unknown cluster',
      () => entryError(SERVER, {}, { cluster: 'x' }),
      'names the cluster "x", which is not there',
    ],
    ['odd cluster', () => entryError(SERVER, {}, { cluster: 7 }), 'cluster is not text'],
    ['no server', () => entryError({}), 'Cluster "c" in DIR/config has no server'],
    ['odd server', () => entryError({ server: 'nonsense' }), 'server is not a valid address'],
    ['ftp', () => entryError({ server: 'ftp://a' }), 'must begin with https://'],
    [
      'plain http',
      () => entryError({ server: 'http://10.0.0.1:8080' }),
      'only https:// or a loopback address',
    ],
    [
      'password in the address',
      () => entryError({ server: `https://u:${SECRET}@a` }),
      'without user, password',
    ],
    ['odd proxy', () => entryError({ ...SERVER, 'proxy-url': 'ftp://a' }), 'proxy-url must be'],
    ['odd flag', () => entryError({ ...SERVER, 'insecure-skip-tls-verify': 'no' }), 'neither true nor false'],
    [
      'missing authority',
      () => entryError({ ...SERVER, 'certificate-authority': 'ca.crt' }),
      'certificate-authority DIR/ca.crt does not exist',
    ],
    [
      'authority that is none',
      async () => {
        await folder.write('ca.crt', SECRET);
        return entryError({ ...SERVER, 'certificate-authority': 'ca.crt' });
      },
      'DIR/ca.crt holds no certificate (PEM)',
    ],
    [
      'authority not base64',
      () => entryError({ ...SERVER, 'certificate-authority-data': '%%%' }),
      'certificate-authority-data is not base64',
    ],
    [
      'torn authority',
      () =>
        entryError({
          ...SERVER,
          'certificate-authority-data': base64(`${authority.pem.slice(0, 100)}\n-----END CERTIFICATE-----`),
        }),
      'holds a certificate that cannot be read',
    ],
    [
      'key missing',
      () => entryError(SERVER, { 'client-certificate-data': base64(alice.cert) }),
      'User "u" in DIR/config has a client-certificate without a client-key',
    ],
    [
      'key of another',
      () =>
        entryError(SERVER, {
          'client-certificate-data': base64(alice.cert),
          'client-key-data': base64(bob.key),
        }),
      'client-key-data does not belong to its certificate',
    ],
    [
      'key that is none',
      () =>
        entryError(SERVER, {
          'client-certificate-data': base64(alice.cert),
          'client-key-data': base64(SECRET),
        }),
      'client-key-data holds no private key',
    ],
    ['missing token file', () => entryError(SERVER, { tokenFile: 'token' }), 'tokenFile does not exist'],
    [
      'token with a line end inside',
      () => entryError(SERVER, { token: `${SECRET}\nX: y` }),
      'characters no token has',
    ],
    ['auth-provider', () => entryError(SERVER, { 'auth-provider': { name: 'gcp' } }), 'use an exec plugin'],
    [
      'exec without command',
      () => entryError(SERVER, { exec: {} }),
      'User "u" in DIR/config: exec names no command',
    ],
    [
      'exec of an old version',
      () =>
        entryError(SERVER, { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1alpha1' } }),
      'apiVersion must be',
    ],
    [
      'exec at a terminal',
      () =>
        entryError(SERVER, {
          exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Always' },
        }),
      'needs a terminal',
    ],
    ['groups without a user to be', () => entryError(SERVER, { 'as-groups': ['a'] }), 'impersonation'],
  ];
  it.each(cases)('%s', async (_, error, words) => {
    expect(await error()).toContain(words);
  });

  it('leaves the other entries usable', async () => {
    const path = await folder.write(
      'config',
      `kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}, {name: d}]
users: [{name: u, user: {token: ${SECRET}}}]
contexts: [{name: broken, context: {cluster: d, user: u}}, {name: good, context: {cluster: c, user: u, namespace: shop}}, {}]
`,
    );
    const entries = await load(path);
    expect(entries.map((entry) => [entry.cluster.id, 'client' in entry])).toEqual([
      ['broken', false],
      ['good', true],
      ['contexts-2', false],
    ]);
    expect(entries[1]?.cluster).toEqual({
      id: 'good',
      context: 'good',
      server: 'https://127.0.0.1:1',
      user: 'u',
      namespace: 'shop',
    });
  });
});

describe('contexts', () => {
  const contextsOf = (names: readonly string[], current = '') =>
    JSON.stringify({
      kind: 'Config',
      'current-context': current,
      clusters: [{ name: 'c', cluster: SERVER }],
      users: [{ name: 'u', user: {} }],
      contexts: names.map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
    });
  const ids = (entries: readonly ClusterEntry[]) => entries.map((entry) => entry.cluster.id);

  it('come with the chosen, else the current one first', async () => {
    const path = await folder.write('config', contextsOf(['a', 'b', 'c'], 'b'));
    expect(ids(await load(path))).toEqual(['b', 'a', 'c']);
    expect(ids(await load(path, 'c'))).toEqual(['c', 'a', 'b']);
    expect(await failureOf(load(path, 'x'))).toContain('has no context "x". It has: a, b, c');
  });

  it('get ids that clash neither with each other nor with the console’s routes', async () => {
    const names = [
      'Prod/EU',
      'prod-eu',
      'api',
      '///',
      'kind-kind',
      `${'x'.repeat(80)}1`,
      `${'x'.repeat(80)}2`,
    ];
    const entries = await load(await folder.write('config', contextsOf(names)));
    const found = ids(entries);
    expect(new Set(found).size).toBe(names.length);
    for (const id of found) expect(id).toMatch(/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/);
    expect(found[0]).toMatch(/^prod-eu-[0-9a-f]{6}$/);
    expect(found[1]).toMatch(/^prod-eu-[0-9a-f]{6}$/);
    expect(found[2]).toMatch(/^api-[0-9a-f]{6}$/);
    expect(found[3]).toMatch(/^context-[0-9a-f]{6}$/);
    expect(found[4]).toBe('kind-kind');
    // The order of the file does not matter, so links stay good.
    const again = await load(await folder.write('other', contextsOf([...names].reverse())));
    expect(new Set(ids(again))).toEqual(new Set(found));
  });

  it('of several files are merged, the first of a name counts, missing files are left out', async () => {
    const first = await folder.write('one', contextsOf(['a'], 'a'));
    const second = await folder.write('two', contextsOf(['a', 'b'], 'b'));
    const missing = join(folder.path, 'three');
    expect(ids(await load(`${missing}:${first}:${second}`))).toEqual(['a', 'b']);
    expect(logged.join()).toContain('does not exist');
  });
});
