import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '#lib/resources/cell.ts';
import type { Column } from '#lib/resources/definition.ts';
import { type Applied, applyFrame, awaitFull, type TableState, WAITING_TABLE } from './apply-frame.ts';
import type { RowsFrame, WireRow } from './frames.ts';

const columns: readonly Column[] = [
  { id: 'a', label: 'A', type: 'text', source: 'projected', sortable: true, facet: false, priority: 1 },
];
const live = { state: 'live', confirmedMs: 0 } as const;

function frame(part: Partial<RowsFrame>): RowsFrame {
  return { t: 'rows', id: 1, seq: 0, full: false, nowMs: 0, connection: live, ...part };
}
const row = (key: number, cell: Cell, uid = `u${key}`): WireRow => [key, uid, 'ns', `n${key}`, cell];
const full = (rows: readonly WireRow[], seq = 0) =>
  frame({ full: true, seq, columns, order: rows.map((r) => r[0]), rows, offset: 0 });
const apply = (state: TableState, ...frames: readonly RowsFrame[]): Applied =>
  frames.reduce((before, next) => applyFrame(before.state, next), { state, resync: false } as Applied);

describe('applyFrame', () => {
  it('waits for a full frame', () => {
    const { state, resync } = apply(WAITING_TABLE, frame({ order: [1], rows: [row(1, 'x')] }));
    expect(state).toBe(WAITING_TABLE);
    expect(resync).toBe(false);
  });

  it('keeps the identity of rows that did not change', () => {
    const before = apply(WAITING_TABLE, full([row(1, 'x'), row(2, ['l'])])).state;
    const after = apply(before, frame({ seq: 1, rows: [row(1, 'y')] })).state;
    expect(after.rows[0]).toMatchObject({ cells: ['y'], changes: 1 });
    expect(after.rows[1]).toBe(before.rows[1]);
    expect(before.rows[0]).toMatchObject({ cells: ['x'], changes: 0 });
    const again = apply(after, full([row(1, 'y'), row(2, ['l'])], 2)).state;
    expect(again.rows).toBe(after.rows);
    expect(again.columns).toBe(after.columns);
  });

  it('tells equal cells of every kind from changed ones', () => {
    const cells: readonly Cell[] = [
      null,
      0,
      '',
      'x',
      ['a'],
      ['a', 'b'],
      { unknown: 'w' },
      { level: 'ok', words: 'w' },
      { level: 'ok', words: 'w', untilMs: 1 },
    ];
    for (const a of cells) {
      for (const b of cells) {
        const states = apply(WAITING_TABLE, full([row(1, a)]), frame({ seq: 1, rows: [row(1, b)] })).state;
        expect(states.rows[0]?.changes).toBe(JSON.stringify(a) === JSON.stringify(b) ? 0 : 1);
      }
    }
  });

  it('takes a key given to another object as a new row', () => {
    const before = apply(WAITING_TABLE, full([row(1, 'x')])).state;
    const after = apply(before, frame({ seq: 1, order: [1], rows: [row(1, 'y', 'other')] })).state;
    expect(after.rows[0]).toMatchObject({ uid: 'other', changes: 0 });
  });

  it('knows rows by uid when a full frame gives new keys', () => {
    const before = apply(WAITING_TABLE, full([row(1, 'x', 'u')])).state;
    const after = apply(before, full([row(9, 'y', 'u')], 5)).state;
    expect(after.rows[0]).toMatchObject({ key: 9, uid: 'u', changes: 1 });
  });

  it('changes cells, moves rows and counts what changed', () => {
    const rows = [1, 2, 3].map((key) => row(key, `c${key}`));
    const counts = { total: 3, matched: 3, facets: { a: [{ value: 'c1', count: 1 }], b: [] } };
    const before = apply(WAITING_TABLE, { ...full(rows), counts }).state;
    const facets = { a: [{ value: 'c1', count: 2 }] };
    const change = {
      nowMs: undefined,
      connection: undefined,
      seq: 1,
      cells: [[2, 0, 'x'] as const],
      rows: [row(4, 'new')],
      moves: { out: [1], put: [[0, 3] as const, [2, 4] as const] },
      changedCounts: { total: 4, matched: 3, facets },
    };
    const after = apply({ ...before, nowMs: 77 }, frame(change)).state;
    expect(after.rows.map((one) => [one.key, one.cells[0], one.changes])).toEqual([
      [3, 'c3', 0],
      [2, 'x', 1],
      [4, 'new', 0],
    ]);
    expect(after).toMatchObject({ connection: live, nowMs: 77 });
    expect(after.counts).toEqual({ total: 4, matched: 3, facets: { ...facets, b: [] } });
  });

  it('counts a frame that changed several cells of a row once', () => {
    const wide = frame({
      full: true,
      columns,
      order: [1],
      rows: [[1, 'u', 'ns', 'n', 'a', 'b'] as WireRow],
    });
    const cells = [[1, 0, 'x'] as const, [1, 1, 'y'] as const];
    const { rows } = apply(WAITING_TABLE, wide, frame({ seq: 1, cells })).state;
    expect(rows[0]).toMatchObject({ cells: ['x', 'y'], changes: 1 });
  });

  const GAPS: readonly [why: string, frame: RowsFrame][] = [
    ['a number was skipped', frame({ seq: 2 })],
    ['a number came again', frame({ seq: 0 })],
    ['order names an unknown row', frame({ seq: 1, order: [1, 2] })],
    ['a changed row is not in the window', frame({ seq: 1, rows: [row(2, 'x')] })],
    ['order names a row twice', frame({ seq: 1, order: [1, 1] })],
    ['a cell of a row that is not in the window', frame({ seq: 1, cells: [[2, 0, 'x']] })],
    ['a cell of a column that is not there', frame({ seq: 1, cells: [[1, 1, 'x']] })],
    ['a cell of no column', frame({ seq: 1, cells: [[1, -1, 'x']] })],
    ['a row leaves that is not there', frame({ seq: 1, moves: { out: [2], put: [] } })],
    ['a row is put that nobody knows', frame({ seq: 1, moves: { out: [], put: [[0, 2]] } })],
    ['a row is put beyond the end', frame({ seq: 1, moves: { out: [], put: [[1, 1]] } })],
  ];
  it.each(GAPS)('asks once for a full frame when %s', (_why, broken) => {
    const before = apply(WAITING_TABLE, full([row(1, 'x')])).state;
    const gap = apply(before, broken);
    expect(gap.resync).toBe(true);
    expect(gap.state.rows).toBe(before.rows);
    const later = apply(gap.state, frame({ seq: 1, rows: [row(1, 'y')] }));
    expect(later).toEqual({ state: gap.state, resync: false });
    const mended = apply(later.state, full([row(1, 'z')], 9));
    expect(mended).toMatchObject({ resync: false, state: { isWaiting: false, nextSeq: 10 } });
    expect(mended.state.rows[0]?.cells).toEqual(['z']);
  });

  it('keeps what is shown when the socket is gone', () => {
    const before = apply(WAITING_TABLE, full([row(1, 'x')])).state;
    expect(awaitFull(before)).toMatchObject({ isWaiting: true, rows: before.rows });
  });
});

/** The server's half as plainly as it can be said: a window of rows, and frames made by comparing two of them. */
type Model = readonly { key: number; value: number }[];
const wire = (model: Model) => model.map(({ key, value }) => row(key, value));

function frameBetween(before: Model | null, after: Model, seq: number): RowsFrame {
  if (before === null) return full(wire(after), seq);
  const isSameOrder = JSON.stringify(before.map((r) => r.key)) === JSON.stringify(after.map((r) => r.key));
  const old = new Map(before.map((r) => [r.key, r.value]));
  const rows = wire(after.filter((r) => old.get(r.key) !== r.value));
  return frame({ seq, rows, ...(isSameOrder ? {} : { order: after.map((r) => r.key) }) });
}

describe('applyFrame beside a model of the server', () => {
  const step = fc.record({
    window: fc.uniqueArray(fc.record({ key: fc.nat(8), value: fc.nat(3) }), { selector: (r) => r.key }),
    isDropped: fc.boolean(),
  });

  it('shows a window the server had, never a mixture, and the last one when nothing is lost any more', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        let sent: Model | null = null;
        let state = WAITING_TABLE;
        let shown: Model = [];
        const last = steps.at(-1)?.window ?? [];
        // Three quiet ticks at the end: one to notice the gap, one to answer it, one that changes nothing.
        const quiet = [last, last, last].map((window) => ({ window, isDropped: false }));
        for (const [seq, { window, isDropped }] of [...steps, ...quiet].entries()) {
          const next = frameBetween(sent, window, seq);
          // Full frames come through: they are sent until they are (a socket loses nothing but itself).
          const isLost = isDropped && !next.full;
          sent = window;
          if (isLost) continue;
          const applied = applyFrame(state, next);
          state = applied.state;
          if (applied.resync) sent = null;
          if (!state.isWaiting) shown = window;
          expect(state.rows.map((r) => ({ key: r.key, value: r.cells[0] }))).toEqual(shown);
        }
        expect(state.isWaiting).toBe(false);
        expect(shown).toEqual(last);
      }),
      { seed: 20_260_101, numRuns: 300 },
    );
  });
});
