import type { ReactNode } from 'react';
import { Glyph, type GlyphName } from './glyph.tsx';
import styles from './notice.module.css';

/** What stands where content cannot: empty, nothing matches, forbidden, gone, broken. One thing said, then the way on. */
export function Notice(props: {
  readonly title: string;
  readonly glyph?: GlyphName;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** The notice is the page: its title is the page's heading. */
  readonly page?: boolean;
}) {
  const Heading = props.page ? 'h1' : 'h2';
  return (
    <div className={styles.notice}>
      <Heading className={styles.title}>
        {props.glyph === undefined ? null : <Glyph name={props.glyph} />}
        {props.title}
      </Heading>
      {props.children === undefined ? null : <div className={styles.body}>{props.children}</div>}
      {props.actions === undefined ? null : <div className={styles.actions}>{props.actions}</div>}
    </div>
  );
}
