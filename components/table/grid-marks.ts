import type { GridRow } from './grid-model.ts';

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

/** The rows from one to the other, whichever stands first; only the last when the first is not here any more. */
export function rowsBetween(
  rows: readonly GridRow[],
  fromUid: string | null,
  to: number,
): readonly GridRow[] {
  const from = rows.findIndex((row) => row.uid === fromUid);
  if (rows[to] === undefined) return [];
  return from < 0 ? rows.slice(to, to + 1) : rows.slice(Math.min(from, to), Math.max(from, to) + 1);
}
