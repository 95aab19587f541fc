import { beforeEach, describe, expect, it } from 'vitest';
import type { ResourceDefinition } from '#lib/resources/definition.ts';
import { querySpec } from '#lib/resources/query-spec.ts';
import { at, textAt } from '#lib/resources/read.ts';
import { createFakeClock, type FakeClock } from '#test/fixtures/fake-clock.ts';
import {
  createFakeCluster,
  FAKE_LIVE,
  type FakeCluster,
  type FakeInformer,
  fakeType,
} from '#test/fixtures/fake-cluster.ts';
import { isRefusal } from '../../edge/refusal.ts';
import { createStoreReaders } from '../../hub/tables/store-readers.ts';
import { parseExportQuestion } from './export-question.ts';
import { createExporter, type Exporter } from './exporter.ts';
import { harmless } from './row-writer.ts';

const COLUMNS = ['words', 'since', 'rule'] as const;
const definition = (name: string): ResourceDefinition => ({
  ...{ name, kind: name, wanted: [], sort: { column: 'name', descending: false } },
  columns: COLUMNS.map((id) => ({
    ...{ id, label: id, source: 'projected', sortable: true, facet: false, searched: id === 'words' },
    type: id === 'since' ? 'time' : 'text',
    priority: id === 'rule' ? 0 : 1,
  })),
  project: ({ fields }) => [
    fields.words === undefined ? { unknown: 'no words' } : textAt(fields, 'words'),
    Number(at(fields, 'since') ?? 0),
    'never drawn',
  ],
  stateOf: () => null,
});

let clock: FakeClock;
let cluster: FakeCluster;
let pods: FakeInformer;
let exporter: Exporter;

beforeEach(() => {
  clock = createFakeClock(0);
  const types = [fakeType('pods', 'Pod'), fakeType('secrets', 'Secret')];
  cluster = createFakeCluster('shop', (type) => definition(type.resource), types);
  pods = cluster.script.informer('pods');
  exporter = createExporter({ clock, readers: createStoreReaders() });
});

const put = (name: string, words?: string, more: object = {}) =>
  pods.put({ metadata: { name, namespace: 'a', uid: `u-${name}` }, words, ...more });

interface Asked {
  readonly format: string;
  readonly columns: readonly string[];
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}
const queryOf = (spec: object, { format, columns, only, except }: Asked): string =>
  new URLSearchParams({
    ...{ format, columns: columns.join(','), spec: JSON.stringify(spec) },
    ...(only === undefined ? {} : { only: only.join(',') }),
    ...(except === undefined ? {} : { except: except.join(',') }),
  }).toString();
const CSV: Asked = { format: 'csv', columns: [] };
const PATH = '/api/clusters/shop/export';

async function ask(part: Partial<Asked> = {}, spec: object = {}, signal = new AbortController().signal) {
  const asked: Asked = { ...CSV, ...part };
  const query = queryOf(querySpec({ cluster: 'shop', kinds: ['pods'], ...spec }), asked);
  const question = parseExportQuestion(PATH, query);
  if (isRefusal(question)) return question;
  return exporter.open(cluster, question, signal);
}
async function textOf(part: Partial<Asked> = {}, spec: object = {}): Promise<string> {
  const answer = await ask(part, spec);
  if (!(answer instanceof Response)) throw new Error(answer.message);
  return answer.text();
}

describe('an export', () => {
  it('is every row that matches, in the list’s order, with what the table shows', async () => {
    put('b', 'two, "quoted"', { since: Date.UTC(2026, 10, 22) });
    put('a', 'one');
    put('c');
    expect(await textOf()).toBe(
      'Namespace,Name,words,since\r\n' +
        'a,a,one,?\r\n' +
        'a,b,"two, ""quoted""",2026-11-22T00:00:00.000Z\r\n' +
        'a,c,?,?\r\n',
    );
    expect(await textOf({ columns: ['words', 'name', 'rule', 'no such'] }, { text: 'two' })).toBe(
      'words,Name\r\n"two, ""quoted""",b\r\n',
    );
    const sorted = await textOf(
      { format: 'tsv', columns: ['name'] },
      { sort: { column: 'name', descending: true } },
    );
    expect(sorted).toBe('c\nb\na\n');
  });

  it('is JSON with one object a line, whatever columns are called', async () => {
    put('a', 'one', { since: 86_400_000 });
    put('b');
    const rows: unknown = JSON.parse(await textOf({ format: 'json' }));
    expect(rows).toEqual([
      { uid: 'u-a', namespace: 'a', name: 'a', words: 'one', since: '1970-01-02T00:00:00.000Z' },
      {
        ...{ uid: 'u-b', namespace: 'a', name: 'b' },
        ...{ words: { unknown: 'no words' }, since: { unknown: 'never set' } },
      },
    ]);
    expect(JSON.parse(await textOf({ format: 'json' }, { text: 'nothing has this' }))).toEqual([]);
  });

  it('takes some of the rows, or all but some', async () => {
    for (const name of ['a', 'b', 'c']) put(name);
    expect(await textOf({ format: 'tsv', columns: ['name'], only: ['u-c', 'u-a', 'gone'] })).toBe('a\nc\n');
    expect(await textOf({ format: 'tsv', columns: ['name'], except: ['u-b'] })).toBe('a\nc\n');
    expect(await textOf({ format: 'tsv', columns: ['name'], only: [] })).toBe('');
  });

  it('cannot run as a formula in a spreadsheet', async () => {
    put('a', '=HYPERLINK("http://x")');
    put('b', 'fine; @SUM(1)\n+1');
    const text = await textOf({ columns: ['words'] });
    expect(text).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(text).toContain(`"fine; '@SUM(1)\n'+1"`);
    for (const bad of ['-1+1', '\t=1', '  +1', '＝1']) expect(harmless(bad)).toContain("'");
    for (const good of ['a-b', 'x=1', 'mail@host', '0/1', '']) expect(harmless(good)).toBe(good);
    expect(JSON.parse(await textOf({ format: 'json' }))[0].words).toBe('=HYPERLINK("http://x")');
  });

  it('waits until the list is read, and never gives a part for the whole', async () => {
    pods.connect({ state: 'connecting', read: 1, total: 2 });
    put('a');
    const waiting = textOf({ format: 'tsv', columns: ['name'] });
    put('b');
    pods.connect(FAKE_LIVE);
    expect(await waiting).toBe('a\nb\n');

    pods.connect({ state: 'connecting', read: 1, total: 2 });
    const late = ask();
    await clock.advance(60_000);
    expect(await late).toMatchObject({ status: 504 });
    expect(cluster.script.held.informers, 'nothing is held afterwards').toBe(0);
  });

  it('is refused to who may not list, and where the kind is not served', async () => {
    pods.connect({ state: 'forbidden', missing: [] });
    expect(await ask()).toMatchObject({ status: 403 });
    expect(await ask({}, { kinds: ['gone'] })).toMatchObject({ status: 404 });
    expect(cluster.script.held.informers).toBe(0);
  });

  it('streams: rows that left meanwhile are left out, and leaving ends it', async () => {
    const long = 'x'.repeat(40_000);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) put(name, long);
    const answer = await ask();
    if (!(answer instanceof Response) || answer.body === null) throw new Error('refused');
    expect(answer.headers.get('x-strata-rows')).toBe('6');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="pods-shop.csv"');
    const reader = answer.body.getReader();
    const first = await reader.read();
    expect([...(first.value?.slice(0, 3) ?? [])], 'the mark that says UTF-8').toEqual([0xef, 0xbb, 0xbf]);
    expect(first.value?.length).toBeLessThan(100_000);
    pods.remove('u-f');
    let text = '';
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read())
      text += new TextDecoder().decode(chunk.value);
    expect(text).toContain('\r\na,e,');
    expect(text).not.toContain('a,f,');
    expect(cluster.script.held.informers).toBe(0);

    const left = await ask();
    if (!(left instanceof Response) || left.body === null) throw new Error('refused');
    expect(cluster.script.held.informers).toBe(1);
    await left.body.cancel();
    expect(cluster.script.held.informers).toBe(0);
  });

  it('breaks off, and says so, for who loses the right or takes nothing', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) put(name, 'x'.repeat(40_000));
    const lost = await ask();
    if (!(lost instanceof Response)) throw new Error('refused');
    pods.connect({ state: 'forbidden', missing: [] });
    await expect(lost.text()).rejects.toThrow('given up');
    pods.connect(FAKE_LIVE);
    const idle = await ask();
    if (!(idle instanceof Response)) throw new Error('refused');
    await clock.advance(60_000);
    await expect(idle.text()).rejects.toThrow('nobody took');
    expect(cluster.script.held.informers).toBe(0);
  });

  it('takes no more than eight at once', async () => {
    for (const name of ['a', 'b', 'c', 'd']) put(name, 'x'.repeat(40_000));
    const open = await Promise.all(Array.from({ length: 8 }, () => ask()));
    expect(open.every((one) => one instanceof Response)).toBe(true);
    expect(await ask()).toMatchObject({ status: 429 });
    await (open[0] as Response).body?.cancel();
    expect(await ask()).toBeInstanceOf(Response);
  });

  it.each([
    [PATH, 'format=csv'],
    [PATH, 'format=exe&spec={}'],
    [PATH, 'format=csv&format=json'],
    [PATH, 'format=csv&watch=1'],
    ['/api/clusters/SHOP/export', 'format=csv'],
    ['/api/clusters/other/export', queryOf(querySpec({ cluster: 'shop', kinds: ['pods'] }), CSV)],
    [PATH, queryOf(querySpec({ cluster: 'shop', kinds: ['pods', 'nodes'] }), CSV)],
  ])('does not take %s?%s', (path, query) => {
    expect(parseExportQuestion(path, query)).toMatchObject({ status: 400 });
  });
});
