/** End to end over the socket: a demo cluster of its own for this file, asked as any client asks. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demo, startDemo } from './client.ts';

/** What the tests read of answers of any kind. */
interface Seen {
  type: string;
  kind: string;
  code: number;
  reason: string;
  message: string;
  gitVersion: string;
  metadata: {
    name: string;
    uid: string;
    generation: number;
    resourceVersion: string;
    continue?: string;
    remainingItemCount?: number;
  };
  items: Seen[];
  spec: { nodeName: string };
  status: {
    observedGeneration: number;
    replicas: number;
    updatedReplicas: number;
    availableReplicas: number;
    conditions: Seen[];
    userInfo?: unknown;
  };
  details: { causes: Seen[] };
  columnDefinitions: { name: string }[];
  rows: { cells: unknown[]; object: Seen }[];
  versions: { resources: { resource: string }[] }[];
  resources: { name: string }[];
}

interface Event {
  type: string;
  object: Seen;
}

interface Reply<Body = Seen> {
  code: number;
  headers: Record<string, string | string[] | undefined>;
  body: Body;
}

interface Kubeconfig {
  clusters: [{ cluster: Record<string, string> }];
  users: [{ user: Record<string, string> }];
}

interface Ask {
  method?: string;
  body?: unknown;
  raw?: string | Buffer;
  type?: string;
  accept?: string;
  user?: 'admin' | 'developer' | 'nobody' | 'stranger' | 'impersonator';
}

let demo: Demo;
const agents: Record<string, { agent: Agent; headers: Record<string, string> }> = {};

function readKubeconfig(path: string) {
  const config = JSON.parse(readFileSync(path, 'utf8')) as Kubeconfig;
  const decode = (value: string | undefined) => (value ? Buffer.from(value, 'base64').toString() : undefined);
  const user = config.users[0].user;
  const tls = {
    ca: decode(config.clusters[0].cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  };
  const headers: Record<string, string> = user.token ? { authorization: `Bearer ${user.token}` } : {};
  return { agent: new Agent({ ...tls, keepAlive: true }), headers, ca: tls.ca };
}

beforeAll(async () => {
  demo = await startDemo({ scenario: 'odd', seed: 3 });
  const admin = readKubeconfig(demo.kubeconfigs.admin);
  agents.admin = admin;
  agents.developer = readKubeconfig(demo.kubeconfigs.developer);
  agents.nobody = { agent: new Agent({ ca: admin.ca }), headers: {} };
  agents.stranger = { agent: new Agent({ ca: admin.ca }), headers: { authorization: 'Bearer wrong' } };
  agents.impersonator = {
    agent: admin.agent,
    headers: { ...admin.headers, 'impersonate-user': 'system:serviceaccount:shop-web:default' },
  };
});

afterAll(async () => {
  for (const { agent } of Object.values(agents)) agent.destroy();
  await demo.stop();
});

function open(path: string, ask: Ask) {
  const { agent, headers } = agents[ask.user ?? 'admin'] as { agent: Agent; headers: Record<string, string> };
  const body = ask.raw ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body));
  return request(new URL(path, demo.server), {
    method: ask.method ?? 'GET',
    agent,
    headers: {
      accept: ask.accept ?? 'application/json',
      ...(body === undefined
        ? {}
        : { 'content-type': ask.type ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...headers,
    },
  }).end(body);
}

function call<Body = Seen>(path: string, ask: Ask = {}): Promise<Reply<Body>> {
  return new Promise((resolve, reject) => {
    open(path, ask)
      .on('error', reject)
      .on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          const isJson = String(response.headers['content-type']).startsWith('application/json');
          resolve({
            code: response.statusCode ?? 0,
            headers: response.headers,
            body: (isJson ? JSON.parse(text) : text) as Body,
          });
        });
      });
  });
}

/** Follows a watch; `next` waits for an event that fits. */
function watch(path: string) {
  const events: Event[] = [];
  const waiting: (() => void)[] = [];
  const tell = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  let isOver = false;
  const sent = open(path, {});
  const end = () => {
    isOver = true;
    tell();
  };
  sent.on('error', end).on('response', (response) => {
    let rest = '';
    response.setEncoding('utf8');
    response.on('error', end).on('close', end);
    response.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(JSON.parse(line) as Event);
      tell();
    });
  });
  const until = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    events,
    stop: () => sent.destroy(),
    over: () => until(() => isOver),
    next: async (fits: (event: Event) => boolean): Promise<Event> => {
      await until(() => isOver || events.some(fits));
      return events.find(fits) as Event;
    },
  };
}

const MAPS = '/api/v1/namespaces/default/configmaps';
const map = (name: string, data: object = {}) => ({ metadata: { name }, data });

describe('discovery and health', () => {
  test('aggregated discovery names kinds, short names and subresources', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const { body, headers } = await call('/apis', { accept });
    expect(headers['content-type']).toBe(accept);
    const apps = body.items.find((item) => item.metadata.name === 'apps');
    const deployments = apps?.versions[0]?.resources.find((item) => item.resource === 'deployments');
    expect(deployments).toMatchObject({
      scope: 'Namespaced',
      singularResource: 'deployment',
      shortNames: ['deploy'],
    });
    expect((await call('/api/v1')).body.resources.map((item) => item.name)).toContain('pods/log');
  });

  test('version, readiness and unknown paths', async () => {
    expect((await call('/version')).body.gitVersion).toBe('v1.36.3');
    expect((await call('/readyz')).body).toBe('ok');
    expect((await call('/readyz?verbose')).body).toContain('[+]etcd ok');
    expect((await call('/nope')).code).toBe(404);
    expect((await call('/api/v1/nope')).body.message).toBe(
      'the server could not find the requested resource',
    );
  });
});

describe('who may do what', () => {
  test('who has no credentials is anonymous, and who has wrong ones is refused', async () => {
    const refused = await call('/api/v1/pods', { user: 'nobody' });
    expect(refused.body).toMatchObject({ code: 403, reason: 'Forbidden' });
    expect(refused.body.message).toContain('User "system:anonymous" cannot list resource "pods"');
    expect((await call('/version', { user: 'nobody' })).code).toBe(200);
    const wrong = await call('/version', { user: 'stranger' });
    expect(wrong.body).toMatchObject({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
  });

  test('an impersonated service account has its own groups and rights', async () => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const ask: Ask = { user: 'impersonator', method: 'POST', body };
    const answer = await call('/apis/authentication.k8s.io/v1/selfsubjectreviews', ask);
    expect(answer.body.status.userInfo).toEqual({
      username: 'system:serviceaccount:shop-web:default',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:shop-web', 'system:authenticated'],
    });
    expect((await call('/api/v1/nodes', { user: 'impersonator' })).code).toBe(403);
  });

  test('the developer works in two namespaces and sees no other', async () => {
    const ask: Ask = { user: 'developer' };
    for (const namespace of ['shop-checkout', 'shop-search'])
      expect((await call(`/api/v1/namespaces/${namespace}/pods?limit=1`, ask)).code).toBe(200);
    expect((await call('/api/v1/namespaces/payments/pods?limit=1', ask)).code).toBe(403);
    const refused = await call('/api/v1/pods', ask);
    expect(refused.body.message).toBe(
      'pods is forbidden: User "developer" cannot list resource "pods" in API group "" at the cluster scope',
    );
    expect((await call('/api/v1/nodes', ask)).code).toBe(403);
    expect((await call('/api/v1/namespaces', ask)).code).toBe(403);
    const spec = { resourceAttributes: { verb: 'delete', resource: 'pods', namespace: 'shop-checkout' } };
    const review = await call('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      ...ask,
      method: 'POST',
      body: { spec },
    });
    expect([review.code, review.body.status]).toEqual([201, { allowed: true }]);
  });
});

describe('lists', () => {
  test('pages are one snapshot, whatever happens in between', async () => {
    const first = await call('/api/v1/pods?limit=20');
    const names = first.body.items.map((item) => item.metadata.name);
    await call(MAPS, { method: 'POST', body: map('between') });
    const pod = { metadata: { name: 'zz-between' }, spec: { containers: [{ name: 'c', image: 'x' }] } };
    await call('/api/v1/namespaces/default/pods', { method: 'POST', body: pod });
    let token = first.body.metadata.continue;
    expect(first.body.metadata.remainingItemCount).toBeGreaterThan(20);
    while (token) {
      const page = await call(`/api/v1/pods?limit=50&continue=${token}`);
      expect(page.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
      names.push(...page.body.items.map((item) => item.metadata.name));
      token = page.body.metadata.continue;
    }
    expect(names).not.toContain('zz-between');
    expect(new Set(names).size).toBe(names.length);
  });

  test('selectors, tables and bad options', async () => {
    const running = await call(
      '/api/v1/pods?fieldSelector=spec.nodeName=worker-a1&labelSelector=tier in (backend),team',
    );
    expect(running.body.items.length).toBeGreaterThan(0);
    expect(running.body.items.every((item) => item.spec.nodeName === 'worker-a1')).toBe(true);
    const table = await call('/api/v1/nodes', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(table.body.columnDefinitions.map(({ name }) => name).slice(0, 5)).toEqual([
      'Name',
      'Status',
      'Roles',
      'Age',
      'Version',
    ]);
    expect(table.body.rows[0]?.cells.slice(0, 3)).toEqual(['worker-a1', 'Ready', 'worker']);
    expect(table.body.rows[0]?.object.kind).toBe('PartialObjectMetadata');
    expect((await call('/api/v1/pods?labelSelector=a in')).code).toBe(400);
    expect((await call('/api/v1/pods?resourceVersion=99999999')).body.details.causes[0]?.reason).toBe(
      'ResourceVersionTooLarge',
    );
    expect((await call('/api/v1/pods', { accept: 'application/vnd.kubernetes.protobuf' })).code).toBe(406);
    expect(
      (await call('/api/v1/pods?limit=1', { accept: 'application/vnd.kubernetes.protobuf,application/json' }))
        .code,
    ).toBe(200);
  });
});

describe('watches', () => {
  test('changes come in order, a bookmark ends the time', async () => {
    const { body } = await call(MAPS);
    const stream = watch(
      `${MAPS}?watch=1&allowWatchBookmarks=true&timeoutSeconds=2&resourceVersion=${body.metadata.resourceVersion}`,
    );
    await call(MAPS, { method: 'POST', body: map('seen', { a: '1' }) });
    await call(`${MAPS}/seen`, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { data: { a: '2' } },
    });
    await call(`${MAPS}/seen`, { method: 'DELETE' });
    await stream.over();
    const told = stream.events
      .filter(({ object }) => object.metadata.name === 'seen')
      .map(({ type }) => type);
    expect(told).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    expect(stream.events.at(-1)).toMatchObject({ type: 'BOOKMARK', object: { kind: 'ConfigMap' } });
    const revisions = stream.events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  test('leaving a selection is DELETED, entering it is ADDED', async () => {
    const stream = watch(`${MAPS}?watch=1&labelSelector=pick=me`);
    await call(MAPS, { method: 'POST', body: map('picked') });
    const label = (value: string | null) =>
      call(`${MAPS}/picked`, {
        method: 'PATCH',
        type: 'application/merge-patch+json',
        body: { metadata: { labels: { pick: value } } },
      });
    await label('me');
    await label(null);
    await stream.next(({ type }) => type === 'DELETED');
    expect(stream.events.map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
    stream.stop();
  });

  test('a compacted revision is 410', async () => {
    const { body } = await call(MAPS);
    await call(MAPS, { method: 'POST', body: map('after') });
    await demo.control.compact();
    const stream = watch(`${MAPS}?watch=1&resourceVersion=${body.metadata.resourceVersion}`);
    await stream.over();
    expect(stream.events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    const page = await call('/api/v1/pods?limit=5');
    await call('/api/v1/namespaces/default/pods/zz-between', { method: 'DELETE' });
    await demo.control.compact();
    const late = await call(`/api/v1/pods?limit=5&continue=${page.body.metadata.continue}`);
    expect([late.code, late.body.reason]).toEqual([410, 'Expired']);
    expect((await call(`/api/v1/pods?limit=5&continue=${late.body.metadata.continue}`)).code).toBe(200);
  });
});

describe('writes', () => {
  test('conflicts, preconditions and dry run', async () => {
    const { body } = await call(MAPS, { method: 'POST', body: map('mine') });
    expect((await call(MAPS, { method: 'POST', body: map('mine') })).body.reason).toBe('AlreadyExists');
    const stale = { ...map('mine'), metadata: { name: 'mine', resourceVersion: '1' } };
    expect((await call(`${MAPS}/mine`, { method: 'PUT', body: stale })).body.message).toContain(
      'the object has been modified',
    );
    const wrong = await call(`${MAPS}/mine`, {
      method: 'DELETE',
      body: { preconditions: { uid: 'another' } },
    });
    expect(wrong.body.message).toContain(`does not match the UID in record (${body.metadata.uid})`);
    expect((await call(`${MAPS}?dryRun=All`, { method: 'POST', body: map('ghost') })).code).toBe(201);
    expect((await call(`${MAPS}/ghost`)).code).toBe(404);
    expect(
      (await call(`${MAPS}/mine`, { method: 'DELETE', body: { preconditions: { uid: body.metadata.uid } } }))
        .code,
    ).toBe(200);
  });

  test('a kind defined now is served now', async () => {
    const names = { plural: 'gadgets', singular: 'gadget', kind: 'Gadget' };
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const columns = [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }];
    const versions = [{ name: 'v1', served: true, storage: true, schema, additionalPrinterColumns: columns }];
    const definition = {
      metadata: { name: 'gadgets.trial.example' },
      spec: { group: 'trial.example', scope: 'Cluster', names, versions },
    };
    await call('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      method: 'POST',
      body: definition,
    });
    const path = '/apis/trial.example/v1/gadgets';
    const stream = watch(`${path}?watch=1`);
    expect(
      (
        await call(path, {
          method: 'POST',
          body: {
            apiVersion: 'trial.example/v1',
            kind: 'Gadget',
            metadata: { name: 'one' },
            spec: { size: 7 },
            status: 'odd',
          },
        })
      ).code,
    ).toBe(201);
    expect((await stream.next(({ type }) => type === 'ADDED')).object.status).toBe('odd');
    stream.stop();
    const table = await call(path, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(table.body.rows[0]?.cells).toEqual(['one', 7]);
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const last = watch(`${path}?watch=1`);
    await last.next(({ type }) => type === 'ADDED');
    await call(`${definitions}/gadgets.trial.example`, { method: 'DELETE' });
    expect((await last.next(({ type }) => type === 'DELETED')).object.metadata.name).toBe('one');
    last.stop();
    expect((await call(path)).code).toBe(404);
  });

  test('a rollout goes through and a deleted pod is replaced, by the clock', async () => {
    const path = '/apis/apps/v1/namespaces/shop-checkout/deployments/tax-rates';
    const stream = watch(
      '/apis/apps/v1/namespaces/shop-checkout/deployments?watch=1&fieldSelector=metadata.name=tax-rates',
    );
    const containers = [{ name: 'tax-rates', image: 'shop/tax-rates:1.13.0' }];
    const patch = { spec: { template: { spec: { containers } } } };
    const { body } = await call(path, {
      method: 'PATCH',
      type: 'application/strategic-merge-patch+json',
      body: patch,
    });
    await demo.control.stepClock(120_000);
    const done = await stream.next(
      ({ object }) =>
        object.status.observedGeneration >= body.metadata.generation &&
        object.status.replicas === 2 &&
        object.status.updatedReplicas === 2 &&
        object.status.availableReplicas === 2,
    );
    const progressing = done.object.status.conditions.find(({ type }) => type === 'Progressing');
    expect(progressing?.reason).toBe('NewReplicaSetAvailable');
    stream.stop();
  });
});

describe('bad input', () => {
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
  test.each<[string, Ask, number]>([
    ['not JSON', { raw: '{' }, 400],
    ['a list', { raw: '[1,2]' }, 400],
    ['a number', { raw: '7' }, 400],
    ['nothing', { raw: '' }, 400],
    ['too long', { raw: Buffer.alloc(10 * 1024 * 1024, 97) }, 413],
    ['too deep', { raw: deep }, 400],
    ['a wrong type', { body: { metadata: { name: 'x' }, data: [] } }, 400],
    ['a wrong metadata', { body: { metadata: 'x' } }, 400],
    ['no name', { body: { metadata: {} } }, 422],
    ['a bad name', { body: { metadata: { name: '../x' } } }, 422],
    ['another kind', { body: { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'x' } } }, 400],
    ['another namespace', { body: { metadata: { name: 'x', namespace: 'y' } } }, 400],
    ['a strange content type', { raw: '{}', type: 'text/plain' }, 415],
    [
      'broken protobuf',
      { raw: 'k8s\u0000\u000a\u00ff\u00ff', type: 'application/vnd.kubernetes.protobuf' },
      400,
    ],
    ['invalid UTF-8', { raw: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) }, 400],
  ])('%s gives a Status', async (_name, ask, code) => {
    const reply = await call(MAPS, { method: 'POST', ...ask }).catch((error: NodeJS.ErrnoException) => {
      // A body refused unread may be cut off while it is still being sent.
      expect(['EPIPE', 'ECONNRESET']).toContain(error.code);
      return undefined;
    });
    if (reply) expect([reply.code, reply.body.kind]).toEqual([code, 'Status']);
    expect((await call('/readyz')).code).toBe(200);
  });

  test('hostile keys are data, and nothing is polluted', async () => {
    const raw =
      '{"apiVersion":"odd.example/v1alpha1","kind":"Oddity","metadata":{"name":"keys"},"__proto__":{"admin":true},"spec":{"constructor":{"x":1}}}';
    const path = '/apis/odd.example/v1alpha1/namespaces/default/oddities';
    expect((await call(path, { method: 'POST', raw })).code).toBe(201);
    await call(`${path}/keys`, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      raw: '{"__proto__":{"more":1}}',
    });
    const { body } = await call(`${path}/keys`);
    expect(Object.getOwnPropertyDescriptor(body, '__proto__')?.value).toEqual({ admin: true, more: 1 });
    expect((await call(path)).code).toBe(200);
  });
});

describe('faults', () => {
  test.each<[Parameters<Demo['control']['addFault']>[0], number, string | undefined]>([
    [{ kind: 'error', count: 1, match: { resource: 'configmaps' } }, 500, 'InternalError'],
    [{ kind: 'unauthorized', count: 1, match: { user: 'admin', verb: 'list' } }, 401, 'Unauthorized'],
    [{ kind: 'expired', count: 1, match: { path: '/api/v1/namespaces/default' } }, 410, 'Expired'],
    [{ kind: 'too-many-requests', count: 1, retryAfterSeconds: 7 }, 429, undefined],
    [{ kind: 'latency', count: 1, delayMs: 20 }, 200, undefined],
  ])('%j', async (fault, code, reason) => {
    await demo.control.addFault(fault);
    const reply = await call(MAPS);
    expect([reply.code, reply.body.reason]).toEqual([code, reason]);
    if (code === 429) expect(reply.headers['retry-after']).toBe('7');
    expect((await call(MAPS)).code).toBe(200);
  });

  test('reset and hang', async () => {
    await demo.control.addFault({ kind: 'reset', count: 1 });
    await expect(call(MAPS)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await demo.control.addFault({ kind: 'hang', count: 1 });
    const hung = open(MAPS, {});
    let hasAnswered = false;
    hung
      .on('error', () => undefined)
      .on('response', () => {
        hasAnswered = true;
      });
    expect((await call(MAPS)).code).toBe(200);
    expect(hasAnswered).toBe(false);
    hung.destroy();
  });

  test('a dropped watch ends without a word, a silent one stays open and says nothing', async () => {
    const dropped = watch(`${MAPS}?watch=1`);
    const silent = watch(
      '/api/v1/namespaces/default/secrets?watch=1&timeoutSeconds=1&allowWatchBookmarks=true',
    );
    const awake = watch(
      '/api/v1/namespaces/default/events?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
    );
    await dropped.next(() => true);
    await awake.next(({ type }) => type === 'BOOKMARK');
    expect(
      (await demo.control.addFault({ kind: 'drop-watch', match: { resource: 'configmaps' } })).watchesHit,
    ).toBe(1);
    await dropped.over();
    expect(
      (await demo.control.addFault({ kind: 'silent-watch', match: { resource: 'secrets' } })).watchesHit,
    ).toBe(1);
    const secret = { metadata: { name: 'unseen' } };
    await call('/api/v1/namespaces/default/secrets', { method: 'POST', body: secret });
    const timer = watch('/api/v1/namespaces/default/secrets?watch=1&timeoutSeconds=2');
    await timer.over();
    expect(silent.events.filter(({ type }) => type !== 'ADDED')).toEqual([]);
    expect((await demo.control.stats()).watches).toBeGreaterThanOrEqual(2);
    silent.stop();
    awake.stop();
  });

  test('a paused server refuses connections and comes back with its state', async () => {
    await call(MAPS, { method: 'POST', body: map('kept') });
    await demo.control.pause();
    await expect(call(MAPS)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNREFUSED|ECONNRESET/),
    });
    await demo.control.resume();
    expect((await call(`${MAPS}/kept`)).code).toBe(200);
  });

  test('the log of requests tells what was asked, without secrets', async () => {
    await demo.control.clearRequests();
    await call('/api/v1/namespaces/shop-checkout/pods?limit=1', { user: 'developer' });
    const [entry] = await demo.control.requests();
    expect(entry).toMatchObject({
      method: 'GET',
      url: '/api/v1/namespaces/shop-checkout/pods?limit=1',
      user: 'developer',
      code: 200,
    });
    expect(entry?.headerNames).toContain('authorization');
    expect(JSON.stringify(entry)).not.toContain('Bearer');
  });
});

test('the clock can be frozen, stepped and sped up', async () => {
  const frozen = await demo.control.freezeClock();
  expect((await demo.control.clock()).nowMs).toBe(frozen.nowMs);
  expect((await demo.control.stepClock(3_600_000)).nowMs).toBe(frozen.nowMs + 3_600_000);
  expect((await demo.control.setClockSpeed(10)).speed).toBe(10);
  await demo.control.setClockSpeed(1);
  expect((await demo.control.resumeClock()).isFrozen).toBe(false);
  expect(new Date(String((await call('/version')).headers.date)).getTime()).toBeGreaterThan(
    frozen.nowMs + 3_590_000,
  );
});

test('a scenario that does not exist is refused in words', async () => {
  await expect(startDemo({ scenario: 'nope' })).rejects.toThrow(
    'there is no scenario nope; there are small, calm, odd',
  );
});
