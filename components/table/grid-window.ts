import type { Window } from '#lib/resources/query-spec.ts';

const BLOCK = 50;
const MARGIN = 25;
export const MAX_ASKED_ROWS = 200;

/**
 * The window to ask for when rows first…last (inclusive) are seen: in blocks of 50, so that scrolling a few rows asks
 * for nothing new, with 25 rows of margin to each side, 200 rows at most.
 */
export function windowFor(first: number, last: number): Window {
  const offset = Math.max(0, Math.floor((first - MARGIN) / BLOCK) * BLOCK);
  const end = Math.ceil((last + 1 + MARGIN) / BLOCK) * BLOCK;
  return { offset, limit: Math.min(MAX_ASKED_ROWS, Math.max(2 * BLOCK, end - offset)) };
}
