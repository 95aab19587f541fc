/**
 * Random requests through the API's own code (writes, lists in pages, watches, compaction) against a plain model: a list
 * of what happened, and what each object then was.
 */
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KindRegistry } from '../apiserver/meta/kinds.ts';
import { parseRequest } from '../apiserver/meta/request-info.ts';
import { ApiError } from '../apiserver/meta/status.ts';
import { readFilter } from '../apiserver/rest/fields.ts';
import { readListOptions } from '../apiserver/rest/list-options.ts';
import { listPage } from '../apiserver/rest/lister.ts';
import { Mutations } from '../apiserver/rest/mutations.ts';
import { WatchStream } from '../apiserver/rest/watch.ts';
import { Schemas } from '../apiserver/schema/schemas.ts';
import type { TablePrinter } from '../apiserver/table/printer.ts';
import { DemoClock } from '../base/clock.ts';
import { seededRandom } from '../base/random.ts';
import type { KubeObject } from '../base/types.ts';
import { readResourceFacts, readSchemaFacts } from '../facts/facts.ts';
import { Store } from './store.ts';

const kinds = new KindRegistry(readResourceFacts());
const schemas = new Schemas(readSchemaFacts());
const type = kinds.builtIn('configmaps');
const user = { username: 'model', groups: ['system:masters'] };
const START_MS = Date.parse('2026-11-22T10:00:00Z');

interface State {
  labels: Record<string, string>;
  value: string;
  finalizers: string[];
  isLeaving: boolean;
}

interface Change {
  revision: number;
  key: string;
  before: State | undefined;
  after: State | undefined;
}

const SELECTORS = ['', 'color=red', 'color!=red', 'color in (red,blue)', '!color'] as const;
type Selector = (typeof SELECTORS)[number];

const selects = (selector: Selector, { labels }: State): boolean => {
  const { color } = labels;
  return {
    '': true,
    'color=red': color === 'red',
    'color!=red': color !== 'red',
    'color in (red,blue)': color === 'red' || color === 'blue',
    '!color': color === undefined,
  }[selector];
};

const query = (options: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(options).map(([key, value]) => [key, String(value)]));

/** What a watch wrote, line by line. */
class Sink {
  readonly lines: { type: string; object: KubeObject & { code?: number; data?: Record<string, string> } }[] =
    [];
  readonly writableLength = 0;
  on = () => this;
  write(line: Buffer): boolean {
    this.lines.push(JSON.parse(line.toString()));
    return true;
  }
  end = () => undefined;
  destroy = () => undefined;
}

interface OpenWatch {
  sink: Sink;
  selector: Selector;
  from: number;
  stream: WatchStream;
}

interface OpenList {
  token: string;
  revision: number;
  selector: Selector;
  seen: string[];
  expected: string[];
}

class Run {
  readonly store = new Store();
  readonly mutations: Mutations;
  readonly history: Change[] = [];
  readonly present = new Map<string, State>();
  readonly watches: OpenWatch[] = [];
  list: OpenList | undefined;
  compacted = 0;
  first: number;

  constructor() {
    const still = { now: () => START_MS, setTimer: () => () => undefined };
    const clock = new DemoClock(still, () => undefined, START_MS);
    clock.freeze();
    const machinery = {
      store: this.store,
      clock,
      kinds,
      schemas,
      caCertificate: '',
      random: seededRandom(1),
    };
    this.mutations = new Mutations(machinery);
    for (const name of ['a', 'b']) {
      const metadata = { name, uid: name, resourceVersion: '', creationTimestamp: '' };
      this.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    }
    this.first = this.store.revision;
  }

  /** Sends one write; the model says which objects it changes. Returns the code. */
  async write(method: string, path: string, body: object | undefined, patch = false): Promise<number> {
    const before = this.store.revision;
    const raw = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const contentType = patch ? 'application/merge-patch+json' : 'application/json';
    const info = parseRequest(method, `/api/v1/namespaces/${path}`);
    try {
      return (await this.mutations.handle({ info, type, user, userAgent: 'model', contentType, raw })).code;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // What is refused leaves no trace.
      expect(this.store.revision).toBe(before);
      return error.code;
    }
  }

  /** The model's part of a change: it must be the store's next revision. */
  changed(key: string, after: State | undefined): void {
    const revision = (this.history.at(-1)?.revision ?? this.first) + 1;
    this.history.push({ revision, key, before: this.present.get(key), after });
    if (after) this.present.set(key, after);
    else this.present.delete(key);
  }

  object(key: string): KubeObject | undefined {
    const [namespace = '', name = ''] = key.split('/');
    return this.store.get('configmaps', namespace, name);
  }

  keysAt(revision: number, selector: Selector): string[] {
    const then = new Map<string, State>();
    for (const change of this.history) {
      if (change.revision > revision) break;
      if (change.after) then.set(change.key, change.after);
      else then.delete(change.key);
    }
    return [...then]
      .filter(([, state]) => selects(selector, state))
      .map(([key]) => key)
      .sort();
  }
}

type Step =
  | { op: 'create'; key: string; color: string; finalizer: boolean }
  | { op: 'update'; key: string; color: string; value: string; rv: 'none' | 'present' | 'stale' }
  | { op: 'patch'; key: string; color: string; value: string }
  | { op: 'delete'; key: string; uid: 'none' | 'right' | 'wrong' }
  | { op: 'release'; key: string }
  | { op: 'clear'; namespace: string; selector: Selector }
  | { op: 'watch'; selector: Selector; back: number }
  | { op: 'page'; selector: Selector; limit: number }
  | { op: 'compact' };

const keys = fc.constantFrom('a/x', 'a/y', 'a/z', 'b/x', 'b/constructor');
const colors = fc.constantFrom('', 'red', 'blue', 'green');
const values = fc.constantFrom('0', '1', '2');
const selector = fc.constantFrom(...SELECTORS);
const op = <Name extends string>(name: Name) => fc.constant(name);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ op: op('create'), key: keys, color: colors, finalizer: fc.boolean() }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      op: op('update'),
      key: keys,
      color: colors,
      value: values,
      rv: fc.constantFrom('none' as const, 'present' as const, 'stale' as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({ op: op('patch'), key: keys, color: colors, value: values }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: op('delete'),
      key: keys,
      uid: fc.constantFrom('none' as const, 'right' as const, 'wrong' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: op('release'), key: keys }) },
  { weight: 1, arbitrary: fc.record({ op: op('clear'), namespace: fc.constantFrom('a', 'b'), selector }) },
  { weight: 3, arbitrary: fc.record({ op: op('watch'), selector, back: fc.nat(12) }) },
  { weight: 3, arbitrary: fc.record({ op: op('page'), selector, limit: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ op: op('compact') }) },
);

const labelsOf = (color: string): Record<string, string> => (color ? { color } : {});
const same = (a: State, b: State) => JSON.stringify(a) === JSON.stringify(b);

async function create(run: Run, { key, color, finalizer }: Extract<Step, { op: 'create' }>): Promise<void> {
  const [namespace, name] = key.split('/');
  const finalizers = finalizer ? ['model/keep'] : [];
  const metadata = { name, labels: labelsOf(color), finalizers };
  const code = await run.write('POST', `${namespace}/configmaps`, { metadata, data: { value: '0' } });
  expect(code).toBe(run.present.has(key) ? 409 : 201);
  if (code === 201) run.changed(key, { labels: labelsOf(color), value: '0', finalizers, isLeaving: false });
}

async function update(run: Run, { key, color, value, rv }: Extract<Step, { op: 'update' }>): Promise<void> {
  const [namespace, name] = key.split('/');
  const was = run.present.get(key);
  const resourceVersion = { none: undefined, present: run.object(key)?.metadata.resourceVersion, stale: '1' }[
    rv
  ];
  const metadata = { name, labels: labelsOf(color), finalizers: was?.finalizers, resourceVersion };
  const code = await run.write('PUT', `${namespace}/configmaps/${name}`, { metadata, data: { value } });
  if (!was) return expect([404, 409]).toContain(code);
  expect(code).toBe(rv === 'stale' ? 409 : 200);
  const is = { ...was, labels: labelsOf(color), value };
  if (code === 200 && !same(was, is)) run.changed(key, is);
}

async function patch(run: Run, { key, color, value }: Extract<Step, { op: 'patch' }>): Promise<void> {
  const [namespace, name] = key.split('/');
  const was = run.present.get(key);
  const body = { metadata: { labels: { color: color || null } }, data: { value } };
  const code = await run.write('PATCH', `${namespace}/configmaps/${name}`, body, true);
  expect(code).toBe(was ? 200 : 404);
  const is = was && { ...was, labels: labelsOf(color), value };
  if (is && !same(was, is)) run.changed(key, is);
}

function leave(run: Run, key: string, was: State): void {
  if (was.finalizers.length === 0) run.changed(key, undefined);
  else if (!was.isLeaving) run.changed(key, { ...was, isLeaving: true });
}

async function remove(run: Run, { key, uid }: Extract<Step, { op: 'delete' }>): Promise<void> {
  const [namespace, name] = key.split('/');
  const was = run.present.get(key);
  const wanted = { none: undefined, right: run.object(key)?.metadata.uid, wrong: 'another' }[uid];
  const body = wanted === undefined ? undefined : { preconditions: { uid: wanted } };
  const code = await run.write('DELETE', `${namespace}/configmaps/${name}`, body);
  expect(code).toBe(!was ? 404 : uid === 'wrong' ? 409 : 200);
  if (was && code === 200) leave(run, key, was);
}

/** The finalizers are taken away: what was only waiting for that goes. */
async function release(run: Run, { key }: Extract<Step, { op: 'release' }>): Promise<void> {
  const [namespace, name] = key.split('/');
  const was = run.present.get(key);
  const body = { metadata: { finalizers: null } };
  const code = await run.write('PATCH', `${namespace}/configmaps/${name}`, body, true);
  expect(code).toBe(was ? 200 : 404);
  if (was && was.finalizers.length > 0)
    run.changed(key, was.isLeaving ? undefined : { ...was, finalizers: [] });
}

async function clear(
  run: Run,
  { namespace, selector: wanted }: Extract<Step, { op: 'clear' }>,
): Promise<void> {
  const path = `${namespace}/configmaps?${query({ labelSelector: wanted })}`;
  expect(await run.write('DELETE', path, undefined)).toBe(200);
  const hit = [...run.present].filter(
    ([key, state]) => key.startsWith(`${namespace}/`) && selects(wanted, state),
  );
  for (const [key, state] of hit.sort(([one], [other]) => (one < other ? -1 : 1))) leave(run, key, state);
}

async function watch(run: Run, { selector: wanted, back }: Extract<Step, { op: 'watch' }>): Promise<void> {
  const from = Math.max(run.first, run.store.revision - back);
  const search = query({ watch: '1', resourceVersion: from, labelSelector: wanted, timeoutSeconds: 3_600 });
  const sink = new Sink();
  const media = { as: 'object', isYaml: false } as const;
  const options = readListOptions(search);
  const filter = readFilter(type, search);
  const rest = { type, namespace: '', includeObject: 'Metadata', table: {} as TablePrinter, media };
  const stream = new WatchStream(
    { store: run.store, fresh: from, options, filter, ...rest },
    sink as unknown as ServerResponse,
  );
  await stream.run();
  if (from < run.compacted) {
    expect(sink.lines).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    return;
  }
  run.watches.push({ sink, selector: wanted, from, stream });
}

const keysOf = (items: KubeObject[]) => items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

/** The first page of a list, or the next of the one that was begun: however much happened in between. */
function page(run: Run, { selector: wanted, limit }: Extract<Step, { op: 'page' }>): void {
  const begun = run.list;
  const labelSelector = begun?.selector ?? wanted;
  const search = query({ limit, labelSelector, ...(begun ? { continue: begun.token } : {}) });
  const read = () => listPage(run.store, type, '', readListOptions(search), readFilter(type, search));
  if (begun && begun.revision < run.compacted) {
    expect(read).toThrow(expect.objectContaining({ code: 410, reason: 'Expired' }));
    run.list = undefined;
    return;
  }
  const got = read();
  const revision = begun?.revision ?? run.store.revision;
  expect(got.resourceVersion).toBe(String(revision));
  const seen = [...(begun?.seen ?? []), ...keysOf(got.items)];
  const expected = begun?.expected ?? run.keysAt(revision, labelSelector);
  expect(seen).toEqual(expected.slice(0, seen.length));
  run.list = got.continueToken
    ? { token: got.continueToken, revision, selector: labelSelector, seen, expected }
    : undefined;
  if (!got.continueToken) expect(seen).toEqual(expected);
}

async function take(run: Run, each: Step): Promise<void> {
  switch (each.op) {
    case 'create':
      return create(run, each);
    case 'update':
      return update(run, each);
    case 'patch':
      return patch(run, each);
    case 'delete':
      return remove(run, each);
    case 'release':
      return release(run, each);
    case 'clear':
      return clear(run, each);
    case 'watch':
      return watch(run, each);
    case 'page':
      return page(run, each);
    case 'compact':
      run.store.compact();
      run.compacted = run.store.revision;
  }
}

/** What a watch must have said of a change, as its selection sees it. */
function told({ key, before, after, revision }: Change, wanted: Selector): object[] {
  const was = before !== undefined && selects(wanted, before);
  const is = after !== undefined && selects(wanted, after);
  if (!was && !is) return [];
  const state = (is ? after : before) as State;
  const [namespace, name] = key.split('/');
  return [
    {
      type: is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED',
      key: `${namespace}/${name}`,
      revision: String(revision),
      color: state.labels.color,
      value: state.value,
    },
  ];
}

function checkWatch(run: Run, { sink, selector: wanted, from, stream }: OpenWatch): void {
  stream.end();
  const said = sink.lines.map(({ type: kind, object }) => ({
    type: kind,
    key: `${object.metadata.namespace}/${object.metadata.name}`,
    revision: object.metadata.resourceVersion,
    color: object.metadata.labels?.color,
    value: object.data?.value,
  }));
  const expected = run.history
    .filter(({ revision }) => revision > from)
    .flatMap((change) => told(change, wanted));
  expect(said).toEqual(expected);
}

test('writes, pages and watches agree with a plain model under any requests', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const run = new Run();
      for (const each of steps) {
        await take(run, each);
        // Each change is one revision, and nothing else is.
        expect(run.store.revision).toBe(run.history.at(-1)?.revision ?? run.first);
      }
      for (const open of run.watches) checkWatch(run, open);
      for (const [key, state] of run.present) {
        const object = run.object(key) as KubeObject;
        expect(object.metadata.labels ?? {}).toEqual(state.labels);
        expect(object.metadata.deletionTimestamp !== undefined).toBe(state.isLeaving);
      }
      expect(keysOf(run.store.list('configmaps'))).toEqual([...run.present.keys()].sort());
    }),
    { numRuns: 400, seed: 11 },
  );
}, 60_000);

test('history gives way by weight: the heaviest resource forgets first, and then says so', () => {
  const store = new Store({ logBytes: 100_000 });
  const thing = (name: string, text: string) =>
    ({ apiVersion: 'v1', kind: 'Thing', metadata: { name }, text }) as unknown as KubeObject;
  const { revision } = store;
  store.create('light', thing('one', 'x'));
  for (let count = 0; count < 100; count += 1) store.create('heavy', thing(`n${count}`, 'y'.repeat(5_000)));
  expect(store.since('light', revision)).toHaveLength(1);
  expect(() => store.since('heavy', revision)).toThrow('too old resource version');
  expect(store.since('heavy', store.revision - 5)).toHaveLength(5);
});
