'use client';
import type { RefObject } from 'react';
import { ErrorView } from '#components/resources/connection/error-view.tsx';
import { ForbiddenView } from '#components/resources/connection/forbidden-view.tsx';
import type { Kind } from '#components/resources/use-kind.ts';
import type { ColumnChoice } from '#components/table/column-choice.ts';
import type { GridMarks } from '#components/table/use-grid-marks.ts';
import { inPageTime } from '#lib/live/freshness.ts';
import type { LiveTable } from '#lib/live/live-client.ts';
import { useNow } from '#lib/live/use-freshness.ts';
import type { Retry } from '#lib/live/use-subscription.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import { definitionOf } from '#lib/resources/registry.ts';
import { ListGrid } from './list-grid.tsx';
import { EmptyList, NothingMatches, NotServed } from './list-notices.tsx';
import { listState } from './list-state.ts';
import type { ListSpec } from './use-list-spec.ts';

export interface ListBodyProps {
  readonly kind: Kind;
  readonly table: LiveTable & Retry;
  readonly spec: QuerySpec;
  readonly change: ListSpec['change'];
  readonly setWindow: ListSpec['setWindow'];
  /** Absent: rows are not marked here. */
  readonly marks?: GridMarks;
  readonly choice?: ColumnChoice;
  readonly setChoice?: (choice: ColumnChoice) => boolean;
  readonly pageRef: RefObject<HTMLElement | null>;
}

/** Rows, or what stands in their place. */
export function ListBody(props: ListBodyProps) {
  const { kind, table, spec } = props;
  const resource = spec.kinds[0] ?? '';
  const state = listState(table, spec, kind.isMissing);
  switch (state) {
    case 'rows':
    case 'loading':
      return (
        <ListGrid
          {...props}
          columns={table.columns ?? columnsBefore(resource)}
          loading={state === 'loading'}
        />
      );
    case 'empty':
      return <EmptyList kind={kind} resource={resource} spec={spec} />;
    case 'nothing-matches':
      return (
        <NothingMatches kind={kind} total={table.counts?.total ?? 0} spec={spec} change={props.change} />
      );
    case 'not-served':
      return (
        <NotServed page={kind.isMissing} resource={resource} missingGroups={kind.cluster.missingGroups} />
      );
    default:
      return <Trouble {...props} state={state} />;
  }
}

function Trouble(props: ListBodyProps & { readonly state: 'forbidden' | 'failed' | 'refused' }) {
  const { kind, table } = props;
  const { connection } = table;
  const nowMs = useNow();
  if (connection.state === 'forbidden') {
    return (
      <ForbiddenView
        title={`You may not list ${kind.words}`}
        missing={connection.missing}
        error={connection.error}
        user={kind.cluster.user?.name ?? ''}
        onRetry={table.retry}
      />
    );
  }
  const error = connection.state === 'failed' ? connection.error : table.refused;
  if (error === null) return null;
  const retryMs = connection.state === 'failed' ? connection.retryMs : null;
  return (
    <ErrorView
      title={`${kind.title} cannot be read`}
      error={error}
      retryInMs={retryMs === null ? null : Math.max(0, inPageTime(table, retryMs) - nowMs)}
      onRetry={table.retry}
    />
  );
}

/** The final shape before the first frame: the kind's own columns, or the least every Table has. */
function columnsBefore(resource: string): readonly Column[] {
  return definitionOf(resource)?.columns ?? UNKNOWN_COLUMNS;
}

const UNKNOWN_COLUMNS: readonly Column[] = [
  {
    id: 'age',
    label: 'Age',
    type: 'time',
    source: 'projected',
    sortable: false,
    facet: false,
    priority: 1,
  },
];
