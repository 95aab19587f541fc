import type { Store } from '#lib/k8s/cache/store.ts';
import { apiError } from '#lib/k8s/client/errors.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import { type Cell, isState, isUnknown } from '#lib/resources/cell.ts';
import { type LabelSelector, matchesLabels, parseLabelSelector } from '#lib/resources/label-selector.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import { CellTest } from './cell-test.ts';
import { type Relations, relatedTest } from './related-rows.ts';

/**
 * Which of a spec's conditions a row fails, as bits: 0 means it matches. Facets have a bit each, because the counts of
 * a facet are those of rows that fail nothing else.
 */
export interface RowFilter {
  failures(key: number): number;
  /** Column id → its bit, for the facets that filter. */
  readonly facetBits: ReadonlyMap<string, number>;
  /** Every row matches. */
  readonly isAll: boolean;
}

/** There is no such row. */
export const ABSENT = 1;
/** Not in the scope the total counts: hidden by the mask, in another namespace, not related. */
export const OUT_OF_SCOPE = 2;
const NOT_MATCHED = 4;
const FIRST_FACET = 8;
const MOST_FACETS = 20;

export interface FilterParts extends Relations {
  /** Rows the viewer may see; absent: all. */
  readonly mask?: (key: number) => boolean;
}

/** Throws ApiException (BadRequest) when the spec cannot be understood. */
export function rowFilter(store: Store, spec: QuerySpec, parts: FilterParts): RowFilter {
  const inScope = scopeTest(store, spec, parts);
  const isMatched = matchTest(store, spec);
  const facets = facetTests(store, spec);
  return {
    facetBits: new Map(facets.map((facet) => [facet.column, facet.bit])),
    isAll: inScope === null && isMatched === null && facets.length === 0,
    failures(key) {
      if (inScope !== null && !inScope(key)) return OUT_OF_SCOPE;
      let bits = isMatched === null || isMatched(key) ? 0 : NOT_MATCHED;
      for (const facet of facets) if (!facet.cells.test(store.cellId(key, facet.at))) bits |= facet.bit;
      return bits;
    },
  };
}

export function badRequest(message: string): ApiException {
  return new ApiException(apiError({ reason: 'BadRequest', code: 400, message }));
}

/** null: everything is in scope. */
function scopeTest(store: Store, spec: QuerySpec, parts: FilterParts): ((key: number) => boolean) | null {
  const { mask } = parts;
  const namespaces = new Set(spec.namespaces);
  const isRelated = spec.related === null ? null : relatedTest(store, spec.related, parts);
  if (mask === undefined && namespaces.size === 0 && isRelated === null) return null;
  return (key) => {
    if (mask !== undefined && !mask(key)) return false;
    if (namespaces.size > 0) {
      const { namespace } = store.metadata(key);
      // Cluster-scoped rows are in no namespace, so choosing some does not hide them.
      if (namespace !== '' && !namespaces.has(namespace)) return false;
    }
    return isRelated === null || isRelated(key);
  };
}

/** null: everything matches. */
function matchTest(store: Store, spec: QuerySpec): ((key: number) => boolean) | null {
  const words = spec.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => wordTest(store, word));
  const selector = selectorOf(spec.labelSelector);
  if (words.length === 0 && selector.length === 0) return null;
  const hasLabels = labelTest(selector);
  return (key) => {
    if (selector.length > 0 && !hasLabels(store.metadata(key).labels)) return false;
    return words.every((test) => test(key));
  };
}

/** Rows share their label sets, so each set is tested once. */
function labelTest(selector: LabelSelector): (labels: Readonly<Record<string, string>>) => boolean {
  const known = new WeakMap<object, boolean>();
  return (labels) => {
    const answer = known.get(labels) ?? matchesLabels(selector, labels);
    known.set(labels, answer);
    return answer;
  };
}

function selectorOf(text: string): LabelSelector {
  const parsed = parseLabelSelector(text);
  if ('selector' in parsed) return parsed.selector;
  throw badRequest(`The label selector is not right at character ${parsed.at + 1}: ${parsed.error}`);
}

/** A word in the name, the namespace or a searched column. */
function wordTest(store: Store, word: string): (key: number) => boolean {
  const columns = store.columns.flatMap((column, at) =>
    column.searched === true
      ? [
          {
            at,
            cells: new CellTest(store.dictionary(at), (cell) => textOf(cell).toLowerCase().includes(word)),
          },
        ]
      : [],
  );
  return (key) => {
    const { name, namespace } = store.metadata(key);
    if (name.toLowerCase().includes(word) || namespace.toLowerCase().includes(word)) return true;
    return columns.some(({ at, cells }) => cells.test(store.cellId(key, at)));
  };
}

function textOf(cell: Cell): string {
  if (cell === null || isUnknown(cell)) return '';
  if (isState(cell)) return cell.words;
  return typeof cell === 'object' ? cell.join('\n') : String(cell);
}

interface FacetTest {
  readonly column: string;
  readonly at: number;
  readonly bit: number;
  readonly cells: CellTest;
}

function facetTests(store: Store, spec: QuerySpec): readonly FacetTest[] {
  const wanted = Object.keys(spec.facets).filter((column) => (spec.facets[column]?.length ?? 0) > 0);
  if (wanted.length > MOST_FACETS) throw badRequest(`At most ${MOST_FACETS} facets can be combined`);
  return wanted.map((column, index) => {
    const at = store.columns.findIndex((one) => one.id === column);
    if (at < 0) throw badRequest(`There is no column “${column.slice(0, 80)}” to filter by`);
    const values = new Set(spec.facets[column]);
    return {
      column,
      at,
      bit: FIRST_FACET << index,
      cells: new CellTest(store.dictionary(at), (cell) =>
        facetValues(cell).some((value) => values.has(value)),
      ),
    };
  });
}

const NONE: readonly string[] = [];

/** What a cell counts as: of a state its level, of a list each item once, of others the value. Nothing counts as nothing. */
export function facetValues(cell: Cell): readonly string[] {
  if (cell === null || isUnknown(cell)) return NONE;
  if (isState(cell)) return [cell.level];
  return typeof cell === 'object' ? [...new Set(cell)] : [String(cell)];
}
