'use client';
import { useCallback, useLayoutEffect, useRef } from 'react';
import type { GridRow, GridSource } from './grid-model.ts';

/** Which rows are marked, as the table needs it. Who holds it decides what "all" means and keeps rows by uid. */
export interface GridMarks {
  readonly isMarked: (uid: string) => boolean;
  /** Of all rows there are, shown or not. */
  readonly overall: 'none' | 'some' | 'all';
  readonly mark: (rows: readonly Markable[], isOn: boolean) => void;
  readonly markAll: (isOn: boolean) => void;
  /** 'Mark all 51' */
  readonly allLabel: string;
  /** Boxes to mark with stand on a narrow screen only when asked for; on a wide one always. */
  readonly onCards: boolean;
}

export type Markable = Pick<GridRow, 'uid' | 'namespace' | 'name'>;

/** `toggle` turns one row, `add` marks it; `extend` marks all from the one turned last to this. */
export type MarkHow = 'toggle' | 'add' | 'extend';

/** Marks rows by their place, for the pointer and for keys. The function stays the same, so that rows need not be drawn anew. */
export function useGridMarks(
  source: GridSource,
  marks: GridMarks | null,
): (index: number, how: MarkHow) => void {
  const latest = useRef({ source, marks });
  useLayoutEffect(() => {
    latest.current = { source, marks };
  });
  const anchor = useRef<string | null>(null);
  return useCallback((index, how) => {
    const { source, marks } = latest.current;
    const at = index - source.offset;
    const row = source.rows[at];
    if (marks === null || row === undefined) return;
    if (how !== 'extend') {
      anchor.current = row.uid;
      marks.mark([row], how === 'add' || !marks.isMarked(row.uid));
      return;
    }
    anchor.current ??= row.uid;
    marks.mark(rowsBetween(source.rows, anchor.current, at), true);
  }, []);
}

/** The rows from one to the other, whichever stands first; only the last when the first is not here any more. */
function rowsBetween(rows: readonly GridRow[], fromUid: string | null, to: number): readonly GridRow[] {
  const from = rows.findIndex((row) => row.uid === fromUid);
  if (rows[to] === undefined) return [];
  return from < 0 ? rows.slice(to, to + 1) : rows.slice(Math.min(from, to), Math.max(from, to) + 1);
}
