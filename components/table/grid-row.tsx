'use client';
import { memo, type ReactNode, useState } from 'react';
import { Link } from '#components/ui/link.tsx';
import { Placeholder } from '#components/ui/placeholder.tsx';
import { cellLook } from './cell-text.ts';
import { CellView } from './cell-view.tsx';
import styles from './grid.module.css';
import { GridCard } from './grid-card.tsx';
import type { GridColumn, GridRow } from './grid-model.ts';

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
  readonly hrefOf: (row: GridRow) => string;
  readonly linkOf: (row: GridRow, column: GridColumn) => string | null;
  readonly onFocus: (index: number) => void;
}

export const GridRowView = memo(function GridRowView(props: GridRowProps) {
  const { row, index } = props;
  const leaving = row !== undefined && isLeaving(row, props.columns);
  return (
    // biome-ignore lint/a11y/useSemanticElements: see grid.tsx
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-busy={row === undefined || undefined}
      data-index={index}
      tabIndex={props.focused ? 0 : -1}
      className={`${styles.row} ${leaving ? styles.leaving : ''}`}
      style={{
        transform: `translateY(${props.topPx}px)`,
        height: props.heightPx,
        gridTemplateColumns: props.template ?? undefined,
      }}
      onFocus={() => props.onFocus(index)}
    >
      {row === undefined ? (
        <PlaceholderCells columns={props.template === null ? 1 : props.columns.length} seed={index} />
      ) : (
        <>
          <Change key={row.key} changes={row.changes} />
          {props.template === null ? <GridCard {...props} row={row} /> : <Cells {...props} row={row} />}
        </>
      )}
    </div>
  );
});

function Cells(props: GridRowProps & { readonly row: GridRow }): ReactNode {
  const { row } = props;
  return props.columns.map((column) => (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: the row is what takes the focus
    <div
      key={column.id}
      role="gridcell"
      className={`${styles.cell} ${column.right ? styles.right : ''} ${toneOf(column)}`}
    >
      {column.column === null ? (
        column.type === 'name' ? (
          <Link className={styles.name} href={props.hrefOf(row)} tabIndex={-1} title={row.name}>
            {row.name}
          </Link>
        ) : (
          <span title={row.namespace}>{row.namespace === '' ? '–' : row.namespace}</span>
        )
      ) : (
        <CellView
          cell={row.cells[column.cell]}
          column={column.column}
          href={props.linkOf(row, column)}
          stale={props.stale}
        />
      )}
    </div>
  ));
}

/** Names and states are what one comes for; the rest is second voice. */
function toneOf(column: GridColumn): string {
  if (column.type === 'name' || column.type === 'state') return '';
  return (column.right ? styles.figure : styles.second) ?? '';
}

function PlaceholderCells(props: { readonly columns: number; readonly seed: number }): ReactNode {
  return Array.from({ length: props.columns }, (_, place) => (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive lint/suspicious/noArrayIndexKey: places, not things
    <div key={place} role="gridcell" className={styles.cell}>
      <Placeholder widthPx={place === 0 ? 100 + ((props.seed * 37) % 90) : 44} />
    </div>
  ));
}

/** A mark over the row that fades; only for changes that came while this row was shown. */
function Change(props: { readonly changes: number }) {
  const [first] = useState(props.changes);
  return props.changes > first ? (
    <i key={props.changes} className={styles.changed} aria-hidden="true" />
  ) : null;
}

function isLeaving(row: GridRow, columns: readonly GridColumn[]): boolean {
  return columns.some((column) => {
    if (column.column === null || column.type !== 'state') return false;
    const look = cellLook(row.cells[column.cell], column.column);
    return look.look === 'state' && look.state.glyph === 'gone';
  });
}
