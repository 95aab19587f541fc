import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import type { KubeconfigFolder } from '#test/fixtures/kubeconfig-folder.ts';
import { base64, createKubeconfigFolder } from '#test/fixtures/kubeconfig-folder.ts';
import type { Handler, LoopbackServer } from '#test/fixtures/loopback-server.ts';
import { startLoopbackServer } from '#test/fixtures/loopback-server.ts';
import type { TlsAuthority, TlsPair } from '#test/fixtures/tls-authority.ts';
import { createTlsAuthority } from '#test/fixtures/tls-authority.ts';
import type { Clock } from './clock.ts';
import { loadClusters } from './kubeconfig/load-clusters.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { ApiException } from './kubernetes-client.ts';
import { silentLog } from './log.ts';
import { systemClock } from './system-clock.ts';

const PODS: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'pods',
  kind: 'Pod',
  scope: 'Namespaced',
  verbs: ['list', 'watch'],
  shortNames: [],
  categories: [],
  subresources: [],
  custom: false,
};

let authority: TlsAuthority;
let pair: TlsPair;
let folder: KubeconfigFolder;
const toClose: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  authority = await createTlsAuthority();
  pair = await authority.issue({ hosts: ['127.0.0.1'] });
});

beforeEach(async () => {
  folder = await createKubeconfigFolder();
});

afterEach(async () => {
  for (const each of toClose.splice(0)) await each.close();
  await folder.remove();
});

const json =
  (value: unknown, status = 200): Handler =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

async function serve(
  handle: Handler,
  tls: Parameters<typeof startLoopbackServer>[1] = pair,
): Promise<LoopbackServer> {
  const server = await startLoopbackServer(handle, tls);
  toClose.push(server);
  return server;
}

async function clientOf(
  cluster: object,
  user: object = {},
  clock: Clock = systemClock,
): Promise<KubernetesClient> {
  const path = await folder.kubeconfig(cluster, user);
  const [entry] = await loadClusters({ kubeconfigPaths: [path], clock, log: silentLog });
  if (entry === undefined || 'error' in entry) throw new Error(entry?.error.message);
  toClose.unshift(entry.client);
  return entry.client;
}

const trusted = (server: { url: string }) => ({
  server: server.url,
  'certificate-authority-data': base64(authority.pem),
});

async function errorOf(work: Promise<unknown>) {
  const failure = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(failure instanceof ApiException)) throw new Error(`no ApiException but ${String(failure)}`);
  return failure.error;
}

const get = (path: string) => ({ method: 'GET', path }) as const;

describe('connections', () => {
  it('serves 50 requests in a row by a connection or two, over HTTP/1.1, with our name', async () => {
    const server = await serve(json({ kind: 'PodList' }));
    const client = await clientOf(trusted(server), { token: 'abc' });
    for (let n = 0; n < 50; n++) expect((await client.request(get('/api/v1/pods'))).status).toBe(200);
    expect(server.requests).toHaveLength(50);
    expect(server.connections).toBeLessThanOrEqual(2);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer abc',
      accept: 'application/json',
    });
    expect(server.requests[0]?.headers['user-agent']).toMatch(/^strata-console\/\d+\.\d+\.\d+/);
  });

  it('keeps 40 watches, requests and the probe out of each other’s way', async () => {
    const server = await serve((request, response) => {
      if (request.url?.includes('watch=1')) response.writeHead(200).write('{}\n');
      else json({})(request, response);
    });
    const client = await clientOf(trusted(server));
    const stop = new AbortController();
    const watches = Array.from({ length: 40 }, () => {
      const options = {
        accept: 'application/json',
        resourceVersion: '5',
        timeoutSeconds: 30,
        signal: stop.signal,
      };
      return client.listWatch(PODS, 'a b').watch(options)[Symbol.asyncIterator]();
    });
    const first = await Promise.all(watches.map((watch) => watch.next()));
    expect(first.every((chunk) => chunk.done === false)).toBe(true);
    expect((await client.request(get('/version'))).status).toBe(200);
    expect((await client.request({ ...get('/readyz'), lane: 'probe' })).status).toBe(200);
    expect(server.requests[0]?.url).toBe(
      '/api/v1/namespaces/a%20b/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=30&resourceVersion=5',
    );
    stop.abort();
    const ends = await Promise.allSettled(watches.map((watch) => watch.next()));
    expect(ends.map((end) => (end.status === 'rejected' ? end.reason.name : end.status))).toEqual(
      Array(40).fill('AbortError'),
    );
  });

  it('repeats a GET, never a write, when the kept connection was just closed', async () => {
    const server = await serve(json({}));
    const client = await clientOf(trusted(server));
    let requests = 0;
    server.handle = (request, response) => {
      requests++;
      if (requests === 1) server.reset();
      else json({})(request, response);
    };
    expect((await client.request(get('/version'))).status).toBe(200);
    requests = 0;
    const error = await errorOf(client.request({ method: 'POST', path: '/api/v1/pods', body: '{}' }));
    expect(error).toMatchObject({ reason: 'Unreachable', code: 0 });
    expect(error.message).toContain('closed the connection');
    expect(requests).toBe(1);
  });

  it('does not call a watch open that a web page answered', async () => {
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Sign in</title>'),
    );
    const client = await clientOf(trusted(server));
    const { signal } = new AbortController();
    let isOpened = false;
    const opened = () => {
      isOpened = true;
    };
    const options = { accept: 'application/json', resourceVersion: '5', timeoutSeconds: 30, signal, opened };
    const watch = client.listWatch(PODS, '').watch(options)[Symbol.asyncIterator]();
    expect(await errorOf(watch.next())).toMatchObject({ reason: 'InvalidAnswer', code: 200 });
    expect(isOpened).toBe(false);
  });

  it('says that the connection is closed after close, and ends what runs', async () => {
    const server = await serve(() => {});
    const client = await clientOf(trusted(server));
    const running = errorOf(client.request(get('/version')));
    await expect.poll(() => server.requests.length).toBe(1);
    await client.close();
    expect((await running).message).toContain('closed by the console');
    expect((await errorOf(client.request(get('/version')))).message).toContain('closed by the console');
  });
});

describe('failures in words', () => {
  it('tells a wrong authority, an expired certificate, a wrong name and a refused connection apart', async () => {
    const other = await createTlsAuthority('other');
    const server = await serve(json({}));
    const wrong = await clientOf({ server: server.url, 'certificate-authority-data': base64(other.pem) });
    const wrongError = await errorOf(wrong.request(get('/version')));
    expect(wrongError).toMatchObject({ reason: 'Unreachable', code: 0 });
    expect(wrongError.message).toContain('not signed by the certificate authority');

    const expired = await serve(json({}), await authority.issue({ hosts: ['127.0.0.1'], daysLeft: -1 }));
    const expiredClient = await clientOf(trusted(expired));
    expect((await errorOf(expiredClient.request(get('/version')))).message).toContain('has expired');

    const named = await serve(json({}), await authority.issue({ hosts: ['api.example.com'] }));
    const namedClient = await clientOf(trusted(named));
    expect((await errorOf(namedClient.request(get('/version')))).message).toContain('tls-server-name');
    const renamed = await clientOf({ ...trusted(named), 'tls-server-name': 'api.example.com' });
    expect((await renamed.request(get('/version'))).status).toBe(200);
    const careless = await clientOf({ server: named.url, 'insecure-skip-tls-verify': true });
    expect((await careless.request(get('/version'))).status).toBe(200);

    await server.close();
    expect((await errorOf(wrong.request(get('/version')))).message).toContain('refused the connection');
  });

  it('gives up after the deadline, on the clock it was given', async () => {
    const server = await serve(() => {});
    const clock = createFakeClock();
    const client = await clientOf(trusted(server), {}, clock);
    const hanging = errorOf(client.request({ ...get('/version'), timeoutMs: 3000 }));
    await expect.poll(() => server.requests.length).toBe(1);
    await clock.advance(3000);
    expect(await hanging).toMatchObject({
      reason: 'Unreachable',
      message: 'The API server did not answer within 3 s',
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells a torn body, a web page, a redirect, plain HTTP and a name that is not known', async () => {
    const server = await serve(json({}));
    const client = await clientOf(trusted(server));
    server.handle = (_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        .write('{"kind":');
      setImmediate(() => server.reset());
    };
    expect((await errorOf(client.request(get('/version')))).message).toContain(
      'before the answer was complete',
    );
    server.handle = (_, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><title>Sign in\u001b[2J</title></html>');
    };
    expect(await errorOf(client.request(get('/version')))).toMatchObject({
      reason: 'InvalidAnswer',
      message: 'A web page answered instead of the Kubernetes API: “Sign in [2J”',
    });
    server.handle = (_, response) => response.writeHead(302, { location: 'https://evil.example' }).end();
    const redirect = await errorOf(client.request(get('/version')));
    expect(redirect).toMatchObject({ reason: 'InvalidAnswer', code: 302 });
    expect(server.requests).toHaveLength(3);

    const plain = await startLoopbackServer(json({}));
    toClose.push(plain);
    const tlsToPlain = await clientOf({ server: plain.url.replace('http:', 'https:') });
    expect((await errorOf(tlsToPlain.request(get('/version')))).message).toContain('does not speak TLS');
    const unknown = await clientOf({ server: 'https://no-such-host.invalid' });
    expect((await errorOf(unknown.request(get('/version')))).message).toContain('(DNS)');
  });

  it('reads a Status, and only takes a JSON answer for JSON', async () => {
    const server = await serve((_, response) => {
      response
        .writeHead(403, { 'content-type': 'application/json', 'audit-id': 'a1', 'retry-after': '7' })
        .end(
          JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: 'no', details: { kind: 'pods' } }),
        );
    });
    const client = await clientOf(trusted(server));
    expect(await errorOf(client.request({ ...get('/api/v1/pods'), requestId: 'r1' }))).toEqual({
      reason: 'Forbidden',
      code: 403,
      message: 'no',
      causes: [],
      details: { kind: 'pods' },
      retryAfterSeconds: 7,
      auditId: 'a1',
      requestId: 'r1',
    });
    server.handle = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{oops');
    const answer = await client.request(get('/version'));
    expect(() => answer.json()).toThrow(ApiException);
  });

  it('stops reading an error after 64 KiB', async () => {
    const server = await serve((_, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      const more = () => response.write('x'.repeat(65_536)) && setImmediate(more);
      response.on('drain', more);
      more();
    });
    const client = await clientOf(trusted(server));
    const error = await errorOf(client.request(get('/version')));
    expect(error.reason).toBe('InternalError');
    expect(error.message.length).toBeLessThan(600);
  });
});

describe('requests', () => {
  it('refuses paths that are not one', async () => {
    const server = await serve(json({}));
    const client = await clientOf(trusted(server));
    for (const path of [
      'api',
      '/api/../x',
      '/api/%2e%2E/x',
      '/a?b',
      '/a#b',
      '/a b',
      '/a\r\nX: y',
      '/a\\b',
      '/%',
      '/ä',
    ]) {
      expect((await errorOf(client.request(get(path)))).reason).toBe('Refused');
    }
    expect(server.requests).toHaveLength(0);
  });

  it('sends body and query as given and reads warnings', async () => {
    const server = await serve((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        response.setHeader('warning', '299 - "old \\"thing\\"", 299 - "second"');
        json({ body, type: request.headers['content-type'] })(request, response);
      });
    });
    const client = await clientOf({ ...trusted(server), server: `${server.url}/k8s/` });
    const answer = await client.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/a',
      query: { fieldManager: 'x y' },
      contentType: 'application/merge-patch+json',
      body: '{"a":1}',
    });
    expect(answer.json()).toEqual({ body: '{"a":1}', type: 'application/merge-patch+json' });
    expect(answer.warnings).toEqual(['old "thing"', 'second']);
    expect(Math.abs(answer.dateMs - Date.now())).toBeLessThan(5000);
    expect(server.requests[0]?.url).toBe('/k8s/api/v1/namespaces/a?fieldManager=x+y');
  });
});
