'use client';
import { type RefObject, useMemo, useRef, useState } from 'react';
import { COARSE, NARROW, RAIL, useMedia } from '#components/ui/use-media.ts';
import type { Sort, Window } from '#lib/resources/query-spec.ts';
import { type ColumnChoice, OWN_COLUMNS } from './column-choice.ts';
import { columnWidths, gridTemplate, leastWidth } from './column-widths.ts';
import { copyShown } from './copy-shown.ts';
import styles from './grid.module.css';
import { GridHead } from './grid-head.tsx';
import { type GridColumn, type GridRow, type GridSource, gridColumns, NAME_COLUMN } from './grid-model.ts';
import { GridRowView } from './grid-row.tsx';
import type { GridRowProps } from './grid-row-props.ts';
import { useGridFocus } from './use-grid-focus.ts';
import type { GridMarks } from './use-grid-marks.ts';
import { useGridMarks } from './use-grid-marks.ts';
import { type GridRows, useGridRows } from './use-grid-rows.ts';
import { useSteadyRows } from './use-steady-rows.ts';

export interface GridProps {
  readonly label: string;
  readonly source: GridSource;
  readonly showNamespace: boolean;
  /** The column that leads to the row's object where its name says nothing; null: the name. */
  readonly titleColumn: string | null;
  /** Asked while scrolling, with the rows to have next. */
  readonly onWindow: (window: Window) => void;
  readonly onSort: (sort: Sort) => void;
  /** Absent: the kind's own columns, as wide as what they hold. */
  readonly choice?: ColumnChoice;
  /** A head was dragged wider or narrower; null: as wide as what it holds again. */
  readonly onWidth?: (column: string, px: number | null) => void;
  readonly hrefOf: (row: GridRow) => string;
  /** Where a cell leads, for columns that name another object. */
  readonly linkOf: (row: GridRow, column: GridColumn) => string | null;
  readonly onOpen: (row: GridRow) => void;
  /** null: rows are not marked here. */
  readonly marks: GridMarks | null;
  /** Rows are what they were then: 'State at 14:31:22'. null while fresh. */
  readonly staleHead: string | null;
  readonly busy: boolean;
  /** What is asked, in any words: the order of its rows is held under a moving pointer. Absent: never held. */
  readonly question?: string;
  /** On a narrow screen the page scrolls, not the table: this is the page. */
  readonly pageRef: RefObject<HTMLElement | null>;
}

export const ROW_PX = 28;
export const TOUCH_ROW_PX = 44;
/** Name and age, state, one line of the rest, with their padding and hairline. */
export const CARD_PX = 71;
export const HEAD_PX = 26;
const BOX_PX = 36;

/** A table over a windowed source: only the rows in view (and a few around) are in the page. */
export function Grid(props: GridProps) {
  const { moved, apply, source, ...pointer } = useSteadyRows(
    props.source,
    props.question ?? '',
    props.question !== undefined && !props.busy,
  );
  return (
    <div className={styles.whole} {...pointer}>
      <Table {...props} source={source} />
      {moved === 0 ? null : (
        <div className={styles.held}>
          <span>
            <span role="status">{moved === 1 ? '1 row moved' : `${moved} rows moved`}</span>
            <button type="button" onClick={apply}>
              Apply
            </button>
          </span>
        </div>
      )}
    </div>
  );
}

function Table(props: GridProps) {
  const { source } = props;
  const { cards, listRef, bodyRef, columns, template, leastPx, rows, rowPx, focus, marks, mark } =
    useGrid(props);
  const acts = { open: props.onOpen, mark, markAll: marks?.markAll };
  return (
    <div
      ref={listRef}
      className={`${styles.list} ${cards ? styles.cards : ''} ${props.staleHead === null ? '' : styles.stale}`}
      role="grid"
      aria-label={props.label}
      aria-rowcount={source.total + 1}
      aria-colcount={cards ? undefined : columns.length + (marks === null ? 0 : 1)}
      aria-multiselectable={marks !== null || undefined}
      aria-busy={props.busy}
      onCopy={copyShown}
      onKeyDown={(event) => focus.onKeyDown(event, rows, acts)}
    >
      <div className={styles.sheet} style={cards ? undefined : { minWidth: leastPx }}>
        {cards ? null : (
          <GridHead {...props} columns={columns} template={template} sort={source.sort} marks={marks} />
        )}
        <div ref={bodyRef} role="rowgroup" className={styles.body} style={{ height: rows.totalPx }}>
          <Rows
            {...props}
            items={rows.items}
            rowPx={rowPx}
            columns={columns}
            template={cards ? null : template}
            focus={focus}
            marks={marks}
            onMark={mark}
          />
        </div>
      </div>
    </div>
  );
}

function useGrid(props: GridProps) {
  const { source, onWindow } = props;
  const { cards, rowPx, headPx } = useRowShape();
  const shape = useGridColumns(props);
  const listRef = useRef<HTMLDivElement>(null);
  const bodyRef = useRef<HTMLDivElement>(null);
  const focus = useGridFocus(source, bodyRef);
  const mark = useGridMarks(source, props.marks);
  const marks = cards && props.marks?.onCards === false ? null : props.marks;
  const scrollRef = cards ? props.pageRef : listRef;
  const rows = useGridRows({ source, rowPx, headPx, scrollRef, bodyRef, focused: focus.index, onWindow });
  return { cards, rowPx, ...shape, listRef, bodyRef, focus, mark, marks, rows };
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
    readonly onMark: GridRowProps['onMark'];
    readonly focus: { readonly index: number; readonly take: GridRowProps['onFocus'] };
  },
) {
  const { source, marks } = props;
  return props.items.map((item) => {
    const row = source.rows[item.index - source.offset];
    return (
      <GridRowView
        key={item.index}
        index={item.index}
        topPx={item.topPx}
        row={row}
        marked={marks === null ? null : row !== undefined && marks.isMarked(row.uid)}
        heightPx={props.rowPx}
        columns={props.columns}
        template={props.template}
        focused={item.index === props.focus.index}
        stale={props.staleHead !== null}
        titleColumn={props.titleColumn}
        hrefOf={props.hrefOf}
        linkOf={props.linkOf}
        onMark={props.onMark}
        onFocus={props.focus.take}
      />
    );
  });
}

/** The columns that fit this screen, and their widths for the rows seen so far. */
function useGridColumns({ source, ...props }: GridProps) {
  const { showNamespace: namespace, choice = OWN_COLUMNS } = props;
  const title = props.titleColumn ?? NAME_COLUMN;
  const rail = useMedia(RAIL);
  const narrow = useMedia(NARROW);
  const roomy = !rail || narrow;
  const columns = useMemo(
    () => gridColumns(source.columns, { title, namespace, roomy, choice }),
    [source.columns, title, namespace, roomy, choice],
  );
  const widths = useGrowingWidths(columns, source.rows);
  const template = gridTemplate(columns, widths, choice.widths);
  const leastPx = leastWidth(columns, widths, choice.widths);
  if (props.marks === null) return { columns, template, leastPx };
  return { columns, template: `${BOX_PX}px ${template}`, leastPx: leastPx + BOX_PX };
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
