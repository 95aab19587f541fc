'use client';
import { Glyph } from '#components/ui/glyph.tsx';
import type { Sort } from '#lib/resources/query-spec.ts';
import styles from './grid.module.css';
import { type GridColumn, nextSort } from './grid-model.ts';

export function GridHead(props: {
  readonly columns: readonly GridColumn[];
  readonly template: string;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort) => void;
  readonly staleHead: string | null;
}) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div
        role="row"
        aria-rowindex={1}
        className={styles.headRow}
        style={{ gridTemplateColumns: props.template }}
      >
        {props.columns.map((column) => {
          const sorted = props.sort?.column === column.id ? props.sort : null;
          const words = column.type === 'state' && props.staleHead !== null ? props.staleHead : column.label;
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-sort={sorted === null ? undefined : sorted.descending ? 'descending' : 'ascending'}
              className={`${styles.headCell} ${column.right ? styles.right : ''} ${sorted === null ? '' : styles.sorted}`}
            >
              {column.sortable ? (
                <button
                  type="button"
                  className={styles.sort}
                  onClick={() => props.onSort(nextSort(props.sort, column))}
                >
                  {words}
                  {sorted === null ? null : <Glyph name={sorted.descending ? 'down' : 'up'} small />}
                </button>
              ) : (
                words
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
