import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStore, type WritableStore } from '#lib/k8s/cache/column-store.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import { type Cell, isState, isUnknown, STATE_LEVELS } from '#lib/resources/cell.ts';
import type { Column, PartialObject, ResourceDefinition } from '#lib/resources/definition.ts';
import { matchesLabels, parseLabelSelector } from '#lib/resources/label-selector.ts';
import { type Counts, type FacetCount, type QuerySpec, querySpec } from '#lib/resources/query-spec.ts';
import { createLiveQuery, type LiveQuery } from './live-query.ts';
import { compareNatural } from './natural-order.ts';
import { createRowIndex } from './row-index.ts';

const column = (id: string, rest: Partial<Column>): Column => ({
  id,
  label: id,
  type: 'text',
  source: 'projected',
  sortable: true,
  facet: false,
  priority: 1,
  ...rest,
});

const definition: ResourceDefinition = {
  name: 'pods',
  kind: 'Pod',
  wanted: [],
  columns: [
    column('state', { type: 'state', facet: true, searched: true }),
    column('restarts', { type: 'number' }),
    column('node', { facet: true, searched: true, link: 'nodes' }),
    column('zones', { type: 'list', facet: true }),
    column('involvedUid', { priority: 0, sortable: false }),
  ],
  sort: { column: 'state', descending: false },
  project: (object) => object.fields.cells as readonly Cell[],
  stateOf: () => ({ level: 'unknown', words: 'not known' }),
};

interface Row {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly owner: string;
  readonly labels: Record<string, string>;
  readonly cells: readonly Cell[];
}

function objectOf(row: Row): PartialObject {
  const owner = { apiVersion: 'v1', kind: 'X', name: row.owner, uid: row.owner, controller: true };
  return {
    metadata: {
      name: row.name,
      namespace: row.namespace,
      uid: row.uid,
      resourceVersion: '',
      createdMs: 0,
      deletedMs: 0,
      deletionGraceSeconds: 0,
      generation: 0,
      labels: row.labels,
      ownerReferences: row.owner === '' ? [] : [owner],
      finalizers: [],
      lastChange: null,
    },
    fields: { cells: row.cells },
    tableCells: null,
  };
}

/** Plain filter and sort over all rows: what a live query must equal. */
function model(rows: readonly Row[], spec: QuerySpec, isVisible: (row: Row) => boolean) {
  const at = (id: string) => definition.columns.findIndex((one) => one.id === id);
  const valuesOf = (cell: Cell): readonly string[] => {
    if (cell === null || isUnknown(cell)) return [];
    if (isState(cell)) return [cell.level];
    return Array.isArray(cell) ? [...new Set(cell)] : [String(cell)];
  };
  const scope = rows.filter(
    (row) =>
      isVisible(row) &&
      (spec.namespaces.length === 0 || spec.namespaces.includes(row.namespace)) &&
      (spec.related === null || row.owner === spec.related.uid),
  );
  const selector = parseLabelSelector(spec.labelSelector);
  const base = scope.filter((row) => {
    const text = [
      row.name,
      row.namespace,
      ...[at('state'), at('node')].map((one) => wordsOf(row.cells[one]!)),
    ];
    const words = spec.text.toLowerCase().split(' ').filter(Boolean);
    const isFound = words.every((word) => text.some((part) => part.toLowerCase().includes(word)));
    return isFound && 'selector' in selector && matchesLabels(selector.selector, row.labels);
  });
  const passes = (row: Row, but: string) =>
    Object.entries(spec.facets).every(
      ([id, wanted]) =>
        id === but ||
        wanted.length === 0 ||
        valuesOf(row.cells[at(id)]!).some((value) => wanted.includes(value)),
    );
  const facets: Record<string, FacetCount[]> = {};
  for (const { id, facet, type } of definition.columns) {
    if (!facet) continue;
    const counts = new Map((spec.facets[id] ?? []).map((value) => [value, 0]));
    for (const row of base.filter((one) => passes(one, id))) {
      for (const value of valuesOf(row.cells[at(id)]!)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const rank = (one: FacetCount) =>
      type === 'state' ? (STATE_LEVELS as readonly string[]).indexOf(one.value) : -one.count;
    facets[id] = [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => rank(a) - rank(b) || compareNatural(a.value, b.value));
  }
  const matched = base.filter((row) => passes(row, ''));
  const sort = spec.sort ?? definition.sort;
  matched.sort((a, b) => {
    const [left, right] = [a, b].map((row) =>
      sort.column === 'name' ? row.name : orderOf(row.cells[at(sort.column)]!),
    );
    const order = compareOrder(left!, right!, sort.descending);
    return (
      order ||
      compareNatural(a.namespace, b.namespace) ||
      compareNatural(a.name, b.name) ||
      compareNatural(a.uid, b.uid)
    );
  });
  const limit = Math.min(500, spec.window.limit);
  const offset = Math.min(spec.window.offset, Math.max(0, matched.length - limit));
  const counts: Counts = { total: scope.length, matched: matched.length, facets };
  const uids = matched.map((row) => row.uid);
  return { all: uids, uids: uids.slice(offset, offset + limit), offset, counts };
}

function wordsOf(cell: Cell): string {
  if (cell === null || isUnknown(cell)) return '';
  return isState(cell) ? cell.words : String(cell);
}

type Order = null | number | string | readonly [number, string];

function orderOf(cell: Cell): Order {
  if (cell === null || isUnknown(cell) || (Array.isArray(cell) && cell.length === 0)) return null;
  if (isState(cell)) return [STATE_LEVELS.indexOf(cell.level), cell.words];
  return Array.isArray(cell) ? cell.join(', ') : (cell as number | string);
}

function compareOrder(a: Order, b: Order, isDescending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const sign = isDescending ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
  if (typeof a === 'string' && typeof b === 'string') return compareNatural(a, b) * sign;
  const [left, right] = [a as readonly [number, string], b as readonly [number, string]];
  return (left[0] - right[0] || compareNatural(left[1], right[1])) * sign;
}

const cellOf = {
  state: fc.oneof(
    fc.record({
      level: fc.constantFrom(...STATE_LEVELS),
      words: fc.constantFrom('running', '3 of 4', 'crash loop'),
    }),
    fc.constant({ unknown: 'malformed' }),
  ),
  restarts: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(null)),
  node: fc.oneof(fc.constantFrom('n1', 'n2', 'n10'), fc.constant(null)),
  zones: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
};

const row: fc.Arbitrary<Row> = fc
  .record({
    at: fc.integer({ min: 0, max: 11 }),
    life: fc.integer({ min: 0, max: 2 }),
    owner: fc.constantFrom('', 'o1', 'o2'),
    labels: fc.record({ app: fc.constantFrom('x', 'y') }, { requiredKeys: [] }),
    cells: fc.tuple(cellOf.state, cellOf.restarts, cellOf.node, cellOf.zones, fc.constant(null)),
  })
  .map(({ at, life, ...rest }) => ({
    name: `pod-${at}`,
    namespace: at % 2 === 0 ? 'even' : 'odd',
    uid: `uid-${at}-${life}`,
    ...rest,
  }));

const spec: fc.Arbitrary<QuerySpec> = fc
  .record({
    namespaces: fc.subarray(['even', 'odd']),
    text: fc.constantFrom('', 'pod-1', 'crash n1', 'EVEN', 'nothing'),
    labelSelector: fc.constantFrom('', 'app=x', '!app', 'app in (x,y)'),
    facets: fc.record(
      {
        state: fc.subarray(['failed', 'ok', 'warning']),
        node: fc.subarray(['n1', 'n9']),
        zones: fc.subarray(['a']),
      },
      { requiredKeys: [] },
    ),
    related: fc.constantFrom(null, { uid: 'o1', by: 'owner' as const }),
    sort: fc.option(
      fc.record({
        column: fc.constantFrom('state', 'restarts', 'node', 'zones', 'name'),
        descending: fc.boolean(),
      }),
    ),
    window: fc.record({ offset: fc.integer({ min: 0, max: 15 }), limit: fc.constantFrom(0, 3, 100) }),
  })
  .map((part) => querySpec({ cluster: 'c', kinds: ['pods'], ...part }));

type Step =
  | { readonly do: 'write'; readonly upserts: readonly Row[]; readonly deletes: readonly number[] }
  | { readonly do: 'ask'; readonly spec: QuerySpec }
  | { readonly do: 'mask'; readonly hidden: string }
  | { readonly do: 'read' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      upserts: fc.array(row, { maxLength: 6 }),
      deletes: fc.array(fc.nat(20), { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('ask' as const), spec }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('mask' as const), hidden: fc.constantFrom('', 'even', 'odd') }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'read' as const }) },
);

describe('a live query', () => {
  it('equals filtering and sorting everything afresh', () => {
    fc.assert(
      fc.property(spec, spec, fc.array(step, { maxLength: 30, size: 'max' }), (first, other, steps) => {
        const store = createStore(definition);
        const rows = new Map<string, Row>();
        let asked = first;
        let hidden = '';
        const index = createRowIndex(store);
        // Shares the index, and is read only now and then.
        const second = createLiveQuery({ index, spec: other });
        let reads = 0;
        const query = createLiveQuery({
          index,
          spec: first,
          mask: (key) => store.metadata(key).namespace !== hidden,
        });
        const last = { do: 'read' as const };
        for (const one of [...steps, last]) {
          if (one.do === 'write') {
            store.batch(() => {
              for (const upsert of one.upserts) {
                rows.set(upsert.uid, upsert);
                store.upsert(objectOf(upsert));
              }
              for (const at of one.deletes) {
                const uid = [...rows.keys()][at];
                if (uid === undefined) continue;
                rows.delete(uid);
                store.delete(uid);
              }
            });
          } else if (one.do === 'ask') {
            asked = one.spec;
            query.update(asked);
          } else if (one.do === 'mask') {
            hidden = one.hidden;
            query.invalidate();
          } else {
            const expected = model([...rows.values()], asked, (row) => row.namespace !== hidden);
            const window = query.window();
            expect(window.order.map((key) => store.metadata(key).uid)).toEqual(expected.uids);
            expect(window).toMatchObject({ offset: expected.offset, counts: expected.counts });
            expect(query.window()).toBe(window);
            if (reads++ % 3 > 0 && one !== last) continue;
            const others = model([...rows.values()], other, () => true);
            expect([...query.matches()].map((key) => store.metadata(key).uid)).toEqual(expected.all);
            expect(second.window().order.map((key) => store.metadata(key).uid)).toEqual(others.uids);
            expect(second.window()).toMatchObject({ offset: others.offset, counts: others.counts });
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  const base: Row = {
    name: 'p',
    namespace: 'a',
    uid: 'u',
    owner: '',
    labels: {},
    cells: [null, 1, 'n1', [], null],
  };

  function filled(rows: readonly Partial<Row>[]): WritableStore {
    const store = createStore(definition);
    store.batch(() => {
      for (const [at, part] of rows.entries()) {
        store.upsert(objectOf({ ...base, uid: `u${at}`, name: `p${at}`, ...part }));
      }
    });
    return store;
  }

  const ask = (part: Partial<QuerySpec>) => querySpec({ cluster: 'c', kinds: ['pods'], ...part });
  const shown = (query: LiveQuery, store: WritableStore) =>
    query.window().order.map((key) => store.metadata(key).name);

  it('says nothing when nothing changed, and tells once that it is dirty', () => {
    const store = filled([{}, {}]);
    let told = 0;
    const query = createLiveQuery({ index: createRowIndex(store), spec: ask({}), onDirty: () => told++ });
    expect(query.window()).toMatchObject({ order: [0, 1], offset: 0 });
    store.upsert(objectOf({ ...base, uid: 'u0', name: 'p0', cells: [null, 2, 'n1', [], null] }));
    store.upsert(objectOf({ ...base, uid: 'u1', name: 'p1', cells: [null, 2, 'n1', [], null] }));
    expect(told).toBe(1);
    expect(query.isDirty).toBe(true);
    query.window();
    expect(query.isDirty).toBe(false);
    query.close();
    store.delete('u0');
    expect(query.isDirty).toBe(false);
  });

  it('follows owners through other kinds, as they become known', () => {
    const store = filled([{ owner: 'rs1' }, { owner: 'rs2' }, { owner: 'dep' }]);
    const owners = new Map<string, string[]>();
    const query = createLiveQuery({
      index: createRowIndex(store),
      spec: ask({ related: { uid: 'dep', by: 'ownerTransitive' } }),
      ownersOf: (uid) => owners.get(uid) ?? [],
    });
    expect(shown(query, store)).toEqual(['p2']);
    owners.set('rs1', ['dep']).set('rs2', ['rs1', 'rs2']);
    query.invalidate();
    expect(shown(query, store)).toEqual(['p0', 'p1', 'p2']);
  });

  it('finds events of an object, and of a node by its name', () => {
    const store = filled([
      { cells: [null, 1, null, [], 'uid-7'] },
      { cells: [null, 1, null, [], 'worker-1'] },
      { cells: [null, 1, null, [], null] },
    ]);
    const spec = ask({ related: { uid: 'uid-7', by: 'involvedObject' } });
    expect(shown(createLiveQuery({ index: createRowIndex(store), spec }), store)).toEqual(['p0']);
    const byName = createLiveQuery({ index: createRowIndex(store), spec, nameOf: () => 'worker-1' });
    expect(shown(byName, store)).toEqual(['p0', 'p1']);
  });

  it('finds the rows of a node by its name', () => {
    const store = filled([{}, { cells: [null, 1, 'n2', [], null] }]);
    const spec = ask({ related: { uid: 'node-uid', by: 'node' } });
    const query = createLiveQuery({
      index: createRowIndex(store),
      spec,
      nameOf: (uid) => (uid === 'node-uid' ? 'n2' : undefined),
    });
    expect(shown(query, store)).toEqual(['p1']);
  });

  it('falls back to the kind’s own order when a sort is not there', () => {
    const query = createLiveQuery({
      index: createRowIndex(filled([{}])),
      spec: ask({ sort: { column: 'gone', descending: true } }),
    });
    expect(query.window().sort).toEqual({ column: 'state', descending: false });
  });

  it.each([
    [{ labelSelector: 'app in (' }, 'The label selector is not right at character 9'],
    [{ facets: { nothing: ['x'] } }, 'There is no column “nothing” to filter by'],
    [{ related: { uid: 'x', by: 'selector' as const } }, 'not supported yet'],
    [{ related: { uid: 'x', by: 'node' as const } }, 'name no node'],
  ])('refuses %j, and keeps the old question on update', (part, message) => {
    const store = filled([{}]);
    expect(() => createLiveQuery({ index: createRowIndex(store), spec: ask(part) })).toThrow(message);
    const query = createLiveQuery({ index: createRowIndex(store), spec: ask({}) });
    expect(() => query.update(ask(part))).toThrow(ApiException);
    expect(shown(query, store)).toEqual(['p0']);
  });
});

describe('natural order', () => {
  it.each([
    ['pod-2', 'pod-10'],
    ['pod-02', 'pod-2'],
    ['a', 'a1'],
    ['a1b', 'a2'],
    ['9', '10'],
    ['a-1', 'a.1'],
    ['1'.repeat(400), '2'.repeat(400)],
  ])('%s before %s', (a, b) => {
    expect(compareNatural(a, b)).toBeLessThan(0);
    expect(compareNatural(b, a)).toBeGreaterThan(0);
  });

  it('is a total order', () => {
    const text = fc.string({ unit: fc.constantFrom('0', '1', '2', 'a', '-', '.'), maxLength: 6 });
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) + 0);
        expect(compareNatural(a, b) === 0).toBe(a === b);
        if (compareNatural(a, b) < 0 && compareNatural(b, c) < 0) {
          expect(compareNatural(a, c)).toBeLessThan(0);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
