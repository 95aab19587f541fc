'use client';
import { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { GridSource } from './grid-model.ts';
import { isSameView, steadyRows } from './steady-rows.ts';

/** A pointer at rest for so long aims at nothing. */
const REST_MS = 3_000;
/** Rows of another question are on their way for so long: those are not held off. */
const ANSWER_MS = 1_500;

/**
 * Rows do not change places under a moving pointer: it would hit another than it aimed at. They say what they say now,
 * and take their places when the pointer leaves, rests, or `apply` is pressed. Touch has no pointer that hovers.
 *
 *   free ──a mouse moves over the rows──► held ──it leaves, rests 3 s, another question, apply──► free
 */
export function useSteadyRows(next: GridSource, question: string, canHold: boolean) {
  const [base, setBase] = useState<GridSource | null>(null);
  const isHeld = base !== null && canHold;
  // Scrolling asks for another window: that is a new place to stand on.
  if (isHeld && !isSameView(base, next)) setBase(next);
  const { source, moved } = isHeld ? steadyRows(base, next) : { source: next, moved: 0 };
  const latest = useRef(next);
  useLayoutEffect(() => {
    latest.current = next;
  });
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const askedMs = useRef(0);
  const [free] = useState(() => () => {
    clearTimeout(rest.current);
    setBase(null);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: with every question
  useEffect(() => {
    askedMs.current = performance.now();
    free();
    return () => clearTimeout(rest.current);
  }, [question, free]);
  const onPointerMove = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse' || performance.now() - askedMs.current < ANSWER_MS) return;
    clearTimeout(rest.current);
    rest.current = setTimeout(free, REST_MS);
    setBase((before) => before ?? latest.current);
  };
  return { source, moved, apply: free, onPointerMove, onPointerLeave: free };
}
