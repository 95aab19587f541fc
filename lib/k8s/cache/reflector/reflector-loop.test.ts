import { describe, expect, it } from 'vitest';
import { jsonCodec } from '#lib/k8s/codec/json-codec.ts';
import type { ConnectionState } from '#lib/resources/connection.ts';
import type { ResourceDefinition } from '#lib/resources/definition.ts';
import { textAt } from '#lib/resources/read.ts';
import { createFakeClock, type FakeClock } from '#test/fixtures/fake-clock.ts';
import {
  apiFailure,
  createFakeServer,
  EXPIRED,
  type FakeServer,
  PODS,
} from '#test/fixtures/fake-list-watch.ts';
import { createStore, type WritableStore } from '../column-store.ts';
import { createStoreSink } from '../store-sink.ts';
import type { Reflector, ReflectorOptions } from './reflector.ts';
import { createReflector } from './reflector-loop.ts';

const definition: ResourceDefinition = {
  name: 'pods',
  kind: 'Pod',
  wanted: ['status.phase'],
  columns: [
    {
      id: 'phase',
      label: 'Phase',
      type: 'text',
      source: 'projected',
      sortable: true,
      facet: true,
      priority: 1,
    },
  ],
  sort: { column: 'name', descending: false },
  project: (object) => [textAt(object.fields, 'status', 'phase') || null],
  stateOf: () => ({ level: 'unknown', words: 'Not known' }),
};

interface Rig {
  readonly clock: FakeClock;
  readonly server: FakeServer;
  readonly store: WritableStore;
  readonly reflector: Reflector;
  readonly states: ConnectionState['state'][];
  rows(): readonly string[];
}

function rig(server = createFakeServer(), options: Partial<ReflectorOptions> = {}): Rig {
  const clock = createFakeClock(1_000);
  const store = createStore(definition);
  const holder = { store, tableColumns: null, createStore: () => store, swapStore: () => {} };
  const reflector = createReflector({
    listWatch: server.listWatch(),
    codec: jsonCodec(definition),
    sink: createStoreSink(holder, ''),
    clock,
    random: () => 1,
    log: { info: () => {}, warn: () => {} },
    pageSize: 2,
    ...options,
  });
  const states: ConnectionState['state'][] = [];
  reflector.onConnection(({ state }) => {
    if (states.at(-1) !== state) states.push(state);
  });
  const rows = (): readonly string[] =>
    [...store.keys()].map((key) => `${store.metadata(key).name} ${store.cell(key, 0)}`).sort();
  reflector.start();
  return { clock, server, store, reflector, states, rows };
}

function withPods(count: number): FakeServer {
  const server = createFakeServer();
  for (let n = 0; n < count; n++) server.put({ name: `pod-${n}`, status: { phase: 'Running' } });
  return server;
}

describe('a reflector', () => {
  it('lists in pages, then follows the watch', async () => {
    const { clock, server, rows, states, reflector } = rig(withPods(5));
    await clock.settle();
    expect(rows()).toHaveLength(5);
    expect(server.calls).toEqual({ lists: 1, pages: 3, watches: 1 });
    server.put({ name: 'pod-9', status: { phase: 'Pending' } });
    server.remove('uid-pod-0');
    await clock.settle();
    expect(rows()).toContain('pod-9 Pending');
    expect(rows()).not.toContain('pod-0 Running');
    expect(states).toEqual(['connecting', 'live']);
    expect(reflector.stats).toMatchObject({ lists: 1, pages: 3, watches: 1, events: 2, lastEventMs: 1_000 });
  });

  it('asks for the next page before it decodes this one', async () => {
    const server = withPods(3);
    const order: string[] = [];
    const inner = server.listWatch();
    const codec = jsonCodec(definition);
    const { clock } = rig(server, {
      listWatch: {
        ...inner,
        list: (options) => {
          order.push('ask');
          return inner.list(options);
        },
      },
      codec: {
        ...codec,
        decodePage: (body, pause) => {
          order.push('decode');
          return codec.decodePage(body, pause);
        },
      },
    });
    await clock.settle();
    expect(order).toEqual(['ask', 'ask', 'decode', 'decode']);
  });

  it('goes on from the last version after a clean end, without a list', async () => {
    const { clock, server, rows, states } = rig(withPods(1));
    await clock.advance(2_000);
    server.endWatches('clean');
    server.put({ name: 'pod-1', status: { phase: 'Pending' } });
    await clock.settle();
    expect(rows()).toContain('pod-1 Pending');
    expect(server.calls).toEqual({ lists: 1, pages: 1, watches: 2 });
    expect(states).toEqual(['connecting', 'live']);
  });

  it('finds a silent watch dead after 33 s and resumes it', async () => {
    const { clock, server, rows, states, reflector } = rig(withPods(1));
    await clock.advance(10_000);
    server.bookmark();
    await clock.settle();
    server.endWatches('silent');
    server.put({ name: 'pod-1', status: { phase: 'Lost' } });
    await clock.advance(32_999);
    expect(reflector.connection).toEqual({ state: 'live', confirmedMs: 11_000 });
    expect(rows()).toHaveLength(1);
    server.hang('watch', true);
    await clock.advance(1);
    expect(reflector.connection).toMatchObject({ state: 'stale', sinceMs: 11_000, retryMs: 0 });
    server.hang('watch', false);
    await clock.settle();
    expect(rows()).toContain('pod-1 Lost');
    expect(states).toEqual(['connecting', 'live', 'stale', 'live']);
    expect(server.calls.lists).toBe(1);
  });

  it('is stale at once when the connection breaks and backs off without a list', async () => {
    const { clock, server, reflector, rows } = rig(withPods(1));
    await clock.advance(5_000);
    server.fail('watch', apiFailure(500, 'InternalError'));
    server.endWatches(apiFailure(0, 'Unreachable'));
    await clock.settle();
    const delays: number[] = [];
    for (let n = 0; n < 7; n++) {
      const state = reflector.connection;
      if (state.state !== 'stale') throw new Error(`state ${state.state}`);
      expect(state.sinceMs).toBe(1_000);
      delays.push(state.retryMs - clock.nowMs());
      await clock.advance(state.retryMs - clock.nowMs());
    }
    expect(delays).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000]);
    server.fail('watch', null);
    server.put({ name: 'pod-1', status: { phase: 'New' } });
    reflector.retry();
    await clock.settle();
    expect(reflector.connection.state).toBe('live');
    expect(rows()).toContain('pod-1 New');
    expect(server.calls.lists).toBe(1);
  });

  it.each(['watch', 'list'] as const)('asks anew on retry when a %s was never answered', async (what) => {
    const { clock, server, reflector, rows } = rig(withPods(1));
    await clock.settle();
    server.hang(what, true);
    if (what === 'list') reflector.relist('asked');
    server.endWatches(apiFailure(0, 'Unreachable'));
    await clock.advance(1_000);
    const { lists, watches } = server.calls;
    reflector.retry();
    await clock.settle();
    expect(server.calls, 'a moment is given').toMatchObject({ lists, watches });
    // The request is lost for good: only a new one is answered.
    await clock.advance(3_000);
    server.forgetHanging(what);
    server.put({ name: 'pod-1', status: { phase: 'New' } });
    reflector.retry();
    await clock.settle();
    expect(reflector.connection.state).toBe('live');
    expect(rows()).toContain('pod-1 New');
    reflector.retry();
    await clock.settle();
    expect(server.openWatches, 'an open watch is left alone').toBe(1);
    expect(server.calls.lists).toBe(what === 'list' ? lists + 1 : 1);
  });

  it('waits as long as Retry-After says', async () => {
    const { clock, server, reflector } = rig(withPods(1), { random: () => 0 });
    await clock.settle();
    server.fail('watch', apiFailure(429, 'TooManyRequests', { retryAfterSeconds: 7 }));
    server.endWatches(apiFailure(0, 'Unreachable'));
    await clock.advance(400);
    expect(reflector.connection).toMatchObject({ state: 'stale', retryMs: 8_400, error: { code: 429 } });
  });

  it('relists exactly once a compaction and keeps the old rows readable', async () => {
    const { clock, server, reflector, rows, store } = rig(withPods(5));
    await clock.advance(5_000);
    server.endWatches(apiFailure(0, 'Unreachable'));
    server.put({ name: 'pod-5', status: { phase: 'Pending' } });
    server.remove('uid-pod-0');
    server.compact();
    let fewest = store.size;
    store.onChange(() => (fewest = Math.min(fewest, store.size)));
    await clock.advance(800);
    expect(rows()).toContain('pod-5 Pending');
    expect(rows()).not.toContain('pod-0 Running');
    expect(fewest).toBe(5);
    expect(server.calls.lists).toBe(2);
    expect(reflector.stats).toMatchObject({ relists: { expired: 1 }, lastList: { cause: 'expired' } });
    expect(reflector.connection.state).toBe('live');
  });

  it('takes an ERROR event with code 410 for a compaction', async () => {
    const { clock, server, reflector } = rig(withPods(1));
    await clock.advance(5_000);
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    server.sendRaw(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    await clock.settle();
    expect(server.calls.lists).toBe(2);
    expect(reflector.connection.state).toBe('live');
  });

  it('begins anew when the continue token expires', async () => {
    const server = withPods(3);
    const inner = server.listWatch();
    let asked = 0;
    const { clock, rows } = rig(server, {
      listWatch: {
        ...inner,
        list: async (options) => {
          const answer = await inner.list(options);
          if (++asked === 1) server.compact();
          return answer;
        },
      },
    });
    await clock.settle();
    expect(rows()).toHaveLength(3);
    expect(server.calls.lists).toBe(2);
  });

  it('does not storm when every history expires at once', async () => {
    const server = withPods(1);
    server.fail('watch', EXPIRED);
    const { clock } = rig(server);
    await clock.advance(60_000);
    expect(server.calls.lists).toBeLessThan(10);
  });

  it('does not storm when every watch brings an event and then expires', async () => {
    const server = withPods(1);
    const inner = server.listWatch();
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    const line = (type: string, object: unknown) =>
      new TextEncoder().encode(`${JSON.stringify({ type, object })}\n`);
    const { clock } = rig(server, {
      listWatch: {
        ...inner,
        async *watch(options) {
          options.opened?.();
          yield line('MODIFIED', server.put({ name: 'pod-0' }));
          yield line('ERROR', status);
        },
      },
    });
    await clock.advance(60_000);
    expect(server.calls.lists).toBeLessThan(12);
  });

  it('does not storm when every watch brings a bookmark and ends at once', async () => {
    const server = withPods(1);
    let watches = 0;
    const { clock, reflector } = rig(server, {
      listWatch: {
        ...server.listWatch(),
        async *watch(options) {
          if (++watches > 200) reflector.stop();
          const object = { metadata: { resourceVersion: options.resourceVersion } };
          yield new TextEncoder().encode(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
        },
      },
    });
    await clock.advance(60_000);
    expect(watches).toBeLessThan(100);
  });

  it('removes rows when the right is lost and reads them again when it is back', async () => {
    const { clock, server, reflector, rows } = rig(withPods(2));
    await clock.advance(5_000);
    server.fail('list', apiFailure(403, 'Forbidden'));
    server.fail('watch', apiFailure(403, 'Forbidden'));
    server.endWatches(apiFailure(0, 'Unreachable'));
    await clock.advance(800);
    expect(reflector.connection).toMatchObject({
      state: 'forbidden',
      missing: [{ verb: 'list', group: '', resource: 'pods', namespace: '' }],
    });
    expect(rows()).toEqual([]);
    server.fail('list', null);
    server.fail('watch', null);
    await clock.advance(30_000);
    expect(rows()).toHaveLength(2);
    expect(reflector.isSynced).toBe(true);
  });

  it('survives a fault of its sink: says so, and reads all rows again', async () => {
    const server = withPods(1);
    const store = createStore(definition);
    const holder = { store, tableColumns: null, createStore: () => store, swapStore: () => {} };
    const sink = createStoreSink(holder, '');
    let faults = 0;
    const clear = () => {
      faults++;
      throw new RangeError('a fault of ours');
    };
    const { clock, reflector } = rig(server, {
      sink: new Proxy(sink, { get: (of, key) => (key === 'clear' ? clear : Reflect.get(of, key).bind(of)) }),
    });
    await clock.settle();
    server.fail('list', apiFailure(403, 'Forbidden'));
    server.endWatches(EXPIRED);
    await clock.advance(2_000);
    expect(faults).toBe(1);
    expect(reflector.connection).toMatchObject({ state: 'stale', error: { reason: 'InternalError' } });
    server.fail('list', null);
    await clock.advance(30_000);
    expect(reflector.connection.state).toBe('live');
    expect(store.size).toBe(1);
  });

  it('keeps rows and the version when credentials are refused', async () => {
    const { clock, server, reflector, rows } = rig(withPods(2));
    await clock.advance(5_000);
    server.fail('watch', apiFailure(401, 'Unauthorized'));
    server.endWatches(apiFailure(0, 'Unreachable'));
    await clock.advance(800);
    expect(reflector.connection).toMatchObject({ state: 'stale', error: { code: 401 } });
    expect(rows()).toHaveLength(2);
    server.fail('watch', null);
    await clock.advance(30_000);
    expect(reflector.connection.state).toBe('live');
    expect(server.calls.lists).toBe(1);
  });

  it('says gone when the kind is not served any more', async () => {
    const { clock, server, reflector } = rig(withPods(1));
    await clock.advance(5_000);
    server.fail('list', apiFailure(404, 'NotFound'));
    server.fail('watch', apiFailure(404, 'NotFound'));
    server.endWatches('clean');
    await clock.settle();
    expect(reflector.connection.state).toBe('gone');
  });

  it('reads a kind without watch every 30 s and says so', async () => {
    const server = createFakeServer({ ...PODS, verbs: ['list'] });
    server.put({ name: 'pod-0', status: { phase: 'Running' } });
    const { clock, reflector, rows } = rig(server);
    await clock.settle();
    expect(reflector.connection).toEqual({ state: 'live', confirmedMs: 1_000, sampledSeconds: 30 });
    server.remove('uid-pod-0');
    await clock.advance(30_000);
    expect(rows()).toEqual([]);
    expect(reflector.connection).toEqual({ state: 'live', confirmedMs: 31_000, sampledSeconds: 30 });
    expect(server.calls.watches).toBe(0);
  });

  it('reads a kind whose watch is refused every 30 s', async () => {
    const server = withPods(1);
    server.fail('watch', apiFailure(403, 'Forbidden'));
    const { clock, reflector } = rig(server);
    await clock.settle();
    expect(reflector.connection).toMatchObject({ state: 'live', sampledSeconds: 30 });
    await clock.advance(30_000);
    expect(server.calls.watches).toBe(1);
  });

  it('gives up a list that does not answer', async () => {
    const server = withPods(1);
    server.hang('list', true);
    const { clock, reflector, rows } = rig(server);
    await clock.advance(60_000);
    expect(reflector.connection).toMatchObject({ state: 'failed', error: { reason: 'Unreachable' } });
    server.hang('list', false);
    await clock.advance(800);
    expect(rows()).toHaveLength(1);
  });

  it('stops everything', async () => {
    const { clock, server, reflector } = rig(withPods(1));
    await clock.settle();
    reflector.stop();
    await clock.advance(100_000);
    expect(server.openWatches).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    expect(server.calls.watches).toBe(1);
  });

  it('skips malformed items and events, and counts them', async () => {
    const { clock, server, reflector, rows } = rig(withPods(1));
    await clock.settle();
    server.sendRaw(
      `${JSON.stringify({ type: 'ADDED', object: { metadata: 'none' } })}\n{"type":"ODD","object":{}}\n`,
    );
    await clock.settle();
    expect(reflector.stats.malformed).toBe(2);
    expect(reflector.connection.state).toBe('live');
    expect(rows()).toHaveLength(1);
  });
});
