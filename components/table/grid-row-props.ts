import type { GridColumn, GridRow } from './grid-model.ts';
import type { MarkHow } from './use-grid-marks.ts';

export interface GridRowProps {
  readonly index: number;
  /** Not here yet: a placeholder of the final shape. */
  readonly row: GridRow | undefined;
  readonly topPx: number;
  readonly heightPx: number;
  readonly columns: readonly GridColumn[];
  /** null: an item of two lines and one of the rest, on a narrow screen. */
  readonly template: string | null;
  readonly focused: boolean;
  readonly stale: boolean;
  /** null: there is no box to mark it with. */
  readonly marked: boolean | null;
  readonly titleColumn: string | null;
  readonly hrefOf: (row: GridRow) => string;
  readonly linkOf: (row: GridRow, column: GridColumn) => string | null;
  readonly onMark: (index: number, how: MarkHow) => void;
  readonly onFocus: (index: number, key: number | null) => void;
}
