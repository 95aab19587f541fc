'use client';
import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { ClusterClock } from '#components/resources/connection/cluster-clock.tsx';
import { Freshness } from '#components/resources/connection/freshness.tsx';
import { useAddress, useQuestion } from '#components/ui/address/address-provider.tsx';
import { Button } from '#components/ui/button.tsx';
import { NARROW, RAIL, useMedia } from '#components/ui/use-media.ts';
import type { LiveCluster } from '#lib/live/live-client.ts';
import { useLiveCluster } from '#lib/live/use-live-cluster.ts';
import { useClusters } from '#lib/live/use-socket.ts';
import { routes, specOf } from '#lib/routes.ts';
import { ClusterPicker } from './cluster-picker.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { NamespacePicker, type NamespacePickerProps } from './namespace-picker.tsx';
import styles from './shell.module.css';
import { ABOUT, Sidebar } from './sidebar.tsx';
import bar from './top-bar.module.css';
import { TopBar } from './top-bar.tsx';

const MenuDrawer = dynamic(() => import('./menu-drawer.tsx').then((module) => module.MenuDrawer), {
  ssr: false,
});

/** The frame of every page of a cluster. It stays while pages change. */
export function Shell(props: { readonly cluster: string; readonly children: ReactNode }) {
  const { cluster } = props;
  const live = useLiveCluster(cluster);
  const { resource, namespaces, choose } = usePlace(cluster);
  const narrow = useMedia(NARROW);
  const rail = useMedia(RAIL) && !narrow;
  const [menu, setMenu] = useState<'unasked' | 'open' | 'closed'>('unasked');
  const closeMenu = useCallback(() => setMenu('closed'), []);
  const picker = { all: live.namespaces, chosen: namespaces, onChoose: choose };
  const sidebar = { cluster, live, namespaces, current: resource, rail };
  return (
    <ClusterClock cluster={cluster}>
      <div className={styles.app}>
        <a className={styles.skip} href="#content">
          Skip to content
        </a>
        <ClusterBar cluster={cluster} live={live} picker={picker} onMenu={() => setMenu('open')} />
        {narrow ? null : (
          <div className={styles.side}>
            <Sidebar {...sidebar} />
          </div>
        )}
        <main id="content" className={styles.main} tabIndex={-1}>
          <ConnectionBanner cluster={cluster} live={live} />
          {props.children}
        </main>
        {menu === 'unasked' ? null : (
          <MenuDrawer opened={menu === 'open'} picker={picker} sidebar={sidebar} onClose={closeMenu} />
        )}
      </div>
    </ClusterClock>
  );
}

function ClusterBar(props: {
  readonly cluster: string;
  readonly live: LiveCluster;
  readonly picker: NamespacePickerProps;
  readonly onMenu: () => void;
}) {
  const { cluster } = props;
  const clusters = useClusters();
  return (
    <TopBar
      user={props.live.user?.name ?? clusters?.find((summary) => summary.id === cluster)?.user}
      badge={<Freshness cluster={cluster} title="Connection to the API server" />}
      menu={
        <Button className={bar.menuButton} tone="quiet" glyph="menu" label="Menu" onClick={props.onMenu} />
      }
    >
      <ClusterPicker cluster={cluster} />
      <span className={bar.slash} aria-hidden="true">
        /
      </span>
      <span className={bar.scope}>
        <NamespacePicker {...props.picker} />
      </span>
    </TopBar>
  );
}

/**
 * Which kind is open and which namespaces are chosen. A list's URL says them; pages whose URL does not (an object's)
 * keep the last ones, so that links to lists carry them along.
 */
function usePlace(cluster: string) {
  const { go } = useAddress();
  const segments = usePathname().split('/').slice(2).map(decodeURIComponent);
  const search = new URLSearchParams(useQuestion());
  const resource = segments[0] ?? '';
  const isKind = resource !== '' && resource !== ABOUT;
  const isList = segments.length === 1 && isKind;
  const fromUrl = search.get('ns') ?? '';
  const [kept, setKept] = useState('');
  if (isList && kept !== fromUrl) setKept(fromUrl);
  const namespaces = useMemo(() => kept.split(',').filter((name) => name !== ''), [kept]);
  const choose = (chosen: readonly string[]) => {
    setKept(chosen.join(','));
    if (isList) {
      go(routes.list({ ...specOf(cluster, resource, search), namespaces: chosen }));
    } else if (isKind) {
      go(routes.kind(cluster, resource, chosen));
    }
  };
  return { resource, namespaces, choose };
}
