'use client';
import { memo, type ReactNode, useState } from 'react';
import { Link } from '#components/ui/link.tsx';
import { Placeholder } from '#components/ui/placeholder.tsx';
import { cellLook } from './cell-text.ts';
import { CellView } from './cell-view.tsx';
import styles from './grid.module.css';
import { GridCard } from './grid-card.tsx';
import type { GridColumn, GridRow } from './grid-model.ts';
import type { GridRowProps } from './grid-row-props.ts';
import { MarkBox } from './mark-box.tsx';

export const GridRowView = memo(function GridRowView(props: GridRowProps) {
  const { row, index } = props;
  const leaving = row !== undefined && isLeaving(row, props.columns);
  const left = row?.hasLeft === true ? styles.left : '';
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-busy={row === undefined || undefined}
      aria-selected={props.marked ?? undefined}
      data-index={index}
      tabIndex={props.focused ? 0 : -1}
      className={`${styles.row} ${leaving ? styles.leaving : ''} ${props.marked === null ? '' : styles.boxed} ${left}`}
      style={{
        transform: `translateY(${props.topPx}px)`,
        height: props.heightPx,
        gridTemplateColumns: props.template ?? undefined,
      }}
      onFocus={() => props.onFocus(index, row?.key ?? null)}
    >
      {row === undefined ? (
        <PlaceholderCells
          boxed={props.marked !== null}
          columns={props.template === null ? props.columns.slice(0, 1) : props.columns}
          seed={index}
        />
      ) : (
        <>
          <Change key={row.key} changes={row.changes} />
          {props.marked === null ? null : <Mark {...props} row={row} marked={props.marked} />}
          {props.template === null ? <GridCard {...props} row={row} /> : <Cells {...props} row={row} />}
        </>
      )}
    </div>
  );
});

function Cells(props: GridRowProps & { readonly row: GridRow }): ReactNode {
  const { row } = props;
  return props.columns.map((column) => (
    <div
      key={column.id}
      role="gridcell"
      tabIndex={-1}
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
          href={column.id === props.titleColumn ? props.hrefOf(row) : props.linkOf(row, column)}
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

function Mark(props: GridRowProps & { readonly row: GridRow; readonly marked: boolean }) {
  return (
    <div role="gridcell" className={styles.mark} data-mark>
      <MarkBox
        checked={props.marked}
        label={`Mark ${props.row.name}`}
        onClick={(event) => props.onMark(props.index, event.shiftKey ? 'extend' : 'toggle')}
      />
    </div>
  );
}

function PlaceholderCells(props: {
  readonly boxed: boolean;
  readonly columns: readonly GridColumn[];
  readonly seed: number;
}): ReactNode {
  const cells = props.columns.map((column, place) => (
    <div key={column.id} role="gridcell" className={`${styles.cell} ${column.right ? styles.right : ''}`}>
      <Placeholder widthPx={place === 0 ? 100 + ((props.seed * 37) % 90) : column.right ? 26 : 60} />
    </div>
  ));
  return props.boxed ? [<div key="" role="gridcell" data-mark className={styles.mark} />, ...cells] : cells;
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
