'use client';
import { ClusterRefused } from '#components/resources/connection/cluster-refused.tsx';
import { ErrorView } from '#components/resources/connection/error-view.tsx';
import { ForbiddenView } from '#components/resources/connection/forbidden-view.tsx';
import type { Kind } from '#components/resources/use-kind.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';
import page from '#components/ui/page.module.css';
import { Placeholder } from '#components/ui/placeholder.tsx';
import { inPageTime } from '#lib/live/freshness.ts';
import type { LiveObject } from '#lib/live/live-client.ts';
import { useNow } from '#lib/live/use-freshness.ts';
import type { Retry } from '#lib/live/use-subscription.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';
import { NotServed } from '../list/list-notices.tsx';
import { Crumbs } from './crumbs.tsx';
import { detailState } from './detail-state.ts';
import styles from './detail-view.module.css';

interface DetailNoticeProps {
  readonly reference: ObjectReference;
  readonly kind: Kind;
  readonly live: LiveObject & Retry;
}

/** Where there is no object to show: loading, forbidden, not there, not served, or broken. */
export function DetailNotice(props: DetailNoticeProps) {
  const { reference, kind, live } = props;
  const state = detailState(live, kind.isMissing);
  if (kind.cluster.refused !== null) {
    return <ClusterRefused cluster={reference.cluster} error={kind.cluster.refused} />;
  }
  if (state === 'loading') return <Loading {...props} />;
  if (state === 'not-served') {
    return <NotServed page resource={reference.resource} missingGroups={kind.cluster.missingGroups} />;
  }
  if (state === 'absent') return <Absent {...props} />;
  return <Trouble {...props} />;
}

function Trouble(props: DetailNoticeProps) {
  const { reference, kind, live } = props;
  const { connection } = live;
  const nowMs = useNow();
  if (connection.state === 'forbidden') {
    return (
      <ForbiddenView
        page
        title={`You may not read ${kind.one} ${reference.name}`}
        missing={connection.missing}
        error={connection.error}
        user={kind.cluster.user?.name ?? ''}
        onRetry={live.retry}
      />
    );
  }
  const error = connection.state === 'failed' ? connection.error : live.refused;
  const title = `${reference.name} cannot be read`;
  if (error === null) {
    return (
      <Notice page glyph="unknown" title={title}>
        <p>What the API server sent is no Kubernetes object: it has no name.</p>
      </Notice>
    );
  }
  return (
    <ErrorView
      page
      title={title}
      error={error}
      retryInMs={
        connection.state === 'failed' ? Math.max(0, inPageTime(live, connection.retryMs) - nowMs) : null
      }
      onRetry={live.retry}
    />
  );
}

function Absent(props: DetailNoticeProps) {
  const { reference, kind } = props;
  const where = reference.namespace === '' ? '' : ` in ${reference.namespace}`;
  const namespaces = reference.namespace === '' ? [] : [reference.namespace];
  return (
    <Notice
      page
      glyph="gone"
      title={`There is no ${kind.one} ${reference.name}${where}`}
      actions={
        <ButtonLink glyph="arrow" href={routes.kind(reference.cluster, reference.resource, namespaces)}>
          All {kind.words}
          {where}
        </ButtonLink>
      }
    >
      <p>It was deleted, or never was. If it is made again under this name, this page shows it.</p>
    </Notice>
  );
}

/** The final shape: crumbs and name are known before anything was read. */
function Loading(props: DetailNoticeProps) {
  return (
    <div aria-busy="true">
      <div className={page.header}>
        <Crumbs reference={props.reference} kind={props.kind} />
        <div className={page.line}>
          <h1 className={page.title}>{props.reference.name}</h1>
          <Placeholder widthPx={96} heightPx={24} />
        </div>
        <div className={page.facts}>
          <Placeholder widthPx={380} />
        </div>
      </div>
      <div className={styles.blank}>
        {[220, 340, 280, 180].map((widthPx) => (
          <Placeholder key={widthPx} widthPx={widthPx} />
        ))}
      </div>
    </div>
  );
}
