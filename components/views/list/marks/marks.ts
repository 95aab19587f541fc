/** A marked row, as it was when marked. The uid is the row: whatever stands under its name later was not meant. */
export interface MarkedRow {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Rows one by one, by uid, wherever they stand; or all that match the question, whichever these are by then, but those
 * taken off.
 */
export type Marks =
  | { readonly all: false; readonly rows: ReadonlyMap<string, MarkedRow> }
  | { readonly all: true; readonly except: ReadonlySet<string> };

export const NO_MARKS: Marks = { all: false, rows: new Map() };
export const ALL_MARKED: Marks = { all: true, except: new Set() };

export function isMarked(marks: Marks, uid: string): boolean {
  return marks.all ? !marks.except.has(uid) : marks.rows.has(uid);
}

export function withMarks(marks: Marks, rows: readonly MarkedRow[], isOn: boolean): Marks {
  if (marks.all) {
    const except = new Set(marks.except);
    for (const { uid } of rows) isOn ? except.delete(uid) : except.add(uid);
    return { all: true, except };
  }
  const next = new Map(marks.rows);
  for (const { uid, namespace, name } of rows)
    isOn ? next.set(uid, { uid, namespace, name }) : next.delete(uid);
  return { all: false, rows: next };
}

export function hasMarks(marks: Marks): boolean {
  return marks.all || marks.rows.size > 0;
}

/** '2 marked', 'All 51 that match are marked, but 1'. matched: rows that match now; null: not known. */
export function markedWords(marks: Marks, matched: string): string {
  if (!marks.all) return `${marks.rows.size} marked`;
  const but = marks.except.size === 0 ? '' : ` but ${marks.except.size}`;
  return matched === '' ? `All that match${but} marked` : `All ${matched} that match${but} marked`;
}

const NAMED = 2;

/** What they are: their names while they are few, then where they stand. '' when nothing need be said. */
export function markedNames(marks: Marks): string {
  if (marks.all) return '';
  const rows = [...marks.rows.values()];
  if (rows.length <= NAMED) return rows.map((row) => row.name).join(', ');
  const namespaces = [...new Set(rows.map((row) => row.namespace))].filter((name) => name !== '');
  if (namespaces.length === 0) return '';
  return namespaces.length <= NAMED ? `in ${namespaces.join(', ')}` : `in ${namespaces.length} namespaces`;
}
