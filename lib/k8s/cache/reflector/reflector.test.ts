import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonCodec } from '#lib/k8s/codec/json-codec.ts';
import type { ResourceDefinition } from '#lib/resources/definition.ts';
import { numberAt } from '#lib/resources/read.ts';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { apiFailure, createFakeServer, type FakeServer } from '#test/fixtures/fake-list-watch.ts';
import { createStore, type WritableStore } from '../column-store.ts';
import { createStoreSink } from '../store-sink.ts';
import { createReflector } from './reflector-loop.ts';

const definition: ResourceDefinition = {
  name: 'pods',
  kind: 'Pod',
  wanted: ['spec.n'],
  columns: [
    { id: 'n', label: 'N', type: 'number', source: 'projected', sortable: true, facet: false, priority: 1 },
  ],
  sort: { column: 'n', descending: false },
  project: (object) => [numberAt(object.fields, 'spec', 'n')],
  stateOf: () => ({ level: 'unknown', words: 'not known' }),
};

const FAULTS = [
  apiFailure(0, 'Unreachable'),
  apiFailure(500, 'InternalError'),
  apiFailure(401, 'Unauthorized'),
  apiFailure(429, 'TooManyRequests', { retryAfterSeconds: 2 }),
  apiFailure(410, 'Expired'),
];

type Step =
  | { readonly do: 'put'; readonly at: number; readonly n: number }
  | { readonly do: 'remove'; readonly at: number }
  | { readonly do: 'compact' | 'bookmark' | 'heal' | 'garbage' | 'retry' }
  | { readonly do: 'end'; readonly how: number }
  | { readonly do: 'fail'; readonly what: 'list' | 'watch'; readonly how: number }
  | { readonly do: 'hang'; readonly what: 'list' | 'watch' }
  | { readonly do: 'repeat'; readonly count: number }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), at: fc.nat(12), n: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), at: fc.nat(12) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('compact' as const, 'bookmark', 'heal', 'garbage', 'retry') }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), how: fc.nat(FAULTS.length + 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      what: fc.constantFrom('list' as const, 'watch'),
      how: fc.nat(FAULTS.length - 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('hang' as const),
      what: fc.constantFrom('list' as const, 'watch'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), count: fc.nat(5) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 0, 1, 900, 5_000, 36_000),
    }),
  },
);

function heal(server: FakeServer): void {
  for (const what of ['list', 'watch'] as const) {
    server.fail(what, null);
    server.hang(what, false);
  }
}

/** Each life of a name has a uid of its own, as in a cluster. */
function createActor(server: FakeServer): (one: Step) => void {
  const lives = new Map<number, number>();
  const uid = (at: number): string => `uid-${at}-${lives.get(at) ?? 0}`;
  return (one) => {
    switch (one.do) {
      case 'put':
        server.put({ name: `pod-${one.at}`, uid: uid(one.at), spec: { n: one.n } });
        break;
      case 'remove':
        if (!server.objects.has(uid(one.at))) break;
        server.remove(uid(one.at));
        lives.set(one.at, (lives.get(one.at) ?? 0) + 1);
        break;
      case 'end': {
        const ways = ['clean', 'silent', ...FAULTS] as const;
        server.endWatches(ways[one.how]!);
        break;
      }
      case 'fail':
        server.fail(one.what, FAULTS[one.how]!);
        break;
      case 'hang':
        server.hang(one.what, true);
        break;
      case 'repeat':
        server.repeat(one.count);
        break;
      case 'compact':
        server.compact();
        break;
      case 'bookmark':
        server.bookmark();
        break;
      case 'garbage':
        server.sendRaw('{"type":"ADDED","object":{"metadata":{}}}\n{"type":"MODIFIED"}\n');
        break;
      default:
        heal(server);
    }
  };
}

/** Rows of the store as uid → version and cell. */
function rowsOf(store: WritableStore): Record<string, string> {
  const rows: Record<string, string> = {};
  for (const key of store.keys()) {
    const { uid, resourceVersion } = store.metadata(key);
    rows[uid] = `${resourceVersion} ${store.cell(key, 0)}`;
  }
  return rows;
}

function objectsOf(server: FakeServer): Record<string, string> {
  const rows: Record<string, string> = {};
  for (const [uid, { metadata, spec }] of server.objects) {
    rows[uid] = `${metadata.resourceVersion} ${(spec as { n: number }).n}`;
  }
  return rows;
}

/** Fails when a row goes that the server still has, or when a row's version goes back. */
function watchTruth(store: WritableStore, server: FakeServer): { faults: string[] } {
  const faults: string[] = [];
  let before = new Map<number, { uid: string; version: number }>();
  store.onChange(({ removed }) => {
    for (const key of removed) {
      const known = before.get(key);
      if (known !== undefined && server.objects.has(known.uid)) faults.push(`${known.uid} was lost`);
    }
    const now = new Map<number, { uid: string; version: number }>();
    for (const key of store.keys()) {
      const { uid, resourceVersion } = store.metadata(key);
      const known = before.get(key);
      const version = Number(resourceVersion);
      if (known?.uid === uid && version < known.version) faults.push(`${uid} went back`);
      now.set(key, { uid, version });
    }
    before = now;
  });
  return { faults };
}

describe('a reflector', () => {
  it('ends with the rows of the API server after any faults, and never shows an older one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 50, size: 'max' }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (steps, randoms) => {
          const clock = createFakeClock();
          const server = createFakeServer();
          const store = createStore(definition);
          const truth = watchTruth(store, server);
          const act = createActor(server);
          const reflector = createReflector({
            listWatch: server.listWatch(),
            codec: jsonCodec(definition),
            sink: createStoreSink(
              { store, tableColumns: null, createStore: () => store, swapStore: () => {} },
              '',
            ),
            clock,
            random: () => randoms.next().value,
            log: { info: () => {}, warn: () => {} },
            pageSize: 3,
          });
          reflector.start();
          for (const one of steps) {
            if (one.do === 'wait') await clock.advance(one.ms);
            else if (one.do === 'retry') reflector.retry();
            else act(one);
          }
          heal(server);
          await clock.advance(1);
          reflector.retry();
          await clock.advance(76_000);
          expect(truth.faults).toEqual([]);
          expect(rowsOf(store)).toEqual(objectsOf(server));
          expect(reflector.connection.state).toBe('live');
          expect(server.openWatches).toBe(1);
          reflector.stop();
          await clock.settle();
          expect(clock.pendingTimers).toBe(0);
          expect(server.openWatches).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
