/** A measured figure, its goal, and whether it was met: one JSON line each, so that a script can read them. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  goal: { atMost: number } | { atLeast: number };
}

export const isMet = ({ value, goal }: Figure): boolean =>
  'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;

export const figureLine = (figure: Figure): string => JSON.stringify({ ...figure, isMet: isMet(figure) });

export const round = (value: number, digits = 0): number => Number(value.toFixed(digits));
