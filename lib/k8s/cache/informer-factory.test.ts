import { describe, expect, it } from 'vitest';
import type { ResourceDefinition } from '#lib/resources/definition.ts';
import { textAt } from '#lib/resources/read.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { apiFailure, createFakeServer, type FakeServer, PODS } from '#test/fixtures/fake-list-watch.ts';
import { createInformerFactory } from './informer-factory.ts';
import type { InformerFactoryOptions, Scope } from './informer-factory-options.ts';
import type { Store } from './store.ts';

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

const missing = (namespace: string) => ({ verb: 'list', group: '', resource: 'pods', namespace });

function rig(scope: (namespaces: readonly string[]) => Scope, options: Partial<InformerFactoryOptions> = {}) {
  const clock = createFakeClock();
  const server = createFakeServer();
  const factory = createInformerFactory({
    clock,
    random: () => 1,
    listWatch: (_, namespace) => server.listWatch(namespace),
    definitionOf: () => definition,
    scopeOf: async (_, namespaces) => scope(namespaces),
    log: { info: () => {}, warn: () => {} },
    ...options,
  });
  return { clock, server, factory };
}

function names(store: Store): readonly string[] {
  return [...store.keys()].map((key) => store.metadata(key).name).sort();
}

function fill(server: FakeServer): void {
  for (const namespace of ['a', 'b', 'c']) server.put({ name: `pod-${namespace}`, namespace });
}

describe('an informer factory', () => {
  it('shares one list and one watch among all holders and lingers after the last', async () => {
    const { clock, server, factory } = rig(() => ({ kind: 'cluster' }));
    fill(server);
    const first = factory.acquire(PODS, []);
    const second = factory.acquire(PODS, ['a']);
    await clock.settle();
    expect(second.informer).toBe(first.informer);
    expect(server.calls).toMatchObject({ lists: 1, watches: 1 });
    expect(names(first.informer.store)).toEqual(['pod-a', 'pod-b', 'pod-c']);
    expect(first.informer).toMatchObject({ isSynced: true, connection: { state: 'live' } });
    expect(first.informer.connection.namespaces).toBeUndefined();
    first.release();
    first.release();
    second.release();
    server.endWatches('clean');
    await clock.advance(5_000);
    const third = factory.acquire(PODS, []);
    expect(third.informer).toBe(first.informer);
    third.release();
    await clock.advance(599_999);
    expect(factory.running()).toHaveLength(1);
    await clock.advance(1);
    expect(factory.running()).toHaveLength(0);
    expect(server.openWatches).toBe(0);
  });

  it('reads the namespaces that may be read into one store and names the others', async () => {
    const { clock, server, factory } = rig((namespaces) => ({
      kind: 'namespaces',
      readable: namespaces.filter((name) => name !== 'c'),
      missing: namespaces.filter((name) => name === 'c').map(missing),
    }));
    fill(server);
    const { informer } = factory.acquire(PODS, ['a', 'c']);
    expect(informer.connection.state).toBe('connecting');
    await clock.settle();
    expect(names(informer.store)).toEqual(['pod-a']);
    expect(informer.connection).toMatchObject({
      state: 'live',
      namespaces: { readable: 1, total: 2, missing: [missing('c')] },
    });
    informer.include(['b']);
    await clock.settle();
    expect(names(informer.store)).toEqual(['pod-a', 'pod-b']);
    expect(informer.connection.namespaces).toMatchObject({ readable: 2, total: 3 });
    expect(informer.stats.reflectors).toBe(2);
  });

  it('is forbidden when nothing may be read, and sees a right that is given', async () => {
    let scope: Scope = { kind: 'namespaces', readable: [], missing: [missing('a')] };
    const { clock, server, factory } = rig(() => scope);
    fill(server);
    const { informer } = factory.acquire(PODS, ['a']);
    await clock.settle();
    expect(informer.connection).toMatchObject({ state: 'forbidden', missing: [missing('a')] });
    expect(informer.isSynced).toBe(false);
    scope = { kind: 'cluster' };
    await clock.advance(60_000);
    expect(informer.connection).toEqual({ state: 'live', confirmedMs: 60_000 });
    expect(informer.store.size).toBe(3);
  });

  it('tells each question its own standing, whatever others ask of the same kind', async () => {
    const { clock, server, factory } = rig((namespaces) =>
      namespaces.length === 0
        ? { kind: 'namespaces', readable: ['a'], missing: [missing('')] }
        : {
            kind: 'namespaces',
            readable: namespaces.filter((name) => name !== 'c'),
            missing: namespaces.filter((name) => name === 'c').map(missing),
          },
    );
    fill(server);
    const { informer } = factory.acquire(PODS, []);
    expect(informer.connectionFor([])).toMatchObject({ state: 'connecting' });
    await clock.settle();
    expect(informer.connectionFor([])).toMatchObject({
      state: 'live',
      namespaces: { readable: 1, total: 0, missing: [missing('')] },
    });
    // Not asked yet is not "none".
    expect(informer.connectionFor(['c'])).toMatchObject({ state: 'connecting' });
    informer.include(['c', 'b']);
    await clock.settle();
    expect(informer.connectionFor(['c'])).toMatchObject({ state: 'forbidden', missing: [missing('c')] });
    expect(informer.connectionFor(['b'])).toMatchObject({
      state: 'live',
      namespaces: { readable: 1, total: 1, missing: [] },
    });
    expect(informer.connectionFor(['b', 'c'])).toMatchObject({
      state: 'live',
      namespaces: { readable: 1, total: 2, missing: [missing('c')] },
    });
    expect(informer.connectionFor([]).namespaces).toMatchObject({ readable: 2, missing: [missing('')] });
  });

  it('falls back to namespaces when the right to all is lost, dropping what may not be read', async () => {
    let scope: Scope = { kind: 'cluster' };
    const { clock, server, factory } = rig(() => scope);
    fill(server);
    const { informer } = factory.acquire(PODS, ['a']);
    await clock.advance(6_000);
    scope = { kind: 'namespaces', readable: ['a'], missing: [missing('')] };
    server.fail('list', apiFailure(403, 'Forbidden'));
    server.fail('watch', apiFailure(403, 'Forbidden'));
    server.endWatches(apiFailure(0, 'Unreachable'));
    await clock.advance(800);
    server.fail('list', null);
    server.fail('watch', null);
    await clock.advance(30_000);
    expect(names(informer.store)).toEqual(['pod-a']);
    expect(informer.connection.state).toBe('live');
  });

  it('asks for the rights again when asking failed', async () => {
    let isBroken = true;
    const { clock, server, factory } = rig(() => ({ kind: 'cluster' }), {
      scopeOf: async () => {
        if (isBroken) throw new Error('no answer');
        return { kind: 'cluster' };
      },
    });
    fill(server);
    const { informer } = factory.acquire(PODS, []);
    await clock.settle();
    expect(informer.connection).toMatchObject({ state: 'failed', retryMs: 800 });
    isBroken = false;
    await clock.advance(800);
    expect(informer.connection.state).toBe('live');
  });
});

const WIDGETS: ResourceType = {
  ...PODS,
  group: 'example.dev',
  resource: 'widgets',
  kind: 'Widget',
  custom: true,
};

describe('a kind without a definition', () => {
  const columns = (...names: string[]) =>
    names.map((name) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: 0,
    }));
  const row = (name: string, namespace: string, version: number, ...cells: unknown[]) => ({
    cells: [name, ...cells],
    object: { metadata: { name, namespace, uid: `uid-${name}`, resourceVersion: String(version) } },
  });
  const bytes = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value)}\n`);

  it('takes its columns from the Table and a new store when they change', async () => {
    let table = { definitions: columns('Name', 'Size'), rows: [row('w1', 'a', 5, 'big')] };
    const events: ((chunk: Uint8Array) => void)[] = [];
    const { clock, factory } = rig(() => ({ kind: 'cluster' }), {
      definitionOf: () => null,
      listWatch: (type, namespace) => ({
        type,
        namespace,
        list: async () => ({
          contentType: 'application/json',
          body: bytes({
            kind: 'Table',
            metadata: { resourceVersion: '5' },
            columnDefinitions: table.definitions,
            rows: table.rows,
          }),
        }),
        async *watch({ signal, opened }) {
          opened?.();
          yield await new Promise<Uint8Array>((resolve, reject) => {
            events.push(resolve);
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
        },
      }),
    });
    const { informer } = factory.acquire(WIDGETS, []);
    const stores: Store[] = [];
    informer.onStore((store) => stores.push(store));
    await clock.settle();
    expect(informer.store.columns.map((column) => column.id)).toEqual(['size', 'age']);
    expect(stores).toHaveLength(1);
    table = {
      definitions: columns('Name', 'Colour'),
      rows: [row('w1', 'a', 6, 'red'), row('w2', 'a', 7, 'blue')],
    };
    const object = { kind: 'Table', columnDefinitions: table.definitions, rows: [table.rows[0]] };
    events.at(-1)?.(bytes({ type: 'MODIFIED', object }));
    await clock.settle();
    expect(informer.store.columns.map((column) => column.id)).toEqual(['colour', 'age']);
    expect(stores).toHaveLength(2);
    expect(names(informer.store)).toEqual(['w1', 'w2']);
    expect(informer.stats.relists).toEqual({ columns: 1 });
    factory.stop();
  });
});
