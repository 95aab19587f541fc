import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GridRow, GridSource } from './grid-model.ts';
import { steadyRows } from './steady-rows.ts';

const row = (uid: string, changes = 0): GridRow => ({
  ...{ key: uid.charCodeAt(0), uid, namespace: '', name: uid, cells: [], changes },
});
const COLUMNS: GridSource['columns'] = [];
const source = (names: string, part: Partial<GridSource> = {}): GridSource => ({
  ...{ columns: COLUMNS, rows: [...names].map((uid) => row(uid)), offset: 0, total: names.length },
  ...{ sort: { column: 'name', descending: false } },
  ...part,
});
const namesOf = ({ rows }: GridSource) => rows.map(({ uid }) => uid).join('');

describe('rows held in their places', () => {
  it('say what they say now, where they stood', () => {
    const next = source('', { rows: [row('c'), row('a', 1), row('b')], total: 3 });
    const held = steadyRows(source('abc'), next);
    expect(namesOf(held.source)).toBe('abc');
    expect(held.source.rows[0]).toBe(next.rows[1]);
    expect(held.moved).toBe(1);
  });

  it('keep the place of one that left, and say that it did; new ones wait', () => {
    const held = steadyRows(source('abc'), source('xacy', { total: 4 }));
    expect(namesOf(held.source)).toBe('abc');
    expect(held.source.rows.map((one) => one.hasLeft === true)).toEqual([false, true, false]);
    expect(held.moved).toBe(2);
    expect(held.source.total, 'the height stands too').toBe(3);
  });

  it('are let go at once for another window, sort or set of columns, and when nothing moved', () => {
    const base = source('abc');
    for (const part of [{ offset: 50 }, { sort: { column: 'name', descending: true } }, { columns: [] }]) {
      const next = source('cba', part);
      expect(steadyRows(base, next)).toEqual({ source: next, moved: 0 });
    }
    const same = source('abc', { total: 9 });
    expect(steadyRows(base, same).source).toBe(same);
  });

  it('count a row that moved once, however many it passed', () => {
    expect(steadyRows(source('abcdefgh'), source('habcdefg')).moved).toBe(1);
    expect(steadyRows(source('abcdefgh'), source('zabcdefg')).moved).toBe(1);
    expect(steadyRows(source('abc'), source('cba')).moved).toBe(2);
  });

  it('always stand as before and never say more moved than there are', () => {
    const some = fc.uniqueArray(fc.constantFrom(...'abcdefghij')).map((names) => names.join(''));
    fc.assert(
      fc.property(some, some, (before, after) => {
        const { source: held, moved } = steadyRows(source(before), source(after));
        expect(moved === 0 ? before === after : namesOf(held) === before).toBe(true);
        expect(moved).toBeLessThanOrEqual(Math.max(before.length, after.length));
      }),
    );
  });
});
