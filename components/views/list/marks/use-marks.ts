'use client';
import { useCallback, useMemo, useState } from 'react';
import type { GridMarks } from '#components/table/use-grid-marks.ts';
import { formatCount } from '#lib/format/number.ts';
import { ALL_MARKED, hasMarks, isMarked, type Marks, NO_MARKS, withMarks } from './marks.ts';

export interface ListMarks {
  readonly marks: Marks;
  readonly grid: GridMarks;
  readonly clear: () => void;
  /** Boxes on a narrow screen; taking them away takes the marks with them. */
  readonly toggleBoxes: () => void;
}

/**
 * Marks of a list. They stay through every change of the rows; "all that match" belongs to its question (`asked`) and
 * goes with it. Another kind (`list`) starts with none.
 */
export function useMarks(
  list: string,
  asked: string,
  matched: number | null,
  onCleared: () => void,
): ListMarks {
  const [kept, setKept] = useState<{ list: string; asked: string; marks: Marks }>({
    list,
    asked,
    marks: NO_MARKS,
  });
  const isOver = kept.list !== list || (kept.marks.all && kept.asked !== asked);
  const marks = isOver ? NO_MARKS : kept.marks;
  const change = useCallback(
    (next: (before: Marks) => Marks) =>
      setKept((before) => {
        const isOld = before.list !== list || (before.marks.all && before.asked !== asked);
        return { list, asked, marks: next(isOld ? NO_MARKS : before.marks) };
      }),
    [list, asked],
  );
  const [isBoxed, setBoxed] = useState(false);
  const onCards = isBoxed || hasMarks(marks);
  const clear = useCallback(() => {
    change(() => NO_MARKS);
    onCleared();
  }, [change, onCleared]);
  const grid = useMemo<GridMarks>(
    () => ({
      isMarked: (uid) => isMarked(marks, uid),
      overall: marks.all && marks.except.size === 0 ? 'all' : hasMarks(marks) ? 'some' : 'none',
      mark: (rows, isOn) => change((before) => withMarks(before, rows, isOn)),
      markAll: (isOn) => change(() => (isOn ? ALL_MARKED : NO_MARKS)),
      allLabel: matched === null ? 'Mark all' : `Mark all ${formatCount(matched)}`,
      onCards,
    }),
    [marks, change, matched, onCards],
  );
  const toggleBoxes = () => {
    setBoxed(!onCards);
    if (onCards) clear();
  };
  return { marks, grid, clear, toggleBoxes };
}
