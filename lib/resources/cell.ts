/**
 * What a table cell may hold. There are three kinds of nothing and they look different: zero (0), does not apply
 * (null, drawn as an en dash) and not known ({ unknown }, drawn as a question mark with the reason).
 */
export type Cell = string | number | null | readonly string[] | State | Unknown;

export interface Unknown {
  /** Why it is not known, in a few words: 'no metrics', 'malformed status'. */
  readonly unknown: string;
}

/** Worst first: this is also the sort order. */
export const STATE_LEVELS = ['failed', 'warning', 'unknown', 'progress', 'ok'] as const;
export type StateLevel = (typeof STATE_LEVELS)[number];

/** A level keeps its colour; these swap the glyph. */
export type StateGlyph = StateLevel | 'held' | 'blocked' | 'cordoned' | 'wait' | 'gone' | 'done';

/** A state in words. The words are the reason, never the class: 'Crash loop, exit 1'. */
export interface State {
  readonly level: StateLevel;
  readonly words: string;
  readonly glyph?: StateGlyph;
  /** Instant a countdown runs to (ms since 1970, cluster time): back-off end, grace end. Ages travel as instants. */
  readonly untilMs?: number;
}

export function isState(cell: Cell | undefined): cell is State {
  return typeof cell === 'object' && cell !== null && 'level' in cell;
}

export function isUnknown(cell: Cell | undefined): cell is Unknown {
  return typeof cell === 'object' && cell !== null && 'unknown' in cell;
}

/** Whether two cells show the same: what decides that a row changed, on the server and in the browser. */
export function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (a === b) return true;
  if (isState(a)) {
    return (
      isState(b) &&
      a.level === b.level &&
      a.words === b.words &&
      a.glyph === b.glyph &&
      a.untilMs === b.untilMs
    );
  }
  if (isUnknown(a)) return isUnknown(b) && a.unknown === b.unknown;
  if (isState(b) || isUnknown(b)) return false;
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
