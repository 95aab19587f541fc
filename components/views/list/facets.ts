import { STATE_LEVELS, type StateLevel } from '#lib/resources/cell.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { Counts, FacetCount, QuerySpec } from '#lib/resources/query-spec.ts';

/** The facets a list offers, from the counts that came with its rows. A pressed value stays, even at count 0. */
export interface StateFacet {
  readonly column: string;
  readonly level: StateLevel;
  readonly words: string;
  readonly count: number;
  readonly pressed: boolean;
}

export interface ValueFacet {
  readonly column: string;
  readonly label: string;
  readonly values: readonly (FacetCount & { readonly pressed: boolean })[];
}

const LEVEL_WORDS: Readonly<Record<StateLevel, string>> = {
  failed: 'Failing',
  warning: 'Warning',
  unknown: 'Unknown',
  progress: 'Moving',
  ok: 'Fine',
};

/** As the look has them: what hurts first, what is not known last. */
const LEVEL_ORDER: readonly StateLevel[] = ['failed', 'warning', 'progress', 'ok', 'unknown'];

export function stateFacets(
  columns: readonly Column[],
  counts: Counts | null,
  spec: QuerySpec,
): readonly StateFacet[] {
  const column = columns.find((candidate) => candidate.type === 'state' && candidate.facet);
  if (column === undefined || counts === null) return [];
  const counted = valuesOf(counts, column.id);
  const pressed = spec.facets[column.id] ?? [];
  return LEVEL_ORDER.flatMap((level) => {
    const count = counted.find((item) => item.value === level)?.count ?? 0;
    const isPressed = pressed.includes(level);
    if (count === 0 && !isPressed) return [];
    return [{ column: column.id, level, words: LEVEL_WORDS[level], count, pressed: isPressed }];
  });
}

/** Every other facet column with at least two values to choose from, or a pressed one. */
export function valueFacets(
  columns: readonly Column[],
  counts: Counts | null,
  spec: QuerySpec,
): readonly ValueFacet[] {
  if (counts === null) return [];
  return columns.flatMap((column) => {
    if (!column.facet || column.type === 'state') return [];
    const pressed = spec.facets[column.id] ?? [];
    const counted = valuesOf(counts, column.id);
    const missing = pressed.filter((value) => !counted.some((item) => item.value === value));
    const values = [...counted, ...missing.map((value) => ({ value, count: 0 }))].map((item) => ({
      ...item,
      pressed: pressed.includes(item.value),
    }));
    if (values.length < 2 && pressed.length === 0) return [];
    return [{ column: column.id, label: column.label, values }];
  });
}

function valuesOf(counts: Counts, column: string): readonly FacetCount[] {
  return Object.hasOwn(counts.facets, column) ? (counts.facets[column] ?? []) : [];
}

export function toggleFacet(facets: QuerySpec['facets'], column: string, value: string): QuerySpec['facets'] {
  const before = facets[column] ?? [];
  const after = before.includes(value) ? before.filter((other) => other !== value) : [...before, value];
  const rest = Object.entries(facets).filter(([key]) => key !== column);
  return Object.fromEntries(after.length === 0 ? rest : [...rest, [column, after]]);
}

export function isLevel(value: string): value is StateLevel {
  return STATE_LEVELS.some((level) => level === value);
}

export function levelWords(value: string): string {
  return isLevel(value) ? LEVEL_WORDS[value] : value;
}
