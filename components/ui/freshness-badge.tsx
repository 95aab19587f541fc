import styles from './freshness-badge.module.css';

export interface FreshnessLook {
  readonly look: 'fresh' | 'stale' | 'none';
  /** 'Live · 1 s', 'Stale since 14:31:22', 'Not known'. */
  readonly words: string;
  /** What is meant, for those who ask: 'API server and console connection'. */
  readonly title?: string;
}

/** Green dot, dashed grey, dashed ring. Changes are announced by the region that owns the badge, not by every tick. */
export function FreshnessBadge(props: FreshnessLook) {
  return (
    <span className={`${styles.badge} ${styles[props.look]}`} title={props.title}>
      <i className={styles.dot} aria-hidden="true" />
      {props.words}
    </span>
  );
}
