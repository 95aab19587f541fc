/** Which columns a viewer wants, in which order, how wide. */
export interface ColumnChoice {
  /** Ids in order; null: the kind's own, as far as the screen has room. */
  readonly shown: readonly string[] | null;
  /** px by id; others are as wide as what they hold. */
  readonly widths: Readonly<Record<string, number>>;
}

export const OWN_COLUMNS: ColumnChoice = { shown: null, widths: {} };
export const LEAST_PX = 48;
export const MOST_PX = 960;

/** In steps of 8 px, so that a drag is few widths. */
export function widthInBounds(px: number): number {
  return Math.min(MOST_PX, Math.max(LEAST_PX, Math.round(px / 8) * 8));
}

export function withWidth(choice: ColumnChoice, id: string, px: number | null): ColumnChoice {
  const others = Object.entries(choice.widths).filter(([known]) => known !== id);
  return { ...choice, widths: Object.fromEntries(px === null ? others : [...others, [id, px]]) };
}

/**
 * The chosen of all, in the order chosen. What leads to the object (`title`) is always there; a column that is not
 * served any more is passed over, one that is new waits in the chooser.
 */
export function chosenColumns<C extends { readonly id: string }>(
  all: readonly C[],
  shown: readonly string[],
  title: string,
): readonly C[] {
  const chosen = shown.flatMap((id) => all.find((column) => column.id === id) ?? []);
  if (chosen.some((column) => column.id === title)) return chosen;
  return [...all.filter((column) => column.id === title), ...chosen];
}
