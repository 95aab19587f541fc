import { describe, expect, it } from 'vitest';
import type { Clock } from '#lib/k8s/client/clock.ts';
import {
  ApiException,
  type KubernetesAnswer,
  type RequestOptions,
} from '#lib/k8s/client/kubernetes-client.ts';
import type { ApiError } from '#lib/resources/api-error.ts';
import { createGrants, GRANT_HEADER } from '../edge/grants.ts';
import type { Cluster, ClusterSlot } from '../hub/cluster.ts';
import { createStoreReaders } from '../hub/tables/store-readers.ts';
import { createConsoleApi, type WriteRecord } from './console-api.ts';

type Step = KubernetesAnswer | Error;

const clock: Clock = { nowMs: () => 0, wallMs: () => 0, after: () => () => undefined };
const identity = { id: 'demo', context: 'demo', server: 'https://127.0.0.1:1', user: 'ann', namespace: '' };
const error = (part: Partial<ApiError>, cause?: unknown): ApiException =>
  new ApiException({ reason: 'Unknown', code: 0, message: 'words', causes: [], ...part }, { cause });

function ok(json: unknown, more: Partial<KubernetesAnswer> = {}): KubernetesAnswer {
  const body = new TextEncoder().encode(JSON.stringify(json));
  const shared = { contentType: 'application/json', dateMs: 0, warnings: [], auditId: 'audit-1' };
  return { status: 200, body, json: () => json, ...shared, ...more };
}

/** The API over a scripted client: answers in order, requests recorded. */
function apiWith(...steps: Step[]) {
  const sent: RequestOptions[] = [];
  const writes: WriteRecord[] = [];
  const errors: unknown[] = [];
  const cluster = {
    identity,
    client: {
      cluster: identity,
      async request(options: RequestOptions) {
        sent.push(options);
        const step = steps.shift();
        if (step === undefined) throw new Error('no answer was written down');
        if (step instanceof Error) throw step;
        return step;
      },
    },
    access: { review: async (right: object) => ({ allowed: true, reason: JSON.stringify(right) }) },
  } as unknown as Cluster;
  const clusters = new Map<string, ClusterSlot>([
    ['demo', { identity, cluster }],
    ['broken', { identity, error: error({ reason: 'BadConfiguration', message: 'no user' }).error }],
  ]);
  let count = 0;
  const grants = createGrants(() => String(++count));
  const api = createConsoleApi({
    clusters,
    grants,
    clock,
    readers: createStoreReaders(),
    onWrite: (record) => writes.push(record),
    onError: (failure) => errors.push(failure),
  });
  const call = async (method: string, url: string, body?: unknown, type = 'application/json') => {
    const [path = '', query = ''] = url.split('?');
    const session = { key: 'a'.repeat(64), createdMs: 0, seenMs: 0 };
    const signal = new AbortController().signal;
    const id = grants.issue({ method, path, query, session, requestId: 'req-1', signal });
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = {
      method,
      headers: { [GRANT_HEADER]: id, 'content-type': type },
      ...(body === undefined ? {} : { body: text }),
    };
    const request = new Request('http://internal/ignored', init);
    const answer = await (path.endsWith('/access') ? api.access(request) : api.object(request));
    return {
      status: answer.status,
      json: (await answer.json()) as Record<string, unknown>,
      headers: answer.headers,
    };
  };
  return { call, sent, writes, errors, api };
}

const pod = '/api/clusters/demo/api/v1/namespaces/shop/pods/cart-1';
const uid = { preconditions: { uid: 'u1' } };

describe('a read', () => {
  it('is built anew and comes as it is', async () => {
    const { call, sent } = apiWith(ok({ metadata: { name: 'cart-1', managedFields: [1] } }));
    const answer = await call('GET', pod);
    expect(answer).toMatchObject({ status: 200, json: { metadata: { managedFields: [1] } } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(sent[0]).toMatchObject({
      method: 'GET',
      path: '/api/v1/namespaces/shop/pods/cart-1',
      requestId: 'req-1',
    });
    expect(sent[0]?.query).toBeUndefined();
  });

  it('of a Secret shows keys, not values', async () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': 'CANARY', note: 'seen' };
    const secret = {
      data: { key: 'CANARY', __proto__: 'CANARY' },
      stringData: ['CANARY'],
      metadata: { annotations },
    };
    const { call } = apiWith(ok(secret));
    const { json } = await call('GET', '/api/clusters/demo/api/v1/namespaces/shop/secrets/s');
    expect(JSON.stringify(json)).not.toContain('CANARY');
    expect(json).toMatchObject({ metadata: { annotations: { note: 'seen' } } });
    expect(Object.keys(json.data as object)).toContain('key');
  });

  it('that fails has the API server’s words and status, but never its 401', async () => {
    const { call } = apiWith(
      error({ reason: 'Forbidden', code: 403 }),
      error({ reason: 'Unauthorized', code: 401 }),
    );
    expect(await call('GET', pod)).toMatchObject({
      status: 403,
      json: { reason: 'Forbidden', requestId: 'req-1' },
    });
    expect(await call('GET', pod)).toMatchObject({
      status: 502,
      json: { reason: 'Unauthorized', code: 401 },
    });
  });

  it('without a grant, or with one used before, is refused and sends nothing', async () => {
    const { api, sent } = apiWith();
    for (const id of ['', '1', 'forged']) {
      const answer = await api.object(new Request('http://x/', { headers: { [GRANT_HEADER]: id } }));
      expect(answer.status).toBe(401);
    }
    expect(sent).toEqual([]);
  });

  it('of an unknown or a broken cluster says so', async () => {
    const { call } = apiWith();
    expect((await call('GET', '/api/clusters/other/api/v1/nodes/a')).status).toBe(404);
    const broken = await call('GET', '/api/clusters/broken/api/v1/nodes/a');
    expect(broken).toMatchObject({ status: 503, json: { reason: 'BadConfiguration', message: 'no user' } });
  });

  it('that meets a fault of ours is a 500 without its words', async () => {
    const { call, errors } = apiWith(new TypeError('CANARY'));
    const answer = await call('GET', pod);
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.json)).not.toContain('CANARY');
    expect(errors).toHaveLength(1);
  });
});

describe('a delete', () => {
  it('sends options made anew, and says what it deleted', async () => {
    const { call, sent, writes } = apiWith(
      ok({ kind: 'Status', details: { uid: 'u1' } }, { warnings: ['old'] }),
    );
    const answer = await call('DELETE', `${pod}?propagationPolicy=Foreground`, {
      ...uid,
      gracePeriodSeconds: 5,
      dryRun: ['All'],
    });
    expect(answer).toMatchObject({ status: 200, json: { outcome: 'done', uid: 'u1', warnings: ['old'] } });
    expect(JSON.parse(String(sent[0]?.body))).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: 'u1' },
      propagationPolicy: 'Foreground',
      gracePeriodSeconds: 5,
      dryRun: ['All'],
    });
    expect(sent[0]).toMatchObject({ method: 'DELETE', contentType: 'application/json', query: {} });
    expect(writes[0]).toMatchObject({
      requestId: 'req-1',
      auditId: 'audit-1',
      request: { verb: 'delete', name: 'cart-1' },
    });
  });

  it.each([
    [{}, 428],
    [{ preconditions: { uid: 7 } }, 428],
    [{ ...uid, orphanDependents: true }, 400],
    [{ ...uid, propagationPolicy: 'Never' }, 400],
    [{ ...uid, gracePeriodSeconds: -1 }, 400],
    [{ ...uid, dryRun: [] }, 400],
    [[], 400],
    ['{', 400],
    ['', 400],
  ])('of %j is refused', async (body, status) => {
    const { call, sent } = apiWith();
    expect(await call('DELETE', pod, body)).toMatchObject({
      status,
      json: { outcome: 'refused', error: { code: status } },
    });
    expect(sent).toEqual([]);
  });

  it('that the API server refuses is refused', async () => {
    const { call } = apiWith(error({ reason: 'Conflict', code: 409, message: 'another uid' }));
    const answer = await call('DELETE', pod, uid);
    expect(answer).toMatchObject({
      status: 409,
      json: { outcome: 'refused', error: { message: 'another uid' } },
    });
  });
});

describe('a write whose answer is lost', () => {
  const lost = () =>
    error({ reason: 'Unreachable' }, Object.assign(new Error('reset'), { code: 'ECONNRESET' }));

  it.each([
    [error({ reason: 'NotFound', code: 404 }), { state: 'gone' }],
    [
      ok({ metadata: { uid: 'u1', resourceVersion: '9' } }),
      { state: 'present', uid: 'u1', resourceVersion: '9' },
    ],
    [
      ok({ metadata: { uid: 'u1', deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      { state: 'leaving', uid: 'u1' },
    ],
    [error({ reason: 'Forbidden', code: 403 }), { state: 'unchecked', error: { reason: 'Forbidden' } }],
  ])('is unknown, and looked after (%#)', async (found, checked) => {
    const { call, sent } = apiWith(lost(), found);
    const answer = await call('DELETE', pod, uid);
    expect(answer).toMatchObject({
      status: 504,
      json: { outcome: 'unknown', error: { reason: 'Unreachable' }, checked },
    });
    expect(sent.map(({ method }) => method)).toEqual(['DELETE', 'GET']);
  });

  it('of a new object is looked for by its name, or cannot be', async () => {
    const kind = '/api/clusters/demo/api/v1/namespaces/shop/configmaps';
    const named = apiWith(lost(), ok({ metadata: { uid: 'n' } }));
    await named.call('POST', kind, { metadata: { name: 'new' } });
    expect(named.sent[1]?.path).toBe('/api/v1/namespaces/shop/configmaps/new');
    const generated = apiWith(lost());
    const answer = await generated.call('POST', kind, { metadata: { generateName: 'new-' } });
    expect(answer.json).toMatchObject({ outcome: 'unknown', checked: { state: 'unchecked' } });
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
    'is refused when %s says that nothing was sent',
    async (code) => {
      const { call, sent } = apiWith(
        error({ reason: 'Unreachable' }, Object.assign(new Error('x'), { code })),
      );
      expect(await call('DELETE', pod, uid)).toMatchObject({ status: 502, json: { outcome: 'refused' } });
      expect(sent).toHaveLength(1);
    },
  );

  it.each([
    [{ reason: 'Timeout', code: 504 }, 'unknown'],
    [{ reason: 'ServerTimeout', code: 500 }, 'unknown'],
    [{ reason: 'InvalidAnswer', code: 0 }, 'unknown'],
    [{ reason: 'InvalidAnswer', code: 502 }, 'unknown'],
    [{ reason: 'InvalidAnswer', code: 403 }, 'refused'],
    [{ reason: 'InternalError', code: 500 }, 'refused'],
    [{ reason: 'InternalError', code: 0 }, 'unknown'],
    [{ reason: 'InternalError', code: 500, message: 'etcdserver: request timed out' }, 'unknown'],
    [{ reason: 'InternalError', code: 500, message: 'rpc error: code = Unavailable desc = x' }, 'unknown'],
    [{ reason: 'InternalError', code: 500, message: 'failed calling webhook "a": timed out' }, 'refused'],
    [{ reason: 'TooManyRequests', code: 429 }, 'refused'],
  ])('%j ends as %s', async (part, outcome) => {
    const { call } = apiWith(error(part), ok({ metadata: { uid: 'u1' } }));
    expect((await call('DELETE', pod, uid)).json.outcome).toBe(outcome);
  });
});

describe('updates and patches', () => {
  const done = ok({ metadata: { uid: 'u1', resourceVersion: '8' } });
  const version = { metadata: { resourceVersion: '7' } };
  const apply = { apiVersion: 'v1', kind: 'Pod' };

  it.each([
    ['PUT', version, 'application/json'],
    ['PATCH', version, 'application/merge-patch+json'],
    ['PATCH', [{ op: 'test', path: '/a', value: 1 }], 'application/json-patch+json'],
    ['PATCH', apply, 'application/apply-patch+yaml'],
    ['PATCH', apply, 'application/apply-patch+yaml; charset=utf-8'],
  ])('%s %j as %s carries its precondition', async (method, body, type) => {
    const { call, sent } = apiWith(done);
    expect(await call(method, `${pod}?dryRun=All`, body, type)).toMatchObject({
      status: 200,
      json: { resourceVersion: '8' },
    });
    expect(sent[0]?.query).toEqual({
      fieldManager: 'strata-console',
      fieldValidation: 'Strict',
      dryRun: 'All',
    });
    expect(JSON.parse(String(sent[0]?.body))).toEqual(body);
  });

  it.each([
    ['PUT', { metadata: {} }, 'application/json', 428],
    ['PUT', { metadata: { resourceVersion: '' } }, 'application/json', 428],
    ['PUT', version, 'text/plain', 415],
    ['PUT', version, '', 415],
    ['PUT', 'null', 'application/json', 400],
    ['PATCH', version, 'application/json', 415],
    ['PATCH', version, 'application/strategic-merge-patch+json', 415],
    ['PATCH', {}, 'application/merge-patch+json', 428],
    ['PATCH', [{ op: 'remove', path: '/a' }], 'application/json-patch+json', 428],
    ['PATCH', {}, 'application/json-patch+json', 400],
    ['PATCH', {}, 'application/apply-patch+yaml', 400],
    ['PATCH', 'apiVersion: v1', 'application/apply-patch+yaml', 400],
    ['PUT', 'x'.repeat(3 * 1024 * 1024 + 1), 'application/json', 413],
  ])('%s %.30j as %s is refused', async (method, body, type, status) => {
    const { call, sent } = apiWith();
    expect(await call(method, pod, body, type)).toMatchObject({ status, json: { outcome: 'refused' } });
    expect(sent).toEqual([]);
  });
});

describe('a question about access', () => {
  it('is asked in RBAC’s terms', async () => {
    const { call } = apiWith();
    const { json } = await call(
      'GET',
      '/api/clusters/demo/access?verb=delete&group=apps&resource=deployments&namespace=shop&name=cart',
    );
    expect(json.allowed).toBe(true);
    expect(JSON.parse(String(json.reason))).toEqual({
      verb: 'delete',
      group: 'apps',
      resource: 'deployments',
      namespace: 'shop',
      name: 'cart',
    });
  });

  it.each([
    '',
    'verb=get',
    'verb=get&resource=a/b',
    'verb=GET&resource=pods',
    'verb=get&verb=list&resource=pods',
    'verb=get&resource=pods&as=root',
  ])('%j is refused', async (query) => {
    expect((await apiWith().call('GET', `/api/clusters/demo/access?${query}`)).status).toBe(400);
  });
});
