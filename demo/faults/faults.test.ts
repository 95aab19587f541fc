/** Every kind of fault over the socket, as a client meets it. */

import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RawAnswer, type RawClient, type RawOptions, rawClient } from '#test/fixtures/raw-https.ts';
import { type Demo, startDemo } from '../client.ts';

let demo: Demo;
let admin: RawClient;
let developer: RawClient;
let second: RawClient;

beforeAll(async () => {
  demo = await startDemo({ scenario: 'odd', seed: 4 });
  admin = rawClient(demo.kubeconfigs.admin);
  developer = rawClient(demo.kubeconfigs.developer);
  second = rawClient(demo.kubeconfigs.second);
});
afterAll(() => demo.stop());
afterEach(async () => {
  await demo.control.clearFaults();
  await demo.control.lagSecond({ lagMs: 0, isFrozen: false });
});

const MAPS = '/api/v1/namespaces/default/configmaps';
const AGGREGATED = 'Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList\r\n';

function ask(client: RawClient, path: string, headers = '', options: RawOptions = { answers: 1 }) {
  const head = `GET ${path} HTTP/1.1\r\nHost: ${client.host}\r\n${client.authorization}${headers}\r\n`;
  return client.exchange(head, options);
}

async function get(client: RawClient, path: string, headers = ''): Promise<RawAnswer> {
  const { answers } = await ask(client, path, headers);
  return answers[0] as RawAnswer;
}

function post(client: RawClient, path: string, body: object, options: RawOptions = { answers: 1 }) {
  const written = JSON.stringify(body);
  const head = `POST ${path} HTTP/1.1\r\nHost: ${client.host}\r\n${client.authorization}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(written)}\r\n\r\n`;
  return client.exchange(head + written, options);
}

const json = <Seen = Record<string, unknown>>({ body }: RawAnswer) => JSON.parse(body.toString()) as Seen;
const map = (name: string, text = 'ä€𝄞') => ({ metadata: { name }, data: { text: text.repeat(50) } });
const code = async (client: RawClient, path: string) => (await get(client, path)).code;

describe('answers that are cut', () => {
  test('in the middle, within a character, within a chunk: the connection ends too soon', async () => {
    await post(admin, MAPS, map('torn'));
    const whole = (await get(admin, `${MAPS}/torn`)).body;
    for (const cut of ['middle', 'character', 'chunk'] as const) {
      await demo.control.addFault({ kind: 'torn', cut, count: 1 });
      const { answers, end } = await ask(admin, `${MAPS}/torn`, '', {});
      const [answer] = answers as [RawAnswer];
      expect([answer.code, answer.isWhole, end, cut]).toEqual([200, false, 'closed', cut]);
      expect(whole.subarray(0, answer.body.length).equals(answer.body)).toBe(true);
      expect(answer.body.length).toBeGreaterThan(whole.length / 3);
      const isChunked = answer.headers['transfer-encoding'] === 'chunked';
      expect(isChunked).toBe(cut === 'chunk');
      if (cut === 'character') expect(answer.body.toString().endsWith('\ufffd')).toBe(true);
    }
    expect(await code(admin, `${MAPS}/torn`)).toBe(200);
  });

  test('the next frame of watches that are open, and the first of new ones', async () => {
    const path = `${MAPS}?watch=1&fieldSelector=metadata.name=frame`;
    let isOpen = false;
    const open = ask(admin, path, '', {
      isEnough: () => {
        isOpen = true;
        return false;
      },
    });
    await expect.poll(async () => isOpen && (await demo.control.stats()).watches).toBe(1);
    const hit = { kind: 'torn', cut: 'character', match: { verb: 'watch', resource: 'configmaps' } } as const;
    expect((await demo.control.addFault(hit)).watchesHit).toBe(1);
    await post(admin, MAPS, map('frame'));
    const { answers, end } = await open;
    expect([answers[0]?.isWhole, end]).toEqual([false, 'closed']);
    expect(answers[0]?.body.toString()).toMatch(/^\{"type":"ADDED"[^\n]*\ufffd$/);
    await demo.control.addFault({ ...hit, count: 1, cut: 'chunk' });
    const again = await ask(admin, path, '', {});
    expect([again.answers[0]?.isWhole, again.end]).toEqual([false, 'closed']);
    expect(again.answers[0]?.body.toString()).toMatch(/^\{"type":"ADDED"[^\n]+$/);
  });
});

describe('answers that are no JSON', () => {
  test.each([
    ['garbage', 'application/json'],
    ['truncated', 'application/json'],
    ['html', 'text/html'],
    ['text', 'text/plain; charset=utf-8'],
  ] as const)('%s comes whole, as a 200', async (as, contentType) => {
    await demo.control.addFault({ kind: 'malformed', as, count: 1 });
    const answer = await get(admin, '/api/v1/namespaces/default');
    expect([answer.code, answer.isWhole, answer.headers['content-type']]).toEqual([200, true, contentType]);
    if (as === 'text') expect(json(answer)).toHaveProperty('kind', 'Namespace');
    else expect(() => json(answer)).toThrow(SyntaxError);
  });

  test('a watch goes on after a line that says nothing', async () => {
    await post(admin, MAPS, map('line'));
    const match = { verb: 'watch', resource: 'configmaps' };
    for (const as of ['garbage', 'truncated'] as const) {
      await demo.control.addFault({ kind: 'malformed', as, count: 1, match });
      const path = `${MAPS}?watch=1&timeoutSeconds=1&allowWatchBookmarks=true&fieldSelector=metadata.name=line`;
      const { answers } = await ask(admin, path);
      const [bad, bookmark] = (answers[0] as RawAnswer).body.toString('latin1').trimEnd().split('\n');
      expect(() => JSON.parse(bad as string)).toThrow(SyntaxError);
      expect(JSON.parse(bookmark as string)).toHaveProperty('type', 'BOOKMARK');
    }
  });
});

test('partial discovery: one group is stale and away, in the real words; the others stay', async () => {
  const before = await get(admin, '/apis', AGGREGATED);
  await demo.control.addFault({ kind: 'partial-discovery', group: 'apps' });
  const known = `${AGGREGATED}If-None-Match: ${before.headers.etag}\r\n`;
  const answer = await get(admin, '/apis', known);
  const { items } = json<{ items: { metadata: { name: string }; versions: object[] }[] }>(answer);
  const versionsOf = (name: string) => items.find(({ metadata }) => metadata.name === name)?.versions;
  expect([answer.code, versionsOf('apps')]).toEqual([200, [{ version: 'v1', freshness: 'Stale' }]]);
  expect(versionsOf('batch')?.[0]).toMatchObject({ version: 'v1', freshness: 'Current' });
  for (const path of ['/apis/apps/v1', '/apis/apps/v1/namespaces/default/deployments']) {
    const away = await get(admin, path);
    expect([away.code, away.body.toString()]).toEqual([503, 'service unavailable\n']);
    expect(away.headers['content-type']).toBe('text/plain; charset=utf-8');
  }
  expect(await code(admin, '/apis/apps')).toBe(200);
  expect(await code(admin, '/apis/batch/v1')).toBe(200);
});

test('clock skew moves what the Date header says, of one server if asked so, and nothing that is stored', async () => {
  await demo.control.freezeClock();
  const { nowMs } = await demo.control.clock();
  await demo.control.addFault({ kind: 'clock-skew', skewSeconds: -3_600, match: { server: 'second' } });
  const date = async (client: RawClient) =>
    Date.parse((await get(client, '/version')).headers.date as string);
  expect(await date(admin)).toBe(Math.floor(nowMs / 1000) * 1000);
  expect(await date(second)).toBe(Math.floor(nowMs / 1000) * 1000 - 3_600_000);
  const made = await post(second, MAPS, map('skewed'));
  const { metadata } = json<{ metadata: { creationTimestamp: string } }>(made.answers[0] as RawAnswer);
  expect(Date.parse(metadata.creationTimestamp)).toBe(Math.floor(nowMs / 1000) * 1000);
  await demo.control.resumeClock();
});

test('an expired token: all that one user asks is refused, whoever else asks is served, until it is over', async () => {
  const pods = '/api/v1/namespaces/shop-checkout/pods?limit=1';
  await demo.control.addFault({ kind: 'expired-token', match: { user: 'developer' }, durationMs: 600_000 });
  // Durations are the wire's: the cluster's clock does not end them.
  await demo.control.stepClock(700_000);
  for (const path of [pods, '/version', '/apis']) {
    const refused = await get(developer, path);
    expect([refused.code, json(refused)]).toMatchObject([
      401,
      { reason: 'Unauthorized', message: 'Unauthorized' },
    ]);
  }
  expect(await code(admin, pods)).toBe(200);
  await demo.control.clearFaults();
  await demo.control.addFault({ kind: 'expired-token', match: { user: 'developer' }, durationMs: 30 });
  await expect.poll(() => code(developer, pods)).toBe(200);
  await demo.control.addFault({ kind: 'expired-token', match: { user: 'admin' } });
  expect([await code(admin, '/version'), await code(second, '/version')]).toEqual([401, 401]);
});

test('a lost answer: the write is done, the connection is reset, reads are served', async () => {
  await demo.control.addFault({ kind: 'lost-answer', count: 1, match: { namespace: 'default' } });
  expect(await code(admin, MAPS)).toBe(200);
  const { answers, end } = await post(admin, MAPS, map('lost'), {});
  expect([answers, end]).toEqual([[], 'reset']);
  expect(await code(admin, `${MAPS}/lost`)).toBe(200);
});

describe('the second server', () => {
  const names = async (client: RawClient, query: string) => {
    const answer = await get(client, `${MAPS}?${query}`);
    const { items } = json<{ items: { metadata: { name: string } }[] }>(answer);
    return items.map(({ metadata }) => metadata.name);
  };

  test('serves what it has seen to who takes any version, and the present to who does not ask for less', async () => {
    const { seenRevision } = await demo.control.lagSecond({ isFrozen: true });
    await post(second, MAPS, map('unseen'));
    expect(await names(second, 'resourceVersion=0')).not.toContain('unseen');
    expect(await names(second, `resourceVersion=${seenRevision}`)).not.toContain('unseen');
    expect(await names(second, '')).toContain('unseen');
    expect(await names(admin, 'resourceVersion=0')).toContain('unseen');
    expect(await code(second, `${MAPS}/unseen?resourceVersion=0`)).toBe(404);
    expect(await code(second, `${MAPS}/unseen`)).toBe(200);
    const stale = json<{ metadata: { resourceVersion: string } }>(
      await get(second, `${MAPS}?resourceVersion=0`),
    );
    expect(stale.metadata.resourceVersion).toBe(String(seenRevision));
    await demo.control.lagSecond({ isFrozen: false });
    expect(await names(second, 'resourceVersion=0')).toContain('unseen');
  });

  test('waits for a revision it has not seen, then answers 504 with its cause', async () => {
    const { seenRevision } = await demo.control.lagSecond({ isFrozen: true });
    await post(admin, MAPS, map('ahead'));
    const { revision } = await demo.control.second();
    const path = `${MAPS}?resourceVersion=${revision}`;
    const began = performance.now();
    const late = await get(second, path);
    expect(performance.now() - began).toBeGreaterThan(2_900);
    expect([late.code, late.headers['retry-after']]).toEqual([504, '1']);
    expect(json(late)).toMatchObject({
      message: `Timeout: Too large resource version: ${revision}, current: ${seenRevision}`,
      reason: 'Timeout',
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    });
    const waiting = get(second, path);
    await demo.control.lagSecond({ lagMs: 20, isFrozen: false });
    expect((await waiting).code).toBe(200);
  });

  test('its watches lag, say nothing twice and keep their order', async () => {
    await demo.control.lagSecond({ isFrozen: true });
    await post(admin, MAPS, map('late-1'));
    const { revision } = await demo.control.second();
    const path = `${MAPS}?watch=1&resourceVersion=${revision}&fieldSelector=metadata.name!=x`;
    const watched = ask(second, path, '', { isEnough: (received) => received.includes('"late-3"') });
    await expect.poll(async () => (await demo.control.stats()).watches).toBe(1);
    await post(admin, MAPS, map('late-2'));
    await post(admin, MAPS, map('late-3'));
    await demo.control.lagSecond({ lagMs: 40, isFrozen: false });
    const { answers } = await watched;
    const seen = [...(answers[0] as RawAnswer).body.toString().matchAll(/"name":"(late-\d)"/g)];
    expect(seen.map(([, name]) => name)).toEqual(['late-2', 'late-3']);
  });

  test('can be stopped while the first goes on', async () => {
    await demo.control.pause('second');
    await expect(get(second, '/version')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await code(admin, '/version')).toBe(200);
    await demo.control.resume('second');
    expect(await code(second, '/version')).toBe(200);
  });
});

describe('the control port', () => {
  test.each([
    [{ kind: 'nope' }, 'kind must be one of latency'],
    [{ kind: 'torn', cut: 'half' }, 'cut must be one of middle, character, chunk'],
    [
      { kind: 'torn', delayMs: 1 },
      'a fault of kind torn takes kind, match, count, durationMs, cut, not delayMs',
    ],
    [{ kind: 'malformed', as: 7 }, 'as must be one of garbage, html, text, truncated'],
    [{ kind: 'clock-skew' }, 'clock-skew needs skewSeconds'],
    [{ kind: 'clock-skew', skewSeconds: '5' }, 'skewSeconds must be a number'],
    [{ kind: 'expired-token' }, 'expired-token needs match.user'],
    [
      { kind: 'hang', match: { verbs: 'get' } },
      'match takes verb, resource, namespace, user, path, server, not verbs',
    ],
    [{ kind: 'hang', match: { server: 'third' } }, 'server must be one of first, second'],
    [{ kind: 'hang', match: { user: 7 } }, 'user must be a text'],
    [{ kind: 'hang', match: [] }, 'match must be an object'],
    [{ kind: 'latency', delayMs: -1 }, 'delayMs must be a number from 0'],
  ])('refuses %j', async (fault, words) => {
    await expect(demo.control.addFault(fault as never)).rejects.toThrow(words);
    expect(await demo.control.faults()).toEqual([]);
  });

  test('is no part of the API, needs its token and listens on loopback only', async () => {
    for (const path of ['/fault/add', '/api/fault/add', '/apis/fault/list', '/api/v1/fault', '/clock/state'])
      expect((await post(admin, path, {})).answers[0]?.code).toSatisfy(
        (got: number) => got === 404 || got === 405,
      );
    expect((await fetch(`http://127.0.0.1:${demo.controlPort}/stats`, { method: 'POST' })).status).toBe(401);
    const outer = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const ports = [
      demo.controlPort,
      ...[demo.server, demo.secondServer].map((url) => Number(new URL(url).port)),
    ];
    for (const { address } of outer.filter(({ internal, family }) => !internal && family === 'IPv4'))
      for (const port of ports) expect(await canConnect(address, port)).toBe(false);
  });
});

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
