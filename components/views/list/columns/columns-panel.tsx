'use client';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { titleColumn } from '#components/resources/row-link.ts';
import { LEAST_PX, MOST_PX, OWN_COLUMNS, widthInBounds, withWidth } from '#components/table/column-choice.ts';
import { gridColumns, NAME_COLUMN } from '#components/table/grid-model.ts';
import { Button } from '#components/ui/button.tsx';
import { Glyph } from '#components/ui/glyph.tsx';
import type { List } from '../list.ts';
import { type Choosable, choosable, moved, toggled } from './choosable.ts';
import styles from './columns-panel.module.css';

/** Which columns, in which order, how wide. Remembered by this browser for the kind. */
export function ColumnsPanel({ list }: { readonly list: List }) {
  const { choice, setChoice, table, resource, kind } = list;
  const title = titleColumn(resource) ?? NAME_COLUMN;
  const all = gridColumns(table.columns ?? [], {
    ...{ title, namespace: kind.isNamespaced, roomy: true, choice: OWN_COLUMNS, every: true },
  });
  const own = gridColumns(table.columns ?? [], {
    ...{ title, namespace: kind.isNamespaced, roomy: true, choice: OWN_COLUMNS },
  });
  const columns = choosable(all, choice.shown ?? own.map((column) => column.id), title);
  const [isRefused, setRefused] = useState(false);
  const change = (next: typeof choice) => setRefused(!setChoice(next));
  const panel = useFirstFocus();
  const focusAfter = useFocusAfterMove(panel, choice.shown);
  const show = (shown: readonly string[]) => change({ ...choice, shown });
  return (
    <div ref={panel} className={styles.panel}>
      <ul className={styles.list}>
        {columns.map((column) => (
          <ColumnRow
            key={column.id}
            column={column}
            widthPx={choice.widths[column.id] ?? null}
            onToggle={() => show(toggled(columns, column.id))}
            onMove={(step) => {
              focusAfter(column.id, step);
              show(moved(columns, column.id, step));
            }}
            onWidth={(px) => change(withWidth(choice, column.id, px))}
          />
        ))}
      </ul>
      <div className={styles.foot}>
        <span role="status">{isRefused ? 'This browser remembers nothing for this page.' : ''}</span>
        <Button small onClick={() => change(OWN_COLUMNS)}>
          As the kind has them
        </Button>
      </div>
    </div>
  );
}

function ColumnRow(props: {
  readonly column: Choosable;
  readonly widthPx: number | null;
  readonly onToggle: () => void;
  readonly onMove: (step: 1 | -1) => void;
  readonly onWidth: (px: number | null) => void;
}) {
  const { column } = props;
  const move = (step: 1 | -1, words: string) => (
    <button
      type="button"
      className={styles.move}
      data-move={`${column.id} ${step}`}
      aria-label={`Move ${column.label} ${words}`}
      aria-disabled={!column.canMove(step) || undefined}
      onClick={() => (column.canMove(step) ? props.onMove(step) : undefined)}
    >
      <Glyph name={step < 0 ? 'up' : 'down'} small />
    </button>
  );
  return (
    <li className={styles.row}>
      <label className={styles.name}>
        <input type="checkbox" checked={column.isShown} disabled={column.isFixed} onChange={props.onToggle} />
        {column.label}
      </label>
      <input
        className={styles.width}
        type="number"
        aria-label={`Width of ${column.label} in pixels`}
        placeholder="auto"
        min={LEAST_PX}
        max={MOST_PX}
        step={8}
        value={props.widthPx ?? ''}
        onChange={({ target }) =>
          props.onWidth(target.value === '' ? null : widthInBounds(Number(target.value)))
        }
      />
      {move(-1, 'to the left')}
      {move(1, 'to the right')}
    </li>
  );
}

/** The panel is loaded when first opened: the focus comes in when it is there. */
function useFirstFocus() {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.querySelector<HTMLElement>('[type=checkbox]:enabled')?.focus(), []);
  return panel;
}

/** An element that moves in the document loses the focus. */
function useFocusAfterMove(panel: ReturnType<typeof useFirstFocus>, shown: readonly string[] | null) {
  const button = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each new order
  useLayoutEffect(() => {
    const name = button.current;
    button.current = null;
    if (name === null) return;
    const buttons = [...(panel.current?.querySelectorAll<HTMLElement>('[data-move]') ?? [])];
    buttons.find((one) => one.dataset.move === name)?.focus();
  }, [panel, shown]);
  return (id: string, step: 1 | -1) => {
    button.current = `${id} ${step}`;
  };
}
