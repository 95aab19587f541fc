import { titleColumn } from '#components/resources/row-link.ts';
import { gridColumns, NAME_COLUMN } from '#components/table/grid-model.ts';
import { formatCount } from '#lib/format/number.ts';
import { MOST_NAMED } from '#lib/live/export-rows.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { ExportAsked } from '#lib/routes.ts';
import type { List } from '../list.ts';
import { NO_FILTERS } from '../list-filters.ts';

/** What leaves the list: everything that matches, or what is marked of it. */
export interface Exported {
  readonly spec: QuerySpec;
  readonly part: Pick<ExportAsked, 'only' | 'except'>;
  /** '51 pods', '2 marked pods' */
  readonly words: string;
  /** How many there should be; null: not known. */
  readonly count: number | null;
  /** Why it cannot be; undefined when it can. */
  readonly waits: string | undefined;
}

export function allExported({ spec, table, kind }: List): Exported {
  const count = table.counts?.matched ?? null;
  const words = count === null ? kind.words : `${formatCount(count)} ${count === 1 ? kind.one : kind.words}`;
  return { spec, part: {}, words, count, waits: undefined };
}

/** Rows marked one by one are taken wherever they are, whatever is filtered by now. */
export function markedExported(list: List): Exported {
  const { spec, kind, marking } = list;
  const { marks } = marking;
  if (marks.all) {
    const all = allExported(list);
    const except = [...marks.except];
    const tooMany = except.length > MOST_NAMED ? `At most ${MOST_NAMED} rows can be left out` : undefined;
    if (except.length === 0) return all;
    const count = all.count === null ? null : all.count - except.length;
    return { ...all, part: { except }, words: `${all.words} but ${except.length}`, count, waits: tooMany };
  }
  const only = [...marks.rows.keys()];
  return {
    spec: { ...spec, ...NO_FILTERS, namespaces: [] },
    part: { only },
    words: `${formatCount(only.length)} marked ${only.length === 1 ? kind.one : kind.words}`,
    count: only.length,
    waits: only.length > MOST_NAMED ? `At most ${MOST_NAMED} marked rows, or all that match` : undefined,
  };
}

/** Ids of the columns in view, in their order. */
export function shownColumns({ table, kind, spec, resource, choice }: List): readonly string[] {
  const columns = gridColumns(table.columns ?? [], {
    title: titleColumn(resource) ?? NAME_COLUMN,
    namespace: kind.isNamespaced && spec.namespaces.length !== 1,
    roomy: true,
    choice,
  });
  return columns.map(({ id }) => id);
}

/** What a reader of the file should know of it; '' when there is nothing. */
export function caveatOf({ table }: List): string {
  const { connection } = table;
  const { namespaces } = connection;
  const of = namespaces?.total === 0 ? '' : ` of ${namespaces?.total}`;
  const isPart =
    namespaces !== undefined && (namespaces.total === 0 || namespaces.readable < namespaces.total);
  const partly = isPart ? `Only the ${namespaces.readable}${of} namespaces you may read are in it.` : '';
  const stale = connection.state === 'stale' ? 'The list is not live: rows are as they were last known.' : '';
  return [partly, stale].filter((words) => words !== '').join(' ');
}
