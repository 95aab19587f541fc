import { describe, expect, it } from 'vitest';
import { OWN_COLUMNS } from '#components/table/column-choice.ts';
import { querySpec } from '#lib/resources/query-spec.ts';
import { pod } from '#lib/resources/workloads/pod.ts';
import type { List } from '../list.ts';
import { ALL_MARKED, type Marks, NO_MARKS, withMarks } from '../marks/marks.ts';
import { allExported, caveatOf, markedExported, shownColumns } from './exported.ts';

const spec = querySpec({ cluster: 'c', kinds: ['pods'], text: 'cart', namespaces: ['shop', 'pay'] });
const row = (uid: string) => ({ uid, namespace: 'shop', name: uid });

function listWith(marks: Marks, connection: object = { state: 'live', confirmedMs: 0 }): List {
  return {
    ...{ spec, resource: 'pods', choice: OWN_COLUMNS, marking: { marks } },
    kind: { one: 'pod', words: 'pods', isNamespaced: true },
    table: { columns: pod.columns, connection, counts: { total: 229, matched: 51, facets: {} } },
  } as unknown as List;
}

describe('what leaves a list', () => {
  it('is the question itself, with its count', () => {
    const all = allExported(listWith(NO_MARKS));
    expect(all).toMatchObject({ spec, part: {}, words: '51 pods', count: 51, waits: undefined });
    expect(markedExported(listWith(ALL_MARKED))).toEqual(all);
  });

  it('is all but what was taken off', () => {
    const but = withMarks(ALL_MARKED, [row('a')], false);
    const exported = markedExported(listWith(but));
    expect(exported).toMatchObject({ spec, part: { except: ['a'] }, words: '51 pods but 1', count: 50 });
  });

  it('is the marked rows, wherever they stand by now', () => {
    const exported = markedExported(listWith(withMarks(NO_MARKS, [row('a'), row('b')], true)));
    expect(exported).toMatchObject({ part: { only: ['a', 'b'] }, words: '2 marked pods', count: 2 });
    expect(exported.spec).toMatchObject({ text: '', namespaces: [], sort: spec.sort });
    const many = Array.from({ length: 151 }, (_, at) => row(String(at)));
    expect(markedExported(listWith(withMarks(NO_MARKS, many, true))).waits).toContain('150');
  });

  it('has the columns shown, and says what is missing of it', () => {
    expect(shownColumns(listWith(NO_MARKS))).toEqual([
      ...['name', 'namespace', 'state', 'ready', 'restarts', 'node', 'tag', 'age'],
    ]);
    expect(caveatOf(listWith(NO_MARKS))).toBe('');
    const stale = { state: 'stale', namespaces: { readable: 2, total: 8, missing: [] } };
    expect(caveatOf(listWith(NO_MARKS, stale))).toMatch(/2 of 8 namespaces.*not live/);
  });
});
