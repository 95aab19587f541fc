import type { QueryWindow } from '#lib/k8s/query/live-query.ts';
import type { TableChange } from '#lib/protocol/short-frames.ts';
import { shortChange } from '#lib/protocol/short-frames.ts';
import type { Counts } from '#lib/resources/query-spec.ts';
import { orderMoves } from './order-moves.ts';
import type { EncodedRow, RowEncoder } from './row-encoder.ts';

/**
 * A window at one moment, with its rows as they were then. Immutable: a subscription keeps the one it last told, and
 * what it must tell is the difference between two of them, worked out once for all who saw the same two.
 */
export interface TableWindow extends QueryWindow {
  readonly encoder: RowEncoder;
  readonly rows: readonly EncodedRow[];
  /** The difference to an earlier window of the same encoder. */
  since(before: TableWindow): WindowNews;
}

export interface WindowNews extends TableChange {
  /** After `[id,seq` of the short form; '' when nothing changed, null when the short form cannot say it. */
  readonly short: string | null;
}

/** `window` is the present answer over the encoder's store. */
export function createTableWindow(window: QueryWindow, encoder: RowEncoder): TableWindow {
  const { order, offset, sort, counts } = window;
  let last: { before: TableWindow; news: WindowNews } | null = null;
  const made: TableWindow = {
    order,
    offset,
    sort,
    counts,
    encoder,
    rows: order.map((key) => encoder.row(key)),
    since(before) {
      if (last?.before !== before) last = { before, news: newsBetween(before, made) };
      return last.news;
    },
  };
  return made;
}

function newsBetween(before: TableWindow, after: TableWindow): WindowNews {
  const told = new Map(before.rows.map((row) => [row.key, row]));
  const cells: string[] = [];
  const rows: string[] = [];
  for (const row of after.rows) {
    const old = told.get(row.key);
    if (old === row) continue;
    if (old === undefined || old.uid !== row.uid) rows.push(row.json);
    else changedCells(old, row, cells);
  }
  const change = { cells, rows, order: changedOrder(before.order, after.order) };
  const { counts } = after;
  const changed = before.counts === counts ? null : changedCounts(before.counts, counts);
  const isShort = before.offset === after.offset && changed !== undefined;
  return {
    ...change,
    counts: changed === null ? null : counts,
    short: isShort ? shortChange({ ...change, counts: changed }) : null,
  };
}

function changedCells(old: EncodedRow, row: EncodedRow, into: string[]): void {
  for (const [column, cell] of row.cells.entries()) {
    if (cell !== old.cells[column]) into.push(`${row.key},${column},${cell}`);
  }
}

function changedOrder(before: readonly number[], after: readonly number[]): TableChange['order'] {
  if (before === after) return null;
  if (before.length === after.length && before.every((key, place) => key === after[place])) return null;
  return orderMoves(before, after) ?? after;
}

/** Only the facets that changed; null when nothing did, undefined when a facet came or went. */
function changedCounts(before: Counts, after: Counts): Counts | null | undefined {
  const ids = Object.keys(after.facets);
  const had = Object.keys(before.facets);
  if (ids.length !== had.length || ids.some((id) => !Object.hasOwn(before.facets, id))) return undefined;
  const facets: Record<string, Counts['facets'][string]> = Object.create(null);
  let isSame = before.total === after.total && before.matched === after.matched;
  for (const [id, values] of Object.entries(after.facets)) {
    if (isSameFacet(before.facets[id], values)) continue;
    facets[id] = values;
    isSame = false;
  }
  return isSame ? null : { total: after.total, matched: after.matched, facets };
}

function isSameFacet(a: Counts['facets'][string] = [], b: Counts['facets'][string]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length && a.every((one, at) => one.value === b[at]?.value && one.count === b[at]?.count)
  );
}
