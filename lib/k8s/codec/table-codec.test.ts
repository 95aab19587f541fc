import { describe, expect, it } from 'vitest';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import type { TableColumn } from './codec.ts';
import { tableCodec } from './table-codec.ts';
import { tableDefinition } from './table-definition.ts';

const bytes = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value)}\n`);
const column = (name: string, rest: Partial<TableColumn> = {}): TableColumn => ({
  name,
  type: 'string',
  format: '',
  description: '',
  priority: 0,
  ...rest,
});
const columns = [
  column('Name', { format: 'name' }),
  column('Ready'),
  column('Size', { type: 'integer' }),
  column('Last Sync', { type: 'date' }),
  column('Detail', { priority: 1 }),
  column('Age', { type: 'date' }),
];
const row = (
  cells: readonly unknown[],
  metadata: unknown = { name: 'w1', uid: 'u1', resourceVersion: '5' },
) => ({
  cells,
  object: { kind: 'PartialObjectMetadata', metadata },
});
const table = (rows: readonly unknown[], definitions: readonly TableColumn[] | null = columns) => ({
  kind: 'Table',
  metadata: { resourceVersion: '5' },
  columnDefinitions: definitions,
  rows,
});
const type: ResourceType = {
  group: 'example.dev',
  version: 'v1',
  resource: 'widgets',
  kind: 'Widget',
  scope: 'Namespaced',
  verbs: ['list', 'watch'],
  shortNames: [],
  categories: [],
  subresources: [],
  custom: true,
};

describe('a Table', () => {
  it('gives rows with metadata and cells, and its columns', async () => {
    const page = await tableCodec().decodePage(bytes(table([row(['w1', 'True', 3, '5m', 'x', '2d'])])));
    expect(page).toMatchObject({ resourceVersion: '5', malformed: 0, tableColumns: columns });
    expect(page.items).toMatchObject([
      { metadata: { name: 'w1', uid: 'u1' }, tableCells: ['w1', 'True', 3, '5m', 'x', '2d'] },
    ]);
  });

  it('takes the name from its column when a row brings no object, and counts rows without any', async () => {
    const page = await tableCodec().decodePage(
      bytes(table([{ cells: ['w2'], object: null }, { cells: [7] }, null])),
    );
    expect(page.items.map((item) => [item.metadata.name, item.metadata.uid])).toEqual([['w2', '/w2']]);
    expect(page.malformed).toBe(2);
  });

  it('makes rows of a plain list, keeping no data', async () => {
    const items = [{ metadata: { name: 's1', uid: 'u' }, data: { password: 'hunter2' } }];
    const page = await tableCodec().decodePage(bytes({ kind: 'WidgetList', metadata: {}, items }));
    expect(page.tableColumns).toEqual([]);
    expect(page.items).toMatchObject([{ metadata: { name: 's1' }, tableCells: [] }]);
    expect(JSON.stringify(page)).not.toContain('hunter2');
  });

  it('decodes a watch: columns with the first event only, bookmarks are no rows', () => {
    const decoder = tableCodec().watchDecoder();
    expect(decoder.tableColumns).toBeNull();
    const first = decoder.push(bytes({ type: 'ADDED', object: table([row(['w1', 'True'])]) }));
    expect(first).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'w1' } } }]);
    expect(decoder.tableColumns).toEqual(columns);
    const { tableColumns } = decoder;
    const second = decoder.push(bytes({ type: 'DELETED', object: table([row(['w1', 'True'])], null) }));
    expect(second).toMatchObject([{ type: 'DELETED', object: { metadata: { uid: 'u1' } } }]);
    expect(decoder.tableColumns).toBe(tableColumns);
    const bare = { kind: 'Table', metadata: {}, rows: [row([], { resourceVersion: '77' })] };
    expect(decoder.push(bytes({ type: 'BOOKMARK', object: bare }))).toEqual([
      { type: 'BOOKMARK', resourceVersion: '77' },
    ]);
    const plain = { kind: 'Widget', metadata: { resourceVersion: '78' } };
    expect(decoder.push(bytes({ type: 'BOOKMARK', object: plain }))).toEqual([
      { type: 'BOOKMARK', resourceVersion: '78' },
    ]);
    const object = { kind: 'Widget', metadata: { name: 'w3', uid: 'u3' }, spec: {} };
    expect(decoder.push(bytes({ type: 'ADDED', object }))).toMatchObject([
      { type: 'ADDED', object: { tableCells: [] } },
    ]);
    expect(decoder.malformed).toBe(0);
  });
});

describe('the definition of a Table', () => {
  const definition = tableDefinition(type, columns);
  const objectOf = (tableCells: readonly unknown[], metadata: object = {}): PartialObject => ({
    metadata: {
      name: 'w1',
      namespace: 'a',
      uid: 'u',
      resourceVersion: '1',
      createdMs: 1_000,
      deletedMs: 0,
      deletionGraceSeconds: 0,
      generation: 0,
      labels: {},
      ownerReferences: [],
      finalizers: [],
      lastChange: null,
      ...metadata,
    },
    fields: {},
    tableCells,
  });

  it('leaves out the name and dates, and puts the age last', () => {
    expect(definition).toMatchObject({ name: 'widgets.example.dev', kind: 'Widget' });
    expect(definition.columns.map((one) => [one.id, one.type, one.priority])).toEqual([
      ['ready', 'text', 1],
      ['size', 'number', 1],
      ['detail', 'text', 3],
      ['age', 'time', 1],
    ]);
  });

  it.each([
    [
      ['w1', true, 3, '5m', null, '2d'],
      ['true', 3, null, 1_000],
    ],
    [
      ['w1', { a: 1 }, 'many'],
      ['{"a":1}', 'many', null, 1_000],
    ],
    [
      ['w1', 'x'.repeat(2_000), Number.NaN, '', { a: 'y'.repeat(500) }],
      ['x'.repeat(1_000), null, `{"a":"${'y'.repeat(194)}`, 1_000],
    ],
    [[], [null, null, null, 1_000]],
  ])('projects %j', (cells, expected) => {
    expect(definition.project(objectOf(cells))).toEqual(expected);
  });

  it('gives columns of one name different ids, none of them taken', () => {
    const twins = [column('Name'), column('Size'), column('size!'), column('Namespace'), column('')];
    expect(tableDefinition(type, twins).columns.map((one) => one.id)).toEqual([
      'size',
      'size-2',
      'namespace-2',
      'column-5',
      'age',
    ]);
  });

  it.each([
    ['True', {}, 'ok'],
    ['False', {}, 'warning'],
    ['Unknown', {}, 'unknown'],
    [undefined, {}, 'unknown'],
    ['1/1', {}, 'unknown'],
    ['True', { deletedMs: 5 }, 'progress'],
  ])('claims health only where Ready says so: %s %j is %s', (ready, metadata, level) => {
    expect(definition.stateOf(objectOf(['w1', ready], metadata))?.level).toBe(level);
  });

  it('claims nothing from other columns', () => {
    const state = tableDefinition(type, [column('Name'), column('Status')]).stateOf(
      objectOf(['w1', 'Healthy']),
    );
    expect(state).toEqual({ level: 'unknown', words: 'State not known' });
  });
});
