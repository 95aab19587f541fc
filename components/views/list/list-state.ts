import type { LiveTable } from '#lib/live/live-client.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import { hasFilters } from './list-filters.ts';

/** What stands where the rows would: decided here, drawn in list-body.tsx. */
export type ListState =
  | 'rows'
  | 'loading'
  | 'empty'
  | 'nothing-matches'
  | 'forbidden'
  | 'failed'
  | 'refused'
  | 'not-served';

/**
 * Rows that were once shown stay in every state but forbidden. Zero rows are called empty only when the list is
 * complete; while it is read they are called loading.
 */
export function listState(table: LiveTable, spec: QuerySpec, isMissing: boolean): ListState {
  const { connection, counts } = table;
  if (connection.state === 'forbidden') return 'forbidden';
  const hasRows = table.columns !== null && (counts?.matched ?? 0) > 0;
  if (hasRows) return 'rows';
  if (table.refused !== null) return isMissing ? 'not-served' : 'refused';
  if (connection.state === 'gone' || isMissing) return 'not-served';
  if (connection.state === 'failed') return 'failed';
  if (table.columns === null || counts === null || connection.state === 'connecting') return 'loading';
  return hasFilters(spec) ? 'nothing-matches' : 'empty';
}
