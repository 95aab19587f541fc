import type { QuerySpec } from '#lib/resources/query-spec.ts';
import { levelWords } from './facets.ts';
import { selectorTerms, withoutTerm } from './selector-terms.ts';

export function hasFilters(spec: QuerySpec): boolean {
  return filtersOf(spec).length > 0;
}

export const NO_FILTERS: Partial<QuerySpec> = { text: '', labelSelector: '', facets: {}, related: null };

/** One filter in force, in words, and the question without it. */
export interface Filter {
  readonly words: string;
  readonly without: Partial<QuerySpec>;
}

export function filtersOf(spec: QuerySpec): readonly Filter[] {
  const filters: Filter[] = [];
  if (spec.text !== '') filters.push({ words: `“${spec.text}”`, without: { text: '' } });
  for (const term of selectorTerms(spec.labelSelector)) {
    filters.push({ words: term, without: { labelSelector: withoutTerm(spec.labelSelector, term) } });
  }
  for (const [column, values] of Object.entries(spec.facets)) {
    const rest = Object.fromEntries(Object.entries(spec.facets).filter(([key]) => key !== column));
    filters.push({ words: `${column}: ${values.map(levelWords).join(' or ')}`, without: { facets: rest } });
  }
  if (spec.related !== null)
    filters.push({ words: `${spec.related.by} ${spec.related.uid}`, without: { related: null } });
  return filters;
}
