import { describe, expect, it } from 'vitest';
import { EMPTY_TABLE } from '#lib/live/client/empty.ts';
import type { LiveTable } from '#lib/live/live-client.ts';
import type { Column } from '#lib/resources/definition.ts';
import { querySpec } from '#lib/resources/query-spec.ts';
import { countedWords } from './counted-words.ts';
import { stateFacets, toggleFacet, valueFacets } from './facets.ts';
import { filtersOf, hasFilters } from './list-filters.ts';
import { listState } from './list-state.ts';
import { searchedWords } from './searched-words.ts';
import { selectorTerms, withoutTerm, withTerm } from './selector-terms.ts';

const spec = querySpec({ cluster: 'c', kinds: ['pods'] });
const column = (id: string, part: Partial<Column> = {}): Column => ({
  id,
  label: id,
  type: 'text',
  source: 'projected',
  sortable: true,
  facet: true,
  priority: 1,
  ...part,
});
const live = { state: 'live', confirmedMs: 0 } as const;
const counts = (matched: number, total: number) => ({ matched, total, facets: {} });
const table = (part: Partial<LiveTable>): LiveTable => ({
  ...EMPTY_TABLE,
  columns: [],
  connection: live,
  ...part,
});

describe('the figure beside the title', () => {
  const error = { reason: 'Unreachable', code: 0, message: '', causes: [] };
  it.each([
    ['live and empty', { counts: counts(0, 0) }, '0'],
    ['stale', { counts: counts(9, 9), connection: { state: 'stale', sinceMs: 0, retryMs: 0 } as const }, '9'],
    [
      'read so far',
      { counts: counts(9, 9), connection: { state: 'connecting', read: 9, total: 0 } as const },
      '9',
    ],
    [
      'nothing read yet',
      { counts: counts(0, 0), connection: { state: 'connecting', read: 0, total: 0 } as const },
      '',
    ],
    ['failed', { counts: counts(0, 0), connection: { state: 'failed', error, retryMs: 0 } as const }, ''],
    ['forbidden', { counts: counts(0, 0), connection: { state: 'forbidden', missing: [] } as const }, ''],
    ['not served', { counts: counts(0, 0), connection: { state: 'gone', atMs: 0 } as const }, ''],
  ])('%s', (_name, part, words) => {
    expect(countedWords(table(part), false)).toBe(words);
  });
  it('says of how many, where something is filtered', () => {
    expect(countedWords(table({ counts: counts(2, 9) }), true)).toBe('2 of 9 match');
  });
});

describe('what stands where the rows would', () => {
  const error = { reason: 'Unreachable', code: 0, message: '', causes: [] };
  it('tells loading, empty, nothing matches, forbidden, failed and not served apart', () => {
    expect(listState(EMPTY_TABLE, spec, false)).toBe('loading');
    expect(listState(table({ counts: counts(0, 0) }), spec, false)).toBe('empty');
    expect(listState(table({ counts: counts(0, 9) }), { ...spec, text: 'x' }, false)).toBe('nothing-matches');
    const forbidden = { state: 'forbidden', missing: [] } as const;
    expect(listState(table({ counts: counts(3, 3), connection: forbidden }), spec, false)).toBe('forbidden');
    const failed = { state: 'failed', error, retryMs: 0 } as const;
    expect(listState({ ...EMPTY_TABLE, connection: failed }, spec, false)).toBe('failed');
    expect(listState(EMPTY_TABLE, spec, true)).toBe('not-served');
    expect(listState({ ...EMPTY_TABLE, refused: error }, spec, false)).toBe('refused');
  });

  it('never calls a list empty before all of it was read, and keeps rows while stale', () => {
    const connecting = { state: 'connecting', read: 0, total: 0 } as const;
    expect(listState(table({ counts: counts(0, 0), connection: connecting }), spec, false)).toBe('loading');
    const stale = { state: 'stale', sinceMs: 0, retryMs: 0 } as const;
    expect(listState(table({ counts: counts(2, 2), connection: stale }), spec, false)).toBe('rows');
  });
});

describe('label requirements', () => {
  it('are split at commas outside parentheses', () => {
    expect(selectorTerms('tier=backend, team in (shop, payments),!old')).toEqual([
      'tier=backend',
      'team in (shop, payments)',
      '!old',
    ]);
    expect(withTerm('a=b', 'a=b, c')).toBe('a=b,c');
    expect(withoutTerm('a=b,team in (x, y)', 'team in (x, y)')).toBe('a=b');
    expect(selectorTerms('a in (b')).toEqual(['a in (b']);
  });
});

describe('facets', () => {
  const columns = [column('state', { type: 'state' }), column('node'), column('ip', { facet: false })];
  const withFacets = {
    matched: 5,
    total: 5,
    facets: {
      state: [
        { value: 'ok', count: 3 },
        { value: 'failed', count: 2 },
      ],
      node: [
        { value: 'a', count: 4 },
        { value: 'b', count: 1 },
      ],
    },
  };

  it('name the states that are there, what hurts first, and keep a pressed one at 0', () => {
    const asked = { ...spec, facets: { state: ['warning'] } };
    expect(stateFacets(columns, withFacets, asked).map(({ level, count }) => [level, count])).toEqual([
      ['failed', 2],
      ['warning', 0],
      ['ok', 3],
    ]);
  });

  it('offer other columns once there is a choice', () => {
    expect(valueFacets(columns, withFacets, spec).map(({ column: id }) => id)).toEqual(['node']);
    expect(valueFacets(columns, counts(0, 0), { ...spec, facets: { node: ['z'] } })[0]?.values).toEqual([
      { value: 'z', count: 0, pressed: true },
    ]);
  });

  it('are toggled without leaving empty columns behind', () => {
    expect(toggleFacet({}, 'node', 'a')).toEqual({ node: ['a'] });
    expect(toggleFacet({ node: ['a'] }, 'node', 'a')).toEqual({});
  });
});

describe('filters', () => {
  it('are named one by one, each with the question without it', () => {
    const asked = { ...spec, text: 'cart', labelSelector: 'a=b,c', facets: { state: ['failed'] } };
    expect(filtersOf(asked).map((filter) => filter.words)).toEqual(['“cart”', 'a=b', 'c', 'state: Failing']);
    expect(filtersOf(asked)[1]?.without).toEqual({ labelSelector: 'c' });
    expect(hasFilters(spec)).toBe(false);
  });

  it('say what the text searches', () => {
    expect(searchedWords([])).toBe('Name');
    expect(
      searchedWords([
        column('s', { label: 'State', searched: true }),
        column('o', { label: 'OS', searched: true }),
      ]),
    ).toBe('Name, state or OS');
  });
});
