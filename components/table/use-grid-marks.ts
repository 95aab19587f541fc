'use client';
import { useCallback, useLayoutEffect, useRef } from 'react';
import { type GridMarks, rowsBetween } from './grid-marks.ts';
import type { GridSource } from './grid-model.ts';

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
