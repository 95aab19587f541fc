'use client';
import { type KeyboardEvent, type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { focusIndex, type GridFocus, moveOf } from './grid-focus.ts';
import type { GridRow, GridSource } from './grid-model.ts';
import type { MarkHow } from './use-grid-marks.ts';
import type { GridRows } from './use-grid-rows.ts';

/** What keys do beside moving the focus. markAll: where rows are marked at all. */
export interface GridActs {
  readonly open: (row: GridRow) => void;
  readonly mark: (index: number, how: MarkHow) => void;
  readonly markAll: ((isOn: boolean) => void) | undefined;
}

/**
 * Roving focus: one row of the table is in the tab order. Arrows, j and k, Home, End and the page keys move it, enter
 * opens, x and space mark (with shift: all from the one marked last), ctrl a marks all, right and left walk the row's cells (a cell's link stands for it), esc steps back to the row.
 */
export function useGridFocus(source: GridSource, bodyRef: RefObject<HTMLElement | null>) {
  const [focus, setFocus] = useState<GridFocus>({ index: 0, key: null });
  const moved = useRef(false);
  const index = focusIndex(focus, source.rows, source.offset, source.total);
  useLayoutEffect(() => {
    const body = bodyRef.current;
    const holdsFocus = body?.contains(document.activeElement) ?? false;
    if (body === null || !(moved.current || (holdsFocus && rowIndexOf(document.activeElement) !== index)))
      return;
    moved.current = false;
    rowElement(body, index)?.focus({ preventScroll: true });
  }, [index, bodyRef]);
  const go = (to: number, rows: GridRows) => {
    moved.current = to !== index;
    setFocus({ index: to, key: source.rows[to - source.offset]?.key ?? null });
    rows.show(to);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>, rows: GridRows, acts: GridActs) => {
    const body = bodyRef.current;
    if (body === null || index < 0 || !body.contains(event.target as Node)) return;
    if (isAll(event) && acts.markAll !== undefined) {
      acts.markAll(true);
      event.preventDefault();
    }
    if (hasModifier(event)) return;
    const row = rowElement(body, index);
    const here = source.rows[index - source.offset];
    const isInside = event.target !== row;
    const isActive = (event.target as Element).closest('a, button') !== null;
    const to = moveOf(event.key, index, source.total, rows.pageRows);
    const isMark = event.key.toLowerCase() === 'x' || (event.key === ' ' && !isButton(event.target));
    if (to !== null) {
      if (event.shiftKey) acts.mark(index, 'add');
      go(to, rows);
      if (event.shiftKey) acts.mark(to, 'extend');
    } else if (isMark) acts.mark(index, event.shiftKey ? 'extend' : 'toggle');
    else if (event.key === 'Enter' && !isActive && here !== undefined) acts.open(here);
    else if (event.key === 'ArrowRight') walkCells(row, 1);
    else if (event.key === 'ArrowLeft') walkCells(row, -1);
    else if (event.key === 'Escape' && isInside) row?.focus();
    else return;
    event.preventDefault();
  };
  const take = useCallback((at: number, key: number | null) => setFocus({ index: at, key }), []);
  return { index, onKeyDown, take };
}

const isAll = (event: KeyboardEvent): boolean => event.key === 'a' && (event.ctrlKey || event.metaKey);
const isButton = (target: EventTarget): boolean => (target as Element).closest('button') !== null;

function hasModifier(event: KeyboardEvent): boolean {
  return event.altKey || event.ctrlKey || event.metaKey;
}

function rowElement(body: HTMLElement, index: number): HTMLElement | null {
  return body.querySelector<HTMLElement>(`[data-index="${index}"]`);
}

function rowIndexOf(element: Element | null): number {
  return Number(element?.closest<HTMLElement>('[data-index]')?.dataset.index ?? -1);
}

/** The row itself stands before its first cell. */
function walkCells(row: HTMLElement | null, step: 1 | -1): void {
  if (row === null) return;
  const cells = [...row.querySelectorAll<HTMLElement>('[role="gridcell"]:not([data-mark])')];
  const to = cells.findIndex((cell) => cell.contains(document.activeElement)) + step;
  const cell = cells[Math.min(cells.length - 1, to)];
  (to < 0 ? row : (cell?.querySelector<HTMLElement>('a[href]') ?? cell))?.focus();
}
