'use client';
import type { Kind } from '#components/resources/use-kind.ts';
import { formatClockTime } from '#lib/format/instant.ts';
import { formatCount } from '#lib/format/number.ts';
import type { LiveTable } from '#lib/live/live-client.ts';
import { useFreshness } from '#lib/live/use-freshness.ts';
import styles from './list-view.module.css';

/** Matches, sort and source in one grey line. */
export function ListFoot(props: {
  readonly cluster: string;
  readonly kind: Kind;
  readonly table: LiveTable;
  readonly onHelp: () => void;
}) {
  const { kind, table } = props;
  const { tone, sinceMs } = useFreshness(props.cluster, table);
  // What was never read, or is not read any more, has no figures and no source.
  if (!['connecting', 'live', 'stale'].includes(table.connection.state)) return null;
  return (
    <div className={styles.foot}>
      <span className={table.connection.state === 'connecting' ? styles.reading : undefined}>
        {countWords(kind, table)}
      </span>
      <span className={styles.wide}>{sortWords(table)}</span>
      <span className={styles.push} />
      {tone === 'stale' ? (
        <span>Not confirmed since {formatClockTime(performance.timeOrigin + sinceMs)}</span>
      ) : (
        <span className={styles.wide}>{sourceWords(kind, table)}</span>
      )}
      <button
        type="button"
        className={`${styles.keys} ${styles.wide}`}
        aria-keyshortcuts="?"
        onClick={props.onHelp}
      >
        Keys <kbd>?</kbd>
      </button>
    </div>
  );
}

function countWords(kind: Kind, table: LiveTable): string {
  const { connection, counts } = table;
  if (connection.state === 'connecting') {
    const of = connection.total > 0 ? ` of about ${formatCount(connection.total)}` : ' so far';
    return `Reading ${kind.words}, ${formatCount(connection.read)}${of}${counts === null ? '' : '; order not final'}`;
  }
  if (counts === null) return '';
  return `${formatCount(counts.matched)} ${counts.matched === 1 ? kind.one : kind.words}`;
}

function sortWords(table: LiveTable): string {
  const { sort, columns } = table;
  if (sort === null) return '';
  const column = columns?.find((candidate) => candidate.id === sort.column);
  const label = (column?.label ?? sort.column).toLowerCase();
  if (column?.type === 'state') return `Sorted by ${label}, ${sort.descending ? 'best' : 'worst'} first`;
  if (column?.type === 'time') return `Sorted by ${label}, ${sort.descending ? 'newest' : 'oldest'} first`;
  return `Sorted by ${label}, ${sort.descending ? 'descending' : 'ascending'}`;
}

function sourceWords(kind: Kind, table: LiveTable): string {
  const { connection } = table;
  const version =
    kind.type === undefined
      ? ''
      : `, API ${kind.type.group === '' ? '' : `${kind.type.group}/`}${kind.type.version}`;
  if (connection.state === 'live' && connection.sampledSeconds !== undefined) {
    return `Read again every ${connection.sampledSeconds} s: this kind cannot be watched`;
  }
  return `Watched${version}`;
}
