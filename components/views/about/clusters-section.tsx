'use client';
import { Link } from '#components/ui/link.tsx';
import { SmallTable } from '#components/ui/section.tsx';
import { type StateLook, StateWord } from '#components/ui/state.tsx';
import { formatCount } from '#lib/format/number.ts';
import { useClusters } from '#lib/live/use-socket.ts';
import type { ClusterStanding } from '#lib/protocol/about-frame.ts';
import type { ClusterSummary } from '#lib/protocol/frames.ts';
import { routes } from '#lib/routes.ts';
import type { AboutProps } from './about-props.ts';
import styles from './about-view.module.css';

/** The contexts of the kubeconfig and what the console has to do with them now. */
export function ClustersSection({ cluster, about }: AboutProps) {
  const summaries = useClusters() ?? [];
  const known = new Map(about.figures.clusters.map((standing) => [standing.id, standing]));
  return (
    <section className={styles.section} aria-labelledby="clusters-title">
      <div className={styles.head}>
        <h2 id="clusters-title">Clusters</h2>
        <span className={styles.remark}>{formatCount(summaries.length)} in the kubeconfig</span>
      </div>
      <SmallTable
        label="Clusters"
        heads={[
          { label: 'State' },
          { label: 'Context' },
          { label: 'Runs as' },
          { label: 'Kubernetes', right: true },
          { label: 'Watches', right: true },
        ]}
        rows={summaries.map((summary) => ({
          key: summary.id,
          cells: cellsOf(summary, known.get(summary.id), summary.id === cluster),
        }))}
      />
      <p className={styles.note}>
        Each context has watches of its own, as its user: what one may not read is not counted for it. Watches
        end ten minutes after the last look.
      </p>
    </section>
  );
}

function cellsOf(summary: ClusterSummary, standing: ClusterStanding | undefined, isThis: boolean) {
  const { id, context, user, error } = summary;
  const version = standing?.version ?? '';
  return [
    <StateWord key="state" state={stateOf(summary, standing)} title={error?.message} />,
    isThis || error !== undefined ? (
      `${context}${isThis ? ', this one' : ''}`
    ) : (
      <Link key="context" className={styles.kind} href={routes.about(id)}>
        {context}
      </Link>
    ),
    user === '' ? '–' : user,
    version === '' ? '?' : version.replace(/^v/, ''),
    formatCount(standing?.watches ?? 0),
  ];
}

function stateOf({ error }: ClusterSummary, standing: ClusterStanding | undefined): StateLook {
  if (error !== undefined) return { level: 'failed', words: 'Cannot be used' };
  if ((standing?.version ?? '') === '') return { level: 'unknown', words: 'Not asked yet' };
  return { level: 'ok', words: 'Answered' };
}
