import { formatDuration } from '#lib/format/duration.ts';
import { formatBytes, formatCount } from '#lib/format/number.ts';
import type { Cell, State, Unknown } from '#lib/resources/cell.ts';
import type { Column } from '#lib/resources/definition.ts';

/**
 * What a cell says. Three kinds of nothing stay apart: zero is a value, `none` (does not apply) an en dash, `unknown`
 * a question mark with its reason. Cells come over a wire: any shape is taken, none throws.
 */
export type CellLook =
  | { readonly look: 'none' }
  | { readonly look: 'unknown'; readonly why: string }
  | { readonly look: 'state'; readonly state: State }
  | { readonly look: 'time'; readonly atMs: number }
  | { readonly look: 'text'; readonly text: string; readonly quiet: boolean };

export function cellLook(cell: Cell | undefined, column: Pick<Column, 'type' | 'unit'>): CellLook {
  if (cell === null) return { look: 'none' };
  if (cell === undefined) return { look: 'unknown', why: 'no value came' };
  if (typeof cell === 'number') return numberLook(cell, column);
  if (typeof cell === 'string') return cell === '' ? { look: 'none' } : text(cell);
  if (Array.isArray(cell)) return cell.length === 0 ? { look: 'none' } : text(cell.map(itemWords).join(', '));
  if (isState(cell)) return { look: 'state', state: cell };
  return { look: 'unknown', why: isUnknown(cell) ? cell.unknown : 'value not readable' };
}

function numberLook(value: number, column: Pick<Column, 'type' | 'unit'>): CellLook {
  if (column.type === 'time')
    return value === 0 ? { look: 'unknown', why: 'never set' } : { look: 'time', atMs: value };
  if (!Number.isFinite(value)) return { look: 'unknown', why: 'not a number' };
  if (column.unit === 'bytes') return text(formatBytes(value));
  const figure = Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(3)));
  const unit = column.unit === undefined || column.unit === '' ? '' : `\u00a0${column.unit}`;
  return { look: 'text', text: figure + unit, quiet: value === 0 };
}

const text = (words: string): CellLook => ({ look: 'text', text: words, quiet: false });

function itemWords(item: unknown): string {
  return typeof item === 'string' || typeof item === 'number' ? String(item) : '?';
}

function isState(cell: unknown): cell is State {
  if (typeof cell !== 'object' || cell === null) return false;
  return 'level' in cell && 'words' in cell && typeof cell.words === 'string';
}

function isUnknown(cell: unknown): cell is Unknown {
  return typeof cell === 'object' && cell !== null && 'unknown' in cell && typeof cell.unknown === 'string';
}

/** 'Leaving, 18 s left' while the countdown runs; the bare words afterwards. */
export function stateWords(state: State, nowMs: number): string {
  if (state.untilMs === undefined || !(state.untilMs > nowMs) || nowMs === 0) return state.words;
  return `${state.words}, ${formatDuration(state.untilMs - nowMs)} left`;
}

/** How many characters wide a cell is, for the widths of columns. */
export function cellLength(look: CellLook): number {
  if (look.look === 'text') return look.text.length;
  if (look.look === 'state') return look.state.words.length + 3;
  return look.look === 'time' ? 6 : 1;
}

/** The third line of an item on a narrow screen: '14 restarts', '1/1 ready', 'worker-a1'; null when it says nothing. */
export function cellPhrase(look: CellLook, label: string, isFigure: boolean): string | null {
  if (look.look !== 'text' || look.quiet) return null;
  return isFigure ? `${look.text} ${label.toLowerCase()}` : look.text;
}
