import type { GridRow, GridSource } from './grid-model.ts';

/** What the table shows while its order is held. moved: rows that would stand elsewhere, come or go. */
export interface SteadyRows {
  readonly source: GridSource;
  readonly moved: number;
}

/**
 * The rows where they stood in `base`, saying what they say in `next`; one that is not in `next` stays in its place as
 * it last was, and says so. Another window, order or set of columns is never held.
 */
export function steadyRows(base: GridSource, next: GridSource): SteadyRows {
  if (base === next || !isSameView(base, next)) return { source: next, moved: 0 };
  const places = new Map(next.rows.map((row, place) => [row.uid, place]));
  const common = base.rows.flatMap((row) => places.get(row.uid) ?? []);
  const came = next.rows.length - common.length;
  const left = base.rows.length - common.length;
  const moved = Math.max(came, left) + common.length - longestRise(common);
  if (moved === 0) return { source: next, moved };
  const rows = base.rows.map(
    (row): GridRow => next.rows[places.get(row.uid) ?? -1] ?? { ...row, hasLeft: true },
  );
  return { source: { ...base, rows }, moved };
}

export function isSameView(a: GridSource, b: GridSource): boolean {
  return (
    a.offset === b.offset &&
    a.columns === b.columns &&
    a.sort?.column === b.sort?.column &&
    a.sort?.descending === b.sort?.descending
  );
}

/** How many may stay where they are: the longest run, gaps allowed, that only rises. */
function longestRise(places: readonly number[]): number {
  // ends[n]: the lowest place that a run of n + 1 can end with.
  const ends: number[] = [];
  for (const place of places) {
    const at = ends.findIndex((end) => end >= place);
    ends[at < 0 ? ends.length : at] = place;
  }
  return ends.length;
}
