import styles from './code-block.module.css';
import { CopyButton } from './copy-button.tsx';

/** A machine's words in a box of their own, with a copy button: a Role, a command. */
export function CodeBlock(props: { readonly title: string; readonly code: string }) {
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.code} aria-label={props.title} tabIndex={0}>
        <pre>{props.code}</pre>
      </section>
    </div>
  );
}
