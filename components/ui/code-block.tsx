import styles from './code-block.module.css';
import { CopyButton } from './copy-button.tsx';
import { ScrollRegion } from './scroll-region.tsx';

/** A machine's words in a box of their own, with a copy button: a Role, a command. */
export function CodeBlock(props: { readonly title: string; readonly code: string; readonly wrap?: boolean }) {
  return (
    <div className={styles.box}>
      <div className={styles.head}>
        {props.title}
        <span className={styles.right}>
          <CopyButton text={props.code} tone="quiet">
            Copy
          </CopyButton>
        </span>
      </div>
      <ScrollRegion className={styles.code} label={props.title}>
        <pre className={props.wrap ? styles.wrap : undefined}>{props.code}</pre>
      </ScrollRegion>
    </div>
  );
}
