import type { GridColumn } from '#components/table/grid-model.ts';

/** A column as the chooser shows it: those shown first, in their order, then the others. */
export interface Choosable {
  readonly id: string;
  readonly label: string;
  readonly isShown: boolean;
  /** Leads to the object: always there. */
  readonly isFixed: boolean;
  readonly canMove: (step: 1 | -1) => boolean;
}

export function choosable(
  all: readonly GridColumn[],
  shown: readonly string[],
  title: string,
): readonly Choosable[] {
  const known = new Map(all.map((column) => [column.id, column]));
  const isLed = known.has(title) && !shown.includes(title);
  const ids = [...(isLed ? [title] : []), ...shown].filter((id) => known.has(id));
  const rest = all.filter((column) => !ids.includes(column.id));
  const entry = (column: GridColumn, at: number): Choosable => ({
    id: column.id,
    label: column.label,
    isShown: at >= 0,
    isFixed: column.id === title,
    canMove: (step) => at >= 0 && ids[at + step] !== undefined,
  });
  return [
    ...ids.flatMap((id, at) => {
      const column = known.get(id);
      return column === undefined ? [] : [entry(column, at)];
    }),
    ...rest.map((column) => entry(column, -1)),
  ];
}

const shownIds = (columns: readonly Choosable[]): string[] =>
  columns.filter((column) => column.isShown).map((column) => column.id);

/** A column that comes in stands last of those shown. */
export function toggled(columns: readonly Choosable[], id: string): readonly string[] {
  const shown = shownIds(columns);
  return shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id];
}

export function moved(columns: readonly Choosable[], id: string, step: 1 | -1): readonly string[] {
  const shown = shownIds(columns);
  const from = shown.indexOf(id);
  const other = shown[from + step];
  if (from < 0 || other === undefined) return shown;
  return shown.with(from, other).with(from + step, id);
}
