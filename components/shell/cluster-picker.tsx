'use client';
import { Glyph } from '#components/ui/glyph.tsx';
import { Link } from '#components/ui/link.tsx';
import menu from '#components/ui/overlay/popover.module.css';
import { Popover } from '#components/ui/overlay/popover.tsx';
import { useClusters } from '#lib/live/use-socket.ts';
import type { ClusterSummary } from '#lib/protocol/frames.ts';
import { routes } from '#lib/routes.ts';
import styles from './top-bar.module.css';

/** Every context of the kubeconfig; those that cannot be used with their reason. */
export function ClusterPicker(props: { readonly cluster: string }) {
  const clusters = useClusters();
  const here = clusters?.find((cluster) => cluster.id === props.cluster);
  return (
    <Popover
      role="menu"
      label="Clusters"
      buttonClassName={styles.pick}
      title={here?.server}
      face={
        <>
          <span className={styles.pickWords}>{here?.context ?? props.cluster}</span>
          <Glyph name="down" />
        </>
      }
    >
      <div className={menu.label} role="presentation">
        Clusters
      </div>
      {(clusters ?? []).map((cluster) => (
        <ClusterItem key={cluster.id} cluster={cluster} isHere={cluster.id === props.cluster} />
      ))}
    </Popover>
  );
}

function ClusterItem(props: { readonly cluster: ClusterSummary; readonly isHere: boolean }) {
  const { cluster } = props;
  const isBroken = cluster.error !== undefined;
  return (
    <Link
      role="menuitem"
      className={menu.item}
      href={routes.cluster(cluster.id)}
      aria-current={props.isHere ? 'true' : undefined}
    >
      <Glyph name={isBroken ? 'failed' : 'nodes'} className={isBroken ? styles.broken : undefined} />
      <span>
        {cluster.context}
        <span className={styles.second}>
          {cluster.error === undefined ? `${cluster.server} · ${cluster.user}` : cluster.error.message}
        </span>
      </span>
    </Link>
  );
}
