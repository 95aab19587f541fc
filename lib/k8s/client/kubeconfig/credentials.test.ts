import { readFile, rename } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FakeClock } from '#test/fixtures/fake-clock.ts';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import type { KubeconfigFolder } from '#test/fixtures/kubeconfig-folder.ts';
import { base64, createKubeconfigFolder } from '#test/fixtures/kubeconfig-folder.ts';
import type { LoopbackServer } from '#test/fixtures/loopback-server.ts';
import { startLoopbackServer } from '#test/fixtures/loopback-server.ts';
import type { TlsAuthority } from '#test/fixtures/tls-authority.ts';
import { createTlsAuthority } from '#test/fixtures/tls-authority.ts';
import type { KubernetesClient } from '../kubernetes-client.ts';
import { ApiException } from '../kubernetes-client.ts';
import { silentLog } from '../log.ts';
import { loadClusters } from './load-clusters.ts';

let authority: TlsAuthority;
let folder: KubeconfigFolder;
let clock: FakeClock;
let server: LoopbackServer;
/** Who may in: the value of Authorization. */
let accepted: string;
const toClose: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  authority = await createTlsAuthority();
});

beforeEach(async () => {
  folder = await createKubeconfigFolder();
  clock = createFakeClock(0, Date.now());
  accepted = '';
  const pair = await authority.issue({ hosts: ['127.0.0.1'] });
  server = await startLoopbackServer(
    (request, response) => {
      const isKnown = accepted === '' || request.headers.authorization === accepted;
      const peer = request.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } };
      const user = peer.getPeerCertificate().subject?.CN ?? '';
      response
        .writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
        .end(
          JSON.stringify(
            isKnown
              ? { user }
              : { kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' },
          ),
        );
    },
    { ...pair, clientAuthority: authority.pem },
  );
  toClose.push(server);
});

afterEach(async () => {
  for (const each of toClose.splice(0)) await each.close();
  await folder.remove();
});

async function clientOf(user: object, cluster: object = {}): Promise<KubernetesClient> {
  const path = await folder.kubeconfig(
    { server: server.url, 'certificate-authority-data': base64(authority.pem), ...cluster },
    user,
  );
  const [entry] = await loadClusters({ kubeconfigPaths: [path], clock, log: silentLog });
  if (entry === undefined || 'error' in entry) throw new Error(entry?.error.message);
  toClose.unshift(entry.client);
  return entry.client;
}

const ask = (client: KubernetesClient) => client.request({ method: 'GET', path: '/version' });

async function errorOf(work: Promise<unknown>) {
  const failure = await work.catch((caught: unknown) => caught);
  if (!(failure instanceof ApiException)) throw new Error(`no ApiException but ${String(failure)}`);
  return failure.error;
}

const seen = () => server.requests.map((request) => request.headers.authorization);

describe('token files', () => {
  it('are read again at once after a 401, and within a second when they change', async () => {
    await folder.write('token', 'one\n');
    const client = await clientOf({ tokenFile: 'token' });
    accepted = 'Bearer one';
    expect((await ask(client)).status).toBe(200);
    accepted = 'Bearer second';
    await folder.write('token', 'second\n');
    expect((await ask(client)).status).toBe(200);
    expect(seen()).toEqual(['Bearer one', 'Bearer one', 'Bearer second']);
    accepted = 'Bearer the third';
    await folder.write('next', 'third');
    await rename(join(folder.path, 'next'), join(folder.path, 'token'));
    accepted = 'Bearer third';
    await clock.advance(1001);
    expect((await ask(client)).status).toBe(200);
    expect(seen().slice(3)).toEqual(['Bearer third']);
  });

  it('say whose token it was when it is not accepted', async () => {
    await folder.write('token', 'old');
    accepted = 'Bearer new';
    const error = await errorOf(ask(await clientOf({ tokenFile: 'token' })));
    expect(error).toMatchObject({ reason: 'Unauthorized', code: 401 });
    expect(error.message).toBe(
      'The API server does not accept the credentials of user “u”: the token file has expired, was revoked or is for another cluster',
    );
    expect((await errorOf(ask(await clientOf({})))).message).toContain('the kubeconfig gives it none');
  });
});

describe('client certificates', () => {
  it('are shown, and others after the files changed, on other connections', async () => {
    const [alice, bob] = await Promise.all([
      authority.issue({ user: 'alice' }),
      authority.issue({ user: 'bob' }),
    ]);
    await folder.write('client.crt', alice.cert);
    await folder.write('client.key', alice.key);
    const client = await clientOf({ 'client-certificate': 'client.crt', 'client-key': 'client.key' });
    expect((await ask(client)).json()).toEqual({ user: 'alice' });
    await folder.write('client.crt', bob.cert);
    await clock.advance(1001);
    // The key is still alice's: the last whole pair counts.
    expect((await ask(client)).json()).toEqual({ user: 'alice' });
    await folder.write('client.key', bob.key);
    await clock.advance(1001);
    expect((await ask(client)).json()).toEqual({ user: 'bob' });
    await expect.poll(() => server.openConnections).toBe(1);
  });

  it('say when they expired', async () => {
    const old = await authority.issue({ user: 'alice', daysLeft: -2 });
    accepted = 'nobody';
    const client = await clientOf({
      'client-certificate-data': base64(old.cert),
      'client-key-data': base64(old.key),
    });
    expect((await errorOf(ask(client))).message).toMatch(
      /the client certificate expired on \d{4}-\d\d-\d\dT/,
    );
  });
});

describe('exec plugins', () => {
  const exec = (more: object = {}) => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin',
      interactiveMode: 'Never',
      ...more,
    },
  });
  /** A plugin that counts its runs in a file and answers with token-RUN. */
  const plugin = (status: string, before = '') =>
    folder.write(
      'plugin',
      `#!/bin/sh
cd "$(dirname "$0")"; echo run >> runs; n=$(wc -l < runs | tr -d ' ')
${before}
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":${status}}' | sed "s/RUN/$n/"
`,
      0o700,
    );

  it('run once for many requests, again before the end and once after a 401', async () => {
    const expires = new Date(clock.wallMs() + 60_000).toISOString();
    await plugin(`{"token":"token-RUN","expirationTimestamp":"${expires}"}`);
    const client = await clientOf(exec());
    accepted = 'Bearer token-1';
    await Promise.all(Array.from({ length: 10 }, () => ask(client)));
    expect(new Set(seen())).toEqual(new Set(['Bearer token-1']));
    accepted = 'Bearer token-2';
    await clock.advance(40_000);
    expect((await ask(client)).status).toBe(200);
    expect(seen().slice(10)).toEqual(['Bearer token-1', 'Bearer token-2']);
    accepted = 'Bearer token-9';
    // Turned down again a moment later: not run for every request.
    expect((await errorOf(ask(client))).message).toContain('the exec plugin’s token');
    expect(seen().slice(12)).toEqual(['Bearer token-2']);
    accepted = 'Bearer token-3';
    await clock.advance(30_000);
    expect((await ask(client)).status).toBe(200);
  });

  it('get the cluster and their environment, and may answer with a certificate', async () => {
    const carol = await authority.issue({ user: 'carol' });
    const quoted = JSON.stringify({ clientCertificateData: carol.cert, clientKeyData: carol.key });
    await folder.write('answer', quoted);
    await folder.write(
      'plugin',
      `#!/bin/sh
cd "$(dirname "$0")"; echo "$KUBERNETES_EXEC_INFO $EXTRA $1" > info
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":%s}' "$(cat answer)"
`,
      0o700,
    );
    const client = await clientOf(
      exec({ provideClusterInfo: true, args: ['arg'], env: [{ name: 'EXTRA', value: 'x' }] }),
    );
    expect((await ask(client)).json()).toEqual({ user: 'carol' });
    const info = await readFile(join(folder.path, 'info'), 'utf8');
    expect(info).toContain(' x arg');
    expect(JSON.parse(info.replace(/ x arg\s*$/, '')).spec).toMatchObject({
      interactive: false,
      cluster: { server: server.url },
    });
  });

  it('that fail say why, without what looks like a secret', async () => {
    const failing = async (script: string, more: object = {}) => {
      await folder.write('plugin', `#!/bin/sh\n${script}\n`, 0o700);
      return (await errorOf(ask(await clientOf(exec(more))))).message.replaceAll(folder.path, 'DIR');
    };
    const jwt = `eyJhbGciOi.${'a'.repeat(60)}.x`;
    expect(await failing(`echo "session expired, sign in again ${jwt}" >&2; exit 3`)).toBe(
      'User "u" in DIR/config: exec: the command DIR/plugin ended with exit code 3: session expired, sign in again ….',
    );
    expect(await failing('echo nonsense')).toContain('did not answer with JSON');
    expect(await failing('echo "{}"')).toContain('did not answer with an ExecCredential');
    expect(
      await failing(
        `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'`,
      ),
    ).toContain('neither a token nor a certificate');
    expect(await failing('', { command: './absent', installHint: 'Install it.' })).toContain(
      'was not found. Install it.',
    );
  });
});

describe('an exec plugin that hangs', () => {
  it('holds requests no longer than their deadline, and is ended', async () => {
    await folder.write('plugin', '#!/bin/sh\necho $$ > "$(dirname "$0")/pid"; exec sleep 600\n', 0o700);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin' };
    const client = await clientOf({ exec });
    const first = errorOf(ask(client));
    await expect.poll(() => readFile(join(folder.path, 'pid'), 'utf8').catch(() => '')).toMatch(/\d+\n/);
    await clock.advance(30_000);
    expect((await first).message).toBe('The exec plugin of the kubeconfig did not answer within 30 s');
    const second = errorOf(ask(client));
    await clock.advance(29_999);
    await clock.advance(1);
    expect((await second).message).toMatch(/did not answer within \d\d s/);
    const pid = Number(await readFile(join(folder.path, 'pid'), 'utf8'));
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('is not waited for when it answered and only left a helper behind that holds its output', async () => {
    const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' };
    const json = JSON.stringify({ ...answer, status: { token: 'token-1' } });
    const script = `sleep 600 &\necho '${json}'\necho $! > "$(dirname "$0")/pid"`;
    await folder.write('plugin', `#!/bin/sh\n${script}\n`, 0o700);
    const client = await clientOf({ exec: { apiVersion: answer.apiVersion, command: './plugin' } });
    const asked = client.request({ method: 'GET', path: '/version' });
    await expect.poll(() => readFile(join(folder.path, 'pid'), 'utf8').catch(() => '')).toMatch(/\d+\n/);
    const pid = Number(await readFile(join(folder.path, 'pid'), 'utf8'));
    try {
      await expect
        .poll(async () => {
          await clock.advance(100);
          return server.requests.length;
        })
        .toBe(1);
      expect((await asked).status).toBe(200);
    } finally {
      process.kill(pid);
    }
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('what else a kubeconfig may say', () => {
  it('impersonation is sent as the operator wrote it', async () => {
    const client = await clientOf({
      token: 't',
      as: 'jane',
      'as-groups': ['a', 'b'],
      'as-user-extra': { 'x/y': ['1'] },
    });
    await ask(client);
    expect(server.requests[0]?.headers).toMatchObject({
      'impersonate-user': 'jane',
      'impersonate-group': 'a, b',
      'impersonate-extra-x%2fy': '1',
    });
  });

  it('a proxy is used, and only when it is named', async () => {
    const tunnels: string[] = [];
    const proxy = await startLoopbackServer(() => {});
    toClose.push(proxy);
    proxy.onConnect((target, socket) => {
      tunnels.push(target);
      const [host = '', port = ''] = target.split(':');
      const upstream = connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      upstream.on('error', () => socket.destroy());
      upstream.pipe(socket).pipe(upstream);
    });
    const client = await clientOf({ token: 't' }, { 'proxy-url': proxy.url });
    expect((await ask(client)).status).toBe(200);
    expect(tunnels).toEqual([`127.0.0.1:${server.port}`]);
    expect(proxy.requests).toHaveLength(0);
    await proxy.close();
    toClose.splice(toClose.indexOf(proxy), 1);
    await server.close();
    expect((await errorOf(ask(client))).reason).toBe('Unreachable');
  });

  it('a SOCKS proxy is used too', async () => {
    const targets: number[] = [];
    const socks = createServer((socket) => {
      socket.on('error', () => {}); // the client lets go of its tunnels when it closes
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', (asked) => {
          targets.push(asked.readUInt16BE(asked.length - 2));
          const upstream = connect(targets[0] ?? 0, '127.0.0.1', () => {
            socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
            upstream.pipe(socket).pipe(upstream);
          });
          upstream.on('error', () => socket.destroy());
        });
      });
    });
    await new Promise<void>((resolve) => socks.listen(0, '127.0.0.1', resolve));
    toClose.push({ close: () => new Promise((resolve) => socks.close(() => resolve())) });
    const { port } = socks.address() as AddressInfo;
    const client = await clientOf({ token: 't' }, { 'proxy-url': `socks5://127.0.0.1:${port}` });
    expect((await ask(client)).status).toBe(200);
    expect(targets).toEqual([server.port]);
  });
});
