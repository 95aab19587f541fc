import { cellLength, cellLook } from './cell-text.ts';
import type { GridColumn, GridRow } from './grid-model.ts';

const CHARACTER_PX = 7.1;
const CODE_PX = 7.3;
const PADDING_PX = 20;
const EDGE_PX = 10;

/** Bounds in px by what a column holds; a name may be long, a figure never is. */
const BOUNDS: Readonly<Record<GridColumn['type'], readonly [number, number]>> = {
  name: [170, 380],
  namespace: [90, 180],
  state: [130, 300],
  text: [64, 460],
  list: [90, 260],
  code: [56, 180],
  number: [56, 120],
  quantity: [70, 130],
  time: [66, 90],
};

/**
 * Ideal widths in px for the rows at hand. They only grow (`before`), in steps of 8 px: a live table must not twitch.
 */
export function columnWidths(
  columns: readonly GridColumn[],
  rows: readonly GridRow[],
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const widths: Record<string, number> = Object.create(null);
  for (const [place, column] of columns.entries()) {
    const edge = place === 0 || place === columns.length - 1 ? EDGE_PX : 0;
    let longest = column.label.length + (column.sortable ? 2 : 0);
    for (const row of rows) longest = Math.max(longest, lengthIn(row, column));
    const [least, most] = BOUNDS[column.type];
    const px = longest * (column.type === 'code' ? CODE_PX : CHARACTER_PX) + PADDING_PX + edge;
    const wanted = Math.ceil(Math.min(most, Math.max(least, px)) / 8) * 8;
    widths[column.id] = Math.max(wanted, before[column.id] ?? 0);
  }
  return widths;
}

function lengthIn(row: GridRow, column: GridColumn): number {
  if (column.type === 'name') return row.name.length;
  if (column.type === 'namespace') return row.namespace.length;
  if (column.column === null) return 0;
  return cellLength(cellLook(row.cells[column.cell], column.column));
}

type Widths = Readonly<Record<string, number>>;

/** Words share what room is left, figures keep theirs; names and states may shrink to their least, then the table scrolls. A chosen width stands. */
export function gridTemplate(columns: readonly GridColumn[], widths: Widths, chosen: Widths): string {
  return columns
    .map((column) => {
      const set = chosen[column.id];
      if (set !== undefined) return `${set}px`;
      const px = widths[column.id] ?? BOUNDS[column.type][0];
      if (column.right) return `minmax(${px}px, ${px / 40}fr)`;
      const least = Math.min(px, BOUNDS[column.type][0]);
      return `minmax(${least}px, ${px}fr)`;
    })
    .join(' ');
}

export function leastWidth(columns: readonly GridColumn[], widths: Widths, chosen: Widths): number {
  return columns.reduce((sum, column) => {
    const set = chosen[column.id];
    if (set !== undefined) return sum + set;
    const px = widths[column.id] ?? BOUNDS[column.type][0];
    return sum + (column.right ? px : Math.min(px, BOUNDS[column.type][0]));
  }, 0);
}
