'use client';
import { type RefObject, useMemo, useRef, useState } from 'react';
import { COARSE, NARROW, RAIL, useMedia } from '#components/ui/use-media.ts';
import type { Sort, Window } from '#lib/resources/query-spec.ts';
import { columnWidths, gridTemplate, leastWidth } from './column-widths.ts';
import styles from './grid.module.css';
import { GridHead } from './grid-head.tsx';
import { type GridColumn, type GridRow, type GridSource, gridColumns } from './grid-model.ts';
import { GridRowView } from './grid-row.tsx';
import { useGridFocus } from './use-grid-focus.ts';
import { useGridRows } from './use-grid-rows.ts';

export interface GridProps {
  readonly label: string;
  readonly source: GridSource;
  readonly showNamespace: boolean;
  /** Asked while scrolling, with the rows to have next. */
  readonly onWindow: (window: Window) => void;
  readonly onSort: (sort: Sort) => void;
  readonly hrefOf: (row: GridRow) => string;
  /** Where a cell leads, for columns that name another object. */
  readonly linkOf: (row: GridRow, column: GridColumn) => string | null;
  readonly onOpen: (row: GridRow) => void;
  /** Rows are what they were then: 'State at 14:31:22'. null while fresh. */
  readonly staleHead: string | null;
  readonly busy: boolean;
  /** On a narrow screen the page scrolls, not the table: this is the page. */
  readonly pageRef: RefObject<HTMLElement | null>;
}

export const ROW_PX = 28;
export const TOUCH_ROW_PX = 44;
/** Name and age, state, one line of the rest, with their padding and hairline. */
export const CARD_PX = 71;
export const HEAD_PX = 26;

/** A table over a windowed source: only the rows in view (and a few around) are in the page. */
export function Grid(props: GridProps) {
  const { source } = props;
  const roomy = !useMedia(RAIL);
  const cards = useMedia(NARROW);
  const coarse = useMedia(COARSE);
  const columns = useMemo(
    () => gridColumns(source.columns, { namespace: props.showNamespace, roomy: roomy || cards }),
    [source.columns, props.showNamespace, roomy, cards],
  );
  const widths = useGrowingWidths(columns, source.rows);
  const listRef = useRef<HTMLDivElement>(null);
  const bodyRef = useRef<HTMLDivElement>(null);
  const rowPx = cards ? CARD_PX : coarse ? TOUCH_ROW_PX : ROW_PX;
  const focus = useGridFocus(source, bodyRef);
  const rows = useGridRows({
    source,
    rowPx,
    headPx: cards ? 0 : HEAD_PX,
    scrollRef: cards ? props.pageRef : listRef,
    bodyRef,
    focused: focus.index,
    onWindow: props.onWindow,
  });
  const rowAt = (index: number): GridRow | undefined => source.rows[index - source.offset];
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by hand, which a table element cannot do
    <div
      ref={listRef}
      className={`${styles.list} ${cards ? styles.cards : ''} ${props.staleHead === null ? '' : styles.stale}`}
      role="grid"
      aria-label={props.label}
      aria-rowcount={source.total + 1}
      aria-colcount={cards ? undefined : columns.length}
      aria-busy={props.busy}
      onKeyDown={(event) =>
        focus.onKeyDown(event, rows, (index) => {
          const row = rowAt(index);
          if (row !== undefined) props.onOpen(row);
        })
      }
    >
      <div className={styles.sheet} style={cards ? undefined : { minWidth: leastWidth(columns, widths) }}>
        {cards ? null : (
          <GridHead
            columns={columns}
            template={gridTemplate(columns, widths)}
            sort={source.sort}
            onSort={props.onSort}
            staleHead={props.staleHead}
          />
        )}
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div ref={bodyRef} role="rowgroup" className={styles.body} style={{ height: rows.totalPx }}>
          {rows.items.map((item) => (
            <GridRowView
              key={item.index}
              index={item.index}
              row={rowAt(item.index)}
              topPx={item.topPx}
              heightPx={rowPx}
              columns={columns}
              template={cards ? null : gridTemplate(columns, widths)}
              focused={item.index === focus.index}
              stale={props.staleHead !== null}
              hrefOf={props.hrefOf}
              linkOf={props.linkOf}
              onFocus={focus.take}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Widths grow with what was seen and start anew with other columns. */
function useGrowingWidths(columns: readonly GridColumn[], rows: readonly GridRow[]) {
  const [kept, setKept] = useState<{
    columns: readonly GridColumn[];
    widths: Readonly<Record<string, number>>;
  }>({
    columns,
    widths: {},
  });
  const before = kept.columns === columns ? kept.widths : {};
  const widths = useMemo(() => columnWidths(columns, rows, before), [columns, rows, before]);
  if (kept.columns !== columns || columns.some((column) => widths[column.id] !== kept.widths[column.id])) {
    setKept({ columns, widths });
  }
  return widths;
}
