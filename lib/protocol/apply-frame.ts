import type { Cell } from '#lib/resources/cell.ts';
import { sameCell } from '#lib/resources/cell.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { Counts, Sort } from '#lib/resources/query-spec.ts';
import type { CellChange, Moves, RowsFrame, WireRow } from './frames.ts';

/**
 * The client's half of a rows subscription: state × frame → state. Pure.
 *
 *   waiting ──full──► following ──frame with the next seq──► following
 *      ▲                  │
 *      └──── gap, or a frame that names a row this side does not hold ◄┘   (the caller sends `resync` once)
 *
 * While waiting every frame but a full one is dropped whole, so a state never mixes two moments. A state holds exactly
 * the rows of its window; snapshots are immutable, and rows that did not change keep their identity.
 */
export interface TableState {
  /** True before the first full frame and after a gap: the rows are as they were last known. */
  readonly isWaiting: boolean;
  readonly nextSeq: number;
  readonly connection: Connection;
  readonly nowMs: number;
  /** Null until the first full frame. */
  readonly columns: readonly Column[] | null;
  readonly sort: Sort | null;
  readonly offset: number;
  readonly rows: readonly TableRow[];
  readonly counts: Counts | null;
}

export interface TableRow {
  readonly key: number;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly cells: readonly Cell[];
  /** Counts the frames that changed a cell after the row was first held. */
  readonly changes: number;
}

export interface Applied {
  readonly state: TableState;
  /** The caller must ask for a full frame now. True once a gap, not for every frame dropped after it. */
  readonly resync: boolean;
}

export const WAITING_TABLE: TableState = {
  isWaiting: true,
  nextSeq: 0,
  connection: { state: 'connecting', read: 0, total: 0 },
  nowMs: 0,
  columns: null,
  sort: null,
  offset: 0,
  rows: [],
  counts: null,
};

export function applyFrame(state: TableState, frame: RowsFrame): Applied {
  if (!frame.full && state.isWaiting) return { state, resync: false };
  if (!frame.full && frame.seq !== state.nextSeq) return gap(state);
  const rows = frame.full ? rowsOfFull(state, frame) : rowsAfter(state, frame);
  if (rows === null) return gap(state);
  return {
    resync: false,
    state: {
      isWaiting: false,
      nextSeq: frame.seq + 1,
      connection: frame.connection ?? state.connection,
      nowMs: frame.nowMs ?? state.nowMs,
      columns: frame.columns === undefined ? state.columns : sameOr(state.columns, frame.columns),
      sort: frame.sort === undefined ? state.sort : sameOr(state.sort, frame.sort),
      offset: frame.offset ?? state.offset,
      rows,
      counts: frame.counts ?? countsAfter(state.counts, frame.changedCounts),
    },
  };
}

/** The state to keep when the socket is gone: what is shown stays, the next full frame starts anew. */
export function awaitFull(state: TableState): TableState {
  return state.isWaiting ? state : { ...state, isWaiting: true };
}

function gap(state: TableState): Applied {
  return { state: awaitFull(state), resync: true };
}

type Held = Map<number, TableRow>;

/** Keys may have been given anew (another store behind the same question): rows are known by uid. */
function rowsOfFull(state: TableState, frame: RowsFrame): readonly TableRow[] | null {
  const byUid = new Map(state.rows.map((row) => [row.uid, row]));
  const held: Held = new Map();
  for (const wire of frame.rows ?? []) held.set(wire[0], rowOf(wire, byUid.get(wire[1])));
  return inOrder(state, held, frame.order ?? []);
}

/** The window's rows after the frame; null when the frame and what is held do not fit together. */
function rowsAfter(state: TableState, { rows, cells, order, moves }: RowsFrame): readonly TableRow[] | null {
  const isSameOrder = order === undefined && moves === undefined;
  if (isSameOrder && rows === undefined && cells === undefined) return state.rows;
  const held: Held = new Map(state.rows.map((row) => [row.key, row]));
  for (const wire of rows ?? []) {
    if (isSameOrder && !held.has(wire[0])) return null;
    held.set(wire[0], rowOf(wire, held.get(wire[0])));
  }
  if (!changeCells(held, cells ?? [])) return null;
  const keys = state.rows.map((row) => row.key);
  const next = order ?? (moves === undefined ? keys : movedKeys(keys, moves));
  return next === null ? null : inOrder(state, held, next);
}

/** False when a row or cell is named that is not held. */
function changeCells(held: Held, changes: readonly CellChange[]): boolean {
  const before = new Map<number, TableRow>();
  for (const [key, column, cell] of changes) {
    const row = held.get(key);
    if (row === undefined || !Number.isInteger(column) || column < 0 || column >= row.cells.length)
      return false;
    if (sameCell(row.cells[column], cell)) continue;
    const first = before.get(key) ?? row;
    before.set(key, first);
    held.set(key, { ...row, cells: row.cells.with(column, cell), changes: first.changes + 1 });
  }
  return true;
}

/** The keys in their new order; null when a key is named that is not there, or a place beyond the end. */
export function movedKeys(keys: readonly number[], { out, put }: Moves): readonly number[] | null {
  const there = new Set(keys);
  for (const key of out) if (!there.delete(key)) return null;
  for (const [, key] of put) there.delete(key);
  const stay = [...there];
  const next: number[] = [];
  let taken = 0;
  for (const [place, key] of put) {
    while (next.length < place && taken < stay.length) next.push(stay[taken++] as number);
    if (next.length !== place) return null;
    next.push(key);
  }
  for (; taken < stay.length; taken++) next.push(stay[taken] as number);
  return next;
}

function inOrder(state: TableState, held: Held, order: readonly number[]): readonly TableRow[] | null {
  const rows: TableRow[] = [];
  for (const key of order) {
    const row = held.get(key);
    if (row === undefined) return null;
    rows.push(row);
  }
  if (new Set(order).size !== order.length) return null;
  return sameRows(state.rows, rows) ? state.rows : rows;
}

function rowOf(wire: WireRow, before: TableRow | undefined): TableRow {
  const [key, uid, namespace, name, ...cells] = wire;
  if (before === undefined || before.uid !== uid) return { key, uid, namespace, name, cells, changes: 0 };
  const isSame =
    before.cells.length === cells.length && cells.every((cell, index) => sameCell(cell, before.cells[index]));
  if (isSame) return before.key === key ? before : { ...before, key };
  return { key, uid, namespace, name, cells, changes: before.changes + 1 };
}

function countsAfter(before: Counts | null, changed: Counts | undefined): Counts | null {
  if (changed === undefined) return before;
  const facets = Object.assign(Object.create(null), before?.facets, changed.facets);
  return { total: changed.total, matched: changed.matched, facets };
}

function sameRows(a: readonly TableRow[], b: readonly TableRow[]): boolean {
  return a.length === b.length && a.every((row, index) => row === b[index]);
}

/** Keeps the identity of small descriptions that came again with the same content. */
function sameOr<T>(before: T | null, after: T): T {
  return before !== null && JSON.stringify(before) === JSON.stringify(after) ? before : after;
}
