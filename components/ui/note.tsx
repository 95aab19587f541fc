import type { ReactNode } from 'react';
import { Glyph, type GlyphName } from './glyph.tsx';
import styles from './note.module.css';
import type { Level } from './state.tsx';

/** Something said apart: a finding, a refusal, an outcome. */
export function Note(props: {
  readonly level: Level;
  readonly glyph?: GlyphName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={`${styles.note} ${styles[props.level]}`}>
      <Glyph name={props.glyph ?? props.level} />
      <div className={styles.body}>
        <p className={styles.title}>{props.title}</p>
        {props.children === undefined ? null : <div className={styles.words}>{props.children}</div>}
      </div>
      {props.action}
    </div>
  );
}

/** A line over the full width of a region: stale, failed, partly there. */
export function Bar(props: {
  readonly level: 'stale' | 'failed' | 'plain';
  readonly glyph: GlyphName;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={`${styles.bar} ${styles[`bar-${props.level}`]}`}>
      <Glyph name={props.glyph} />
      <span className={styles.body}>{props.children}</span>
      {props.action}
    </div>
  );
}
