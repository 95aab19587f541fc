/** The focused row: the object it was, and the place it had. */
export interface GridFocus {
  readonly index: number;
  readonly key: number | null;
}

/**
 * Where the focus stands now: it follows its object while that is in the window, and keeps its place when the object
 * left. -1 when there are no rows.
 */
export function focusIndex(
  focus: GridFocus,
  rows: readonly { readonly key: number }[],
  offset: number,
  total: number,
): number {
  if (total <= 0) return -1;
  if (focus.key !== null) {
    const at = rows.findIndex((row) => row.key === focus.key);
    if (at >= 0 && offset + at < total) return offset + at;
  }
  return Math.min(Math.max(0, focus.index), total - 1);
}

/** The index a key leads to, or null when the key is none of ours. pageRows: rows that fit into the view. */
export function moveOf(key: string, index: number, total: number, pageRows: number): number | null {
  const last = total - 1;
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(last, index + 1);
    case 'ArrowUp':
    case 'k':
      return Math.max(0, index - 1);
    case 'PageDown':
      return Math.min(last, index + Math.max(1, pageRows - 1));
    case 'PageUp':
      return Math.max(0, index - Math.max(1, pageRows - 1));
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
