'use client';
import type { PointerEvent } from 'react';
import { Glyph } from '#components/ui/glyph.tsx';
import type { Sort } from '#lib/resources/query-spec.ts';
import { widthInBounds } from './column-choice.ts';
import styles from './grid.module.css';
import { type GridColumn, nextSort } from './grid-model.ts';
import { MarkBox } from './mark-box.tsx';
import type { GridMarks } from './use-grid-marks.ts';

export interface GridHeadProps {
  readonly columns: readonly GridColumn[];
  readonly template: string;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort) => void;
  readonly staleHead: string | null;
  readonly marks: GridMarks | null;
  readonly onWidth?: (column: string, px: number | null) => void;
}

export function GridHead(props: GridHeadProps) {
  const { marks } = props;
  return (
    <div role="rowgroup" className={styles.head}>
      <div
        role="row"
        aria-rowindex={1}
        className={styles.headRow}
        style={{ gridTemplateColumns: props.template }}
      >
        {marks === null ? null : (
          <div role="columnheader" className={styles.mark}>
            <MarkBox
              inTabOrder
              checked={marks.overall === 'some' ? 'mixed' : marks.overall === 'all'}
              label={marks.allLabel}
              onClick={() => marks.markAll(marks.overall !== 'all')}
            />
          </div>
        )}
        {props.columns.map((column) => (
          <Head key={column.id} {...props} column={column} />
        ))}
      </div>
    </div>
  );
}

function Head(props: GridHeadProps & { readonly column: GridColumn }) {
  const { column, onWidth } = props;
  const sorted = props.sort?.column === column.id ? props.sort : null;
  const words = column.type === 'state' && props.staleHead !== null ? props.staleHead : column.label;
  return (
    <div
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
      {onWidth === undefined ? null : (
        <i
          aria-hidden="true"
          className={styles.grip}
          title="Drag to set the width, double click for as wide as needed"
          onPointerDown={(event) => dragWidth(event, (px) => onWidth(column.id, px))}
          onDoubleClick={() => onWidth(column.id, null)}
        />
      )}
    </div>
  );
}

/** By pointer only: the chooser of columns has the same for the keyboard. */
function dragWidth(event: PointerEvent<HTMLElement>, onWidth: (px: number) => void): void {
  const grip = event.currentTarget;
  const startPx = (grip.parentElement?.offsetWidth ?? 0) - event.clientX;
  let lastPx = -1;
  grip.setPointerCapture(event.pointerId);
  grip.onpointermove = ({ clientX }) => {
    const px = widthInBounds(startPx + clientX);
    if (px !== lastPx && lastPx >= 0) onWidth(px);
    lastPx = px;
  };
  grip.onlostpointercapture = () => {
    grip.onpointermove = null;
  };
}
