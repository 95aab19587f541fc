'use client';
import { useEffect } from 'react';
import { useAddress } from '#components/ui/address/address-provider.tsx';
import { Glyph } from '#components/ui/glyph.tsx';
import { Link } from '#components/ui/link.tsx';
import { Notice } from '#components/ui/notice.tsx';
import page from '#components/ui/page.module.css';
import { Placeholder } from '#components/ui/placeholder.tsx';
import { useClusters, useSocket } from '#lib/live/use-socket.ts';
import type { ClusterSummary } from '#lib/protocol/frames.ts';
import { routes } from '#lib/routes.ts';
import styles from './clusters-view.module.css';

/** Every context of the kubeconfig, broken ones with their reason. A single one that can be used opens by itself. */
export function ClustersView() {
  const clusters = useClusters();
  const { state } = useSocket();
  const { go } = useAddress();
  const only = clusters?.length === 1 && clusters[0]?.error === undefined ? clusters[0] : undefined;
  useEffect(() => {
    if (only !== undefined) go(routes.kind(only.id, 'pods'), 'replace');
  }, [only, go]);
  if (state === 'ended') {
    return (
      <Notice page glyph="lock" title="The session ended">
        <p>Open the link that the console printed when it started, or start it again.</p>
      </Notice>
    );
  }
  if (clusters?.length === 0) {
    return (
      <Notice page title="No clusters">
        <p>The kubeconfig names no context. Add one and start the console again.</p>
      </Notice>
    );
  }
  return (
    <>
      <div className={page.header}>
        <div className={page.line}>
          <h1 className={page.title}>Clusters</h1>
          <span className={page.count}>
            {clusters === null ? '' : `${clusters.length} in the kubeconfig`}
          </span>
        </div>
      </div>
      <ul className={styles.list} aria-busy={clusters === null}>
        {clusters === null
          ? [180, 140, 210].map((widthPx) => (
              <li key={widthPx} className={styles.item}>
                <Placeholder widthPx={widthPx} />
              </li>
            ))
          : clusters.map((cluster) => <ClusterItem key={cluster.id} cluster={cluster} />)}
      </ul>
    </>
  );
}

function ClusterItem(props: { readonly cluster: ClusterSummary }) {
  const { cluster } = props;
  if (cluster.error !== undefined) {
    return (
      <li className={`${styles.item} ${styles.broken}`}>
        <Glyph name="failed" className={styles.failed} />
        <div className={styles.words}>
          <b className={styles.name}>{cluster.context}</b>
          <span className={styles.second}>{cluster.error.message}</span>
        </div>
      </li>
    );
  }
  return (
    <li>
      <Link className={styles.item} href={routes.cluster(cluster.id)}>
        <Glyph name="nodes" />
        <div className={styles.words}>
          <b className={styles.name}>{cluster.context}</b>
          <span className={styles.second}>
            {cluster.server} as {cluster.user}
          </span>
        </div>
        <Glyph name="right" />
      </Link>
    </li>
  );
}
