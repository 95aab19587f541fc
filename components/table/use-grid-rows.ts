'use client';
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Window } from '#lib/resources/query-spec.ts';
import type { GridSource } from './grid-model.ts';
import { windowFor } from './grid-window.ts';

export interface GridRows {
  readonly items: readonly { readonly index: number; readonly topPx: number }[];
  readonly totalPx: number;
  readonly pageRows: number;
  readonly show: (index: number) => void;
}

/** A dragged scrollbar passes thousands of windows: the first is asked for at once, then at most one in this time. */
const ASK_MS = 100;

/** Which rows are in the page, and which window that asks for. The focused row always stays in the page. */
export function useGridRows(input: {
  readonly source: GridSource;
  readonly rowPx: number;
  readonly headPx: number;
  readonly scrollRef: RefObject<HTMLElement | null>;
  readonly bodyRef: RefObject<HTMLElement | null>;
  readonly focused: number;
  readonly onWindow: (window: Window) => void;
}): GridRows {
  const { rowPx, headPx, focused, onWindow, scrollRef } = input;
  const { total } = input.source;
  const scrollMargin = useScrollMargin(scrollRef, input.bodyRef, headPx);
  const rangeExtractor = useCallback(
    (range: Range) => withFocused(defaultRangeExtractor(range), focused, total),
    [focused, total],
  );
  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>({
    count: total,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowPx,
    overscan: 8,
    scrollMargin,
    scrollPaddingStart: headPx,
    rangeExtractor,
    initialRect: { width: 1200, height: 700 },
  });
  // Another row height makes every place wrong that was kept.
  useLayoutEffect(() => {
    if (rowPx > 0) virtualizer.measure();
  }, [virtualizer, rowPx]);
  const range = virtualizer.range;
  useAskedWindow(windowFor(range?.startIndex ?? 0, range?.endIndex ?? 0), onWindow);
  return {
    items: virtualizer
      .getVirtualItems()
      .map((item) => ({ index: item.index, topPx: item.start - scrollMargin })),
    totalPx: virtualizer.getTotalSize(),
    pageRows: Math.max(1, Math.floor(((scrollRef.current?.clientHeight ?? 700) - headPx) / rowPx)),
    show: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  };
}

/** Asks for the window in view. */
function useAskedWindow({ offset, limit }: Window, onWindow: (window: Window) => void): void {
  const askedMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const ask = () => {
      askedMs.current = performance.now();
      onWindow({ offset, limit });
    };
    const waitMs = askedMs.current + ASK_MS - performance.now();
    if (waitMs <= 0) return ask();
    const timer = setTimeout(ask, waitMs);
    return () => clearTimeout(timer);
  }, [onWindow, offset, limit]);
}

function withFocused(indexes: number[], focused: number, total: number): number[] {
  if (focused < 0 || focused >= total || indexes.includes(focused)) return indexes;
  return [...indexes, focused].sort((a, b) => a - b);
}

/** How far below the top of what scrolls the first row stands. */
function useScrollMargin(
  scrollRef: RefObject<HTMLElement | null>,
  bodyRef: RefObject<HTMLElement | null>,
  headPx: number,
): number {
  const [margin, setMargin] = useState(headPx);
  useLayoutEffect(() => {
    const scroller = scrollRef.current;
    const body = bodyRef.current;
    if (scroller === null || body === null) return;
    const top = body.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    setMargin(Math.max(0, Math.round(top)));
  });
  return margin;
}
