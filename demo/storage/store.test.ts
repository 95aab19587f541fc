import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../base/types.ts';
import { Compacted, keyOf, Store, StoreConflict, type StoreEvent } from './store.ts';

const thing = (namespace: string, name: string, value: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace, uid: '', resourceVersion: '', creationTimestamp: '' },
  value,
});

type Step =
  | { op: 'create' | 'delete'; namespace: string; name: string }
  | { op: 'update'; namespace: string; name: string; value: number }
  | { op: 'compact' };

const namespace = fc.constantFrom('a', 'b');
const name = fc.constantFrom('x', 'y', 'z', '__proto__');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('create' as const), namespace, name }) },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('update' as const), namespace, name, value: fc.nat(9) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('delete' as const), namespace, name }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('compact' as const) }) },
);

/** The plain model: the whole list after every revision. */
interface Model {
  history: Map<number, Map<string, number>>;
  present: Map<string, number>;
  compacted: number;
}

function run(store: Store, model: Model, each: Step): void {
  if (each.op === 'compact') {
    store.compact();
    model.compacted = store.revision;
    return;
  }
  const key = `${each.namespace}\u0000${each.name}`;
  const stored = store.get('things', each.namespace, each.name);
  if (each.op === 'create') {
    if (stored) {
      expect(() => store.create('things', thing(each.namespace, each.name, 0))).toThrow(StoreConflict);
      return;
    }
    store.create('things', thing(each.namespace, each.name, 0));
    model.present.set(key, 0);
  } else if (!stored) {
    return;
  } else if (each.op === 'update') {
    store.update('things', stored, thing(each.namespace, each.name, each.value));
    model.present.set(key, each.value);
  } else {
    store.delete('things', stored);
    model.present.delete(key);
  }
  model.history.set(store.revision, new Map(model.present));
}

const values = (objects: KubeObject[]) => objects.map((object) => [keyOf(object), object.value]);
const sorted = (map: Map<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

test('lists, history and watches agree with a plain model under any operations', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, at) => {
      const store = new Store();
      const first = store.revision;
      const model: Model = { history: new Map([[first, new Map()]]), present: new Map(), compacted: 0 };
      const seen: StoreEvent[] = [];
      store.subscribe('things', (event) => seen.push(event));
      for (const each of steps) run(store, model, each);
      expect(values(store.list('things'))).toEqual(sorted(model.present));
      const revisions = seen.map((event) => event.revision);
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
      for (const [revision, then] of model.history) {
        if (revision < model.compacted) {
          expect(() => store.listAt('things', undefined, revision)).toThrow(
            revision === store.revision ? '' : Compacted,
          );
          continue;
        }
        expect(values(store.listAt('things', undefined, revision))).toEqual(sorted(then));
        expect(store.since('things', revision)).toEqual(seen.filter((event) => event.revision > revision));
      }
      // A watch from any kept revision, replayed over the list of that revision, gives the present list.
      const from = first + (at % (store.revision - first + 1));
      if (from < model.compacted) return;
      const replayed = new Map(values(store.listAt('things', undefined, from)) as [string, number][]);
      for (const event of store.since('things', from)) {
        if (event.type === 'DELETED') replayed.delete(keyOf(event.object));
        else replayed.set(keyOf(event.object), event.object.value as number);
      }
      expect(sorted(replayed)).toEqual(sorted(model.present));
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('a long log is trimmed and older revisions are then refused', () => {
  const store = new Store({ logLimit: 8 });
  for (let count = 0; count < 20; count += 1) store.create('things', thing('a', `n${count}`, count));
  expect(() => store.since('things', 2)).toThrow(Compacted);
  expect(store.since('things', store.revision - 3)).toHaveLength(3);
});

test('an update of a state that is not the stored one is refused', () => {
  const store = new Store();
  const first = store.create('things', thing('a', 'x', 1));
  store.update('things', first, thing('a', 'x', 2));
  expect(() => store.update('things', first, thing('a', 'x', 3))).toThrow(StoreConflict);
  expect(store.get('things', 'a', 'x')?.value).toBe(2);
});

test('a snapshot stays as it was while things change, also when the log forgets, until it is compacted', () => {
  const store = new Store({ logLimit: 8 });
  for (const name of ['x', 'y', 'z']) store.create('things', thing('a', name, 1));
  const { revision } = store;
  const before = store.list('things');
  expect(store.snapshot('things', undefined, revision)).toEqual(before);
  for (let value = 2; value < 30; value += 1)
    store.update('things', store.get('things', 'a', 'y') as KubeObject, thing('a', 'y', value));
  expect(() => store.listAt('things', undefined, revision)).toThrow(Compacted);
  expect(store.snapshot('things', undefined, revision)).toEqual(before);
  store.compact();
  expect(() => store.snapshot('things', undefined, revision)).toThrow(Compacted);
});
