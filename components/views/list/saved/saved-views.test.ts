import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OWN_COLUMNS } from '#components/table/column-choice.ts';
import { MOST_VIEWS, type SavedView, viewsOf, withoutView, withView } from './saved-views.ts';

const view = (name: string, question = 'q=cart'): SavedView => ({ name, question, columns: OWN_COLUMNS });

describe('saved views', () => {
  it('come back as they were kept, are replaced by name, and forgotten', () => {
    const columns = { shown: ['name', 'ip'], widths: { ip: 160 } };
    const two = withView([view('a')], { ...view('b'), columns });
    expect(viewsOf(JSON.parse(JSON.stringify(two)))).toEqual(two);
    expect(withView(two, view('a', 'sort=-age'))).toEqual([view('a', 'sort=-age'), two[1]]);
    expect(withoutView(two, 'a')).toEqual([two[1]]);
  });

  it('may be anything in the storage', () => {
    expect(viewsOf([view('a'), null, { name: '  ' }, { name: 'b' }, { name: 'c', question: 1 }])).toEqual([
      view('a'),
    ]);
    expect(viewsOf(Array.from({ length: 500 }, (_, at) => view(String(at))))).toHaveLength(MOST_VIEWS);
    fc.assert(
      fc.property(fc.anything(), (json) => {
        for (const { name, question } of viewsOf(json))
          expect([typeof name, typeof question]).toEqual(['string', 'string']);
      }),
    );
  });
});
