'use client';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { FreshnessBadge } from '#components/ui/freshness-badge.tsx';
import page from '#components/ui/page.module.css';
import { Placeholder } from '#components/ui/placeholder.tsx';
import { useStale } from '#components/ui/stale.tsx';
import { StatePill } from '#components/ui/state.tsx';
import type { AboutProps } from './about-props.ts';
import { aboutFacts, aboutText } from './about-text.ts';
import styles from './about-view.module.css';
import type { AboutFreshness } from './console-time.ts';
import { verdictOf } from './verdict.ts';

const TITLE = 'About this console';

/** Title, verdict and freshness; below, the verdict in words and what the console is. */
export function AboutHeader(props: AboutProps & { readonly freshness: AboutFreshness }) {
  const { about, time, freshness } = props;
  const verdict = verdictOf(about.figures, time.nowMs);
  return (
    <div className={page.header}>
      <div className={page.line}>
        <h1 className={page.title}>{TITLE}</h1>
        <StatePill state={verdict} was={useStale()} />
        <FreshnessBadge look={freshness.tone} words={freshness.words} title="The figures of this page" />
        <div className={page.actions}>
          <CopyButton text={() => aboutText(about, time)}>Copy as text</CopyButton>
        </div>
      </div>
      <p className={page.why}>
        <b className={styles.answer}>{verdict.watches}</b>{' '}
        {verdict.findings.length === 0
          ? 'The API server refuses nothing, no browser is slow, and the console’s own work does not wait.'
          : verdict.findings.join(' ')}
      </p>
      <Facts facts={aboutFacts(about.figures, time)} />
    </div>
  );
}

/** Before the first frame: the shape of the page, and what is waited for. */
export function AboutWaiting() {
  return (
    <div className={styles.page} aria-busy="true">
      <div className={page.header}>
        <div className={page.line}>
          <h1 className={page.title}>{TITLE}</h1>
          <FreshnessBadge look="none" words="Not known" title="The figures of this page" />
        </div>
        <p className={page.why}>Asking the console for its figures.</p>
      </div>
      <ul className={styles.tiles} aria-hidden="true">
        {[64, 80, 72, 96, 60, 76].map((widthPx) => (
          <li key={widthPx} className={styles.tile}>
            <Placeholder widthPx={widthPx} />
            <Placeholder widthPx={widthPx / 2} heightPx={20} />
          </li>
        ))}
      </ul>
    </div>
  );
}
