'use client';
import { Menu } from '@mantine/core';
import { Glyph } from '#components/ui/glyph.tsx';
import { Link } from '#components/ui/link.tsx';
import menu from '#components/ui/menu.module.css';
import { useClusters } from '#lib/live/use-socket.ts';
import { routes } from '#lib/routes.ts';
import styles from './top-bar.module.css';

/** Every context of the kubeconfig; those that cannot be used with their reason. */
export function ClusterPicker(props: { readonly cluster: string }) {
  const clusters = useClusters();
  const here = clusters?.find((cluster) => cluster.id === props.cluster);
  return (
    <Menu position="bottom-start" offset={4} classNames={menu}>
      <Menu.Target>
        <button type="button" className={styles.pick} title={here?.server}>
          <span className={styles.pickWords}>{here?.context ?? props.cluster}</span>
          <Glyph name="down" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Clusters</Menu.Label>
        {(clusters ?? []).map((cluster) => (
          <Menu.Item
            key={cluster.id}
            component={Link}
            href={routes.cluster(cluster.id)}
            aria-current={cluster.id === props.cluster ? 'true' : undefined}
            leftSection={
              <Glyph
                name={cluster.error === undefined ? 'nodes' : 'failed'}
                className={cluster.error === undefined ? undefined : styles.broken}
              />
            }
          >
            {cluster.context}
            <span className={styles.second}>
              {cluster.error === undefined ? `${cluster.server} · ${cluster.user}` : cluster.error.message}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
