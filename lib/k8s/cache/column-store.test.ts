import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '#lib/resources/cell.ts';
import type { PartialObject, ResourceDefinition } from '#lib/resources/definition.ts';
import { createStore, type WritableStore } from './column-store.ts';
import { isOlderVersion } from './resource-version.ts';
import type { StoreChange } from './store.ts';

const definition: ResourceDefinition = {
  name: 'events',
  kind: 'Event',
  wanted: [],
  columns: [
    {
      id: 'seen',
      label: 'Seen',
      type: 'time',
      source: 'projected',
      sortable: true,
      facet: false,
      priority: 1,
    },
    {
      id: 'state',
      label: 'State',
      type: 'state',
      source: 'projected',
      sortable: true,
      facet: true,
      priority: 1,
    },
  ],
  sort: { column: 'seen', descending: true },
  project: (object) => {
    if (object.fields.isBroken === true) throw new Error('no projection');
    return object.fields.cells as readonly Cell[];
  },
  stateOf: () => ({ level: 'unknown', words: 'not known' }),
};

function objectOf(
  uid: string,
  version: string,
  cells: readonly unknown[] = [0, null],
  rest = {},
): PartialObject {
  return {
    metadata: {
      name: uid,
      namespace: 'default',
      uid,
      resourceVersion: version,
      createdMs: 5,
      deletedMs: 0,
      deletionGraceSeconds: 0,
      generation: 0,
      labels: {},
      ownerReferences: [],
      finalizers: [],
      lastChange: null,
      ...rest,
    },
    fields: { cells },
    tableCells: null,
  };
}

function listen(store: WritableStore): StoreChange[] {
  const changes: StoreChange[] = [];
  store.onChange((change) => changes.push(change));
  return changes;
}

describe('a store', () => {
  it('tells about how much its rows take, and takes nothing for rows that went', () => {
    const store = createStore(definition);
    const empty = store.heldBytes;
    for (let at = 0; at < 200; at++)
      store.upsert(objectOf(`u${at}`, '1', [at, { level: 'ok', words: `w${at}` }]));
    const full = store.heldBytes;
    expect(full - empty).toBeGreaterThan(200 * 300);
    expect(full - empty).toBeLessThan(200 * 1_000);
    for (let at = 0; at < 200; at++) store.delete(`u${at}`);
    expect(store.heldBytes).toBe(empty);
  });

  it('equals a plain map, and tells of each touched key once a batch', () => {
    const write = fc.oneof(
      fc.record({
        uid: fc.nat(8).map(String),
        version: fc.nat(30).map(String),
        cell: fc.nat(2),
        isListed: fc.boolean(),
      }),
      fc.record({ uid: fc.nat(8).map(String) }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(write, { maxLength: 8 }), { maxLength: 20, size: 'max' }), (batches) => {
        const store = createStore(definition);
        const model = new Map<string, { version: string; cell: number }>();
        const seen = new Map<number, string>();
        const changes = listen(store);
        for (const batch of batches) {
          store.batch(() => {
            for (const one of batch) {
              if (!('version' in one)) {
                model.delete(one.uid);
                store.delete(one.uid);
                continue;
              }
              store.upsert(objectOf(one.uid, one.version, [one.cell, null]), one.isListed);
              const known = model.get(one.uid);
              if (known !== undefined && !one.isListed && isOlderVersion(one.version, known.version))
                continue;
              model.set(one.uid, one);
            }
          });
          const change = changes.pop();
          expect(changes).toEqual([]);
          for (const key of change?.removed ?? []) {
            expect(change?.changed.has(key)).toBe(false);
            seen.delete(key);
          }
          for (const key of change?.changed ?? [])
            seen.set(key, `${store.metadata(key).uid} ${store.cell(key, 0)}`);
          const expected = [...model].map(([uid, row]) => `${uid} ${row.cell}`).sort();
          expect([...seen.values()].sort()).toEqual(expected);
          expect(
            [...store.keys()].map((key) => `${store.metadata(key).uid} ${store.cell(key, 0)}`).sort(),
          ).toEqual(expected);
          expect(store.size).toBe(model.size);
          for (const [uid, row] of model) {
            expect(store.metadata(store.keyOf(uid)!).resourceVersion).toBe(row.version);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is silent about a heartbeat that changes no cell, but takes its version', () => {
    const store = createStore(definition);
    const state = () => ({ level: 'ok', words: 'Ready' });
    store.upsert(objectOf('a', '1', [7, state()], { labels: { app: 'x' } }));
    const changes = listen(store);
    const lastChange = { manager: 'kubelet', atMs: 9 };
    store.upsert(objectOf('a', '2', [7, state()], { labels: { app: 'x' }, generation: 3, lastChange }));
    expect(changes).toEqual([]);
    expect(store.metadata(0)).toMatchObject({ resourceVersion: '2', generation: 3, lastChange });
    store.upsert(objectOf('a', '3', [7, state()], { labels: { app: 'y' } }));
    store.upsert(objectOf('a', '4', [7, { level: 'ok', words: 'Done' }], { labels: { app: 'y' } }));
    expect(changes).toHaveLength(2);
  });

  it('ignores an older version in a watch, takes it in a list', () => {
    const store = createStore(definition);
    store.upsert(objectOf('a', '100', [1, null]));
    store.upsert(objectOf('a', '99', [2, null]));
    expect(store.cell(0, 0)).toBe(1);
    store.upsert(objectOf('a', 'odd', [3, null]));
    expect(store.cell(0, 0)).toBe(3);
    store.upsert(objectOf('a', '5', [4, null]), true);
    expect(store.metadata(0).resourceVersion).toBe('5');
  });

  it('does not give a key to another row within the batch that freed it', () => {
    const store = createStore(definition);
    store.upsert(objectOf('a', '1'));
    store.batch(() => {
      store.delete('a');
      store.upsert(objectOf('b', '2'));
    });
    expect(store.keyOf('b')).toBe(1);
    store.upsert(objectOf('c', '3'));
    expect(store.keyOf('c')).toBe(0);
  });

  it('gives a renamed row a new key', () => {
    const store = createStore(definition);
    store.upsert(objectOf('a', '1'));
    const changes = listen(store);
    store.upsert(objectOf('a', '2', [0, null], { name: 'other' }));
    expect(changes).toEqual([{ changed: new Set([1]), removed: new Set([0]) }]);
  });

  it('marks a row whose projection throws, and lives', () => {
    const errors: unknown[] = [];
    const store = createStore(definition, { onError: (error) => errors.push(error) });
    store.upsert({ ...objectOf('a', '1'), fields: { isBroken: true } });
    expect(store.cell(0, 0)).toEqual({ unknown: 'malformed object' });
    expect(errors).toHaveLength(1);
  });

  it('keeps the newest rows of a bounded kind', () => {
    const store = createStore(definition, { bound: { rows: 40, column: 'seen' } });
    store.batch(() => {
      for (let n = 0; n < 100; n++) store.upsert(objectOf(`e${n}`, '1', [(n * 37) % 100, null]));
    });
    expect(store.size).toBe(38);
    expect(store.dropped).toBe(62);
    expect(Math.min(...[...store.keys()].map((key) => Number(store.cell(key, 0))))).toBe(62);
  });

  it('lets go of more rows in one batch than a call takes arguments, and uses their keys again', () => {
    const rows = 150_000;
    const store = createStore(definition);
    store.batch(() => {
      for (let n = 0; n < rows; n++) store.upsert(objectOf(`p${n}`, '1'));
    });
    store.batch(() => {
      for (let n = 0; n < rows; n++) store.delete(`p${n}`);
    });
    store.upsert(objectOf('next', '2'));
    expect(store.size).toBe(1);
    expect(store.keyOf('next')).toBeLessThan(rows);
  });

  it('does not nest batches', () => {
    const store = createStore(definition);
    expect(() => store.batch(() => store.batch(() => {}))).toThrow('inside another');
    store.upsert(objectOf('a', '1'));
    expect(store.size).toBe(1);
  });
});

describe('resource versions', () => {
  it.each([
    ['9', '10', true],
    ['10', '9', false],
    ['10', '10', false],
    ['99999999999999999998', '99999999999999999999', true],
    ['', '5', false],
    ['abc', '5', false],
    ['07', '8', false],
  ])('%s older than %s: %s', (version, than, expected) => {
    expect(isOlderVersion(version, than)).toBe(expected);
  });
});
