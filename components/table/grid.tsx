'use client';
import { type RefObject, useMemo, useRef, useState } from 'react';
import { COARSE, NARROW, RAIL, useMedia } from '#components/ui/use-media.ts';
import type { Sort, Window } from '#lib/resources/query-spec.ts';
import { columnWidths, gridTemplate, leastWidth } from './column-widths.ts';
import { copyShown } from './copy-shown.ts';
import styles from './grid.module.css';
import { GridHead } from './grid-head.tsx';
import { type GridColumn, type GridRow, type GridSource, gridColumns } from './grid-model.ts';
import { GridRowView } from './grid-row.tsx';
import type { GridRowProps } from './grid-row-props.ts';
import { useGridFocus } from './use-grid-focus.ts';
import { type GridRows, useGridRows } from './use-grid-rows.ts';

export interface GridProps {
  readonly label: string;
  readonly source: GridSource;
  readonly showNamespace: boolean;
  /** The column that leads to the row's object where its name says nothing; null: the name. */
  readonly titleColumn: string | null;
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
  const { cards, rowPx, headPx } = useRowShape();
  const { columns, template, leastPx } = useGridColumns(
    source,
    props.showNamespace,
    props.titleColumn === null,
  );
  const listRef = useRef<HTMLDivElement>(null);
  const bodyRef = useRef<HTMLDivElement>(null);
  const focus = useGridFocus(source, bodyRef);
  const rows = useGridRows({
    source,
    rowPx,
    headPx,
    scrollRef: cards ? props.pageRef : listRef,
    bodyRef,
    focused: focus.index,
    onWindow: props.onWindow,
  });
  return (
    <div
      ref={listRef}
      className={`${styles.list} ${cards ? styles.cards : ''} ${props.staleHead === null ? '' : styles.stale}`}
      role="grid"
      aria-label={props.label}
      aria-rowcount={source.total + 1}
      aria-colcount={cards ? undefined : columns.length}
      aria-busy={props.busy}
      onCopy={copyShown}
      onKeyDown={(event) => focus.onKeyDown(event, rows, props.onOpen)}
    >
      <div className={styles.sheet} style={cards ? undefined : { minWidth: leastPx }}>
        {cards ? null : <GridHead columns={columns} template={template} sort={source.sort} {...props} />}
        <div ref={bodyRef} role="rowgroup" className={styles.body} style={{ height: rows.totalPx }}>
          <Rows
            {...props}
            items={rows.items}
            rowPx={rowPx}
            columns={columns}
            template={cards ? null : template}
            focus={focus}
          />
        </div>
      </div>
    </div>
  );
}

/** Rows on a wide screen, taller ones for fingers, items on a narrow one. */
function useRowShape() {
  const cards = useMedia(NARROW);
  const coarse = useMedia(COARSE);
  return { cards, rowPx: cards ? CARD_PX : coarse ? TOUCH_ROW_PX : ROW_PX, headPx: cards ? 0 : HEAD_PX };
}

function Rows(
  props: GridProps & {
    readonly items: GridRows['items'];
    readonly rowPx: number;
    readonly columns: readonly GridColumn[];
    readonly template: string | null;
    readonly focus: { readonly index: number; readonly take: GridRowProps['onFocus'] };
  },
) {
  const { source } = props;
  return props.items.map((item) => (
    <GridRowView
      key={item.index}
      index={item.index}
      topPx={item.topPx}
      row={source.rows[item.index - source.offset]}
      heightPx={props.rowPx}
      columns={props.columns}
      template={props.template}
      focused={item.index === props.focus.index}
      stale={props.staleHead !== null}
      titleColumn={props.titleColumn}
      hrefOf={props.hrefOf}
      linkOf={props.linkOf}
      onFocus={props.focus.take}
    />
  ));
}

/** The columns that fit this screen, and their widths for the rows seen so far. */
function useGridColumns(source: GridSource, namespace: boolean, name: boolean) {
  const rail = useMedia(RAIL);
  const narrow = useMedia(NARROW);
  const roomy = !rail || narrow;
  const columns = useMemo(
    () => gridColumns(source.columns, { name, namespace, roomy }),
    [source.columns, name, namespace, roomy],
  );
  const widths = useGrowingWidths(columns, source.rows);
  return { columns, template: gridTemplate(columns, widths), leastPx: leastWidth(columns, widths) };
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
