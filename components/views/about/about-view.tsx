'use client';
import { ClusterRefused } from '#components/resources/connection/cluster-refused.tsx';
import { Bar } from '#components/ui/note.tsx';
import { StaleRegion } from '#components/ui/stale.tsx';
import { useNow } from '#lib/live/use-freshness.ts';
import { useLiveAbout } from '#lib/live/use-live-about.ts';
import { AboutHeader, AboutWaiting } from './about-header.tsx';
import type { AboutProps } from './about-props.ts';
import { AboutTiles } from './about-tiles.tsx';
import styles from './about-view.module.css';
import { ClustersSection } from './clusters-section.tsx';
import { aboutFreshness, consoleTime } from './console-time.ts';
import { CourseSection } from './course-section.tsx';
import { SocketsSection } from './sockets-section.tsx';
import { WatchesSection } from './watches-section.tsx';

/** What the console itself does: its watches, its sockets, and what they cost. Live, in figures with words. */
export function AboutView(props: { readonly cluster: string }) {
  const about = useLiveAbout(props.cluster);
  const pageMs = useNow();
  const { figures } = about;
  if (figures === null) {
    return about.refused === null ? (
      <AboutWaiting />
    ) : (
      <ClusterRefused cluster={props.cluster} error={about.refused} />
    );
  }
  const freshness = aboutFreshness(about, pageMs, performance.timeOrigin);
  const isStale = freshness.tone !== 'fresh';
  // What is not heard any more does not grow older on the page: it is shown as it was when it was heard.
  const time = consoleTime(about, isStale ? about.receivedMs : pageMs, performance.timeOrigin);
  const shared: AboutProps = { cluster: props.cluster, about: { ...about, figures }, time };
  return (
    <StaleRegion stale={isStale}>
      <div className={styles.page}>
        {isStale ? (
          <Bar level="stale" glyph="unknown">
            The console is not heard. These are its figures of {time.timeOf(about.nowMs)}.
          </Bar>
        ) : null}
        <AboutHeader {...shared} freshness={freshness} />
        <AboutTiles {...shared} />
        <WatchesSection {...shared} />
        <CourseSection {...shared} />
        <div className={styles.columns}>
          <SocketsSection {...shared} />
          <ClustersSection {...shared} />
        </div>
      </div>
    </StaleRegion>
  );
}
