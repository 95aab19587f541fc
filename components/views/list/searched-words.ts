import type { Column } from '#lib/resources/definition.ts';

/** The placeholder of the text filter: 'Name, state or node'. Says what is searched, at most three of it. */
export function searchedWords(columns: readonly Column[]): string {
  const labels = columns
    .filter((column) => column.searched && column.priority > 0)
    .map((column) => column.label);
  const [first, second] = labels.map((label) => (/^[A-Z][a-z]/.test(label) ? label.toLowerCase() : label));
  if (first === undefined) return 'Name';
  return second === undefined ? `Name or ${first}` : `Name, ${first} or ${second}`;
}
