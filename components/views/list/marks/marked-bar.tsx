'use client';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#lib/format/number.ts';
import { QueriesProvider } from '#lib/live/queries-provider.tsx';
import { ExportButton } from '../export/export-button.tsx';
import type { List } from '../list.ts';
import { CopyMarked } from './copy-marked.tsx';
import { DeleteMarked } from './delete-marked.tsx';
import styles from './marked-bar.module.css';
import { markedNames, markedWords } from './marks.ts';

/** Between filters and head while rows are marked: how many, which, and what can be done with them. */
export function MarkedBar({ list }: { readonly list: List }) {
  const { kind, table, marking } = list;
  const { marks, clear } = marking;
  const matched = table.counts === null ? '' : formatCount(table.counts.matched);
  return (
    <section className={styles.bar} aria-label={`Marked ${kind.words}`}>
      <b role="status">{markedWords(marks, matched)}</b>
      <span className={styles.names}>{markedNames(marks)}</span>
      <CopyMarked list={list} />
      <ExportButton small list={list} which="marked" />
      <QueriesProvider>
        <DeleteMarked list={list} />
      </QueriesProvider>
      <span className={styles.push} />
      <Button small tone="quiet" onClick={clear}>
        Clear <kbd>esc</kbd>
      </Button>
    </section>
  );
}
