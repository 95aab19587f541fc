'use client';
import { Link } from '#components/ui/link.tsx';
import { cellLook, cellPhrase } from './cell-text.ts';
import { CellView } from './cell-view.tsx';
import styles from './grid.module.css';
import type { GridColumn, GridRow } from './grid-model.ts';
import type { GridRowProps } from './grid-row-props.ts';

/** A row on a narrow screen: name and age, then the state, then what else says something. */
export function GridCard(props: Omit<GridRowProps, 'row'> & { readonly row: GridRow }) {
  const { row, columns } = props;
  const state = columns.find((column) => column.type === 'state');
  const time = columns.findLast((column) => column.type === 'time');
  return (
    <>
      <div role="gridcell" tabIndex={-1} className={styles.cardName}>
        <Link className={styles.name} href={props.hrefOf(row)} tabIndex={-1}>
          {titleOf(row, columns, props.titleColumn)}
        </Link>
      </div>
      <div role="gridcell" tabIndex={-1} className={styles.cardTime}>
        {time?.column ? <CellView cell={row.cells[time.cell]} column={time.column} /> : null}
      </div>
      <div role="gridcell" tabIndex={-1} className={styles.cardState}>
        {state?.column ? (
          <CellView cell={row.cells[state.cell]} column={state.column} stale={props.stale} />
        ) : null}
      </div>
      <div role="gridcell" tabIndex={-1} className={styles.cardRest}>
        {phrases(row, columns, props.titleColumn).join(' · ')}
      </div>
    </>
  );
}

function titleOf(row: GridRow, columns: readonly GridColumn[], titleColumn: string | null): string {
  const column = columns.find((candidate) => candidate.id === titleColumn);
  const cell = column === undefined ? null : row.cells[column.cell];
  return typeof cell === 'string' && cell !== '' ? cell : row.name;
}

function phrases(row: GridRow, columns: readonly GridColumn[], titleColumn: string | null): string[] {
  const rest = columns.flatMap((column) => {
    if (column.column === null || column.type === 'time' || column.id === titleColumn) return [];
    return cellPhrase(cellLook(row.cells[column.cell], column.column), column.label, column.right) ?? [];
  });
  const showsNamespace = columns.some((column) => column.type === 'namespace');
  return showsNamespace && row.namespace !== '' ? [row.namespace, ...rest] : rest;
}
